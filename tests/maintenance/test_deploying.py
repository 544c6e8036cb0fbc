"""Deployments from beginning to end: what each step needs, what it keeps, and how it is taken back."""

from __future__ import annotations

import pytest

from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import Conflict, Damaged, IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.maintenance.checkpoint_shelf import SHELF, listed
from cosmemory.maintenance.checkpoints import create
from cosmemory.maintenance.deploying import advance, begin, roll_back
from cosmemory.maintenance.restoring import restore
from cosmemory.maintenance.undo import undo
from cosmemory.maintenance.way_back import way_back
from cosmemory.memory import Memory
from cosmemory.operations import deployments, measurements
from cosmemory.operations.deployments import Interrupted
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import set_value
from cosmemory.operations.state import set_focus

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
PAGE = "deployment.md"
METRICS = "performance/system-metrics.md"
BEGUN = """\
# Deployment

- **Version:** v1.0_lightweight
- **Previous Version:** -
- **Stage:** shadow
- **Rollback Ready:** no
- **Deployment Start:** 2026-11-21T12:00:00Z
- **Stage Start:** 2026-11-21T12:00:00Z
- **Last Updated:** 2026-11-21T12:00:00Z
- **Hours In Stage:** 0
- **Minimum Hours:** 6
- **Next Stage Eligible:** no
- **Checkpoint:** checkpoint_20261121_120000

## SLO Status
| SLO | Holds | Checked | Note |
|-----|-------|---------|------|
| compliance | no | - | - |
| latency | no | - | - |
| error_rate | no | - | - |
| ndcg | no | - | - |
| availability | no | - | - |
| rollback_ready | no | - | - |

## Metrics
| Metric | Current | Baseline | Measured As |
|--------|---------|----------|-------------|

## Stage History
| Stage | Entered | Left | Hours | Checkpoint | By | Reason |
|-------|---------|------|-------|------------|----|--------|
| shadow | 2026-11-21T12:00:00Z | - | - | checkpoint_20261121_120000 | cos | - |

## Notes

None
"""


class Clock:
    """A time that tests set."""

    at = NOON

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Memory:
    memory = Memory(EphemeralStore(), now=clock, actor="cos")
    initialise(memory)
    return memory


def text_of(memory: Memory, path: str) -> str:
    stored = memory.store.read(path)
    assert stored is not None
    return stored.data.decode()


def all_hold(memory: Memory) -> None:
    names = [row.slo or "" for row in memory.read("deployment").slo_status]
    deployments.set_slos(memory, dict.fromkeys(names, True))


def at_stage(memory: Memory, clock: Clock, stage: str) -> None:
    """A deployment of v2 taken to ``stage`` by the rules."""
    begin(memory, "v2")
    all_hold(memory)
    while memory.read("deployment").stage != stage:
        clock.at += 6 * 3600
        advance(memory)


def test_a_first_deployment_has_the_defaults(memory: Memory) -> None:
    begin(memory, "v1.0_lightweight")
    assert text_of(memory, PAGE) == BEGUN
    assert [each.name for each in listed(memory)] == ["checkpoint_20261121_120000"]


def test_the_objectives_may_be_named(memory: Memory) -> None:
    begin(memory, "v1", slos=["latency"], notes="The small one.")
    page = memory.read("deployment")
    assert ([row.slo for row in page.slo_status], page.notes) == (["latency"], "The small one.")


def test_where_there_is_no_page_there_is_nothing_to_deploy_from() -> None:
    with pytest.raises(Refused, match="no page to keep"):
        begin(Memory(EphemeralStore(), now=lambda: NOON), "v1")


@pytest.mark.parametrize("version", ["", " ", "-", "None"])
def test_a_version_must_say_something(memory: Memory, version: str) -> None:
    with pytest.raises(InvalidValue):
        begin(memory, version)
    assert memory.store.read(PAGE) is None


