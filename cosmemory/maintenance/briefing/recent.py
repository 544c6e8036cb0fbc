"""The events since a moment, read from the end of the log, as far back as is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from cosmemory.kinds.coordination_log import Event, entries
from cosmemory.memory import Memory
from cosmemory.operations.events import HEADING, newest_pages
from cosmemory.text.source import decode_text

FIRST, GROWTH = 16_384, 4
# Entries stand in the order in which they were written; one that is late by so much is found all the same.
SLACK = timedelta(hours=1)
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)


def recent_events(memory: Memory, since: datetime) -> list[Event]:
    """The events since then, oldest first; what stands behind one an hour older is not looked at any more."""
    found: list[Event] = []
    oldest = since - min(SLACK, since - FIRST_MOMENT)
    present = set(memory.store.paths())
    for path in newest_pages(memory):
        if path not in present:
            continue
        held, whole = _tail(memory, path, oldest)
        found = [*(each for each in held if _is_since(each, since)), *found]
        if not whole or _is_old(held, oldest):
            break
    return found


def _tail(memory: Memory, path: str, oldest: datetime) -> tuple[list[Event], bool]:
    """The entries of a page back to one that is older, and whether those are all."""
    size = FIRST
    while True:
        tail, start = memory.store.read_tail(path, size)
        begin = HEADING.search(tail) if start else None
        if start == 0 or begin is not None:
            text = decode_text(tail[begin.start() :] if begin else tail)
            # The first one alone decides, so that what is too little is not read for nothing.
            if start == 0 or _is_old([*islice(entries(text), 1)], oldest):
                return list(entries(text)), start == 0
        size *= GROWTH


def _is_old(held: list[Event], oldest: datetime) -> bool:
    return any(isinstance(each.time, datetime) and each.time < oldest for each in held)


def _is_since(event: Event, since: datetime) -> bool:
    return isinstance(event.time, datetime) and event.time >= since


def newest_events(memory: Memory, count: int) -> Iterator[Event]:
    """The last so many events."""
    from cosmemory.operations.events import find_events

    return (event for _, event in find_events(memory, last=count))
