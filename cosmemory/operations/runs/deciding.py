"""Decisions that a run waits for: asked of a person, which pauses it, and given, which lets it go on."""

from __future__ import annotations

from cosmemory.frozen import replace
from cosmemory.kinds.run import (
    EXECUTING,
    INTERVENTION_STEPS,
    PAUSED,
    PENDING,
    RESOLVED,
    Intervention,
    Run,
    exchanged,
    named,
    run_at,
    stepped,
)
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.runs.changing import Done, change, next_id, run_named
from cosmemory.transaction import Transaction


def create_intervention(
    memory: Memory,
    key: str,
    *,
    reason: str,
    phase: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """Something that a person must decide; the run is paused until then. Gives its id.

    Raises IllegalTransition for a run that can be neither paused nor is paused.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        made = Intervention(
            id=next_id(transaction, run, "I", (each.id for each in run.interventions)),
            phase=named(run, "phases", phase).phase if phase is not None else None,
            status=PENDING,
            reason=reason,
            created=transaction.now,
        )
        # Another question may come up while the run waits for the answer to one.
        new = run if run.status == PAUSED else run_at(run, PAUSED, transaction.now)
        new = replace(new, interventions=(*new.interventions, made))
        action = f"intervention {made.id} asked for"
        made_id = str(made.id)
        return Done(run=new, result=made_id, action=action, outcome=PAUSED, notes=reason, given=(made_id,))

    return change(memory, "intervention create", key, expected, do)


def resolve_intervention(
    memory: Memory,
    key: str,
    intervention: str,
    *,
    resolution: str,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """What was decided; the run goes on when it waits for nothing else.

    Raises IllegalTransition for one that is resolved already.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        held: Intervention = named(run, "interventions", intervention)
        stepped(INTERVENTION_STEPS, f"The intervention {held.id}", held.status, RESOLVED)
        made = replace(
            held,
            status=RESOLVED,
            resolved=transaction.now,
            resolved_by=memory.actor or None,
            resolution=resolution,
        )
        new = exchanged(run, "interventions", held, made)
        waits = any(each.status == PENDING for each in new.interventions)
        if new.status == PAUSED and not waits:
            new = run_at(new, EXECUTING, transaction.now)
        action = f"intervention {held.id} resolved"
        return Done(run=new, result=str(held.id), action=action, outcome=str(new.status), notes=resolution)

    return change(memory, "intervention resolve", key, expected, do)


def pending_interventions(memory: Memory, key: str) -> tuple[Intervention, ...]:
    """What a run waits for a person to decide."""
    return tuple(each for each in run_named(memory, key).interventions if each.status == PENDING)
