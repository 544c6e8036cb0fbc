"""What the phases of a run hand on to each other."""

from __future__ import annotations

from collections.abc import Mapping

from cosmemory.document.values import write_time
from cosmemory.errors import Refused
from cosmemory.kinds.run import ENDED, Phase, Run, named
from cosmemory.kinds.run_phases import everything_for, needed_by, passed_on, results
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.runs.changing import PHASE_EVENT, Done, change, run_named
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def set_context(
    memory: Memory,
    key: str,
    values: Mapping[str, Any],
    *,
    phase: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """``values`` put out by a phase while it lasts, or, without a phase, given to the run as a whole.

    Raises Refused for a run that has ended.
    """

    def do(run: Run, _: Transaction) -> Done:
        if run.status in ENDED:
            raise Refused(f"The run {run.run_id} is {run.status}.", "cosmemory run create makes another.")
        name = named(run, "phases", phase).phase if phase is not None else None
        action = f"context of {name or 'the run'} set"
        new = passed_on(run, name, values)
        return Done(
            run=new, result=str(run.run_id), action=action, outcome=", ".join(values), type=PHASE_EVENT
        )

    return change(memory, "context set", key, expected, do)


def context(memory: Memory, key: str, phase: str | None = None, *, whole: bool = False) -> dict[str, Any]:
    """What a phase finds: what the run began with and the phases before it put out, and its own.

    Only what it declares that it needs, where it declares anything and not the ``whole`` is wished for. Without a
    phase, what the run began with.
    """
    run = run_named(memory, key)
    if phase is None:
        return results(run, None)
    held: Phase = named(run, "phases", phase)
    found = everything_for(run, held)
    return found if whole else {**needed_by(found, held), **results(run, held.phase)}


def handoff_context(memory: Memory, key: str, from_phase: str, to_phase: str) -> dict[str, Any]:
    """What one phase hands to another: what it found and put out itself, as far as the other needs it."""
    run = run_named(memory, key)
    giver: Phase = named(run, "phases", from_phase)
    taker: Phase = named(run, "phases", to_phase)
    given = {**everything_for(run, giver), f"{giver.phase}_results": results(run, giver.phase)}
    return {
        "from_phase": giver.phase,
        "to_phase": taker.phase,
        "data": needed_by(given, taker),
        "timestamp": write_time(memory.now()),
    }
