"""A run from its creation to its end, and its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cosmemory.document.json_values import Data
from cosmemory.errors import IllegalTransition, InvalidValue, Refused, UsageError
from cosmemory.frozen import replace
from cosmemory.kinds import RUN
from cosmemory.kinds.run import (
    ABORTED,
    COMPLETED,
    EXECUTING,
    FAILED,
    PAUSED,
    PENDING,
    PLANNING,
    STEPS,
    LastChange,
    Plan,
    Run,
    current_phase,
    run_at,
)
from cosmemory.kinds.run_phases import add_phase, passed_on, stopped
from cosmemory.kinds.run_plan import plan_data, plan_errors, planned, task_errors
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import new_id, page_of, stamped_id
from cosmemory.operations.runs.changing import Done, change, event_of, nothing_given, run_named
from cosmemory.operations.runs.new_phases import new_phase
from cosmemory.text.counted import counted
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def create(
    memory: Memory,
    key: str | None = None,
    *,
    goal: str,
    phases: Sequence[str | Mapping[str, Any]] = (),
    agents: Sequence[str] = (),
    metadata: Any = None,
    context: Mapping[str, Any] | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A new run that is being planned; gives its id, ``run_YYYYMMDD_HHMMSS`` where none is given.

    A phase is a name, or its ``name``, ``needs``, ``outputs`` and ``limit``; the ``context`` is what the first phase
    finds. Raises InvalidValue for an id that was used before.
    """

    def verb(transaction: Transaction) -> str:
        found = new_id(transaction, RUN, key) if key is not None else stamped_id(transaction, RUN, "run")
        run = Run(
            run_id=found,
            goal=goal,
            status=PLANNING,
            created=transaction.now,
            last_change=LastChange(last_updated=transaction.now),
            agents=tuple(agents),
            metadata=Data.of(metadata) if metadata is not None else None,
        )
        for phase in phases:
            run = add_phase(run, new_phase(phase, memory.settings))
        run = passed_on(run, None, context or {})
        transaction.create(page_of(RUN, found), page_text(transaction.memory, RUN, entered(run)))
        done = Done(run=run, result=found, action=f"created: {goal}", outcome=PLANNING)
        transaction.append(event_of(done, transaction))
        nothing_given(transaction, run)
        return found

    return memory.run(verb, expected=expected, operation="run create")


def entered(run: Run) -> Run:
    """``run`` as it will be read: its texts normalised."""
    from cosmemory.document.entered import entered as normalised

    done: Run = normalised(None, run)
    return done


