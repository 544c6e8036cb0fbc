"""The Chief of Staff's own state: session, focus, pending actions, alerts mirror, decisions, resources, notes."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, section, table
from cosmemory.document.values import NUMBER, PERCENT, TEXT, TIME, TIME_OR_TEXT, Raw, enum
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound
from cosmemory.frozen import frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PRIORITIES = ("critical", "high", "medium", "low")
SESSION_STATUS = enum("session status", "active", "idle", "busy")
PRIORITY = enum("priority", *PRIORITIES)
ACTION_STATUS = enum("action status", "pending", "in_progress", "blocked", "done", "cancelled")
# Done and cancelled actions may be reopened; everything else moves only forward.
ACTION_STEPS: dict[str, tuple[str, ...]] = {
    "pending": ("in_progress", "blocked", "done", "cancelled"),
    "in_progress": ("blocked", "done", "cancelled"),
    "blocked": ("in_progress", "done", "cancelled"),
    "done": ("pending",),
    "cancelled": ("pending",),
}
ENDED = ("done", "cancelled")

Time = datetime | Raw | None
Number = float | Raw | None
Word = str | Raw | None


# What tells when the page was changed.
STAMP = ("session_info", "last_updated")


@frozen(kw_only=True)
class SessionInfo(Record):
    """Which session this is and when it was last touched."""

    session_id: str | None = label("Session ID", required=True)
    started: Time = label("Started", TIME, required=True)
    last_updated: Time = label("Last Updated", TIME, aliases=("Updated",), required=True, derived=True)
    status: Word = label("Status", SESSION_STATUS, required=True)


@frozen(kw_only=True)
class Focus(Record):
    """What the Chief of Staff works on, and since when."""

    primary_task: str | None = label("Primary Task", aliases=("Task",))
    priority: Word = label("Priority", PRIORITY)
    started: Time = label("Started", TIME)


@frozen(kw_only=True)
class Action(Record):
    """Something that is still to be done, or was."""

    id: str | None = column("ID", required=True)
    action: str | None = column("Action", aliases=("Task",), required=True)
    priority: Word = column("Priority", PRIORITY, required=True)
    deadline: datetime | str | None = column("Deadline", TIME_OR_TEXT, required=True)
    status: Word = column("Status", ACTION_STATUS, required=True)


@frozen(kw_only=True)
class AlertMirror(Record):
    """An open alert, as the alert page has it."""

    alert_id: str | None = column("Alert ID", TEXT, aliases=("ID",), required=True)
    type: str | None = column("Type", required=True)
    severity: str | None = column("Severity", required=True)
    since: Time = column("Since", TIME, required=True)


@frozen(kw_only=True)
class Decision(Record):
    """What was decided and why."""

    time: Time = column("Time", TIME, required=True)
    decision: str | None = column("Decision", required=True)
    rationale: str | None = column("Rationale", required=True)


@frozen(kw_only=True)
class Coordination(Record):
    """The team in numbers, from its roster and the log."""

    team_size: Number = label("Team Size", NUMBER, derived=True)
    active_agents: Number = label("Active Agents", NUMBER, derived=True)
    last_roster_update: Time = label("Last Roster Update", TIME, derived=True)
    last_team_broadcast: Time = label("Last Team Broadcast", TIME, derived=True)


@frozen(kw_only=True)
class Resources(Record):
    """Memory and load of the machine at the last look."""

    memory: Number = label("Memory", PERCENT)
    cpu_load: Number = label("CPU Load", NUMBER)
    last_check: Time = label("Last Check", TIME)


@frozen(kw_only=True)
class CosState(Record):
    """The page ``cos-state.md``."""

    session_info: SessionInfo = section(
        "Session Info", SessionInfo, aliases=("Session",), required=True, identity=True
    )
    current_focus: Focus = section("Current Focus", Focus, aliases=("Focus",), required=True)
    pending_actions: tuple[Action, ...] = table(
        "Pending Actions",
        Action,
        key="id",
        aliases=("Pending Tasks", "Tasks"),
        required=True,
        listed="action",
    )
    active_alerts: tuple[AlertMirror, ...] = table(
        "Active Alerts", AlertMirror, key="alert_id", aliases=("Alerts",), required=True, listed="type"
    )
    recent_decisions: tuple[Decision, ...] = table(
        "Recent Decisions", Decision, aliases=("Decisions",), required=True
    )
    coordination_state: Coordination = section("Coordination State", Coordination, required=True)
    resource_status: Resources = section("Resource Status", Resources, aliases=("Resources",), required=True)
    notes: str | None = prose("Notes", required=True)


def focus(state: CosState, task: str, priority: str | None, at: datetime) -> CosState:
    """``state`` working on ``task`` from ``at`` on; the priority stays unless one is given."""
    kept = state.current_focus.priority if priority is None else priority
    return replace(
        state, current_focus=replace(state.current_focus, primary_task=task, priority=kept, started=at)
    )


def add_action(state: CosState, action: Action) -> CosState:
    """``state`` with one more action.

    Raises InvalidValue when an action has that id already.
    """
    if any(each.id == action.id for each in state.pending_actions):
        raise InvalidValue("ID", f"an action {action.id} stands on the page already")
    return replace(state, pending_actions=(*state.pending_actions, action))


def action_named(state: CosState, key: str) -> Action:
    """The one action whose id is ``key``.

    Raises NotFound when there is none, InvalidValue when two share the id.
    """
    found = [each for each in state.pending_actions if (each.id or "").lower() == key.lower()]
    if not found:
        raise NotFound(f"The action {key!r}", "cosmemory action list --all shows the actions.")
    if len(found) > 1:
        raise InvalidValue(
            "ID", f"{len(found)} actions have the id {key}", "Give each action an id of its own."
        )
    return found[0]


def change_action(state: CosState, action: Action, /, **values: Any) -> CosState:
    """``state`` with other ``values`` of one of its actions."""
    changed = replace(action, **values)
    return replace(
        state, pending_actions=tuple(changed if each is action else each for each in state.pending_actions)
    )


def move_action(state: CosState, key: str, status: str) -> CosState:
    """``state`` with the action ``key`` at ``status``.

    Raises IllegalTransition when its present status does not lead there.
    """
    action = action_named(state, key)
    current = action.status if isinstance(action.status, str) else "pending"
    legal = ACTION_STEPS[current]
    if status not in legal:
        raise IllegalTransition(f"Action {key}", current, status, legal)
    return change_action(state, action, status=status)


def decide(state: CosState, decision: Decision) -> CosState:
    """``state`` with one more decision, the newest last."""
    return replace(state, recent_decisions=(*state.recent_decisions, decision))


def bounded(state: CosState, decisions: int, ended_actions: int) -> tuple[CosState, tuple[Record, ...]]:
    """``state`` with at most so many decisions and ended actions, and the oldest ones that this pushed out."""
    spare = max(0, len(state.recent_decisions) - decisions)
    ended = [each for each in state.pending_actions if each.status in ENDED]
    old = {id(each) for each in ended[: max(0, len(ended) - ended_actions)]}
    pushed = (*state.recent_decisions[:spare], *(each for each in state.pending_actions if id(each) in old))
    if not pushed:
        return state, ()
    actions = tuple(each for each in state.pending_actions if id(each) not in old)
    return replace(state, recent_decisions=state.recent_decisions[spare:], pending_actions=actions), pushed


def measure_resources(state: CosState, memory: float | None, load: float | None, at: datetime) -> CosState:
    """``state`` with the machine's memory and load as seen at ``at``."""
    status = state.resource_status
    return replace(
        state,
        resource_status=replace(
            status,
            memory=status.memory if memory is None else memory,
            cpu_load=status.cpu_load if load is None else load,
            last_check=at,
        ),
    )
