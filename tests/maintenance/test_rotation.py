"""Rotation: past weeks move to their archives, once, whole, and nothing else is touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import Damaged
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.rotation import rotate, verify
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.store import Replace

NOW = datetime(2027, 1, 5, 12, tzinfo=UTC)
LOG = "coordination-log.md"


@pytest.fixture
def memory() -> Memory:
    memory = Memory(EphemeralStore(), now=lambda: int(NOW.timestamp()))
    initialise(memory)
    return memory


def log(memory: Memory, *days_ago: int) -> None:
    times = [(days, NOW - timedelta(days=days)) for days in days_ago]
    memory.log(*(Event(time=at, type="decision", action=f"{days} ago") for days, at in times))


def text(memory: Memory, path: str = LOG) -> str:
    stored = memory.store.read(path)
    assert stored is not None
    return stored.data.decode()


def test_past_weeks_go_and_the_present_one_stays(memory: Memory) -> None:
    log(memory, 15, 8, 2, 0)
    done = rotate(memory).result
    # 2027-01-03 is a Sunday of 2026-W53; %Y-W%W would have called it 2027-W00.
    assert [(each.week, each.entries) for each in done.archived] == [
        ("2026-W52", 1),
        ("2026-W53", 2),
    ]
    assert done.kept == 1
    assert [event.action for _, event in find_events(memory)] == ["15 ago", "8 ago", "2 ago", "0 ago"]
    assert verify(memory).faults == ()


def test_rotating_twice_is_rotating_once(memory: Memory) -> None:
    log(memory, 9, 1)
    rotate(memory)
    before = {path: memory.store.read(path) for path in memory.store.paths()}
    assert rotate(memory).result.archived == ()
    assert {path: memory.store.read(path) for path in memory.store.paths()} == before


def test_a_late_entry_goes_to_the_archive_of_its_week(memory: Memory) -> None:
    log(memory, 8)
    rotate(memory)
    log(memory, 9)
    rotate(memory)
    assert [event.action for _, event in find_events(memory)] == ["9 ago", "8 ago"]
    assert verify(memory).faults == ()


def test_equal_events_are_two(memory: Memory) -> None:
    log(memory, 8, 8)
    rotate(memory)
    assert [event.action for _, event in find_events(memory)] == ["8 ago", "8 ago"]


def test_preamble_and_sections_without_a_time_survive(memory: Memory) -> None:
    log(memory, 8)
    written = (
        text(memory).replace("## Events", "A word before.\n\n## Events") + "## My own notes\n\nkeep me\n\n"
    )
    memory.store._pages[LOG] = written.encode()
    log(memory, 0)
    rotate(memory)
    after = text(memory)
    assert "A word before.\n\n## Events" in after
    assert "## My own notes\n\nkeep me\n" in after
    assert "8 ago" not in after
    assert "My own notes" not in text(memory, "coordination-log-2026-W53.md")


def test_a_damaged_archive_is_named_and_not_rewritten(memory: Memory) -> None:
    log(memory, 8)
    rotate(memory)
    path = "coordination-log-2026-W53.md"
    memory.store._pages[path] = text(memory, path).replace("8 ago", "9 ago").encode()
    assert "damaged" in verify(memory).faults[0]
    log(memory, 8)
    with pytest.raises(Damaged):
        rotate(memory)
    assert "8 ago" in text(memory)


def test_an_old_log_saved_over_the_rotated_one_is_told_before_its_entries_are_doubled(memory: Memory) -> None:
    log(memory, 8, 0)
    old = text(memory)
    rotate(memory)
    assert verify(memory).faults == ()
    stored = memory.store.read(LOG)
    assert stored is not None
    with memory.store.writing() as writer:
        saved = old.replace("\n", "\r\n").encode()
        writer.commit([Replace(path=LOG, data=saved, expected=stored.revision)])
    (fault,) = verify(memory).faults
    assert fault == (
        "coordination-log-2026-W53.md and the log share 1 entries, which the next rotation would double."
    )
