"""The phases of a run: entered, completed, failed, tried again and skipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cosmemory.errors import Refused
from cosmemory.frozen import frozen
from cosmemory.kinds.run import (
    COMPLETED,
    FAILED,
    IN_PROGRESS,
    PHASE_STEPS,
    SKIPPED,
    Phase,
    Run,
    named,
    run_at,
    stepped,
)
from cosmemory.kinds.run import current_phase as phase_in_progress
from cosmemory.kinds.run_phases import (
    add_phase as with_phase,
)
from cosmemory.kinds.run_phases import (
    limits_of,
    missing_outputs,
    over_limits,
    passed_on,
    phase_at,
    results,
    retried,
    retries_of,
    unresolved,
)
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.runs.changing import PHASE_EVENT, Done, change, run_named
from cosmemory.operations.runs.new_phases import new_phase
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen(kw_only=True)
class PhaseEnd:
    """How a phase ended: completed, or failed by what its error tells."""

    run: str
    phase: str
    status: str
    error: str | None = None


def add_phase(
    memory: Memory,
    key: str,
    phase: str,
    *,
    needs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    limit: int | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """One more phase at the end of a run: what of the context it needs, what it must put out, how often it is retried.

    Raises InvalidValue for a name that another phase has, Refused for a run that has ended.
    """

    def do(run: Run, _: Transaction) -> Done:
        if run.completed is not None:
            raise Refused(f"The run {run.run_id} is {run.status}.", "cosmemory run create makes another.")
        told: dict[str, Any] = {"name": phase, "needs": needs, "outputs": outputs}
        made = new_phase(told if limit is None else {**told, "limit": limit}, memory.settings)
        return _done(with_phase(run, made), phase, f"phase {phase} added", None)

    return change(memory, "phase add", key, expected, do)


def _done(run: Run, phase: str, action: str, outcome: str | None, notes: str | None = None) -> Done:
    return Done(run=run, result=phase, action=action, outcome=outcome, notes=notes, type=PHASE_EVENT)


def enter_phase(
    memory: Memory, key: str, phase: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """A phase that is still to come, or has failed, in progress.

    Raises IllegalTransition, and Refused while the run does not execute or is in another phase.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        held: Phase = named(run, "phases", phase)
        new = phase_at(run, phase, IN_PROGRESS, transaction.now)
        return _done(new, str(held.phase), f"phase {held.phase} entered", f"{held.status} -> {IN_PROGRESS}")

    return change(memory, "phase enter", key, expected, do)


def complete_phase(
    memory: Memory,
    key: str,
    phase: str,
    results: Mapping[str, Any] | None = None,
    *,
    expected: dict[str, str] | None = None,
) -> Outcome[PhaseEnd]:
    """A phase in progress, completed, its ``results`` kept as context for those after it.

    Where more findings are unresolved than the settings allow it fails instead, and the results are kept all the same.
    Raises IllegalTransition, and Refused where an output that it must have is missing.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        held: Phase = named(run, "phases", phase)
        stepped(PHASE_STEPS, f"The phase {held.phase}", held.status, COMPLETED)
        missing = missing_outputs(run, held, results or {})
        if missing:
            raise Refused(
                f"The phase {held.phase} has not put out {', '.join(missing)}.",
                "Give it among the results, or register an artifact of that path.",
            )
        wrong = over_limits(unresolved(run, held.phase), limits_of(memory.settings))
        status = FAILED if wrong else COMPLETED
        new = phase_at(
            passed_on(run, held.phase, results or {}), phase, status, transaction.now, wrong or None
        )
        end = PhaseEnd(run=str(run.run_id), phase=str(held.phase), status=status, error=wrong or None)
        return Done(
            run=new,
            result=end,
            action=f"phase {held.phase} {status}",
            outcome=wrong or ", ".join(results or {}) or None,
            type=PHASE_EVENT,
        )

    return change(memory, "phase complete", key, expected, do)


def fail_phase(
    memory: Memory,
    key: str,
    phase: str,
    *,
    error: str,
    fail_run: bool = False,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A phase in progress, failed; with ``fail_run`` the whole run with it, for good.

    Raises IllegalTransition.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        held: Phase = named(run, "phases", phase)
        new = phase_at(run, phase, FAILED, transaction.now, error)
        if fail_run:
            new = run_at(new, FAILED, transaction.now, error)
        outcome = f"{held.status} -> {FAILED}" + (", and the run with it" if fail_run else "")
        return _done(new, str(held.phase), f"phase {held.phase} failed", outcome, error)

    return change(memory, "phase fail", key, expected, do)


def retry_phase(
    memory: Memory, key: str, phase: str, *, expected: dict[str, str] | None = None
) -> Outcome[int]:
    """A phase tried again, after it failed or in its midst; gives how often it was retried.

    Raises IllegalTransition, and Refused where it was retried as often as it may be.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        new = retried(run, phase, retries_of(memory.settings, phase), transaction.now)
        held: Phase = named(new, "phases", phase)
        return Done(
            run=new,
            result=held.retries,
            action=f"phase {held.phase} retried",
            outcome=f"retry {held.retries}",
            type=PHASE_EVENT,
        )

    return change(memory, "phase retry", key, expected, do)


def skip_phase(
    memory: Memory,
    key: str,
    phase: str,
    *,
    reason: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A failed phase, left as it is, by decision.

    Raises IllegalTransition.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        held: Phase = named(run, "phases", phase)
        new = phase_at(run, phase, SKIPPED, transaction.now)
        return _done(
            new, str(held.phase), f"phase {held.phase} skipped", f"{held.status} -> {SKIPPED}", reason
        )

    return change(memory, "phase skip", key, expected, do)


def current_phase(memory: Memory, key: str) -> Phase | None:
    """The phase of a run that is in progress, if there is one."""
    return phase_in_progress(run_named(memory, key))


def phases(memory: Memory, key: str, *, status: str | None = None) -> tuple[Phase, ...]:
    """The phases of a run in their order, or those at ``status``."""
    return tuple(each for each in run_named(memory, key).phases if status in {None, each.status})


def phase(memory: Memory, key: str, phase: str) -> Phase:
    """One phase of a run.

    Raises NotFound.
    """
    found: Phase = named(run_named(memory, key), "phases", phase)
    return found


def phase_results(memory: Memory, key: str, phase: str) -> dict[str, Any] | None:
    """What a completed phase has put out; None where it is not completed."""
    run = run_named(memory, key)
    held: Phase = named(run, "phases", phase)
    return results(run, held.phase) if held.status == COMPLETED else None
