"""A project's checks run, and values judged by its validators: on what stands, and before anything is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from cosmemory.checks.pages import place_of
from cosmemory.checks.project import BOARD, Failure, OwnCheck, Project, failure, project_of
from cosmemory.checks.seen import Found, Seen
from cosmemory.config import Settings
from cosmemory.diagnostics import Diagnostic, report
from cosmemory.errors import ConfigError, InvalidValue
from cosmemory.kinds import BOARD as BOARD_KIND
from cosmemory.kinds import Kinds
from cosmemory.kinds.page import Page, read_page
from cosmemory.plain_files import read_plain
from cosmemory.rules.rule import NONE, SAFE, UNSAFE
from cosmemory.store import Replace, Stored, revision_of
from cosmemory.text.spans import Span
from cosmemory.trace import aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Told = dict[str, list[Diagnostic]]


def own_findings(
    project: Project, seen: Seen, read: Callable[[str], Page | None], root: str
) -> tuple[Told, dict[str, str]]:
    """What the checks find by page, and the texts of the files that failed, by the paths they are told under."""
    found: Told = {}
    failures = list(project.failures)
    for each in project.checks:
        told = _run(each, seen)
        if isinstance(told, Failure):
            failures.append(told)
            continue
        for one in told:
            found.setdefault(one.path, []).append(_diagnostic(each, one))
    if project.validators or project.constraints:
        for path in seen.paths:
            page = read(path)
            for diagnostic in _standing(project, page) if page is not None else ():
                found.setdefault(path, []).append(diagnostic)
    texts: dict[str, str] = {}
    for failed in failures:
        path, text, span = _place(failed, root)
        texts[path] = text
        found.setdefault(path, []).append(report("failing-check", failed.message, span.start, span.end))
    return found, texts


def _run(each: OwnCheck, seen: Seen) -> list[Found] | Failure:
    """What a check finds; what is wrong with it where it raises, or gives what is no finding."""
    file = each.function.__code__.co_filename
    what = f"the check {each.rule.code} failed"
    told: list[Found] = []
    try:
        with aside():
            for one in each.function(seen) or ():
                if not isinstance(one, Found):
                    raise TypeError(f"it gave {type(one).__name__} where page.found(...) was expected")  # noqa: TRY301
                if one.path not in seen.paths:
                    raise LookupError(f"it found something on {one.path}, which is no page")  # noqa: TRY301
                if one.fix is not None and each.rule.fix != (SAFE if one.fix.safe else UNSAFE):
                    raise ValueError(f"it offers a fix, and is registered with fix={each.rule.fix!r}")  # noqa: TRY301
                told.append(one)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a check is the project's, and may fail in any way
        return failure(what, error, [file])
    return told


def _diagnostic(each: OwnCheck, one: Found) -> Diagnostic:
    rule = each.rule
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        message=" ".join(one.message.split()),
        start=one.start,
        end=one.end,
        fix=one.fix if rule.fix != NONE else None,
    )


def _place(each: Failure, root: str) -> tuple[str, str, Span]:
    """The path that a failure is told under, as seen from the memory, its text, and the line that it is about."""
    if not each.file:
        return "cosmemory.toml", "", Span(0, 0)
    path = os.path.relpath(each.file, root).replace(os.sep, "/") if root else each.file
    try:
        text = read_plain(each.file).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return path, "", Span(0, 0)
    start = 0
    for _ in range(each.line - 1):
        start = text.find("\n", start) + 1
        if not start:
            return path, text, Span(0, 0)
    end = text.find("\n", start)
    return path, text, Span(start, len(text) if end < 0 else end)


def _standing(project: Project, page: Page) -> Iterator[Diagnostic]:
    """What the validators refuse of a page as it stands."""
    for name, value, record in _values(page):
        for sentence in refusals(project, name, value):
            place = place_of(record, "value") if record is not None else None
            span = place.span if place is not None else Span(0, 0)
            yield report("refused-value", sentence, *span)


def _values(page: Page) -> Iterator[tuple[str, Any, Any]]:
    """What is judged on a page: the document by its kind, and each value of the board by its key."""
    yield page.kind.name, page.document, None
    if page.kind is BOARD_KIND:
        from cosmemory.kinds.board import value_of

        for entry in page.document.entries:
            yield f"{BOARD}{entry.key}", value_of(entry), entry


def refusals(project: Project, name: str, value: Any) -> Iterator[str]:
    """What is wrong with ``value``, called by its kind or ``board:KEY``, one sentence each."""
    for each in project.validators:
        if _is_meant(each.target, name):
            yield from _sentences(each.function.__name__, lambda one=each: one.function(value))  # type: ignore[misc]
    for constraint in project.constraints:
        told = list(_sentences("", lambda one=constraint: one.function(name, value)))  # type: ignore[misc]
        if told:
            yield told[0] if told[0] != REFUSED else constraint.message


REFUSED = "it is refused"


def _is_meant(target: str, name: str) -> bool:
    if target.startswith(BOARD) != name.startswith(BOARD):
        return False
    return fnmatchcase(name.lower(), target.lower())


def _sentences(name: str, judge: Callable[[], Any]) -> list[str]:
    """What a function says of a value, whichever of the ways of saying it was taken."""
    by = f" by {name}" if name else ""
    try:
        with aside():
            said = judge()
        if isinstance(said, tuple) and len(said) == 2 and isinstance(said[0], bool):
            said = True if said[0] else list(said[1]) or False
        if said is None or said is True:
            return []
        if said is False:
            return [f"{REFUSED}{by}"]
        return [said][: bool(said)] if isinstance(said, str) else [str(each) for each in _listed(said)]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the function is the project's
        told = failure(f"judging it{by} failed", error, [])
        return [told.message]


def _listed(said: Any) -> Iterable[Any]:
    if not isinstance(said, Iterable):
        raise TypeError(f"it gave {type(said).__name__} where sentences were expected")
    return said


def refuse_unfit(
    settings: Settings, kinds: Kinds, made: Sequence[Replace], stood: Callable[[str], Stored | None]
) -> None:
    """Refuses pages that are to be written with a value that nobody may write, as the project's own validators say.

    What stood there already, which ``stood`` reads, is not judged again: it is validate that tells of that. Raises
    InvalidValue, and ConfigError where the validators could not be loaded, for then nobody knows what they would say.
    """
    judged = [each for each in made if kinds.of(each.path)]
    if not judged:
        return
    project = project_of(settings)
    if not (project.validators or project.constraints or project.failures):
        return

    def read(stored: Stored) -> Page:
        return read_page(stored, None, kinds)

    pages = []
    for each in judged:
        new, before = (
            Stored(path=each.path, data=each.data, revision=revision_of(each.data)),
            stood(each.path),
        )
        pages.append((read(new), read(before) if before is not None else None))
    _refuse(project, pages)


def _refuse(project: Project, pages: Sequence[tuple[Page, Page | None]]) -> None:
    if project.failures:
        first = project.failures[0]
        hint = "Mend it; run = false below [checks] switches all of them off."
        raise ConfigError(first.file or "cosmemory.toml", "", first.message, hint)
    for page, before in pages:
        stood = {name: value for name, value, _ in _values(before)} if before is not None else {}
        for name, value, _ in _values(page):
            if name in stood and stood[name] == value:
                continue
            for sentence in refusals(project, name, value):
                said = f"{name.removeprefix(BOARD)} on the board" if name.startswith(BOARD) else page.path
                raise InvalidValue(said, sentence, "The project's own validators refuse it.")
