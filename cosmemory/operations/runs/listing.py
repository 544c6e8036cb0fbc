"""Runs found: by their id, by status and age, the latest; and one that was interrupted at work again."""

from __future__ import annotations

from datetime import datetime

from cosmemory.errors import IllegalTransition, NotFound, Refused
from cosmemory.kinds.run import (
    EXECUTING,
    FAILED,
    PAUSED,
    RECOVERABLE,
    STATUS,
    STEPS,
    Run,
    run_at,
)
from cosmemory.kinds.run_phases import attempt_at
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.handing_out import hand_out
from cosmemory.operations.interrupted_runs import Interrupted, created_at, heads, interruption
from cosmemory.operations.lost_executions import lost_in
from cosmemory.operations.runs.changing import Done, change, page_in, run_named
from cosmemory.transaction import Transaction


def get(memory: Memory, key: str) -> Run:
    """The whole run ``key``.

    Raises NotFound.
    """
    return run_named(memory, key)


def listed(
    memory: Memory,
    *,
    status: str | None = None,
    since: datetime | None = None,
    limit: int | None = None,
) -> tuple[Run, ...]:
    """The runs, newest first: those at ``status``, created ``since``, at most ``limit`` of them."""
    wanted = STATUS.enter("status", status) if status is not None else None
    found = [
        run
        for run in heads(memory, [str(wanted)] if wanted is not None else ())
        if wanted in {None, run.status} and (since is None or created_at(run) >= since)
    ]
    found.sort(key=lambda run: (created_at(run), str(run.run_id)), reverse=True)
    return tuple(found[:limit])


def latest(memory: Memory, *, status: str | None = None) -> Run:
    """The newest run, or the newest at ``status``, whole.

    Raises NotFound where there is none.
    """
    found = listed(memory, status=status, limit=1)
    if not found:
        raise NotFound(
            "A run" if status is None else f"A run that is {status}", "cosmemory run create makes one."
        )
    return run_named(memory, str(found[0].run_id))


def recover(
    memory: Memory, key: str, *, again: bool = False, expected: dict[str, str] | None = None
) -> Outcome[Interrupted]:
    """An interrupted run at work again: attempts that ran are over, a paused run is resumed; gives what is to go on.

    Raises IllegalTransition for a run that was not interrupted, Refused for one that waits for a decision,
    or that was handed out and that nobody has touched since, unless it is wished ``again``.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        if run.status not in RECOVERABLE:
            raise IllegalTransition(
                f"The run {run.run_id}", str(run.status), "recovered", STEPS.get(str(run.status), ())
            )
        found = interruption(run, memory.settings)
        if found.waits_for:
            raise Refused(
                f"The run {run.run_id} waits for {', '.join(found.waits_for)}.",
                f"cosmemory run intervention resolve {run.run_id} {found.waits_for[0]} settles it.",
            )
        what, go_on = f"The run {run.run_id}", f"cosmemory run phase enter {run.run_id}"
        hand_out(transaction, page_in(transaction, key), what, go_on, again=again)
        new = run_at(run, EXECUTING, transaction.now) if run.status == PAUSED else run
        why = {str(each.id): why for each, why in lost_in(memory, run)}
        for execution in found.executions:
            error = f"interrupted: {why[execution]}" if execution in why else "interrupted"
            new = attempt_at(new, execution, FAILED, transaction.now, error=error)
        told = (
            f"in {found.phase}, retried {found.retries} of {found.limit} times" if found.phase else "no phase"
        )
        return Done(run=new, result=found, action="recovered", outcome=told)

    return change(memory, "recover", key, expected, do)
