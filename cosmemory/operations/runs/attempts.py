"""Attempts at the phases of a run: begun, completed and failed."""

from __future__ import annotations

from cosmemory.document.json_values import Data
from cosmemory.kinds.run import COMPLETED, FAILED, RUNNING, Execution, Phase, Run, named
from cosmemory.kinds.run_phases import attempt_at, began
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.runs.changing import PHASE_EVENT, Done, change, next_id, run_named
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def begin_execution(
    memory: Memory,
    key: str,
    phase: str,
    *,
    agent: str | None = None,
    data: Any = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """One more attempt at a phase in progress; gives its id.

    Raises Refused where the phase is not in progress, or an attempt at it is running.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        held: Phase = named(run, "phases", phase)
        made = Execution(
            id=next_id(transaction, run, "E", (each.id for each in run.executions)),
            phase=held.phase,
            status=RUNNING,
            agent=agent,
            started=transaction.now,
            more=Data.of(data) if data is not None else None,
        )
        action = f"execution {made.id} of {held.phase} begun"
        return _done(began(run, made), str(made.id), action, RUNNING, given=(str(made.id),))

    return change(memory, "execution begin", key, expected, do)


def _done(
    run: Run,
    result: str,
    action: str,
    outcome: str,
    notes: str | None = None,
    given: tuple[str, ...] = (),
) -> Done:
    return Done(
        run=run, result=result, action=action, outcome=outcome, notes=notes, type=PHASE_EVENT, given=given
    )


def complete_execution(
    memory: Memory, key: str, execution: str, *, data: Any = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """A running attempt, completed; ``data`` is what it came to.

    Raises IllegalTransition.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        more = Data.of(data) if data is not None else None
        new = attempt_at(run, execution, COMPLETED, transaction.now, more=more)
        held: Execution = named(new, "executions", execution)
        return _done(new, str(held.id), f"execution {held.id} of {held.phase} completed", COMPLETED)

    return change(memory, "execution complete", key, expected, do)


def fail_execution(
    memory: Memory, key: str, execution: str, *, error: str, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """A running attempt, failed; its phase stays in progress, to be tried again or to fail as well.

    Raises IllegalTransition.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        new = attempt_at(run, execution, FAILED, transaction.now, error=error)
        held: Execution = named(new, "executions", execution)
        return _done(new, str(held.id), f"execution {held.id} of {held.phase} failed", FAILED, error)

    return change(memory, "execution fail", key, expected, do)


def executions(memory: Memory, key: str, *, phase: str | None = None) -> tuple[Execution, ...]:
    """The attempts of a run, or those at one of its phases.

    Raises NotFound for a phase that the run does not have.
    """
    run = run_named(memory, key)
    name = named(run, "phases", phase).phase if phase is not None else None
    return tuple(each for each in run.executions if name in {None, each.phase})
