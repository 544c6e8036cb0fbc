"""The steps of a run's phases, their attempts and what they pass on: document in, document out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from cosmemory.config import Settings
from cosmemory.document.json_values import Data
from cosmemory.errors import InvalidValue, Refused
from cosmemory.frozen import replace
from cosmemory.kinds.run import (
    COMPLETED,
    EXECUTING,
    EXECUTION_STEPS,
    FAILED,
    IN_PROGRESS,
    PENDING,
    PHASE_STEPS,
    RUNNING,
    SKIPPED,
    Execution,
    Passed,
    Phase,
    Run,
    current_phase,
    exchanged,
    named,
    stepped,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def add_phase(run: Run, phase: Phase) -> Run:
    """``run`` with one more phase at the end.

    Raises InvalidValue when it has one of that name.
    """
    if any((each.phase or "").lower() == (phase.phase or "").lower() for each in run.phases):
        raise InvalidValue(
            "the phase", f"the run has a phase {phase.phase} already", "Give the phase another name."
        )
    return replace(run, phases=(*run.phases, phase))


def phase_at(run: Run, key: str, status: str, at: datetime, error: str | None = None) -> Run:
    """``run`` with its phase ``key`` at ``status``, since ``at``.

    Raises NotFound, IllegalTransition, and Refused for a run that is not executing or another phase in progress.
    """
    phase: Phase = named(run, "phases", key)
    stepped(PHASE_STEPS, f"The phase {phase.phase}", phase.status, status)
    _must_execute(run, f"the phase {phase.phase}")
    other = current_phase(run)
    if status == IN_PROGRESS and other is not None:
        raise Refused(
            f"The run {run.run_id} is in the phase {other.phase}.",
            f"cosmemory run phase complete {run.run_id} {other.phase} ends it.",
        )
    if status == IN_PROGRESS:
        new = replace(phase, status=status, started=at, completed=None, error=None)
    elif status == SKIPPED:
        new = replace(phase, status=status, completed=at, error=error or phase.error)
    else:
        new = replace(phase, status=status, completed=at, error=error)
    return exchanged(_attempts_ended(run, phase, at, error), "phases", phase, new)


def _must_execute(run: Run, what: str) -> None:
    if run.status != EXECUTING:
        doing = {"planning": "start", "paused": "resume"}.get(str(run.status), "")
        waiting = next((each for each in run.interventions if each.status == PENDING), None)
        if doing == "resume" and waiting is not None:
            doing = f"intervention resolve {run.run_id} {waiting.id} RESOLUTION"
        elif doing:
            doing = f"{doing} {run.run_id}"
        hint = f"cosmemory run {doing} comes first." if doing else "It cannot be gone on with."
        raise Refused(
            f"The run {run.run_id} is {run.status}, and {what} can only move while it executes.", hint
        )


def _attempts_ended(run: Run, phase: Phase, at: datetime, error: str | None) -> Run:
    """``run`` with no attempt at ``phase`` running: a phase that is over leaves none behind."""
    ended = tuple(
        replace(each, status=FAILED if error else COMPLETED, completed=at, error=error)
        if each.status == RUNNING and each.phase == phase.phase
        else each
        for each in run.executions
    )
    return replace(run, executions=ended) if ended != run.executions else run


def stopped(run: Run, at: datetime, error: str) -> Run:
    """``run`` with the phase in progress failed, and every attempt that runs: it is over with the run."""
    phase = current_phase(run)
    if phase is None:
        return run
    new = replace(phase, status=FAILED, completed=at, error=error)
    return exchanged(_attempts_ended(run, phase, at, error), "phases", phase, new)


def retried(run: Run, key: str, limit: int, at: datetime) -> Run:
    """``run`` with its phase ``key`` tried again, from failed or in the midst of it; ``limit`` where it names none.

    Raises Refused where it was retried as often as it may be.
    """
    phase: Phase = named(run, "phases", key)
    if phase.status != IN_PROGRESS:
        stepped(PHASE_STEPS, f"The phase {phase.phase}", phase.status, IN_PROGRESS)
    retries = phase.retries if isinstance(phase.retries, int) else 0
    most = phase.limit if isinstance(phase.limit, int) else limit
    if retries >= most:
        raise Refused(
            f"The phase {phase.phase} was retried {retries} of {most} times.",
            f"Let it fail, skip it, or enter it by hand: cosmemory run phase enter {run.run_id} {phase.phase}.",
        )
    if phase.status == IN_PROGRESS:
        _must_execute(run, f"the phase {phase.phase}")
        run = _attempts_ended(run, phase, at, "tried again")
    else:
        run = phase_at(run, key, IN_PROGRESS, at)
    again: Phase = named(run, "phases", key)
    return exchanged(run, "phases", again, replace(again, retries=retries + 1))


def retries_of(settings: Settings, phase: str) -> int:
    """How often the settings let a phase of that name be tried again, whatever the case of its letters."""
    own = {name.lower(): limit for name, limit in settings.phase_limits.items()}
    return own.get(phase.lower(), settings.phase_retries)


def missing_outputs(run: Run, phase: Phase, more: Iterable[str] = ()) -> list[str]:
    """The outputs that ``phase`` must have and has not put out: neither as a result nor as an artifact."""
    given = {each.key for each in run.context if each.phase == phase.phase} | set(more)
    given |= {each.path for each in run.artifacts if each.phase == phase.phase}
    return [output for output in phase.outputs if output not in given]


def unresolved(run: Run, phase: str | None = None) -> dict[str, int]:
    """How many findings are not resolved, by severity, of the whole run or of one phase."""
    counts = {"critical": 0, "major": 0, "medium": 0, "minor": 0}
    for each in run.findings:
        if each.resolved is None and each.severity in counts and phase in {None, each.phase}:
            counts[str(each.severity)] += 1
    return counts


def limits_of(settings: Settings) -> dict[str, int]:
    """How many unresolved findings of each severity a phase may have; of the critical ones, none."""
    return {
        "critical": 0,
        "major": settings.major_findings,
        "medium": settings.medium_findings,
        "minor": settings.minor_findings,
    }


def over_limits(counts: Mapping[str, int], limits: Mapping[str, int]) -> str:
    """What is wrong with so many unresolved findings; nothing where all ``limits`` hold."""
    over = [
        f"{count} {severity} (limit {limits.get(severity, 0)})"
        for severity, count in counts.items()
        if count > limits.get(severity, 0)
    ]
    return f"unresolved findings: {', '.join(over)}" if over else ""


def began(run: Run, execution: Execution) -> Run:
    """``run`` with one more attempt at its phase in progress.

    Raises Refused where the phase is not in progress, or an attempt at it is running.
    """
    phase: Phase = named(run, "phases", str(execution.phase))
    _must_execute(run, f"an attempt at the phase {phase.phase}")
    mine = [each for each in run.executions if each.phase == phase.phase]
    if phase.status != IN_PROGRESS:
        raise Refused(
            f"The phase {phase.phase} is {phase.status}, and attempts are made at one in progress.",
            f"cosmemory run phase enter {run.run_id} {phase.phase} comes first.",
        )
    running = next((each for each in mine if each.status == RUNNING), None)
    if running is not None:
        raise Refused(
            f"The attempt {running.id} at the phase {phase.phase} is running.",
            f"cosmemory run execution complete {run.run_id} {running.id} ends it.",
        )
    made = replace(execution, phase=phase.phase, attempt=len(mine) + 1, status=RUNNING)
    return replace(run, executions=(*run.executions, made))


def attempt_at(
    run: Run, key: str, status: str, at: datetime, *, error: str | None = None, more: Data | None = None
) -> Run:
    """``run`` with its attempt ``key`` completed or failed.

    Raises NotFound and IllegalTransition.
    """
    execution: Execution = named(run, "executions", key)
    stepped(EXECUTION_STEPS, f"The execution {execution.id}", execution.status, status)
    new = replace(execution, status=status, completed=at, error=error, more=more or execution.more)
    return exchanged(run, "executions", execution, new)


def passed_on(run: Run, phase: str | None, values: Mapping[str, Any]) -> Run:
    """``run`` with ``values`` put out by ``phase``, each in the place of what had its name there."""
    context = list(run.context)
    for key, value in values.items():
        made = Data.of(value)
        at = next((n for n, each in enumerate(context) if (each.phase, each.key) == (phase, key)), None)
        if at is None:
            context.append(Passed(phase=phase, key=key, value=made))
        else:
            context[at] = replace(context[at], value=made)
    return replace(run, context=tuple(context))


def results(run: Run, phase: str | None) -> dict[str, Any]:
    """What ``phase`` has put out, or what the run began with."""
    return {
        str(each.key): each.value.value if each.value is not None else None
        for each in run.context
        if each.phase == phase
    }


def everything_for(run: Run, phase: Phase) -> dict[str, Any]:
    """What ``phase`` inherits, the newest of each name, and what it put out itself.

    It inherits what the run began with and what the completed phases above it put out, each of these also as a whole
    under ``PHASE_results``.
    """
    inherited = results(run, None)
    for above in run.phases:
        if above is phase:
            break
        if above.status == COMPLETED:
            given = results(run, above.phase)
            inherited |= {**given, f"{above.phase}_results": given}
    return {**inherited, **results(run, phase.phase)}


def needed_by(context: Mapping[str, Any], phase: Phase) -> dict[str, Any]:
    """What of ``context`` the ``phase`` declares that it needs; all of it where it declares nothing."""
    return {key: value for key, value in context.items() if not phase.needs or key in phase.needs}
