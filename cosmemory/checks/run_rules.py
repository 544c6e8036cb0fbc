"""Checks of one run: a plan that can be carried out, states that fit together, and what has waited for long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.ages import spoken
from cosmemory.checks.pages import Finding, found, place_of
from cosmemory.config import Settings
from cosmemory.kinds.page import Page
from cosmemory.kinds.run import COMPLETED, ENDED, EXECUTING, IN_PROGRESS, PENDING, RUNNING, Run
from cosmemory.kinds.run_phases import limits_of, missing_outputs, over_limits, unresolved
from cosmemory.kinds.run_plan import task_errors

DECISION_HOURS = 24
_NAMING = ("tasks", "executions", "findings", "artifacts", "interventions", "context")


def check_run(page: Page, now: datetime, settings: Settings) -> Iterator[Finding]:
    """All that is wrong with the run on a page, as it stands ``now``."""
    run: Run = page.document
    yield from _name(page, run)
    yield from _plan(page, run)
    yield from _phases(page, run, settings)
    yield from _states(page, run)
    yield from _named_phases(page, run)
    yield from _ages(page, run, now, settings)


def _name(page: Page, run: Run) -> Iterator[Finding]:
    name = page.path.removeprefix("runs/").removesuffix(".md")
    if run.run_id is not None and run.run_id != name:
        message = f"the page says that it is about {run.run_id}, and its name is {name}"
        yield from found(page, "file-name", message, place_of(run, "run_id"))


def _plan(page: Page, run: Run) -> Iterator[Finding]:
    for task, message in task_errors(run.tasks):
        if "depends on" in message:
            yield from found(page, "unknown-dependency", message, place_of(task, "depends_on"))
        elif "wait for each other" in message:
            yield from found(page, "dependency-cycle", message, place_of(task, "depends_on"))


def _phases(page: Page, run: Run, settings: Settings) -> Iterator[Finding]:
    limits = limits_of(settings)
    for phase in run.phases:
        if phase.status == COMPLETED:
            missing = missing_outputs(run, phase)
            if missing:
                message = f"the phase {phase.phase} is completed and has not put out {', '.join(missing)}"
                yield from found(page, "missing-output", message, place_of(phase, "outputs"))
            wrong = over_limits(unresolved(run, phase.phase), limits)
            if wrong:
                message = f"the phase {phase.phase} is completed with {wrong}"
                yield from found(page, "findings-over-limit", message, place_of(phase, "status"))
        if isinstance(phase.retries, int) and isinstance(phase.limit, int) and phase.retries > phase.limit:
            message = (
                f"the phase {phase.phase} was retried {phase.retries} times, and its limit is {phase.limit}"
            )
            yield from found(page, "retried-too-often", message, place_of(phase, "retries"))


def _states(page: Page, run: Run) -> Iterator[Finding]:
    at_work = [phase for phase in run.phases if phase.status == IN_PROGRESS]
    for phase in at_work[1:]:
        message = f"the phase {phase.phase} is in progress, and {at_work[0].phase} is as well"
        yield from found(page, "phases-at-once", message, place_of(phase, "status"))
    if run.status in ENDED:
        for phase in at_work:
            message = f"the run is {run.status}, and its phase {phase.phase} is in progress"
            yield from found(page, "open-in-ended-run", message, place_of(phase, "status"))
        for execution in run.executions:
            if execution.status == RUNNING:
                message = f"the run is {run.status}, and its execution {execution.id} is running"
                yield from found(page, "open-in-ended-run", message, place_of(execution, "status"))
    if run.status == EXECUTING:
        for each in run.interventions:
            if each.status == PENDING:
                message = f"the run executes, and {each.id} waits for a decision"
                yield from found(page, "unheeded-intervention", message, place_of(each, "status"))


def _named_phases(page: Page, run: Run) -> Iterator[Finding]:
    known = {phase.phase for phase in run.phases} | {None}
    for part in _NAMING:
        for each in getattr(run, part):
            if each.phase not in known:
                message = f"the run has no phase {each.phase}"
                yield from found(page, "unknown-phase", message, place_of(each, "phase"))


def _ages(page: Page, run: Run, now: datetime, settings: Settings) -> Iterator[Finding]:
    changed = run.last_change.last_updated
    if run.status == EXECUTING and isinstance(changed, datetime):
        minutes = int((now - changed).total_seconds()) // 60
        if minutes >= settings.incomplete_hours * 60:
            message = f"the run executes and was not updated for {spoken(minutes)}"
            yield from found(page, "stale-run", message, place_of(run.last_change, "last_updated"))
    for each in run.interventions:
        if each.status == PENDING and isinstance(each.created, datetime):
            minutes = int((now - each.created).total_seconds()) // 60
            if minutes >= DECISION_HOURS * 60:
                message = f"{each.id} has waited for a decision for {spoken(minutes)}"
                yield from found(page, "waiting-decision", message, place_of(each, "created"))