def plan(
    memory: Memory, key: str, plan: Mapping[str, Any], *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The plan of a run that is being planned or paused: ``tasks``, ``dependencies``, ``timeline`` and ``resources``.

    Phases that its tasks name and the run does not have yet are added. Raises InvalidValue, which names everything
    that is wrong with the plan, and Refused for a run that is at work.
    """
    errors = plan_errors(plan)
    if errors:
        hint = (
            "A task has an id and its dependencies; a plan has tasks, dependencies, timeline and resources."
        )
        raise InvalidValue("The plan", "; ".join(errors), hint)

    def do(run: Run, _: Transaction) -> Done:
        if run.status not in {PLANNING, PAUSED}:
            raise Refused(
                f"The run {run.run_id} is {run.status}, and a plan is changed before it starts or while it is paused.",
                f"cosmemory run pause {run.run_id} comes first." if run.status == EXECUTING else "",
            )
        own, tasks = planned(plan)
        kept = replace(run.plan, **{name: getattr(own, name) for name in _PLANNED})
        new = replace(run, plan=kept, tasks=tasks)
        have = {(phase.phase or "").lower() for phase in run.phases}
        for name in dict.fromkeys(task.phase for task in tasks if task.phase):
            if name.lower() not in have:
                new = add_phase(new, new_phase(name, memory.settings))
        return Done(run=new, result=str(run.run_id), action="planned", outcome=counted(len(tasks), "task"))

    return change(memory, "plan", key, expected, do)


_PLANNED = ("timeline", "dependencies", "resources", "more")


def planned_of(memory: Memory, key: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The plan of a run as data, and what is wrong with it as it stands on the page."""
    run = run_named(memory, key)
    assert isinstance(run.plan, Plan)
    return plan_data(run.plan, run.tasks), tuple(message for _, message in task_errors(run.tasks))


def start(memory: Memory, key: str, *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """A planned run at work.

    Raises IllegalTransition, and Refused where its plan is not sound.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        if run.status == PAUSED:
            # Resuming looks at what the run waits for; to start it again would not.
            raise IllegalTransition(
                f"The run {run.run_id}",
                PAUSED,
                "started",
                STEPS[PAUSED],
                f"cosmemory run resume {run.run_id} goes on with it.",
            )
        wrong = [message for _, message in task_errors(run.tasks)]
        if wrong:
            raise Refused(f"The plan of {run.run_id} is not sound: {'; '.join(wrong)}.", "Plan it anew.")
        return _stepped(run, EXECUTING, transaction, "started")

    return change(memory, "start", key, expected, do)


def pause(
    memory: Memory, key: str, *, reason: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """A run at work, paused.

    Raises IllegalTransition.
    """
    return change(
        memory, "pause", key, expected, lambda run, t: _stepped(run, PAUSED, t, "paused", notes=reason)
    )


def resume(memory: Memory, key: str, *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """A paused run at work again.

    Raises IllegalTransition, and Refused while somebody is still to decide something.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        if run.status == PLANNING:
            # The table leads from planning to executing, by starting.
            raise IllegalTransition(
                f"The run {run.run_id}",
                PLANNING,
                "resumed",
                STEPS[PLANNING],
                f"cosmemory run start {run.run_id} sets it to work.",
            )
        _refuse_waiting(run)
        return _stepped(run, EXECUTING, transaction, "resumed")

    return change(memory, "resume", key, expected, do)


def complete(memory: Memory, key: str, *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """A run that has reached its goal.

    Raises IllegalTransition, and Refused while a phase is in progress or somebody is to decide something.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        new = _stepped(run, COMPLETED, transaction, "completed")
        phase = current_phase(run)
        if phase is not None:
            raise Refused(
                f"The run {run.run_id} is in the phase {phase.phase}.",
                f"cosmemory run phase complete {run.run_id} {phase.phase} ends it.",
            )
        _refuse_waiting(run)
        return new

    return change(memory, "complete", key, expected, do)


def fail(memory: Memory, key: str, *, error: str, expected: dict[str, str] | None = None) -> Outcome[str]:
    """A run at work, failed for good, and with it the phase that is in progress.

    Raises IllegalTransition.
    """
    return change(
        memory,
        "fail",
        key,
        expected,
        lambda run, t: _stepped(run, FAILED, t, "failed", error=error, notes=error),
    )


def abort(
    memory: Memory, key: str, *, reason: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """A paused run given up, and with it the phase that is in progress.

    Raises IllegalTransition.
    """
    return change(
        memory,
        "abort",
        key,
        expected,
        lambda run, t: _stepped(run, ABORTED, t, "aborted", error=reason, notes=reason),
    )


def _stepped(
    run: Run,
    status: str,
    transaction: Transaction,
    said: str,
    *,
    error: str | None = None,
    notes: str | None = None,
) -> Done:
    new = run_at(run, status, transaction.now, error)
    if status in {FAILED, ABORTED}:
        new = stopped(new, transaction.now, error or f"the run was {status}")
    outcome = f"{run.status} -> {status}"
    return Done(run=new, result=str(run.run_id), action=said, outcome=outcome, notes=notes)


def _refuse_waiting(run: Run) -> None:
    waiting = [each for each in run.interventions if each.status == PENDING]
    if waiting:
        raise Refused(
            f"The run {run.run_id} waits for {', '.join(str(each.id) for each in waiting)}: {waiting[0].reason}.",
            f"cosmemory run intervention resolve {run.run_id} {waiting[0].id} settles it.",
        )


def link(
    memory: Memory,
    key: str,
    *,
    agents: Sequence[str] = (),
    handoffs: Sequence[str] = (),
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """More agents and handoffs that belong to a run.

    Raises UsageError where none is named.
    """
    if not (agents or handoffs):
        raise UsageError("Nothing was named that belongs to the run.", "Name an agent or a handoff.")

    def do(run: Run, _: Transaction) -> Done:
        new = replace(
            run,
            agents=tuple(dict.fromkeys((*run.agents, *agents))),
            handoffs=tuple(dict.fromkeys((*run.handoffs, *handoffs))),
        )
        told = ", ".join((*agents, *handoffs))
        return Done(run=new, result=str(run.run_id), action=f"linked with {told}")

    return change(memory, "link", key, expected, do)
