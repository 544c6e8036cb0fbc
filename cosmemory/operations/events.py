"""Events, found again in the log and in its archives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from cosmemory.errors import NotFound
from cosmemory.kinds import ARCHIVE, LOG_PATH
from cosmemory.kinds.coordination_log import Event, entries, matches
from cosmemory.memory import Memory
from cosmemory.pattern import pattern
from cosmemory.text.source import decode_text

BLOCK = 256 * 1024
TAIL = 512
USUAL_ENTRY = 320
# The beginning of an entry, as in kinds/coordination_log.py, on bytes.
HEADING = pattern(rb"^###? (?=\[?\d{4}-\d\d-\d\d)", re.MULTILINE)


def find_events(
    memory: Memory,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    types: Iterable[str] = (),
    agent: str | None = None,
    text: str | None = None,
    last: int | None = None,
) -> Iterator[tuple[str, Event]]:
    """The events of the archives and the active log that fit every condition, oldest week first, each with its page.

    Pages are streamed; with ``last`` they are read from their ends, and no further back than needed.
    """
    kinds = tuple(types)

    def fits(event: Event) -> bool:
        return matches(event, since=since, until=until, types=kinds, agent=agent, text=text)

    if last is not None:
        newest = (path for path in newest_pages(memory) if _may_hold(path, since, until))
        return iter(_last(memory, newest, fits, last))
    pages = [path for path in log_pages(memory) if _may_hold(path, since, until)]
    return ((path, event) for path in pages for event in page_events(memory, path) if fits(event))


def log_pages(memory: Memory) -> list[str]:
    """The archives, oldest first, and then the active log."""
    archives = sorted(path for path in memory.store.paths() if ARCHIVE.fullmatch(path))
    return [*archives, LOG_PATH]


def newest_pages(memory: Memory) -> Iterator[str]:
    """The active log and then the archives, newest first; these are looked for only when they are asked for."""
    yield LOG_PATH
    yield from log_pages(memory)[-2::-1]


def page_events(memory: Memory, path: str) -> Iterator[Event]:
    """The entries of one log page, in page order, streamed."""
    try:
        file = memory.store.open_read(path)
    except NotFound:
        return
    with file:
        for part in whole_entries(file.read):
            yield from entries(decode_text(part))


def whole_entries(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The rest of a log in parts that end where an entry ends; together they are all of it."""
    pending = b""
    while block := read(BLOCK):
        pending += block
        cut = _last_heading(pending)
        if cut > 0:
            yield pending[:cut]
            pending = pending[cut:]
    yield pending


def _last_heading(data: bytes) -> int:
    """Where the last entry begins that may still go on; 0 when there is but one."""
    end = len(data)
    while (end := data.rfind(b"\n##", 0, end)) >= 0:
        if HEADING.match(data, end + 1):
            return end + 1
    return 0


def _may_hold(path: str, since: datetime | None, until: datetime | None) -> bool:
    """Whether an archive's week has any day between two times; always so for the active log."""
    found = ARCHIVE.fullmatch(path)
    if found is None:
        return True
    year, week = found[1].split("-W")
    try:
        first = datetime.combine(date.fromisocalendar(int(year), int(week), 1), time.min, UTC)
    except ValueError:
        return True  # a name with a week that the year does not have: its entries decide
    return (since is None or since < first + timedelta(weeks=1)) and (until is None or until >= first)


def _last(
    memory: Memory, pages: Iterable[str], fits: Callable[[Event], bool], wanted: int
) -> list[tuple[str, Event]]:
    found: list[tuple[str, Event]] = []
    for path in pages:
        held = _last_of(memory, path, fits, wanted - len(found))
        found = [(path, event) for event in held] + found
        if len(found) >= wanted:
            break
    return found


def _last_of(memory: Memory, path: str, fits: Callable[[Event], bool], wanted: int) -> list[Event]:
    """The last events of one page that fit, from a tail that grows until it holds enough of them."""
    size = TAIL + wanted * USUAL_ENTRY
    while True:
        tail, start = memory.store.read_tail(path, size)
        first = HEADING.search(tail) if start else None
        if start == 0 or first is not None:
            held = entries(decode_text(tail[first.start() :] if first else tail))
            found = [event for event in held if fits(event)]
            if start == 0 or len(found) >= wanted:
                return found[-wanted:]
        size *= 8
