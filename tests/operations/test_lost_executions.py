"""An execution whose end nobody recorded is noticed wherever one looks, and told of once."""

from __future__ import annotations

import pytest

from cosmemory.maintenance import recovery
from cosmemory.maintenance.watching import watch
from cosmemory.operations import agents, alerts, runs
from tests.operations.runs_at_hand import memory_at_hand

WHY = "E-1: its agent L2.1 has failed"


@pytest.fixture
def memory():
    made = memory_at_hand()
    runs.create(made, "demo", goal="Ship", phases=["scout"])
    runs.start(made, "demo")
    runs.enter_phase(made, "demo", "scout")
    agents.spawn(made, "L2.1")
    agents.started(made, "L2.1")
    runs.begin_execution(made, "demo", "scout", agent="L2.1")
    return made


def found_on(memory):
    return [
        each.message
        for page in memory.validate().pages
        for each in page.diagnostics
        if each.name == "lost-execution"
    ]


def lost(memory):
    return [(each.id, why) for each, why in runs.lost_executions(memory, "demo")]


def test_an_execution_whose_agent_is_at_work_is_not_lost(memory):
    assert lost(memory) == []
    assert found_on(memory) == []
    (run,) = recovery.check(memory)["runs"]
    assert run.lost == ()
    assert not recovery.is_urgent({"runs": (run,)})


def test_an_execution_whose_agent_has_failed_is_told_of_everywhere(memory):
    agents.mark_failed(memory, "L2.1", error="out of tokens")
    assert lost(memory) == [("E-1", "its agent L2.1 has failed")]
    assert found_on(memory) == ["the execution E-1 is running, and its agent L2.1 has failed"]
    found = recovery.check(memory)
    assert recovery.is_urgent(found)
    assert (
        recovery.sentences(found)[-1]
        == f"1 run has not ended: demo is executing in scout; nobody is at {WHY}."
    )
    assert list(watch(memory)) == ["ALERT-1 raised: Execution lost: demo E-1 its agent L2.1 has failed"]
    assert list(watch(memory)) == []
    alerts.resolve_alert(memory, "ALERT-1")
    assert list(watch(memory)) == []


def test_it_is_no_more_once_somebody_says_what_it_came_to(memory):
    agents.complete(memory, "L2.1")
    assert len(found_on(memory)) == 1
    runs.complete_execution(memory, "demo", "E-1")
    assert (lost(memory), found_on(memory), list(watch(memory))) == ([], [], [])


def test_an_agent_in_the_archive_has_ended_as_well(memory):
    agents.complete(memory, "L2.1")
    agents.remove(memory, "L2.1")
    assert lost(memory) == [("E-1", "its agent L2.1 has completed")]
    assert len(found_on(memory)) == 1


def test_an_execution_of_a_phase_that_is_over_is_lost(memory):
    with memory.transaction() as transaction:
        transaction.set("runs/demo", "phases.scout.status", "skipped")
    assert lost(memory) == [("E-1", "its phase scout is skipped")]
    assert found_on(memory) == ["the execution E-1 is running, and its phase scout is skipped"]


def test_an_agent_that_nothing_is_known_of_proves_nothing(memory):
    runs.complete_execution(memory, "demo", "E-1")
    runs.begin_execution(memory, "demo", "scout", agent="no/page?")
    assert (lost(memory), found_on(memory)) == ([], [])


def test_recovering_the_run_says_why_the_execution_failed(memory):
    agents.mark_failed(memory, "L2.1", error="out of tokens")
    runs.recover(memory, "demo")
    (execution,) = runs.executions(memory, "demo")
    assert (execution.status, execution.error) == ("failed", "interrupted: its agent L2.1 has failed")
    assert lost(memory) == []
