"""What is urgent now: overdue actions, and those that are not so yet."""

from __future__ import annotations

import pytest

from cosmemory.clock import read_time
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.maintenance import deploying
from cosmemory.memory import Memory
from cosmemory.operations import agents, meetings, runs, sessions
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.state import add_action
from cosmemory.operations.status import is_overdue, look

NOON = "2026-11-21T12:00:00Z"


def seconds(text: str) -> int:
    read = read_time(text)
    assert read is not None
    return read[0]


@pytest.mark.parametrize(
    ("deadline", "overdue"),
    [
        ("2026-11-20", True),
        ("2026-11-21", False),
        ("2026-11-21T11:59:59Z", True),
        ("2026-11-21T12:00:01Z", False),
        ("next week", False),
    ],
)
def test_an_action_is_overdue_when_its_deadline_is_over_a_bare_day_at_its_end(
    deadline: str, overdue: bool
) -> None:
    memory = Memory(EphemeralStore(), now=lambda: seconds(NOON))
    initialise(memory)
    add_action(memory, "Write it", deadline=deadline)
    (action,) = look(memory).actions
    assert is_overdue(action, memory.now()) is overdue
    assert f"| {deadline} |" in memory.store.read("cos-state.md").data.decode()


def test_what_is_under_way_is_told_and_what_is_over_is_not() -> None:
    memory = Memory(EphemeralStore(), now=lambda: seconds(NOON))
    initialise(memory)
    assert look(memory).under_way == ()
    sessions.start(memory, "week-1", agents=["kim"])
    meetings.begin(memory, "planning", agents=["kim", "lee"])
    meetings.spoke(memory, "kim")
    for key in ("one", "two"):
        runs.create(memory, key, goal=f"Goal {key}", phases=["scout"])
        runs.start(memory, key)
    runs.enter_phase(memory, "one", "scout")
    runs.fail(memory, "two", error="no network")
    for key in ("L2.1", "L2.2"):
        agents.spawn(memory, key, name=f"Agent {key}")
    agents.mark_failed(memory, "L2.2", error="no network")
    deploying.begin(memory, "4.2")
    assert [(each.noun, each.key, each.state, each.text) for each in look(memory).under_way] == [
        ("session", "week-1", "active", "planning meeting, 1 still to speak"),
        ("deployment", "4.2", "shadow", ""),
        ("run", "one", "executing, scout", "Goal one"),
        ("agent", "L2.1", "spawning", "Agent L2.1"),
    ]
