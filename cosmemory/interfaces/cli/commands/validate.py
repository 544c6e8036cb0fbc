"""The command that checks pages, and mends what is safe to mend."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cosmemory.checks.beside import CheckedPage
from cosmemory.checks.project import project_of
from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import UsageError
from cosmemory.frozen import frozen, replace
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.findings import (
    FORMATS,
    STYLES,
    count_list,
    finding_list,
    formatted,
    json_text,
    statistics,
    summary,
)
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text
from cosmemory.interfaces.cli.pages_named import page_of_file, pages_named, prefix_of
from cosmemory.interfaces.cli.progress import progress, reading_pages
from cosmemory.interfaces.cli.session import Session, difference, reading, session_of
from cosmemory.interfaces.cli.terminal import print_difference, show, styled
from cosmemory.memory import Memory
from cosmemory.operations.fixing import chosen, fix
from cosmemory.rules.rule import Rule
from cosmemory.rules.table import close_rule, codes_of
from cosmemory.store import Replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CODES = "Only these codes, names or families, such as COS2."


@frozen(kw_only=True)
class Wish:
    """What a call of validate is to look at, mend and tell."""

    how: str
    strict: bool
    mend: bool
    unsafe: bool
    diff: bool
    count: bool
    select: frozenset[str]
    ignore: frozenset[str]
    own: bool


@command()
@reading
@option("--actor", metavar="NAME", help="Who makes the fixes.")
@argument("paths", many=True, metavar="[PATH...]")
@option(
    "--output-format",
    "how",
    choices=FORMATS,
    help="How findings are told; concise unless it is given.",
)
@option("--strict", flag=True, help="Warnings count as errors do.")
@option("--fix", "mend", flag=True, help="Make the fixes that are safe.")
@option("--unsafe-fixes", "unsafe", flag=True, help="Make those that may change a meaning as well.")
@option("--diff", flag=True, help="Show what the fixes would change, and change nothing.")
@option("--select", metavar="CODES", many=True, help=CODES)
@option("--ignore", metavar="CODES", many=True, help="All but these.")
@option("--statistics", "count", flag=True, help="Tell how often each rule is broken.")
@option("--no-project-checks", "without", flag=True, help="Do not run the project's own checks.")
@option("--watch", flag=True, help="Check again whenever a page is saved, until Ctrl-C.")
@option("--stdin-filename", "filename", metavar="F", help="Check stdin (PATH is -) as the page F.")
def validate(
    paths: tuple[str, ...], how: str | None, watch: bool, filename: str | None, without: bool, **options: Any
) -> int:
    """Check pages: exit 0 when there is no error, 1 when there is, 2 when they cannot be checked."""
    session = session_of(options)
    given = options.pop("select"), options.pop("ignore")
    # Only codes that are not built in are worth a look at what the project registers.
    own = () if without or not any(given) else project_of(session.memory().settings).rules
    select, ignore = (_codes(each, own) for each in given)
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    wish = Wish(
        how=how or ("github" if on_github else "concise"),
        select=select,
        ignore=ignore,
        own=not without,
        **options,
    )
    if filename is not None or "-" in paths:
        if watch or filename is None or paths not in {(), ("-",)}:
            raise UsageError(
                "A page from stdin is checked alone, once and under a name.",
                "cosmemory validate --stdin-filename cos-state.md -",
            )
        return _from_stdin(session, wish, filename)
    if watch:
        from cosmemory.interfaces.cli.watching import watching

        memory = session.memory()
        root = str(getattr(memory.store, "root", ""))
        session = replace(session, root=root)  # where that is moved away, no other one above it is meant
        mends = (wish.mend or wish.unsafe) and not wish.diff
        return watching(
            memory.store, root, lambda: _round(session, wish, session.memory(), paths), mends=mends
        )
    return _round(session, wish, session.memory(), paths)


def _round(session: Session, wish: Wish, memory: Memory, paths: Sequence[str]) -> int:
    """One check of the pages that ``paths`` name."""
    named = pages_named(memory, paths)
    fixed = 0
    if wish.mend or wish.unsafe or wish.diff:
        target = Rehearsal(memory.store)
        if wish.diff:
            memory.store = target
        with progress("Mending pages"):
            fixed = _mended(memory, wish, named)
        if wish.diff:
            return _shown(session, target)
    return _tell(session, wish, memory, named, fixed, prefix_of(memory))


def _from_stdin(session: Session, wish: Wish, filename: str) -> int:
    """The text on stdin checked in place of the page ``filename``; with a fix the mended text goes to stdout."""
    memory = session.memory()
    path, prefix = page_of_file(memory, filename), prefix_of(memory)
    stored = memory.store.read(path)
    given = sys.stdin.buffer.read()
    typed = Rehearsal(memory.store)
    typed.commit([Replace(path=path, data=given, expected=stored.revision if stored else None)])
    memory.store = typed
    if not (wish.mend or wish.unsafe or wish.diff):
        return _tell(session, wish, memory, [path], 0, prefix)
    mended = Rehearsal(typed)
    memory.store = mended
    _mended(memory, wish, [path])
    if wish.diff:
        return _shown(session, mended)
    after = mended.read(path)
    sys.stdout.flush()
    sys.stdout.buffer.write(after.data if after else given)
    sys.stdout.buffer.flush()
    pages = _checked(wish, memory, [path])
    print(formatted(pages, "concise", prefix), end="", file=sys.stderr)
    return _exit_code(pages, strict=wish.strict)


def _mended(memory: Memory, wish: Wish, named: Sequence[str] | None) -> int:
    """How many fixes were made."""
    done = fix(
        memory,
        named,
        unsafe=wish.unsafe,
        select=wish.select,
        ignore=wish.ignore,
        project_checks=wish.own,
    )
    return done.result


def _shown(session: Session, mended: Rehearsal) -> int:
    """What the fixes would change; 1 when they would change anything."""
    if session.as_json:
        print_json("diff", {"diff": difference(mended)})
    else:
        print_difference(difference(mended))
    return int(bool(mended.changes))


def _checked(wish: Wish, memory: Memory, named: Sequence[str] | None) -> list[CheckedPage]:
    with reading_pages(memory, "Checking pages"):
        found = memory.validate(named, project_checks=wish.own).pages
    return [
        replace(page, diagnostics=tuple(chosen(page.diagnostics, wish.select, wish.ignore))) for page in found
    ]


def _tell(
    session: Session, wish: Wish, memory: Memory, named: Sequence[str] | None, fixed: int, prefix: str
) -> int:
    """What is found now, told in the form wished for; gives the exit code."""
    pages = _checked(wish, memory, named)
    if session.as_json:
        counts = {"statistics": count_list(pages)} if wish.count else {}
        print_json("findings", {"findings": finding_list(pages, prefix), "fixed": fixed, **counts})
        return _exit_code(pages, strict=wish.strict)
    for_people = wish.how in {"concise", "full"}
    if wish.count:
        print_text(
            statistics(pages) if wish.how not in {"json", "sarif"} else json_text(count_list(pages)), end=""
        )
    elif for_people and on_terminal():
        show(formatted(pages, wish.how, prefix, unsafe=wish.unsafe, paint=styled).split("\n")[:-1])
    else:
        print_text(formatted(pages, wish.how, prefix, unsafe=wish.unsafe), end="")
    if for_people:
        _sum_up((f"Fixed {fixed}. " if fixed else "") + summary(pages, unsafe=wish.unsafe), pages, wish)
    return _exit_code(pages, strict=wish.strict)


def _sum_up(told: str, pages: Sequence[CheckedPage], wish: Wish) -> None:
    """The last lines: how many findings there are; on a terminal also where to read more."""
    if not on_terminal():
        print_text(told)
        return
    worst = {each.severity for page in pages for each in page.diagnostics}
    style = next((STYLES[level] for level in STYLES if level in worst), "good")
    first, *more = told.split("\n")
    lines = [styled(first, style), *(styled(line, "") for line in more)]
    if worst and wish.how == "concise" and not wish.count:
        lines.append(
            styled("--output-format full shows each in its line; cosmemory rule CODE explains it.", "quiet")
        )
    show(lines)


def _codes(given: Sequence[str], own: Sequence[Rule]) -> frozenset[str]:
    """The codes that the words of an option mean.

    Raises UsageError for a word that means none: a slip would silence or select nothing, unseen.
    """
    codes: set[str] = set()
    for word in (word.strip() for words in given for word in words.split(",")):
        meant = codes_of(word, own)
        if word and not meant:
            raise UsageError(f"There is no rule {word!r}.", close_rule(word, own))
        codes |= meant if word else frozenset()
    return frozenset(codes)


def _exit_code(pages: Sequence[CheckedPage], *, strict: bool) -> int:
    counted = {"error", "warning"} if strict else {"error"}
    return int(any(each.severity in counted for page in pages for each in page.diagnostics))