def test_a_deployment_under_way_is_not_begun_anew(memory: Memory) -> None:
    begin(memory, "v1")
    with pytest.raises(Refused, match="v1 is under way, at shadow"):
        begin(memory, "v2")


def test_without_a_deployment_no_step_can_be_taken(memory: Memory) -> None:
    for step in (deployments.status, advance, roll_back, lambda each: deployments.set_slo(each, "x", True)):
        with pytest.raises(NotFound) as missing:
            step(memory)
        assert "cosmemory deploy begin VERSION" in missing.value.hint
    assert deployments.interrupted(memory) == ()


def test_all_the_way_from_shadow_to_everybody(memory: Memory, clock: Clock) -> None:
    at_stage(memory, clock, "100%")
    page = memory.read("deployment")
    assert [(stay.stage, stay.hours) for stay in page.stage_history] == [
        ("shadow", 6),
        ("5%", 6),
        ("20%", 6),
        ("50%", 6),
        ("100%", None),
    ]
    # Each step began with a checkpoint of its own.
    kept = [stay.checkpoint for stay in page.stage_history]
    assert len(set(kept)) == 5
    assert set(kept) <= {each.name for each in listed(memory)}
    with pytest.raises(IllegalTransition) as over:
        advance(memory, force=True, reason="further")
    assert over.value.legal == ("rolled back",)
    told = [event.action for _, event in find_events(memory) if "advanced" in (event.action or "")]
    assert told == [
        "v2 advanced from shadow to 5%",
        "v2 advanced from 5% to 20%",
        "v2 advanced from 20% to 50%",
        "v2 advanced from 50% to 100%",
    ]
    assert not [each for page in memory.validate().pages if page.path == PAGE for each in page.diagnostics]


@pytest.mark.parametrize("slo", ["compliance", "latency", "error_rate", "ndcg", "availability"])
def test_one_objective_that_does_not_hold_stops_it(memory: Memory, clock: Clock, slo: str) -> None:
    begin(memory, "v2")
    all_hold(memory)
    clock.at += 6 * 3600
    deployments.set_slo(memory, slo, False, note="measured at noon")
    before = text_of(memory, PAGE)
    with pytest.raises(Refused, match=f"^v2 stays at shadow: {slo} does not hold.$"):
        advance(memory)
    assert text_of(memory, PAGE) == before
    assert deployments.status(memory).obstacles.failing == (slo,)


def test_the_hours_of_a_stage_come_from_the_settings(clock: Clock) -> None:
    settings = Settings(minimum_hours=1, stage_hours={"5%": 48})
    memory = Memory(EphemeralStore(), settings=settings, now=clock, actor="cos")
    initialise(memory)
    begin(memory, "v2")
    all_hold(memory)
    clock.at += 3599
    assert deployments.status(memory).obstacles.hours_missing == 0
    clock.at = NOON + 1800
    assert deployments.status(memory).obstacles.told == ("0.5 h are missing",)
    clock.at = NOON + 3600
    assert advance(memory).result == "5%"
    assert deployments.status(memory).obstacles.told == ("48 h are missing",)


def test_force_needs_a_reason_and_the_page_and_the_log_tell_it(memory: Memory) -> None:
    begin(memory, "v2", slos=["latency"])
    with pytest.raises(InvalidValue, match="reason"):
        advance(memory, force=True)
    assert advance(memory, force=True, reason="a hot fix").result == "5%"
    said = "forced though latency does not hold, the rollback is not ready, 6 h are missing: a hot fix"
    assert memory.read("deployment").stage_history[-1].reason == said
    assert [event.notes for _, event in find_events(memory)][-1] == said


def test_after_a_crash_it_is_told_where_to_go_on_and_where_to_go_back(memory: Memory, clock: Clock) -> None:
    begin(memory, "v1", slos=["latency"])
    roll_back(memory)
    clock.at += 60
    at_stage(memory, clock, "20%")
    clock.at += 3600
    first = memory.read("deployment").stage_history[0]
    assert deployments.interrupted(memory) == (
        Interrupted(
            version="v2",
            stage="20%",
            since=memory.read("deployment").stage_start,
            hours=1.0,
            previous_version="",
            checkpoint=first.checkpoint or "",
        ),
    )


