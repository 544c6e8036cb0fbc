"""What belongs to a run is looked for among what is live, what is archived and who is in the team."""

from __future__ import annotations

import pytest

from cosmemory.operations import agents, handoffs, runs, team
from tests.operations.runs_at_hand import memory_at_hand


@pytest.fixture
def memory():
    return memory_at_hand()


def told(memory):
    return [
        (each.name, each.message)
        for page in memory.validate().pages
        for each in page.diagnostics
        if each.name in {"unknown-link", "agent-outlives-run"}
    ]


def test_agents_are_looked_for_only_where_agents_have_pages(memory):
    runs.create(memory, "demo", goal="Ship", phases=["scout"], agents=["L2.1"])
    assert told(memory) == []
    agents.register(memory, "L2.2")
    assert told(memory) == [("unknown-link", "there is no agent L2.1, which belongs to the run")]
    team.join(memory, "L2.1", role="Tester")
    assert told(memory) == []


def test_what_was_moved_to_the_archive_is_there(memory):
    for key in ("L2.1", "L2.2"):
        agents.register(memory, key)
    made = handoffs.create(memory, "pay", from_agent="a", to_agent="b").result
    runs.create(memory, "demo", goal="Ship", phases=["scout"], agents=["l2.1"])
    runs.link(memory, "demo", handoffs=[made])
    assert told(memory) == []
    agents.remove(memory, "L2.2")
    with memory.transaction() as transaction:
        transaction.set("runs/demo", "agents", "L2.1, L2.2")
    assert told(memory) == []


def test_an_agent_that_vanishes_is_noticed_though_its_run_ended_clean(memory):
    agents.register(memory, "L2.1")
    agents.register(memory, "L2.2")
    runs.create(memory, "demo", goal="Ship", phases=["scout"], agents=["L2.1"])
    runs.start(memory, "demo")
    runs.fail(memory, "demo", error="x")
    assert told(memory) == []
    with memory.transaction() as transaction:
        transaction.remove("agents/L2.1.md")
    assert [name for name, _ in told(memory)] == ["unknown-link"]


def test_an_agent_that_was_spawned_again_after_its_run_ended_is_no_leftover(memory):
    agents.spawn(memory, "L2.1", pid=1)
    runs.create(memory, "demo", goal="Ship", phases=["scout"], agents=["L2.1"])
    runs.start(memory, "demo")
    runs.fail(memory, "demo", error="x")
    assert told(memory) == [
        ("agent-outlives-run", "the run is failed, and its agent L2.1 is running since before it ended")
    ]
    agents.mark_failed(memory, "L2.1", error="x")
    agents.retry(memory, "L2.1")
    agents.spawn(memory, "L2.1", pid=1)
    assert told(memory) == []
