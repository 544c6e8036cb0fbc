"""The tools for the Chief of Staff's own page, the log and the team: focus, actions, decisions, events, members."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosmemory.document.values import TIME, TIME_OR_TEXT, write_time
from cosmemory.errors import UsageError, did_you_mean
from cosmemory.interfaces.mcp_server.arguments import Expected, Key, Labelled, Line, Number
from cosmemory.interfaces.mcp_server.calls import memory
from cosmemory.interfaces.mcp_server.changing import Changed, change
from cosmemory.kinds import COS_STATE, LOG_PATH, TEAM_ROSTER
from cosmemory.kinds.coordination_log import EVENT_TYPES, Event
from cosmemory.memory import Outcome
from cosmemory.office import Memory
from cosmemory.operations.status import is_dated
from cosmemory.text.fenced import one_line

LONGEST_SHOWN = 60

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.transaction import Transaction

Priority = Literal["critical", "high", "medium", "low"]


def set_focus(
    task: Annotated[Line, Field(description="What is being worked on from now on, in a few words.")],
    priority: Annotated[Priority | None, Field(description="Left out, it stays as it is.")] = None,
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Say what the Chief of Staff works on from now on.

    Use it whenever the main task changes; what is still to be done belongs in upsert_action. The page is cos-state.
    """
    return change(
        COS_STATE.path,
        lambda opened, expected: opened.state.set_focus(task, priority=priority, expected=expected),
        "The focus is set.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
    )


def upsert_action(
    text: Annotated[Line, Field(description="What is to be done; needed for a new action.")] = "",
    action_id: Annotated[Line, Number] = "",
    priority: Annotated[Priority | None, Field(description="medium for a new action, unless given.")] = None,
    deadline: Annotated[
        Line, Field(description="A day, a time in UTC or words, such as 2026-12-01; - clears it.")
    ] = "",
    status: Annotated[
        Literal["pending", "in_progress", "blocked", "done", "cancelled"] | None,
        Field(description="Begin with in_progress, end with done or cancelled; pending reopens."),
    ] = None,
    notes: Annotated[
        Line, Field(description="Why, or what else there is to say; the log tells it. Only with action_id.")
    ] = "",
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Add something to do, or change or move an action that stands on the page.

    Without action_id a new action is added and its id given back as key; with one, what is given of that action
    changes and the rest stays. Use it whenever work comes up, begins, is blocked or is done. The page is cos-state.
    """
    if not action_id and (status not in {None, "pending"} or notes):
        raise UsageError(
            "A new action is pending and takes no notes.", "Add it first, then call again with its action_id."
        )
    if not action_id and not text:
        raise UsageError("A new action needs a text.", "Give text, or the action_id of one that is there.")

    done = "added" if not action_id else "changed" if text or priority or deadline or status else "noted upon"

    def verb(opened: Memory, expected: dict[str, str] | None) -> Outcome[str]:
        if not action_id:
            return opened.state.add_action(
                text, priority=priority or "medium", deadline=deadline or None, expected=expected
            )
        return opened.state.change_action(
            action_id,
            text=text or None,
            priority=priority,
            deadline=deadline or None,
            status=status,
            notes=notes or None,
            expected=expected,
        )

    return change(
        COS_STATE.path,
        verb,
        lambda key: f"Action {key} is {done}.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
        remark=_undated(deadline),
    )


def _undated(deadline: str) -> str:
    """What to say of a deadline in words, which somebody may take for one that is watched."""
    entered = TIME_OR_TEXT.enter("deadline", deadline)
    if entered is None or is_dated(entered):
        return ""
    words = one_line(deadline, LONGEST_SHOWN)
    return f"Its deadline {words!r} is no day and no time such as 2026-12-01: it will never count as overdue."


def record_decision(
    decision: Annotated[Line, Field(description="What was decided, in one sentence.")],
    rationale: Annotated[Line, Field(description="Why, so that nobody has to ask again.")],
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Record a decision and why it was made.

    Use it for choices that others will build on; what merely happened belongs in log_event. The page is cos-state.
    """
    return change(
        COS_STATE.path,
        lambda opened, expected: opened.state.decide(decision, rationale, expected=expected),
        "The decision is recorded.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
    )


def log_event(
    type: Annotated[Line, Field(description=f"One of {', '.join(EVENT_TYPES)}, or one of the settings.")],  # noqa: A002
    action: Annotated[Line, Field(description="What happened, in one sentence.")],
    involved: Annotated[Line, Field(description="Whom it involved, names with commas between.")] = "",
    outcome: Annotated[Line, Field(description="What came of it.")] = "",
    notes: Annotated[Line, Field(description="What else there is to say.")] = "",
    time: Annotated[Line, Field(description="When it happened, such as 2026-11-21T10:00Z; else now.")] = "",
    extra: Annotated[Labelled, Field(description="More labelled values, such as a ticket's number.")] = {},  # noqa: B006  # pydantic copies it
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Append an event to the coordination log.

    Use it for messages, broadcasts and whatever no other tool records: those write their own events. The page is
    coordination-log, which is never edited.
    """
    opened = memory()
    known = (*EVENT_TYPES, *opened.settings.event_types)
    remark = ""
    if type not in known:
        hint = did_you_mean(type, known, f"Known are {', '.join(known)}.")
        remark = f"{type!r} is no known type. {hint}"
    if not type.strip() or not action.strip():
        raise UsageError("An event needs a type and an action.", "Say what happened in action.")
    # A spelling of Empty, such as "-", says as little as nothing.
    moment = TIME.enter("time", time) or opened.now()
    event = Event(
        time=moment,
        type=type,
        involved=involved or None,
        action=action,
        outcome=outcome or None,
        notes=notes or None,
        extra=extra,
    )

    def verb(held: Memory, expected: dict[str, str] | None) -> Outcome[str]:
        def appended(transaction: Transaction) -> str:
            transaction.append(event)
            return write_time(moment)

        return held.run(appended, expected=expected, operation="log")

    return change(
        LOG_PATH,
        verb,
        "The event is logged.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
        remark=remark,
    )


def upsert_member(
    name: Annotated[Line, Field(description="The member's session name, such as helper-1.")],
    role: Annotated[Line, Field(description="Needed for somebody new.")] = "",
    task: Annotated[Line, Field(description="What they work on now.")] = "",
    status: Annotated[
        Literal["active", "idle", "busy", "blocked", "offline", "hibernated"] | None,
        Field(description="Left out, it stays; somebody new is active."),
    ] = None,
    capabilities: Annotated[Line, Field(description="What they can do, with commas between.")] = "",
    notes: Annotated[Line, Field(description="What else there is to say of them.")] = "",
    leaves: Annotated[Line, Field(description="Why they leave the team; given alone, with the name.")] = "",
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Say who is in the team and does what: somebody joins, gets a task, a role or a status, or leaves.

    What is given changes and the rest stays; whoever is named is seen just now. The page is team-roster.
    """
    if leaves and (role or task or status or capabilities or notes):
        raise UsageError("Who leaves gets no role, task, status or notes.", "Give the name and leaves alone.")

    def verb(opened: Memory, expected: dict[str, str] | None) -> Outcome[str]:
        if leaves:
            return opened.team.leave(name, reason=leaves, expected=expected)
        return opened.team.upsert(
            name,
            role=role or None,
            task=task or None,
            status=status,
            capabilities=capabilities or None,
            notes=notes or None,
            expected=expected,
        )

    return change(
        TEAM_ROSTER.path,
        verb,
        "They have left." if leaves else "The member is told of.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
    )
