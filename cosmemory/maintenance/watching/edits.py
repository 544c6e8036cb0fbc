"""What people did to the pages: recorded, brought together with what they did not know of, and checked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator

from cosmemory.checks.beside import CheckedPage
from cosmemory.errors import CosmemoryError
from cosmemory.frozen import slotted
from cosmemory.maintenance.reconcile import MARK
from cosmemory.maintenance.watching.eye import Eye
from cosmemory.maintenance.watching.kept import findings, keep_findings
from cosmemory.maintenance.watching.told import CLEAN, DONE, FINDING, Told
from cosmemory.memory import Memory
from cosmemory.operations.fixing import fix
from cosmemory.pattern import pattern
from cosmemory.store import Remembered
from cosmemory.text.spans import LineIndex

# Derived values: counts, mirrors and sums that follow from what else stands on the pages.
DERIVED = "COS501"
# Some findings come with time alone, on pages that nobody touches.
AGES = 600
AT_ONCE = 100
NAMED = 8
# What gets older with every look stays the same finding.
_AGE = pattern(r"\b\d+ (minutes|hours|days)\b")


def take_notice(memory: Memory, eye: Eye, pages: dict[str, str]) -> Iterator[Told]:
    """Edits by hand recorded in the history, and what an older copy overwrote brought back as the settings say.

    ``eye`` learns that this was done for the ``pages`` as they stood before.
    """
    begun = time.monotonic()
    edited = memory.store.notice()
    eye.waited = time.monotonic() - begun
    if not edited:
        eye.noticed = pages
        return
    mark = memory.store.mark(MARK)
    newest = memory.store.history().revisions(limit=AT_ONCE)
    memory.run(lambda _: None, operation="watch")  # whoever changes something examines edits before
    eye.noticed = pages
    names = {step.path for change in newest if _is_news(change, mark) for step in change.pages}
    if len(names) > NAMED:  # a checkout, or a memory that is looked at for the first time
        yield Told(sort=DONE, text=f"{len(names)} pages were edited by hand; the history has them")
        return
    for name in sorted(names):
        yield Told(sort=DONE, text=f"{name} was edited by hand; the history has it")


def _is_news(change: Remembered, mark: int) -> bool:
    return change.by_hand and change.number > mark


@slotted
class _Found:
    """A finding as it is told, and by what it is known again wherever it moves on its page."""

    key: str
    text: str


def check(memory: Memory, eye: Eye, standing: dict[str, str]) -> Iterator[Told]:
    """The pages checked, derived values brought up to date, and what is new in it told; nothing is told twice.

    ``eye`` learns that this was done for the pages as they were ``standing`` before.
    """
    pages, failed = memory.validate().pages, None
    if memory.settings.watch_mend:
        try:
            if (yield from _mend(memory, eye, pages)):
                pages = memory.validate().pages
        except CosmemoryError as error:
            failed = error  # what is found is told all the same
    yield from _tell_new(memory, eye, pages)
    if failed is not None:
        raise failed
    eye.pages = standing


def _tell_new(memory: Memory, eye: Eye, pages: tuple[CheckedPage, ...]) -> Iterator[Told]:
    known = findings(memory.store) if eye.findings is None else eye.findings
    told = {page.path: _found_on(page) for page in pages if page.diagnostics}
    there = {page.path for page in pages}
    now = {path: sorted(each.key for each in found) for path, found in told.items()}
    for path, found in told.items():
        before = Counter(known.get(path, []))
        for each in found:
            if before[each.key]:
                before[each.key] -= 1
            else:
                yield Told(sort=FINDING, text=each.text)
    for path in sorted(known.keys() & there - now.keys()):
        yield Told(sort=CLEAN, text=f"{path} is clean again")
    if now != known:
        keep_findings(memory.store, now)
    eye.findings, eye.checked = now, memory.now().timestamp()
    eye.severities = dict(Counter(each.severity for page in pages for each in page.diagnostics))


def is_due(memory: Memory, eye: Eye) -> bool:
    """Whether pages that nobody has touched may have grown stale since the last check."""
    return not 0 <= memory.now().timestamp() - eye.checked < AGES


def _found_on(page: CheckedPage) -> list[_Found]:
    index = LineIndex(page.text)
    found: list[_Found] = []
    for each in page.diagnostics:
        line, column = index.position(each.start)
        said = f"{each.code} {each.message}"
        found.append(
            _Found(key=_AGE.sub("a while", said), text=f"{page.path}:{line + 1}:{column + 1}: {said}")
        )
    return found


def _mend(memory: Memory, eye: Eye, pages: tuple[CheckedPage, ...]) -> Generator[Told, None, int]:
    """Derived values that an edit by hand left behind; what a mend did not cure is left to somebody who reads."""
    wrong = {
        f"{page.path} {each.message}"
        for page in pages
        for each in page.diagnostics
        if each.code == DERIVED and each.fix is not None and each.fix.safe
    }
    paths = [
        page.path for page in pages if any(key.startswith(f"{page.path} ") for key in wrong - eye.mended)
    ]
    done = fix(memory, paths, select=(DERIVED,)).result if paths else 0
    eye.mended = wrong
    if done:
        yield Told(sort=DONE, text=f"derived values brought up to date on {', '.join(paths)}")
    return done
