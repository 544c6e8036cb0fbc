"""The office of the demo's month: sessions and meetings, a deployment, agents, a run, handoffs, an onboarding, a board."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cosmemory.kinds.onboarding import PHASES
from cosmemory.kinds.session import ACTIVE
from cosmemory.maintenance import deploying
from cosmemory.memory import Memory
from cosmemory.operations import (
    agents,
    board,
    deployments,
    handoffs,
    measurements,
    meetings,
    onboardings,
    sessions,
)
from cosmemory.operations import runs as run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Step = Callable[[], object]
When = Callable[[int, int, float, Step], None]  # a week, a day of it, an hour of that, and what happens then

SPEAKERS = ("lead-architect", "test-runner", "ops-deployer")
# One week each: what the three say in the meeting, what is decided to be done, and by whom.
MEETINGS = (
    (
        ("One boundary, drawn on one page", "The old tests name no owner", "Two machines are enough"),
        (("Draw the boundary", "lead-architect"), ("Name an owner for each test", "test-runner")),
    ),
    (
        ("Writing twice is cheap", "A hundred invoices replay clean", "Flags from spring are still on"),
        (("Write every invoice twice", "impl-api"), ("Turn old flags off", "ops-deployer")),
    ),
    (
        ("Batches, not one big step", "The replay set is ready", "Rehearse until it is boring"),
        (("Migrate in batches of 500", "impl-api"), ("Rehearse on a copy", "ops-deployer")),
    ),
    (
        ("The contract says half to even", "31 of 48,000 differ by a cent", "The freeze holds from noon"),
        (("Round half to even", "impl-api"), ("Replay once more", "test-runner")),
    ),
    (
        ("Small steps, every day one", "The smoke tests are green", "Back in 11 minutes if need be"),
        (("Ship to 5%", "ops-deployer"), ("Watch the error rate", "test-runner")),
    ),
)
RUN, PHASED = "release-4.2", ("design", "build", "replay", "rollout")
SLOS = ("latency", "error_rate", "rollback_ready")


def plan_office(memory: Memory, when: When) -> None:
    """Lets everything happen that the office does in the month."""
    for week in range(len(MEETINGS)):
        _plan_week(memory, when, week)
    _plan_run(memory, when)
    _plan_agents(memory, when)
    _plan_handoffs(memory, when)
    _plan_onboarding(memory, when)
    _plan_deployment(memory, when)


def last_minutes(memory: Memory) -> None:
    """Signs of life just before the end, so that nothing that is at work looks as if it had stopped."""
    if memory.read("sessions/current").status == ACTIVE:
        sessions.update(memory, pending_actions=3)
    agents.progress(memory, "L2.REPLAY.1", 70, message="Seven of ten parts replayed", data={"part": 7})
    run.set_context(memory, RUN, {"last_smoke_test": "green"}, phase="rollout")
    measurements.record(memory, "latency", current=42.0, interval=(39.0, 45.0))
    measurements.record(memory, "error_rate", current=0.3, interval=(0.2, 0.4))
    deployments.set_slo(memory, "error_rate", holds=True, note="0.3% in the last hour")
    board.set(memory, "rollout.state", {"version": "4.2", "healthy": True})


def _plan_week(memory: Memory, when: When, week: int) -> None:
    said, actions = MEETINGS[week]
    when(week, 0, 8.05, partial(sessions.start, memory, f"week-{week + 1}", agents=SPEAKERS))
    when(week, 0, 9.0, partial(meetings.begin, memory, "planning", agents=SPEAKERS))
    for number, (speaker, words) in enumerate(zip(SPEAKERS, said, strict=True), 1):
        when(week, 0, 9.0 + number * 0.1, partial(meetings.spoke, memory, speaker, said=words))
    for number, (text, owner) in enumerate(actions):
        added = partial(meetings.add_action, memory, text, priority="high", owner=owner)
        when(week, 0, 9.35 + number * 0.02, added)
    when(week, 0, 9.45, partial(meetings.conclude, memory, verdict="GO"))
    when(week, 4, 19.0, partial(sessions.complete, memory, notes="The week is done"))


def _plan_run(memory: Memory, when: When) -> None:
    create = partial(
        run.create,
        memory,
        RUN,
        goal="Invoices in a service of their own",
        phases=PHASED,
        agents=("L2.COPY.1", "L2.REPLAY.1"),
    )
    when(0, 0, 10.05, create)
    when(0, 0, 10.1, partial(run.start, memory, RUN))
    for (week, day), phase in zip(((0, 0), (1, 0), (2, 0), (3, 4)), PHASED, strict=True):
        when(week, day, 10.3, partial(run.enter_phase, memory, RUN, phase))
    when(0, 4, 15.0, partial(run.complete_phase, memory, RUN, "design", {"boundary": "docs/boundary.md"}))
    when(1, 1, 11.0, partial(run.begin_execution, memory, RUN, "build", agent="L2.COPY.1"))
    when(1, 2, 9.2, partial(run.fail_execution, memory, RUN, "E-1", error="The table was locked"))
    when(1, 2, 9.4, partial(run.begin_execution, memory, RUN, "build", agent="L2.COPY.1"))
    when(1, 3, 16.0, partial(run.complete_execution, memory, RUN, "E-2"))
    named: dict[str, Any] = {
        "severity": "minor",
        "text": "A name says nothing of what it holds",
        "place": "invoices/copy.py:88",
    }
    when(1, 3, 16.2, partial(run.add_finding, memory, RUN, "build", **named))
    when(1, 3, 16.5, partial(_register, memory))
    when(1, 4, 15.0, partial(run.complete_phase, memory, RUN, "build", {"job": "invoices/copy.py"}))
    differ: dict[str, Any] = {
        "severity": "major",
        "text": "31 invoices differ by a cent",
        "place": "invoices/round.py:12",
    }
    when(3, 0, 13.0, partial(run.add_finding, memory, RUN, "replay", **differ))
    asked = partial(run.create_intervention, memory, RUN, reason="Which rounding counts?", phase="replay")
    when(3, 0, 13.5, asked)
    when(3, 1, 10.0, partial(run.resolve_intervention, memory, RUN, "I-1", resolution="Half to even"))
    when(3, 2, 11.0, partial(run.resolve_finding, memory, RUN, "F-2", resolution="0 differ now"))
    when(3, 3, 15.0, partial(run.complete_phase, memory, RUN, "replay", {"differ": 0}))


def _register(memory: Memory) -> None:
    """A file of the run; the month is told in a place of its own, and so is the file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "copy-job.txt").write_text("1,204,331 rows in batches of 500\n", encoding="utf-8")
        run.register_artifact(memory, RUN, "copy-job.txt", kind="report", phase="build", project=folder)