@pytest.mark.parametrize(("stage", "count"), [("shadow", 0), ("5%", 1), ("20%", 1), ("50%", 1), ("100%", 0)])
def test_only_a_part_of_the_traffic_is_an_interruption(
    memory: Memory, clock: Clock, stage: str, count
) -> None:
    at_stage(memory, clock, stage)
    assert len(deployments.interrupted(memory)) == count


def test_a_rollback_brings_back_the_metrics_from_before_and_leaves_all_else(
    memory: Memory, clock: Clock
) -> None:
    measurements.record(memory, "latency", current=45)
    before = text_of(memory, METRICS)
    at_stage(memory, clock, "50%")
    measurements.record(memory, "latency", current=90)
    set_focus(memory, "Find out why it is slow")
    done = roll_back(memory, reason="too slow").result
    assert text_of(memory, METRICS) == before
    page = memory.read("deployment")
    assert (done.stage, done.pages, page.stage) == ("50%", (METRICS,), "rolled back")
    # Why it failed stays on its page.
    assert [str(row.current) for row in page.metrics] == ["90"]
    assert page.stage_history[-1].reason == "too slow"
    assert memory.read("cos-state").current_focus.primary_task == "Find out why it is slow"
    with pytest.raises(IllegalTransition):
        roll_back(memory)


def test_metrics_of_which_the_checkpoint_holds_none_stay(memory: Memory, clock: Clock) -> None:
    at_stage(memory, clock, "5%")
    measurements.record(memory, "latency", current=90)
    before = text_of(memory, METRICS)
    assert roll_back(memory).result.pages == ()
    assert text_of(memory, METRICS) == before


def test_everything_goes_back_but_the_log_and_what_became_of_the_deployment(
    memory: Memory, clock: Clock
) -> None:
    state = text_of(memory, "cos-state.md")
    at_stage(memory, clock, "20%")
    set_focus(memory, "Something else")
    measurements.record(memory, "latency", current=90)
    events = len(list(find_events(memory)))
    done = roll_back(memory, everything=True).result
    assert done.pages == ("cos-state.md", METRICS)
    assert text_of(memory, "cos-state.md") == state
    assert memory.store.read(METRICS) is None
    assert len(list(find_events(memory))) == events + 1
    restore(memory, done.kept)
    assert memory.read("cos-state").current_focus.primary_task == "Something else"
    assert memory.read("deployment").stage == "20%"


def test_history_takes_a_rollback_back(memory: Memory, clock: Clock) -> None:
    measurements.record(memory, "latency", current=45)
    at_stage(memory, clock, "20%")
    measurements.record(memory, "latency", current=90)
    before = {path: text_of(memory, path) for path in (PAGE, METRICS)}
    roll_back(memory)
    undo(memory, "last")
    assert memory.read("deployment").stage == "20%"
    assert text_of(memory, METRICS) == before[METRICS]


def test_another_checkpoint_may_be_named(memory: Memory, clock: Clock) -> None:
    measurements.record(memory, "latency", current=45)
    begin(memory, "v2")
    measurements.record(memory, "latency", current=46)
    clock.at += 60
    named = create(memory).name
    measurements.record(memory, "latency", current=90)
    with pytest.raises(NotFound):
        roll_back(memory, to="checkpoint_20200101_000000")
    assert roll_back(memory, to=named).result.checkpoint == named
    assert str(measurements.latest(memory).metrics[0].current) == "46"


def test_the_way_back_is_the_last_checkpoint_before_the_beginning(memory: Memory, clock: Clock) -> None:
    early = create(memory).name
    clock.at += 3600
    begin(memory, "v2")
    set_value(memory, "deployment", "checkpoint", "-")
    clock.at += 3600
    create(memory, notes="later")
    found = way_back(memory, memory.read("deployment"))
    assert found is not None
    assert found.name != early  # the one that the beginning made
    set_value(memory, "deployment", "deployment_start", "2026-11-21T12:30:00Z")
    found = way_back(memory, memory.read("deployment"))
    assert found is not None
    assert found.name == early


