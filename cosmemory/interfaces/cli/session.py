"""What the commands share: the options on each of them, the memory they work on, the answer of a change."""

from __future__ import annotations

import sys
from contextlib import nullcontext

from cosmemory.errors import UsageError
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.declared import option
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text, tell_notices
from cosmemory.syntax.escape import normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any, TypeVar

    from cosmemory.engines.rehearsal import Rehearsal
    from cosmemory.memory import Memory, Outcome

    Command = TypeVar("Command", bound=Callable[..., Any])


@frozen()
class Session:
    """One call of a command: how it is to answer, and what it was told to work on."""

    root: str | None
    as_json: bool
    actor: str | None = None
    message: str = ""
    expect: str | None = None
    dry_run: bool = False

    def memory(self) -> Memory:
        """The memory to read."""
        from cosmemory.connect import open_memory

        return open_memory(self.root, actor=self.actor, message=self.message)

    def expected(self, name: str) -> dict[str, str] | None:
        """The revision that the page called ``name`` must be at, if one was given."""
        return {name: self.expect} if self.expect else None

    def refuse_expected(self, command: str) -> None:
        """Refuses a revision given to a command that changes no one page: it would be heeded nowhere."""
        if self.expect:
            raise UsageError(f"{command} is about many pages, and --expect names one.", "Leave --expect out.")

    def change(
        self,
        verb: Callable[[Memory], Outcome[Any]],
        said: Callable[[Any], str],
        memory: Memory | None = None,
        page: str | None = None,
    ) -> None:
        """Does ``verb`` and answers; on a dry run shows the difference that it would make.

        The answer ends with the revision of ``page`` where a page is named.
        """
        memory = memory or self.memory()
        if self.dry_run:
            from cosmemory.engines.rehearsal import Rehearsal
            from cosmemory.interfaces.cli.terminal import print_difference

            memory.store = rehearsal = Rehearsal(memory.store)
            outcome = verb(memory)
            if self.as_json:
                would = {"changes": changes_of(outcome), "dry_run": True, "diff": difference(rehearsal)}
                print_json("change", would)
            else:
                print_difference(difference(rehearsal))
            return
        try:
            with _bar():
                outcome = verb(memory)
        finally:
            tell_notices(memory.notices())
        if self.as_json:
            print_json("change", {"changes": changes_of(outcome)})
        else:
            told = [said(outcome.result)] if said(outcome.result) else []
            if page is not None:
                path = memory.path_of(page)
                told.append(outcome.revision_of(path) or _revision(memory, path))
            print_text("\n".join(told))


def _bar() -> AbstractContextManager[Any]:
    """A bar for a change that takes long; in a pipe, where changes must start fast, not even its import."""
    if not on_terminal(sys.stderr):
        return nullcontext()
    from cosmemory.interfaces.cli.progress import progress

    return progress("Changing the memory")


def _revision(memory: Memory, path: str) -> str:
    """The revision of a page that a verb found to say already what it was to say."""
    return memory.page(path).revision if memory.store.read(path) is not None else ""


def changes_of(outcome: Outcome[Any]) -> list[dict[str, Any]]:
    """The pages that a verb changed, each with its revision; the key is that of the record it was about."""
    result = outcome.result
    key = result if isinstance(result, str) else getattr(result, "key", None)
    return [
        {"document": path.removesuffix(".md"), "revision": revision, "key": key if index == 0 else None}
        for index, (path, revision) in enumerate(outcome.revisions)
    ]


def difference(rehearsal: Rehearsal) -> str:
    """What the rehearsed changes would do to the pages, as a unified diff."""
    return "".join(unified(path, before, after) for path, before, after in rehearsal.changes)


def unified(path: str, before: bytes, after: bytes) -> str:
    """What differs between two texts of a page, as a unified diff that patch takes."""
    return unified_texts(path, *(data.decode("utf-8", "surrogateescape") for data in (before, after)))


def unified_texts(path: str, before: str, after: str) -> str:
    """The same for texts that are decoded already."""
    from difflib import unified_diff

    # Lines end in LF alone: what splitlines takes for ends of lines besides stands within them.
    old, new = (text.split("\n") for text in (before, after))
    old, new = ([*(f"{line}\n" for line in lines[:-1]), *filter(None, lines[-1:])] for lines in (old, new))
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(old, new, path, path)
    )


def reading(command: Command) -> Command:
    """The options of a command that reads."""
    command = option("--json", "as_json", flag=True, help="Answer with one JSON object.")(command)
    return option("--root", metavar="DIR", help="The memory folder, or a project that holds it.")(command)


def changing(command: Command) -> Command:
    """The options of a command that changes something."""
    refuse = "Refuse if the page has changed since REVISION."
    who = "Who makes the change; else COSMEMORY_ACTOR, else you."
    command = option("--dry-run", flag=True, help="Show the difference and change nothing.")(command)
    command = option("--expect", metavar="REVISION", help=refuse)(command)
    command = option("--message", metavar="TEXT", help="Why it is changed; the history tells it.")(command)
    command = option("--actor", metavar="NAME", help=who)(command)
    return reading(command)


def session_of(options: dict[str, Any]) -> Session:
    """The session of a command's ``options``; it takes out what belongs to the session."""
    if options.get("expect") == "":
        # Taken as no condition, an empty variable of a script would let every change through.
        raise UsageError("--expect is empty.", "Give the revision that get --json or show --json tells.")
    return Session(
        root=options.pop("root", None),
        as_json=bool(options.pop("as_json", False)),
        actor=options.pop("actor", None),
        message=options.pop("message", None) or "",
        expect=options.pop("expect", None),
        dry_run=bool(options.pop("dry_run", False)),
    )


def text_of(value: str) -> str:
    """``value``, or all of stdin where it is ``-``."""
    if value != "-":
        return value
    return normalise(sys.stdin.buffer.read().decode("utf-8", "replace"))
