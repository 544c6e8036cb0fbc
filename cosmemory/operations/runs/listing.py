"""Runs found: by their id, by status and age, the latest, and those that were interrupted."""

from __future__ import annotations

from datetime import UTC, datetime

from cosmemory.config import Settings
from cosmemory.errors import IllegalTransition, NotFound, Refused
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import RUN
from cosmemory.kinds.run import (
    EXECUTING,
    FAILED,
    PAUSED,
    PENDING,
    RECOVERABLE,
    RUNNING,
    STATUS,
    STEPS,
    Phase,
    Run,
    current_phase,
    run_at,
)
from cosmemory.kinds.run_phases import attempt_at, everything_for, needed_by, retries_of
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.handing_out import hand_out
from cosmemory.operations.narrowed import keys_saying
from cosmemory.operations.page_ids import ids_of, page_of
from cosmemory.operations.runs.changing import Done, change, page_in, run_named
from cosmemory.operations.runs.losing import lost_in
from cosmemory.reader import Reader
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@frozen(kw_only=True)
class Interrupted:
    """A run that was not finished, with everything that is needed to go on with it.

    ``lost`` are those of its ``executions`` whose phase or agent has ended, each with the reason.
    """

    run: str
    goal: str
    status: str
    phase: str | None
    phase_status: str | None
    retries: int
    limit: int
    since: datetime | None
    context: dict[str, Any]
    executions: tuple[str, ...]
    waits_for: tuple[str, ...]
    lost: tuple[str, ...] = ()


def get(memory: Memory, key: str) -> Run:
    """The whole run ``key``.

    Raises NotFound.
    """
    return run_named(memory, key)


def heads(memory: Reader, statuses: Sequence[str] = ()) -> Iterator[Run]:
    """Every live run, or those that may be at one of the ``statuses``; only what stands above its sections is read."""
    keys = keys_saying(memory, RUN, *statuses) if statuses else ids_of(memory, RUN)
    for path in sorted(page_of(RUN, key) for key in keys):
        if (stored := memory.store.read(path)) is not None:
            run: Run = memory.read_stored(stored, frozenset()).document
            # A page is known by its name, whatever it says of itself.
            yield replace(run, run_id=path.removeprefix("runs/").removesuffix(".md"))


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
        if wanted in {None, run.status} and (since is None or _created(run) >= since)
    ]
    found.sort(key=lambda run: (_created(run), str(run.run_id)), reverse=True)
    return tuple(found[:limit])


def _created(run: Run) -> datetime:
    return run.created if isinstance(run.created, datetime) else _BEGINNING


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


def interrupted(memory: Memory) -> tuple[Interrupted, ...]:
    """The runs that are executing or paused, each with the phase to go on with, oldest first."""
    open_runs = [run for run in heads(memory, RECOVERABLE) if run.status in RECOVERABLE]
    open_runs.sort(key=lambda run: (_created(run), str(run.run_id)))
    whole = (run_named(memory, str(run.run_id)) for run in open_runs)
    return tuple(
        replace(
            interruption(run, memory.settings),
            lost=tuple(f"{each.id}: {why}" for each, why in lost_in(memory, run)),
        )
        for run in whole
    )


def interruption(run: Run, settings: Settings) -> Interrupted:
    """Where a run stands, and what is needed to go on from there."""
    phase = phase_to_resume(run)
    needed = needed_by(everything_for(run, phase), phase) if phase is not None else {}
    return Interrupted(
        run=str(run.run_id),
        goal=str(run.goal),
        status=str(run.status),
        phase=phase.phase if phase is not None else None,
        phase_status=str(phase.status) if phase is not None else None,
        retries=phase.retries if phase is not None and isinstance(phase.retries, int) else 0,
        limit=_limit(phase, settings),
        since=changed if isinstance(changed := run.last_change.last_updated, datetime) else None,
        context=needed,
        executions=tuple(str(each.id) for each in run.executions if each.status == RUNNING),
        waits_for=tuple(str(each.id) for each in run.interventions if each.status == PENDING),
    )


def _limit(phase: Phase | None, settings: Settings) -> int:
    if phase is None:
        return settings.phase_retries
    return phase.limit if isinstance(phase.limit, int) else retries_of(settings, str(phase.phase))


def phase_to_resume(run: Run) -> Phase | None:
    """The phase that a run goes on with: the one in progress, else the first that failed or is still to come."""
    return current_phase(run) or next((each for each in run.phases if each.status in {FAILED, PENDING}), None)


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