def test_a_damaged_checkpoint_is_not_gone_back_to(memory: Memory, clock: Clock) -> None:
    measurements.record(memory, "latency", current=45)
    kept = begin(memory, "v2").result
    memory.store._shelves[SHELF][kept][METRICS] = b"torn"
    set_focus(memory, "Something else")
    before = text_of(memory, PAGE), listed(memory)
    with pytest.raises(Damaged):
        roll_back(memory)
    # Refused, it leaves no checkpoint of its own behind either.
    assert (text_of(memory, PAGE), listed(memory)) == before


def test_where_no_checkpoint_is_left_the_stage_alone_goes_back(memory: Memory) -> None:
    begin(memory, "v1")
    memory.store._shelves[SHELF].clear()
    with pytest.raises(NotFound, match="A checkpoint from before the deployment"):
        roll_back(memory, everything=True)
    done = roll_back(memory).result
    assert (done.checkpoint, done.pages) == ("", ())
    assert memory.read("deployment").stage == "rolled back"


def test_the_next_deployment_archives_the_page_and_knows_what_runs(memory: Memory, clock: Clock) -> None:
    at_stage(memory, clock, "100%")
    first = text_of(memory, PAGE)
    begin(memory, "v3")
    assert memory.read("deployment").previous_version == "v2"
    assert text_of(memory, "archive/deployment.md") == first
    roll_back(memory)
    begin(memory, "v4")
    assert memory.read("deployment").previous_version == "v2"
    assert "v3" in text_of(memory, "archive/deployment_2.md")


def test_the_hours_are_told_anew_with_every_change(memory: Memory, clock: Clock) -> None:
    begin(memory, "v2")
    clock.at += 5400
    set_value(memory, "deployment", "notes", "Looks well.")
    page = memory.read("deployment")
    assert (page.last_updated, page.hours_in_stage) == (memory.now(), 1.5)


def test_a_dry_run_changes_nothing(memory: Memory) -> None:
    begin(memory, "v2")
    before = {path: text_of(memory, path) for path in memory.store.paths()}
    shelves = memory.store.copies(SHELF).names()
    store = memory.store
    memory.store = Rehearsal(store)
    advance(memory, force=True, reason="try")
    memory.store = store
    assert {path: text_of(memory, path) for path in memory.store.paths()} == before
    assert memory.store.copies(SHELF).names() == shelves


def test_a_step_for_another_revision_is_refused(memory: Memory) -> None:
    begin(memory, "v2")
    stale = memory.page("deployment").revision
    deployments.set_slo(memory, "latency", True)
    for step in (
        lambda: advance(memory, expected={PAGE: stale}),
        lambda: roll_back(memory, expected={PAGE: stale}),
    ):
        with pytest.raises(Conflict):
            step()


def test_one_metric_of_the_version_alone(memory: Memory) -> None:
    begin(memory, "v2")
    deployments.record_metric(memory, "cost", current=5.0, baseline=4)
    deployments.record_metric(memory, "Cost", current=6)
    (row,) = memory.read("deployment").metrics
    assert (row.metric, str(row.current), str(row.baseline)) == ("cost", "6", "4")
    assert memory.store.read(METRICS) is None


def test_a_page_that_was_lost_is_not_begun_over(tmp_path) -> None:
    memory = open_memory(str(tmp_path))
    initialise(memory)
    begin(memory, "v2")
    (tmp_path / PAGE).unlink()
    with pytest.raises(Refused, match=r"deployment\.md was lost") as lost:
        begin(memory, "v3")
    assert "cosmemory repair deployment --yes" in lost.value.hint
    begin(memory, "v3", anew=True)
    assert memory.read("deployment").version == "v3"
