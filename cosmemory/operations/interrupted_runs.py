"""Runs that were interrupted, as they can be told without what changes runs: each with all that is needed to go on."""

from __future__ import annotations

from datetime import UTC, datetime

from cosmemory.config import Settings
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import RUN
from cosmemory.kinds.run import (
    FAILED,
    PENDING,
    RECOVERABLE,
    RUNNING,
    Phase,
    Run,
    current_phase,
)
from cosmemory.kinds.run_phases import everything_for, needed_by, retries_of
from cosmemory.operations.narrowed import keys_saying
from cosmemory.operations.page_ids import ids_of, page_of
from cosmemory.reader import Reader

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


def heads(reader: Reader, statuses: Sequence[str] = ()) -> Iterator[Run]:
    """Every live run, or those that may be at one of the ``statuses``; only what stands above its sections is read."""
    keys = keys_saying(reader, RUN, *statuses) if statuses else ids_of(reader, RUN)
    for path in sorted(page_of(RUN, key) for key in keys):
        if (stored := reader.store.read(path)) is not None:
            run: Run = reader.read_stored(stored, frozenset()).document
            # A page is known by its name, whatever it says of itself.
            yield replace(run, run_id=path.removeprefix("runs/").removesuffix(".md"))


def created_at(run: Run) -> datetime:
    """When a run was made; the beginning of time where its page does not tell."""
    return run.created if isinstance(run.created, datetime) else _BEGINNING


def interrupted(memory: Reader) -> tuple[Interrupted, ...]:
    """The runs that are executing or paused, each with the phase to go on with, oldest first."""
    open_runs = [run for run in heads(memory, RECOVERABLE) if run.status in RECOVERABLE]
    open_runs.sort(key=lambda run: (created_at(run), str(run.run_id)))
    whole = [memory.read(page_of(RUN, str(run.run_id))) for run in open_runs]
    return tuple(replace(interruption(run, memory.settings), lost=_lost(memory, run)) for run in whole)


def _lost(memory: Reader, run: Run) -> tuple[str, ...]:
    if not any(each.status == RUNNING for each in run.executions):
        return ()
    from cosmemory.operations.lost_executions import lost_in

    return tuple(f"{each.id}: {why}" for each, why in lost_in(memory, run))


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