def _plan_agents(memory: Memory, when: When) -> None:
    copy, replay = "L2.COPY.1", "L2.REPLAY.1"
    asked: dict[str, Any] = {"kind": "L2", "parent": "lead-architect", "model": "haiku"}
    when(
        1, 0, 11.0, partial(agents.spawn, memory, copy, name="Copy job", prompt="Copy all invoices", **asked)
    )
    when(1, 0, 11.1, partial(agents.started, memory, copy))
    half = partial(agents.progress, memory, copy, 45, message="Half of the table", data={"row": 541_000})
    when(1, 1, 15.0, half)
    when(1, 2, 9.2, partial(agents.mark_failed, memory, copy, error="The table was locked", exit_code=1))
    when(1, 2, 9.35, partial(agents.retry, memory, copy))
    when(1, 2, 9.5, partial(agents.spawn, memory, copy))
    when(1, 2, 9.55, partial(agents.started, memory, copy))
    when(1, 3, 15.5, partial(agents.complete, memory, copy, exit_code=0, tokens=48_200, cost=0.31))
    smoke = "Replay ten invoices of each hour"
    when(3, 4, 16.0, partial(agents.spawn, memory, replay, name="Replay", prompt=smoke, **asked))
    when(3, 4, 16.1, partial(agents.started, memory, replay))


def _plan_handoffs(memory: Memory, when: When) -> None:
    """The billing work goes from the architect over the implementer to the tester."""
    first, second = "billing-1", "billing-2"
    given = partial(
        handoffs.create,
        memory,
        "billing",
        key=first,
        from_agent="lead-architect",
        to_agent="impl-api",
        context="The boundary is drawn; three questions are open.",
        deliverables=("docs/boundary.md",),
        acceptance_criteria=("No table has two owners",),
        next_steps=("Move invoices to their own table",),
    )
    when(0, 4, 14.0, given)
    when(0, 4, 14.5, partial(_acknowledge, memory, first, "impl-api"))
    when(1, 0, 12.0, partial(handoffs.start, memory, first))
    when(2, 1, 12.0, partial(handoffs.accept, memory, first, "No table has two owners"))
    when(2, 1, 12.2, partial(handoffs.complete, memory, first, notes="Moved"))
    passed = partial(
        handoffs.create,
        memory,
        "billing",
        key=second,
        from_agent="impl-api",
        to_agent="test-runner",
        previous=first,
        context="The copy job is through; it wants a replay.",
        deliverables=("invoices/copy.py",),
        acceptance_criteria=("0 of 48,000 differ",),
    )
    when(2, 1, 12.5, passed)
    when(2, 1, 13.2, partial(_acknowledge, memory, second, "test-runner"))
    when(2, 1, 13.5, partial(handoffs.start, memory, second))


def _acknowledge(memory: Memory, key: str, by: str) -> None:
    handoffs.acknowledge(memory, key, str(memory.read(f"handoffs/{key}").content_sha256), by=by)


def _plan_onboarding(memory: Memory, when: When) -> None:
    who = "docs-writer"
    begun = partial(onboardings.begin, memory, who, role="writer", onboarded_by="lead-architect")
    when(1, 0, 8.5, begun)
    for number, phase in enumerate(name for name, tasks in PHASES.items() if tasks):
        when(1, number // 2, 13.0 + number % 2, partial(onboardings.check, memory, who, phase))
    verified = partial(
        onboardings.verify, memory, who, "Answers messages", result="passed", notes="in 4 minutes"
    )
    when(1, 3, 17.0, verified)
    when(1, 4, 10.0, partial(onboardings.complete, memory, who))


def _plan_deployment(memory: Memory, when: When) -> None:
    measured = (
        measurements.Measurement(metric="latency", current=44.0, baseline=51.0, measured_as="latency_p95_ms"),
        measurements.Measurement(metric="error_rate", current=0.4, baseline=0.9, measured_as="percent"),
    )
    when(3, 4, 14.0, partial(measurements.record_many, memory, measured))
    when(3, 4, 14.2, partial(board.set, memory, "rollout.state", {"version": "4.2", "healthy": False}))
    when(3, 4, 14.3, partial(board.set, memory, "rollout.owner", "ops-deployer"))
    when(3, 4, 14.5, partial(deploying.begin, memory, "4.2", slos=SLOS, notes="Small steps, every day one"))
    green = partial(deployments.set_slos, memory, dict.fromkeys(SLOS, True), note="the rehearsal")
    when(3, 4, 17.0, green)
    for day in (1, 2):
        when(4, day, 11.5, partial(deploying.advance, memory))
