"""The verbs of the Chief of Staff's own page, as pure steps from one document to the next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cosmemory.errors import IllegalTransition, InvalidValue, NotFound
from cosmemory.kinds import cos_state
from cosmemory.kinds.cos_state import ACTION_STEPS, ENDED, Action, CosState, Decision, Focus, Resources

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REVIEW = Action(id="1", action="review the lock", status="pending")


def state_of(*actions: Action) -> CosState:
    return CosState(pending_actions=actions)


def test_a_focus_keeps_its_priority_unless_one_is_given() -> None:
    before = CosState(current_focus=Focus(primary_task="rest", priority="low"))
    kept = cos_state.focus(before, "work", None, NOON).current_focus
    assert kept == Focus(primary_task="work", priority="low", started=NOON)
    assert cos_state.focus(before, "work", "high", NOON).current_focus.priority == "high"


@pytest.mark.parametrize("current", ACTION_STEPS)
@pytest.mark.parametrize("wanted", ACTION_STEPS)
def test_an_action_takes_legal_steps_alone(current: str, wanted: str) -> None:
    before = state_of(Action(id="1", status=current))
    if wanted in ACTION_STEPS[current]:
        assert cos_state.move_action(before, "1", wanted).pending_actions[0].status == wanted
    else:
        with pytest.raises(IllegalTransition) as refused:
            cos_state.move_action(before, "1", wanted)
        assert all(step in str(refused.value) for step in ACTION_STEPS[current])


def test_an_ended_action_can_be_opened_again_and_no_other_way_leads_out() -> None:
    assert [ACTION_STEPS[each] for each in ENDED] == [("pending",), ("pending",)]


def test_an_action_is_found_by_its_id_alone() -> None:
    assert cos_state.action_named(state_of(REVIEW), "1") is REVIEW
    with pytest.raises(NotFound, match="The action '2'"):
        cos_state.action_named(state_of(REVIEW), "2")
    with pytest.raises(InvalidValue, match="2 actions have the id 1"):
        cos_state.action_named(state_of(REVIEW, REVIEW), "1")


def test_an_id_is_given_once() -> None:
    assert cos_state.add_action(state_of(), REVIEW) == state_of(REVIEW)
    with pytest.raises(InvalidValue, match="an action 1 stands on the page already"):
        cos_state.add_action(state_of(REVIEW), REVIEW)


def test_what_a_bound_pushes_out_is_handed_over_oldest_first() -> None:
    decisions = tuple(Decision(decision=f"number {n}") for n in range(4))
    ended = tuple(Action(id=str(n), status="done") for n in range(3))
    before = CosState(recent_decisions=decisions, pending_actions=(ended[0], REVIEW, *ended[1:]))
    after, pushed = cos_state.bounded(before, decisions=2, ended_actions=1)
    assert pushed == (*decisions[:2], *ended[:2])
    assert after == CosState(recent_decisions=decisions[2:], pending_actions=(REVIEW, ended[2]))


def test_open_actions_are_never_pushed_out() -> None:
    before = state_of(*(Action(id=str(n), status="pending") for n in range(50)))
    assert cos_state.bounded(before, decisions=1, ended_actions=1) == (before, ())


def test_a_measure_that_is_not_given_stays() -> None:
    before = CosState(resource_status=Resources(memory=71, cpu_load=1.4))
    after = cos_state.measure_resources(before, 80, None, NOON)
    assert after.resource_status == Resources(memory=80, cpu_load=1.4, last_check=NOON)
