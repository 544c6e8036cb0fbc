"""The log told again: what the events that the verbs write make of an empty roster, alert page and state."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from cosmemory import clock
from cosmemory.errors import CosmemoryError
from cosmemory.frozen import field, replace, slotted
from cosmemory.kinds import active_alerts, cos_state, team_roster
from cosmemory.kinds.active_alerts import SEVERITIES, ActiveAlerts, Alert, open_alerts
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import Action, CosState, Decision
from cosmemory.kinds.team_roster import STATUS, Details, Member, TeamRoster
from cosmemory.pattern import pattern

_RAISED = pattern(r"(.+?) raised: (.*?) on (.*)", re.DOTALL)
_AGAINST = pattern(r"(\w+): (.*?) against (.*)", re.DOTALL)
_OUT_OF_ROSTER = "Moved out of the Team Changes Log: "
_USED = pattern(r"Memory ([\d.]+)%")
_LOAD = pattern(r"CPU load (-?[\d.]+)")
_ADDED = "Added"
_DECIDED = "Decided"


@slotted
class Told:
    """What the events say so far; ``vague`` are the places where one may be read in two ways, or as none."""

    roster: TeamRoster = field(default_factory=TeamRoster)
    alerts: ActiveAlerts = field(default_factory=ActiveAlerts)
    state: CosState = field(default_factory=CosState)
    vague: list[str] = field(default_factory=list)
    # The keys that the log has spoken of, whatever became of them.
    members: set[str] = field(default_factory=set)
    alert_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    # The members whose present task the log has told.
    tasks: set[str] = field(default_factory=set)


def told_by(events: Iterable[Event]) -> Told:
    """What ``events``, in the order in which they were acknowledged, say of the three pages."""
    told = Told()
    for event in events:
        if not isinstance(event.time, datetime):
            continue
        reader = _READERS.get(event.type or "")
        if reader is None:
            continue
        try:
            reader(told, event, event.time)
        except CosmemoryError as error:
            told.vague.append(
                f"{event.action!r} of {clock.format_time(int(event.time.timestamp()))}: {error}"
            )
    return told


def _team(told: Told, event: Event, at: datetime) -> None:
    action, name, roster = event.action or "", event.involved or "", told.roster
    if action.startswith(_OUT_OF_ROSTER):
        told.roster = _without_change(roster, event, action.removeprefix(_OUT_OF_ROSTER))
        return
    key = name.lower()
    if action.startswith("Joined team as ") and event.outcome == "Joined":
        role = action.removeprefix("Joined team as ")
        member = Member(session_name=name, role=role, status="active")
        block = Details(session_name=name, role=role, assigned=at, status="active", notes=event.notes)
        told.roster = team_roster.join(roster, member, block, at)
        told.tasks.discard(key)
    elif action == "Left team":
        told.roster = team_roster.leave(roster, name, event.outcome or "", at)
    elif action == "Seen" and event.outcome is None:
        told.roster = team_roster.see(roster, name, at)
    elif action.startswith("Task: ") and event.outcome == "Assigned":
        told.roster = team_roster.assign_task(roster, name, action.removeprefix("Task: "), at)
        told.tasks.add(key)
    elif action.startswith("Role changed to ") and event.outcome == "Changed":
        told.roster = team_roster.change_role(roster, name, action.removeprefix("Role changed to "), at)
    elif action.startswith("Status changed to ") and event.outcome == "Changed":
        word = STATUS.enter("status", action.removeprefix("Status changed to "))
        told.roster = team_roster.change_status(roster, name, word, event.notes, at)
    else:
        return  # said by hand, in words of a person's own
    told.members.add(key)


def _without_change(roster: TeamRoster, event: Event, change: str) -> TeamRoster:
    rows = roster.team_changes_log
    for row in rows:
        if (row.change, row.agent, row.details) == (change, event.involved, event.outcome):
            return replace(roster, team_changes_log=tuple(each for each in rows if each is not row))
    return roster


def _raised(told: Told, event: Event, at: datetime) -> None:
    words, outcome = _RAISED.fullmatch(event.action or ""), _AGAINST.fullmatch(event.outcome or "")
    if words is None or outcome is None or outcome[1] not in SEVERITIES:
        return
    if " on " in words[3] or " against " in outcome[3]:
        told.vague.append(
            f"where type, resource, value and threshold of {words[1]} part can be read in two ways"
        )
    alert = Alert(
        id=words[1],
        type=words[2],
        severity=outcome[1],
        triggered=at,
        resource=words[3],
        value=outcome[2],
        threshold=outcome[3],
        status="active",
    )
    told.alerts = active_alerts.raise_alert(told.alerts, alert)
    told.alert_ids.add(words[1].lower())


def _escalated(told: Told, event: Event, _: datetime) -> None:
    key = _open(told, event.action, " escalated")
    severity = (event.outcome or "").rpartition(" -> ")[2]
    if key and severity in SEVERITIES:
        told.alerts = active_alerts.escalate(told.alerts, key, severity)


def _resolved(told: Told, event: Event, at: datetime) -> None:
    key, _, kind = (event.action or "").partition(" resolved: ")
    if kind and _open(told, key, ""):
        alert = active_alerts.alert_named(told.alerts, key)
        # This event tells the type alone, the first one together with the resource.
        ended = active_alerts.resolve(told.alerts, key, at)
        rows = tuple(
            replace(row, type=kind) if row.alert_id == alert.id else row for row in ended.recently_resolved
        )
        told.alerts = replace(ended, recently_resolved=rows)
        return
    key, _, kind = (event.action or "").partition(" moved out of Recently Resolved: ")
    if kind:
        rows = tuple(row for row in told.alerts.recently_resolved if row.alert_id != key)
        told.alerts = replace(told.alerts, recently_resolved=rows)


def _open(told: Told, action: str | None, ending: str) -> str:
    """The id of the open alert that an action is about; empty where it is about none."""
    key = (action or "").removesuffix(ending) if (action or "").endswith(ending) else ""
    known = {(alert.id or "").lower() for alert in open_alerts(told.alerts)}
    return key if key.lower() in known else ""


def _decision(told: Told, event: Event, at: datetime) -> None:
    action, outcome = event.action or "", event.outcome or ""
    if outcome == "Moved out of Recent Decisions":
        told.state = _without_decision(told.state, event)
    elif outcome == _DECIDED and event.notes is not None:
        told.state = cos_state.decide(
            told.state, Decision(time=at, decision=event.action, rationale=event.notes)
        )
    elif outcome in active_alerts.STEPS and (key := _open(told, action, f" {outcome}")):
        told.alerts = active_alerts.move(told.alerts, key, outcome, event.notes)
    elif key := _open(told, action, " updated"):
        before = active_alerts.alert_named(told.alerts, key).value or ""
        value = outcome.removeprefix(f"{before} -> ")
        told.alerts = active_alerts.update(
            told.alerts, key, value if value != outcome else outcome.partition(" -> ")[2]
        )
    elif (key := _open(told, action, " noted")) and outcome:
        told.alerts = active_alerts.note(told.alerts, key, outcome)


def _without_decision(state: CosState, event: Event) -> CosState:
    made = event.extra.get("Decided", "")
    for row in state.recent_decisions:
        said = clock.format_time(int(row.time.timestamp())) if isinstance(row.time, datetime) else ""
        if row.decision == event.action and said == made:
            kept = tuple(each for each in state.recent_decisions if each is not row)
            return replace(state, recent_decisions=kept)
    return state


def _action(told: Told, event: Event, _: datetime) -> None:
    key, outcome, state = event.extra.get("Action ID", ""), event.outcome or "", told.state
    if not key:
        return
    told.action_ids.add(key.lower())
    if outcome == _ADDED:
        told.state = cos_state.add_action(state, Action(id=key, action=event.action, status="pending"))
    elif outcome.startswith("Moved out of Pending Actions"):
        left = tuple(each for each in state.pending_actions if each.id != key)
        told.state = replace(state, pending_actions=left)
    elif outcome in cos_state.ACTION_STEPS:
        moved = (replace(e, status=outcome) if e.id == key else e for e in state.pending_actions)
        told.state = replace(state, pending_actions=tuple(moved))


def _focus(told: Told, event: Event, at: datetime) -> None:
    if event.action is None:
        return
    level = (event.outcome or "").removeprefix("Priority ")
    priority = level if level in cos_state.PRIORITIES else None
    told.state = cos_state.focus(told.state, event.action, priority, at)


def _resources(told: Told, event: Event, at: datetime) -> None:
    if event.action == "Resources checked":
        used, load = _USED.search(event.outcome or ""), _LOAD.search(event.outcome or "")
        told.state = cos_state.measure_resources(
            told.state, float(used[1]) if used else None, float(load[1]) if load else None, at
        )


def _broadcast(told: Told, _: Event, at: datetime) -> None:
    held = told.state.coordination_state
    before = held.last_team_broadcast
    latest = max(at, before) if isinstance(before, datetime) else at
    told.state = replace(told.state, coordination_state=replace(held, last_team_broadcast=latest))


_READERS = {
    "team_change": _team,
    "alert_triggered": _raised,
    "alert_resolved": _resolved,
    "escalation": _escalated,
    "decision": _decision,
    "action": _action,
    "focus": _focus,
    "metrics": _resources,
    "broadcast": _broadcast,
}
