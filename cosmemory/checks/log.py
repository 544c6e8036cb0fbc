"""Checks of the log and its archives: types, times, order, weeks, checksums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.pages import Finding, Pages, found
from cosmemory.document.values import Raw
from cosmemory.kinds import ARCHIVE, COORDINATION_LOG
from cosmemory.kinds.coordination_log import ENTRY, EVENT_TYPES, Event, closed, week_of
from cosmemory.kinds.page import Page
from cosmemory.pattern import pattern
from cosmemory.text.spans import Span, first_line

_TIMED_LINE = pattern(
    r"^(?:[-*+] )?(?:\[[^\]\r\n]{1,20}\] ?)?(?:\*\*|\[)\d{4}-\d\d-\d\d[^\r\n]*", re.MULTILINE
)

# A heading with the labels of an entry and without its day: `### 10:00:00`.
_DAYLESS = pattern(
    r"^### (?!\[?\d{4}-\d\d-\d\d)([^\r\n]*)(?=(?:\r\n|\r|\n)(?:[-*+] )?(?:\*\*)?Type(?:\*\*)?[ \t]*:)",
    re.MULTILINE,
)
# What every line has in it that tells of an event and is no entry: found, or not, in a third of the time.
_DAY_OPENED = pattern(r"[*[]\d{4}-\d\d-\d\d")


def check_log(pages: Pages) -> Iterator[Finding]:
    """The entries of the active log and of its archives."""
    known = {*EVENT_TYPES, *pages.settings.event_types}
    for page in pages.of(COORDINATION_LOG):
        yield from _entries(page, known)
        yield from _hidden(page)
        yield from _one_liners(page)
        archive = ARCHIVE.fullmatch(page.path)
        if archive:
            yield from _archive(page, archive[1])


def _entries(page: Page, known: set[str]) -> Iterator[Finding]:
    latest: datetime | None = None
    for event in page.document.events:
        yield from _entry(page, event, known)
        if isinstance(event.time, datetime):
            if latest is not None and event.time < latest:
                message = "the entry is older than one before it"
                yield from found(page, "time-out-of-order", message, _heading(page, event))
            latest = max(latest or event.time, event.time)


def _entry(page: Page, event: Event, known: set[str]) -> Iterator[Finding]:
    heading = _heading(page, event)
    if isinstance(event.time, Raw):
        yield from found(page, "time-unreadable", f"{event.time.text!r} is not an ISO time", heading)
    if event.type is None:
        yield from found(page, "missing-field", "the entry has no 'Type'", heading)
    elif event.type not in known:
        yield from found(page, "unknown-event-type", f"{event.type!r} is not a known type", heading)
    if not closed(page.tree.text, event):
        yield from found(page, "open-entry", "the entry is not closed by ---", heading)


def _hidden(page: Page) -> Iterator[Finding]:
    """Entries inside of what a Markdown reader takes for code or a comment."""
    text = page.tree.text
    for block in page.tree.blocks:
        if block.kind in {"fence", "html"}:
            what = "code fence" if block.kind == "fence" else "comment"
            for matched in ENTRY.finditer(text, block.start, block.end):
                message = f"the entry begins inside of a {what}"
                yield from found(page, "hidden-entry", message, Span(*matched.span()))


def _one_liners(page: Page) -> Iterator[Finding]:
    text = page.tree.text
    for matched in _TIMED_LINE.finditer(text) if _DAY_OPENED.search(text) else ():
        message = "the line tells of an event and is no entry"
        yield from found(page, "one-line-entry", message, Span(*matched.span()))
    # Where each heading is that of an entry, none lacks its day.
    headed = sum(text.startswith("### ", event.span.start) for event in page.document.events)
    if text.count("\n### ") + text.startswith("### ") == headed:
        return
    for matched in _DAYLESS.finditer(text):
        message = f"{matched[1]!r} is not an ISO time, and what stands below it is no entry"
        yield from found(page, "time-unreadable", message, Span(*matched.span()))


def _archive(page: Page, week: str) -> Iterator[Finding]:
    """Whether the archive holds what its header says, and its own week alone."""
    from cosmemory.kinds.log_archive import proof_of

    text = page.tree.text
    proof = proof_of(text)
    if proof is None:
        message = "the archive has no header with count and checksum"
        yield from found(page, "archive-checksum", message, first_line(text, 0, len(text)))
    else:
        if proof.week != week:
            message = f"the page is about {proof.week} and its name says {week}"
            yield from found(page, "file-name", message, _line(text, "Week:"))
        if proof.claimed != proof.found:
            message = f"the header counts {proof.claimed} entries and the page holds {proof.found}"
            yield from found(page, "archive-checksum", message, _line(text, "Entries:"))
        elif not proof.sound:
            message = "the entries are not those that the checksum was made of"
            yield from found(page, "archive-checksum", message, _line(text, "SHA-256:"))
    for event in page.document.events:
        other = week_of(event)
        if other not in {None, week}:
            message = f"the entry is of {other}, and the archive is for {week}"
            yield from found(page, "entry-of-another-week", message, _heading(page, event))


def _line(text: str, label: str) -> Span:
    """The line of an archive's header that begins with ``label``."""
    return first_line(text, text.index(label), len(text))


def _heading(page: Page, event: Event) -> Span:
    return first_line(page.tree.text, event.span.start, event.span.end)
