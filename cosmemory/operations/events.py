"""Events: appended to the log, and found again in it and in its archives."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime

from cosmemory.kinds import ARCHIVE, LOG_PATH
from cosmemory.kinds.coordination_log import Event, entries, matches
from cosmemory.memory import Memory
from cosmemory.text.source import decode_text


def append_events(memory: Memory, events: Iterable[Event]) -> tuple[str, int]:
    """``events`` at the end of the log with one sync; gives the log's revision and their number."""
    given = tuple(events)
    outcome = memory.run(lambda transaction: transaction.append(*given), operation="log")
    return outcome.revision_of(LOG_PATH), len(given)


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
    """The events of the active log and its archives that fit every condition, oldest week first, each with its page."""
    kinds = tuple(types)
    found = (
        (path, event)
        for path in log_pages(memory)
        for event in page_events(memory, path)
        if matches(event, since=since, until=until, types=kinds, agent=agent, text=text)
    )
    return iter(deque(found, maxlen=last)) if last is not None else found


def log_pages(memory: Memory) -> list[str]:
    """The archives, oldest first, and then the active log."""
    archives = sorted(path for path in memory.store.paths() if ARCHIVE.fullmatch(path))
    return [*archives, LOG_PATH]


def page_events(memory: Memory, path: str) -> Iterator[Event]:
    """The entries of one log page, in page order."""
    stored = memory.store.read(path)
    return entries(decode_text(stored.data)) if stored is not None else iter(())
