"""The team of a harness: its subagents, its teammates and their tasks, written on our pages and told to nobody."""

from __future__ import annotations

from contextlib import suppress

from cosmemory.errors import DoneAlready
from cosmemory.interfaces.hook.answer import NOTHING, Answer
from cosmemory.interfaces.hook.call import session_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.hook.call import Call
    from cosmemory.operations.harness.tasks import Task
    from cosmemory.operations.harness.team import Subagent


def subagent_start(call: Call) -> Answer:
    """A subagent at work, begun or woken."""
    subagent = _subagent(call)
    if subagent is not None:
        from cosmemory.operations.harness.team import started

        with suppress(DoneAlready):
            started(call.memory().once(call.exact_key), subagent)
    return NOTHING


def subagent_stop(call: Call) -> Answer:
    """A subagent that has done its work, for now."""
    subagent = _subagent(call)
    if subagent is not None:
        from cosmemory.operations.harness.team import stopped

        with suppress(DoneAlready):
            stopped(call.memory().once(call.exact_key), subagent, call.text("last_assistant_message"))
    return NOTHING


def _subagent(call: Call) -> Subagent | None:
    """The subagent of a call; None where neither its id nor its type is told."""
    from cosmemory.operations.harness.team import Subagent, plain_key, plain_name

    key, kind = plain_key(call.text("agent_id")), plain_name(call.text("agent_type"))
    if not key and not kind:
        return None
    return Subagent(key=key, kind=kind, harness=call.harness, session=call.session)


def teammate_idle(call: Call) -> Answer:
    """A teammate without work."""
    from cosmemory.operations.harness.team import idle, plain_name

    name = plain_name(call.text("teammate_name"))
    if name:
        idle(call.memory(), name)
    return NOTHING


def task_created(call: Call) -> Answer:
    """A task as a pending action."""
    task = _task(call)
    if task is not None:
        from cosmemory.operations.harness.tasks import created

        created(call.memory(), task)
    return NOTHING


def task_completed(call: Call) -> Answer:
    """The action of a task done."""
    task = _task(call)
    if task is not None:
        from cosmemory.operations.harness.tasks import completed

        completed(call.memory(), task)
    return NOTHING


def _task(call: Call) -> Task | None:
    """The task of a call; None where it has no id."""
    from cosmemory.operations.harness.tasks import Task
    from cosmemory.operations.harness.team import plain_name

    number = call.payload.get("task_id")
    plain = isinstance(number, int) and not isinstance(number, bool)
    key = session_id(str(number)[:100] if plain else number)
    if not key:
        return None
    return Task(
        list=session_id(call.payload.get("team_name")) or call.session,
        key=key,
        subject=call.text("task_subject"),
        description=call.text("task_description"),
        teammate=plain_name(call.text("teammate_name")),
    )
