"""A deployment as pure steps: which stage may follow on which, and what keeps it from the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cosmemory.errors import IllegalTransition, NotFound, Refused
from cosmemory.frozen import replace
from cosmemory.kinds import deployment
from cosmemory.kinds.deployment import PARTIAL, ROLLED_BACK, STAGES, STEPS, Deployment, Objective

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=6)


def begun() -> Deployment:
    return deployment.begun("v2", ("latency", "rollback_ready"), NOON, minimum=6)


def ready(page: Deployment) -> Deployment:
    for row in page.slo_status:
        page = deployment.answered(page, row.slo or "", True, NOON)
    return page


def test_a_deployment_begins_in_shadow_with_nothing_proved() -> None:
    page = begun()
    assert (page.stage, page.rollback_ready, page.next_stage_eligible) == ("shadow", "no", "no")
    assert [(row.slo, row.holds) for row in page.slo_status] == [("latency", "no"), ("rollback_ready", "no")]


@pytest.mark.parametrize("stage", STEPS)
def test_each_stage_leads_to_the_next_and_back_alone(stage: str) -> None:
    page = replace(begun(), stage=stage)
    for wanted in (*STAGES, ROLLED_BACK):
        if wanted in STEPS[stage]:
            assert deployment.stepped(page, wanted) == wanted
        else:
            with pytest.raises(IllegalTransition) as refused:
                deployment.stepped(page, wanted)
            assert refused.value.legal == STEPS[stage]


def test_everything_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        deployment.refuse_early(begun(), NOON + timedelta(hours=2))
    assert str(refused.value) == (
        "v2 stays at shadow: latency does not hold, the rollback is not ready, 4 h are missing."
    )


def test_the_next_step_is_free_once_all_of_it_is_there() -> None:
    page = ready(begun())
    assert deployment.obstacles(page, LATER).none
    after = deployment.advanced(page, LATER, minimum=12, checkpoint="checkpoint_1", by="cos")
    assert (after.stage, after.stage_start, after.minimum_hours) == ("5%", LATER, 12)
    first, second = after.stage_history
    assert (first.stage, first.left, first.hours) == ("shadow", LATER, 6)
    assert (second.stage, second.entered, second.checkpoint, second.by) == (
        "5%",
        LATER,
        "checkpoint_1",
        "cos",
    )


def test_what_was_forced_says_what_stood_in_the_way() -> None:
    after = deployment.advanced(begun(), LATER, minimum=6, reason="a hot fix")
    assert after.stage_history[-1].reason == (
        "forced though latency does not hold, the rollback is not ready: a hot fix"
    )


def test_a_deployment_without_any_objective_is_not_ready() -> None:
    page = replace(begun(), slo_status=(), rollback_ready="yes")
    assert deployment.obstacles(page, LATER).told == ("no SLO is named",)


def test_a_stage_that_began_nobody_knows_when_has_all_its_hours_before_it() -> None:
    page = replace(ready(begun()), stage_start=None)
    assert deployment.obstacles(page, LATER).hours_missing == 6


def test_the_rollback_is_ready_when_its_objective_says_so() -> None:
    page = deployment.answered(begun(), "Rollback_Ready", True, NOON)
    assert page.rollback_ready == "yes"
    by_hand = replace(page, slo_status=(Objective(slo="rollback_ready", holds="no"),))
    assert deployment.derived(by_hand).rollback_ready == "no"
    alone = deployment.answered(replace(page, slo_status=()), "rollback_ready", False, NOON)
    assert (alone.rollback_ready, alone.slo_status) == ("no", ())


def test_a_misspelt_objective_is_no_new_one() -> None:
    with pytest.raises(NotFound) as missing:
        deployment.answered(begun(), "latencey", True, NOON)
    assert missing.value.hint == "Did you mean 'latency'?"
    added = deployment.answered(begun(), "cost", False, NOON, new=True)
    assert added.slo_status[-1] == Objective(slo="cost", holds="no", checked=NOON)


def test_hours_and_eligibility_follow_from_the_times_on_the_page() -> None:
    page = deployment.derived(replace(ready(begun()), last_updated=LATER))
    assert (page.hours_in_stage, page.next_stage_eligible) == (6, "yes")
    assert deployment.derived(replace(page, stage="100%")).next_stage_eligible == "no"


def test_a_rollback_leads_from_any_stage_and_ends_it() -> None:
    for stage in STAGES:
        after = deployment.rolled_back(replace(begun(), stage=stage), LATER, checkpoint="c", reason="slow")
        assert (after.stage, after.stage_history[-1].reason) == (ROLLED_BACK, "slow")
        assert not deployment.under_way(after)


def test_a_page_without_a_history_gets_one_with_the_next_step() -> None:
    page = replace(begun(), stage="20%", stage_history=())
    after = deployment.rolled_back(page, LATER)
    assert [(stay.stage, stay.entered, stay.left) for stay in after.stage_history] == [
        ("20%", NOON, LATER),
        (ROLLED_BACK, LATER, None),
    ]


def test_only_part_of_the_traffic_calls_for_recovery() -> None:
    assert PARTIAL == ("5%", "20%", "50%")
