"""Agents: spawned, followed on their way, done, failed, begun again and put away; the log tells of each step."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cosmemory import EphemeralStore, Memory
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, NotSaved
from cosmemory.kinds.agent import value_of
from cosmemory.operations import agents
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise

START = int(datetime(2026, 11, 21, 18, 40, tzinfo=UTC).timestamp())
DAY = 86_400


class Clock:
    def __init__(self):
        self.at = START

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory(clock):
    made = Memory(EphemeralStore(), now=clock, actor="kim")
    initialise(made)
    return made


def deployed(memory, key="L2.2.1", **more):
    asked = {
        "name": "Critical Security Engineer",
        "kind": "L2",
        "parent": "L1.OVERWATCH.2",
        "model": "haiku",
        "prompt": "Fix authentication and WebSocket auth...",
        "load": 25.0,
        "duration": 14400,
    }
    return agents.spawn(memory, key, **{**asked, **more}).result


def said(memory, type_="agent"):
    return [(e.action, e.outcome) for _, e in find_events(memory) if e.type == type_]


def test_a_deployed_agent_has_a_page_that_says_all_that_was_asked_of_it(memory):
    made = deployed(memory, pid=12345, metadata={"priority": "high", "files": ["auth.py"]})
    assert (made.key, made.recorded) == ("L2.2.1", True)
    agent = memory.read("agents/L2.2.1")
    assert (agent.status, agent.process.pid, agent.attempts) == ("running", 12345, 1)
    assert (agent.load_percentage, agent.estimated_duration) == (25, 14400)
    assert agent.created_at == agent.started_at == datetime(2026, 11, 21, 18, 40, tzinfo=UTC)
    assert value_of(agent.metadata) == {"priority": "high", "files": ["auth.py"]}
    assert agent.prompt == "Fix authentication and WebSocket auth..."
    assert said(memory) == [("L2.2.1 (Critical Security Engineer) spawned", "running, process 12345")]
    assert not memory.read("agents/L2.2.1").extra
    assert [d for page in memory.validate().pages for d in page.diagnostics if d.severity != "info"] == []


def test_an_agent_goes_from_waiting_to_done(memory, clock):
    agents.register(memory, "L2.1", name="Tester")
    agents.spawn(memory, "l2.1", model="opus")
    agents.started(memory, "L2.1", pid=77)
    clock.at += 600
    agents.progress(memory, "L2.1", 40, message="half of the routes", data={"route": 7}, tokens=1200)
    agents.complete(memory, "L2.1", cost=0.25)
    agent = memory.read("agents/L2.1")
    assert (agent.status, agent.model, agent.progress.percent) == ("completed", "opus", 100)
    assert (agent.tokens, agent.cost) == (1200, 0.25)
    assert agent.completed_at == agent.last_updated == datetime(2026, 11, 21, 18, 50, tzinfo=UTC)
    assert [each.data.value for each in agent.checkpoints] == [{"route": 7}]
    assert said(memory) == [
        ("L2.1 (Tester) registered", "pending"),
        ("L2.1 (Tester) spawned", "spawning"),
        ("L2.1 (Tester) started", "running, process 77"),
        ("L2.1 (Tester) at 40%", "half of the routes"),
        ("L2.1 (Tester) completed", "completed"),
    ]


def test_an_agent_that_failed_is_begun_again_from_its_last_checkpoint(memory):
    deployed(memory, pid=5)
    agents.progress(memory, "L2.2.1", 40, message="two of five", data={"endpoint": 3})
    agents.mark_failed(memory, "L2.2.1", error="out of tokens", exit_code=3)
    failed = memory.read("agents/L2.2.1")
    assert (failed.status, failed.error, failed.process.exit_code) == ("failed", "out of tokens", 3)
    agents.retry(memory, "L2.2.1")
    waiting = memory.read("agents/L2.2.1")
    assert (waiting.status, waiting.error, waiting.failed_at, waiting.process.pid) == (
        "pending",
        None,
        None,
        None,
    )
    assert (waiting.progress.percent, waiting.checkpoints[-1].data.value) == (40, {"endpoint": 3})
    assert said(memory)[-1][1] == "from 40%: two of five"
    assert agents.spawn(memory, "L2.2.1", pid=6).result.recorded
    assert memory.read("agents/L2.2.1").attempts == 2


@pytest.mark.parametrize(
    ("verb", "legal"),
    [
        (lambda memory: agents.complete(memory, "L2.1"), ("spawning", "failed")),
        (lambda memory: agents.retry(memory, "L2.1"), ("spawning", "failed")),
        (lambda memory: agents.progress(memory, "L2.1", 5), ("spawning", "failed")),
    ],
)
def test_a_step_that_is_not_legal_is_refused_and_names_the_legal_ones(memory, verb, legal):
    agents.register(memory, "L2.1")
    before = memory.store.read("agents/L2.1.md")
    with pytest.raises(IllegalTransition) as refused:
        verb(memory)
    assert refused.value.legal == legal
    assert memory.store.read("agents/L2.1.md") == before


@pytest.mark.parametrize("percent", [-1, 101, float("inf"), float("nan")])
def test_progress_is_a_share_of_a_whole(memory, percent):
    deployed(memory, pid=5)
    with pytest.raises(InvalidValue):
        agents.progress(memory, "L2.2.1", percent)


def test_only_the_newest_checkpoints_stay(memory):
    deployed(memory, pid=5)
    for number in range(memory.settings.agent_checkpoints + 2):
        agents.progress(memory, "L2.2.1", number)
    held = memory.read("agents/L2.2.1").checkpoints
    assert len(held) == memory.settings.agent_checkpoints
    assert held[0].progress == 2


def test_a_mistyped_id_is_answered_with_the_nearest(memory):
    deployed(memory)
    with pytest.raises(NotFound) as missing:
        agents.complete(memory, "L2.2.2")
    assert missing.value.hint == "Did you mean 'L2.2.1'?"


def test_spawning_goes_on_where_the_page_cannot_be_written(memory, monkeypatch):
    def refuse(*_, **__):
        raise NotSaved("agents/L2.2.1.md", "no space left on device")

    monkeypatch.setattr(memory, "run", refuse)
    made = agents.spawn(memory, "L2.2.1", pid=5)
    assert made.result.key == "L2.2.1"
    assert not made.result.recorded
    assert made.result.problem == "agents/L2.2.1.md was not saved: no space left on device."
    assert made.revisions == ()


def test_clean_up_archives_what_ended_and_keeps_what_runs(memory, clock):
    for key in ("done", "failed", "recent", "running"):
        deployed(memory, key, pid=5)
    agents.complete(memory, "done")
    agents.mark_failed(memory, "failed", error="x")
    clock.at += 6 * DAY
    agents.complete(memory, "recent")
    before = memory.store.read("agents/done.md").data
    assert agents.cleanup(memory).result == ""
    clock.at += DAY
    assert agents.cleanup(memory).result == "done, failed"
    assert memory.store.read("archive/agents/done.md").data == before
    assert [each.agent_id for each in agents.listed(memory)] == ["recent", "running"]
    assert agents.cleanup(memory, days=0).result == "recent"
    assert [each.agent_id for each in agents.listed(memory)] == ["running"]
    assert said(memory)[-1] == ("recent moved to the archive", "archive/agents/recent.md")


def test_an_id_that_was_archived_is_not_given_again(memory):
    deployed(memory)
    agents.remove(memory, "L2.2.1")
    with pytest.raises(InvalidValue, match="used before"):
        deployed(memory)


def test_agents_are_found_by_what_they_are(memory):
    deployed(memory, "L2.1", pid=5)
    deployed(memory, "L2.2", model="opus")
    deployed(memory, "L1.1", kind="L1", parent=None)
    assert [each.agent_id for each in agents.listed(memory, kind="l2")] == ["L2.1", "L2.2"]
    assert [each.agent_id for each in agents.listed(memory, status=["running"])] == ["L2.1"]
    assert [each.agent_id for each in agents.listed(memory, model="opus")] == ["L2.2"]
    assert [each.agent_id for each in agents.incomplete(memory)] == ["L1.1", "L2.1", "L2.2"]


def test_a_summary_counts_by_status_and_type(memory, clock):
    for key in ("L2.1", "L2.2", "L2.3", "L2.4"):
        deployed(memory, key, pid=5)
        clock.at += 60
    deployed(memory, "L1.1", kind="L1")
    agents.complete(memory, "L2.1")
    agents.resume(memory, "L2.3", reason="its process is gone")
    found = agents.summary(memory)
    assert (found.total, found.incomplete, found.oldest) == (5, 4, "L2.2")
    assert found.by_status == {"running": 2, "completed": 1, "pending": 1, "spawning": 1}
    assert found.incomplete_by_type == {"L2": 3, "L1": 1}
    assert (found.resumed, found.recovered) == (1, 0)
    assert said(memory, "recovery") == [
        (
            "L2.3 (Critical Security Engineer) handed out to be resumed",
            "from the beginning; its process is gone",
        )
    ]


def test_a_tree_shows_who_spawned_whom(memory):
    for key, parent in (("a", None), ("b", "a"), ("c", "b"), ("d", "L0"), ("x", "y"), ("y", "x")):
        deployed(memory, key, parent=parent)
    shown = [(depth, each.agent_id) for depth, each in agents.tree(memory)]
    assert shown == [(0, "a"), (1, "b"), (2, "c"), (0, "d"), (0, "x"), (1, "y")]


def test_what_does_not_run_makes_no_progress_and_the_refusal_says_what_it_can_become(memory):
    deployed(memory)
    agents.mark_failed(memory, "L2.2.1", error="Out of tokens")
    with pytest.raises(IllegalTransition) as refused:
        agents.progress(memory, "L2.2.1", 40)
    assert str(refused.value) == "Agent L2.2.1 is failed and cannot become running; it can become pending."
