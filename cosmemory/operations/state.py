"""The everyday verbs of the Chief of Staff's own page: focus, actions, decisions, resources."""

from __future__ import annotations

import re
from datetime import datetime

from cosmemory.config import Settings
from cosmemory.document.fields import Record
from cosmemory.document.values import TIME_OR_TEXT, Raw, write_time, write_time_or_text
from cosmemory.errors import InvalidValue
from cosmemory.kinds import COS_STATE, cos_state
from cosmemory.kinds.coordination_log import Event, kept
from cosmemory.kinds.cos_state import ACTION_STATUS, PRIORITY, Action, CosState, Decision
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.ids import next_number
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ACTION_IN_LOG = pattern(rb"^\*\*Action ID:\*\* (\d{1,15})\r?$", re.MULTILINE)
PAGE = COS_STATE.path


def set_focus(
    memory: Memory, task: str, *, priority: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[None]:
    """The Chief of Staff works on ``task`` from now on.

    Raises InvalidValue for a task that says nothing; ``set`` clears the focus.
    """
    if is_empty(normalise(task)):
        raise InvalidValue("Focus", "it is empty", "Say it in words.")

    def verb(transaction: Transaction) -> None:
        level = PRIORITY.enter("priority", priority) if priority else None
        state: CosState = transaction.read(PAGE)
        transaction.replace(PAGE, cos_state.focus(state, task, level, transaction.now))
        outcome = f"Priority {level}" if level else None
        transaction.append(Event(time=transaction.now, type="focus", action=task, outcome=outcome))

    return memory.run(verb, expected=expected, operation="focus")


def add_action(
    memory: Memory,
    text: str,
    *,
    priority: str = "medium",
    deadline: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """One more thing to do; gives the number that it got."""

    def verb(transaction: Transaction) -> str:
        state: CosState = transaction.read(PAGE)
        key = str(
            next_number(transaction, "action", (each.id for each in state.pending_actions), ACTION_IN_LOG)
        )
        action = Action(
            id=key,
            action=text,
            priority=PRIORITY.enter("priority", priority),
            deadline=TIME_OR_TEXT.enter("deadline", deadline) if deadline else None,
            status="pending",
        )
        transaction.replace(PAGE, cos_state.add_action(state, action))
        transaction.append(action_event(transaction, action, "Added", None))
        return key

    return memory.run(verb, expected=expected, operation="action add")


MOVES = {
    "start": "in_progress",
    "block": "blocked",
    "done": "done",
    "cancel": "cancelled",
    "reopen": "pending",
}


def move_action(
    memory: Memory, move: str, key: str, *, notes: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The action ``key`` started, blocked, done, cancelled or reopened."""

    def verb(transaction: Transaction) -> str:
        state: CosState = transaction.read(PAGE)
        status = MOVES[move]
        moved = cos_state.move_action(state, key, status)
        action = cos_state.action_named(moved, key)
        moved, pushed = cos_state.bounded(moved, *limits(memory.settings))
        transaction.append(*moved_out(transaction, pushed))
        transaction.replace(PAGE, moved)
        transaction.append(action_event(transaction, action, status, notes))
        return key

    return memory.run(verb, expected=expected, operation=f"action {move}")


def change_action(
    memory: Memory,
    key: str,
    *,
    text: str | None = None,
    priority: str | None = None,
    deadline: str | None = None,
    status: str | None = None,
    notes: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """What is given of the action ``key`` changed, all of it together; what stands so already is no change.

    ``notes`` are told to the log, also where nothing else is given.
    """
    given: dict[str, Any] = {"action": text} if text is not None else {}
    if priority is not None:
        given["priority"] = PRIORITY.enter("priority", priority)
    if deadline is not None:
        given["deadline"] = TIME_OR_TEXT.enter("deadline", deadline)
    word = ACTION_STATUS.enter("status", status) if status is not None else None
    noted = not is_empty(normalise(notes or ""))

    def verb(transaction: Transaction) -> str:
        state: CosState = transaction.read(PAGE)
        before = cos_state.action_named(state, key)
        fresh = {name: value for name, value in given.items() if getattr(before, name) != value}
        moved = word is not None and word != before.status
        if not fresh and not moved:
            if noted:  # they stand in the log alone, and nobody else would tell it
                transaction.append(action_event(transaction, before, "Noted", notes))
            return str(before.id)
        after = cos_state.change_action(state, before, **fresh)
        after = cos_state.move_action(after, key, str(word)) if moved else after
        action = cos_state.action_named(after, key)
        after, pushed = cos_state.bounded(after, *limits(memory.settings))
        transaction.append(*moved_out(transaction, pushed))
        transaction.replace(PAGE, after)
        said = [str(word)] if moved else []
        said += [f"{name.capitalize()} changed" for name in fresh]
        transaction.append(action_event(transaction, action, ", ".join(said), notes))
        return str(action.id)

    return memory.run(verb, expected=expected, operation="action change")


def decide(
    memory: Memory, text: str, rationale: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """A decision, with why it was made; gives the time that it stands under."""

    def verb(transaction: Transaction) -> str:
        now = transaction.now
        state: CosState = transaction.read(PAGE)
        decided = cos_state.decide(state, Decision(time=now, decision=text, rationale=rationale))
        decided, pushed = cos_state.bounded(decided, *limits(memory.settings))
        transaction.append(*moved_out(transaction, pushed))
        transaction.replace(PAGE, decided)
        transaction.append(Event(time=now, type="decision", action=text, outcome="Decided", notes=rationale))
        return write_time(now)

    return memory.run(verb, expected=expected, operation="decision")


def set_resources(
    memory: Memory, load: float | None, used: float | None, *, expected: dict[str, str] | None = None
) -> Outcome[None]:
    """Memory used, in percent, and load of the machine, as they are now."""

    def verb(transaction: Transaction) -> None:
        now = transaction.now
        state: CosState = transaction.read(PAGE)
        transaction.replace(PAGE, cos_state.measure_resources(state, used, load, now))
        said = [f"Memory {used}%"] if used is not None else []
        said += [f"CPU load {load}"] if load is not None else []
        transaction.append(
            Event(time=now, type="metrics", action="Resources checked", outcome=", ".join(said))
        )

    return memory.run(verb, expected=expected, operation="resources")


def limits(settings: Settings) -> tuple[int, int]:
    """How many decisions and how many ended actions stay on the page."""
    return settings.decisions, settings.ended_actions


def action_event(
    transaction: Transaction, action: Action, outcome: str, notes: str | None, **extra: str
) -> Event:
    """What the log is told of an action."""
    return Event(
        time=transaction.now,
        type="action",
        action=action.action,
        outcome=outcome,
        notes=notes,
        extra={"Action ID": str(action.id), **extra},
    )


def moved_out(transaction: Transaction, pushed: tuple[Record, ...]) -> list[Event]:
    """The events that keep what a bounded table no longer holds."""
    return [_kept(transaction.now, record) for record in pushed]


def _kept(now: datetime, record: Record) -> Event:
    if isinstance(record, Decision):
        return Event(
            time=now,
            type="decision",
            action=record.decision,
            outcome="Moved out of Recent Decisions",
            notes=record.rationale,
            extra={"Decided": _shown(record.time), **kept(record.extra)},
        )
    assert isinstance(record, Action)
    return Event(
        time=now,
        type="action",
        action=record.action,
        outcome=f"Moved out of Pending Actions as {record.status}",
        extra={
            "Action ID": str(record.id),
            "Priority": str(record.priority),
            "Deadline": _shown(record.deadline),
            **kept(record.extra),
        },
    )


def _shown(value: datetime | str | Raw | None) -> str:
    if isinstance(value, Raw):
        return value.text
    return "-" if value is None else write_time_or_text(value)


def action(memory: Memory, key: str) -> Action:
    """The action ``key``.

    Raises NotFound.
    """
    return cos_state.action_named(memory.read(PAGE), key)


def actions(memory: Memory, *, status: str | None = None, priority: str | None = None) -> tuple[Action, ...]:
    """The actions on the page, those that have ended too; of those the ones that are as it says."""
    state: CosState = memory.read(PAGE)
    return tuple(
        each
        for each in state.pending_actions
        if status in (None, each.status) and priority in (None, each.priority)
    )
