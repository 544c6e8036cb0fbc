"""Checks of the log and its archives: types, times, order, weeks, checksums."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.pages import Finding, Pages, found
from cosmemory.document.values import Raw
from cosmemory.kinds import COORDINATION_LOG
from cosmemory.kinds.coordination_log import EVENT_TYPES, Event, closed
from cosmemory.kinds.page import Page
from cosmemory.text.spans import Span


def check_log(pages: Pages) -> Iterator[Finding]:
    """The entries of the active log."""
    page = pages.the(COORDINATION_LOG)
    if page is None:
        return
    known = {*EVENT_TYPES, *pages.settings.event_types}
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


def _heading(page: Page, event: Event) -> Span:
    start = event.span.start
    return Span(start, start + len(page.tree.text[start : event.span.end].split("\n", 1)[0].rstrip("\r")))
