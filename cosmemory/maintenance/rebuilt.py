"""What a page should say: what the log has told of each record, and what stands on the page for all the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cosmemory.frozen import replace
from cosmemory.kinds import cos_state, team_roster
from cosmemory.kinds.active_alerts import ActiveAlerts, Alert, open_alerts
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.kinds.cos_state import CosState, SessionInfo
from cosmemory.kinds.mirrors import mirror_of, team_figures
from cosmemory.kinds.team_roster import Member, RoleCount, TeamRoster
from cosmemory.maintenance.replay import Told
from cosmemory.operations.ids import number_of
from cosmemory.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Row = TypeVar("Row")


def roster(standing: TeamRoster | None, told: Told, memory: Reader) -> TeamRoster:
    """The roster: those whom the log has never named stay where they are."""
    targets = memory.settings.target_roles
    page = standing or TeamRoster(
        last_updated=memory.now(),
        role_summary=tuple(RoleCount(role=role, assigned=0, target=count) for role, count in targets.items()),
    )
    log = told.roster
    were = {_low(each.session_name): each for each in page.active_team_members}
    present = {_low(each.session_name): each for each in log.active_team_members}
    members = [
        _member(each, present[key], told) if (key := _low(each.session_name)) in present else each
        for each in page.active_team_members
        if _low(each.session_name) in present or _low(each.session_name) not in told.members
    ]
    members += [each for key, each in present.items() if key not in were]
    gone = {_low(each.session_name): each for each in log.inactive_team_members}
    former = [
        replace(each, role=gone[key].role, last_active=gone[key].last_active, reason=gone[key].reason)
        if (key := _low(each.session_name)) in gone
        else each
        for each in page.inactive_team_members
        if _low(each.session_name) in gone or _low(each.session_name) not in told.members
    ]
    there = {_low(each.session_name) for each in page.inactive_team_members}
    former += [each for key, each in gone.items() if key not in there]
    history = _with_missing(
        page.team_changes_log,
        log.team_changes_log,
        lambda row: (str(row.time), str(row.change), _low(row.agent), row.details),
        lambda row: row.time,
    )
    made = replace(
        page,
        active_team_members=tuple(members),
        inactive_team_members=tuple(former),
        team_changes_log=history,
    )
    return team_roster.derived(made)


def _member(page: Member, log: Member, told: Told) -> Member:
    task = log.current_task if _low(log.session_name) in told.tasks else page.current_task
    block = page.details
    if block is not None and log.details is not None:
        block = replace(
            block,
            role=log.details.role,
            assigned=log.details.assigned,
            status=log.details.status,
            notes=log.details.notes or block.notes,
        )
    said = block or log.details
    seen = _later(page.last_seen, log.last_seen)
    return replace(page, role=log.role, status=log.status, last_seen=seen, current_task=task, details=said)


def _later(page: Any, log: Any) -> Any:
    """The later of two times: one that the page alone tells of is newer than all that the log knows."""
    if isinstance(page, datetime) and isinstance(log, datetime):
        return max(page, log)
    return page if log is None else log


def alerts(standing: ActiveAlerts | None, told: Told, memory: Reader) -> ActiveAlerts:
    """The alert page: alerts that the log has never named stay where they are."""
    page = standing or ActiveAlerts(last_updated=memory.now())
    log = told.alerts
    were = {_low(each.id): each for each in open_alerts(page)}

    def section(severity: str, rows: Sequence[Alert]) -> tuple[Alert, ...]:
        wanted = {_low(each.id): each for each in getattr(log, severity)}
        kept = [
            _alert(each, wanted[_low(each.id)]) if _low(each.id) in wanted else each
            for each in rows
            if _low(each.id) in wanted or _low(each.id) not in told.alert_ids
        ]
        here = {_low(each.id) for each in rows}
        moved = [
            _alert(were[key], each) if key in were else each
            for key, each in wanted.items()
            if key not in here
        ]
        return (*kept, *moved)

    return replace(
        page,
        critical=section("critical", page.critical),
        warning=section("warning", page.warning),
        recently_resolved=_with_missing(
            page.recently_resolved,
            log.recently_resolved,
            lambda row: _low(row.alert_id),
            lambda row: row.resolved_at,
        ),
    )


def _alert(page: Alert, log: Alert) -> Alert:
    names = ("type", "severity", "triggered", "resource", "value", "threshold", "actions_taken", "status")
    return replace(page, **{name: getattr(log, name) for name in names})


def state(
    standing: CosState | None,
    told: Told,
    memory: Reader,
    *,
    roster: TeamRoster | None,
    alerts: ActiveAlerts | None,
    log: CoordinationLog | None,
) -> CosState:
    """The state: figures of team and alerts as their own pages have them, where these can be read."""
    page = standing or CosState(session_info=_session(log, memory))
    log_state = told.state
    figures: dict[str, Any] = team_figures(roster if roster is not None else told.roster)
    if roster is None:
        figures["last_roster_update"] = page.coordination_state.last_roster_update
    said = log_state.coordination_state.last_team_broadcast
    if said is not None:
        figures["last_team_broadcast"] = _later(page.coordination_state.last_team_broadcast, said)
    return replace(
        page,
        current_focus=_focus(page, log_state),
        pending_actions=_actions(page, told),
        active_alerts=_mirrors(page, alerts if alerts is not None else told.alerts),
        recent_decisions=_with_missing(
            page.recent_decisions,
            log_state.recent_decisions,
            lambda row: (str(row.time), row.decision),
            lambda row: row.time,
        ),
        coordination_state=replace(page.coordination_state, **figures),
        resource_status=_resources(page, log_state),
    )


def _session(log: CoordinationLog | None, memory: Reader) -> SessionInfo:
    """The session as the head of the log has it; as a new memory has it where that says nothing."""
    now = memory.now()
    name = (log.session if log else None) or f"cos-{now:%Y%m%d-%H%M}"
    started = log.started if log and isinstance(log.started, datetime) else now
    return SessionInfo(session_id=name, started=started, last_updated=now, status="active")


def _focus(page: CosState, log: CosState) -> cos_state.Focus:
    told = log.current_focus
    if told.started is None:
        return page.current_focus
    priority = told.priority if told.priority is not None else page.current_focus.priority
    return replace(
        page.current_focus, primary_task=told.primary_task, priority=priority, started=told.started
    )


def _mirrors(page: CosState, alerts: ActiveAlerts) -> tuple[cos_state.AlertMirror, ...]:
    """The open alerts, those that the page shows in its order, the others by the time since when they are open."""
    shown = {row.alert_id: row for row in map(mirror_of, open_alerts(alerts))}
    rows = [
        replace(row, type=known.type, severity=known.severity, since=known.since)
        for row in page.active_alerts
        if (known := shown.pop(row.alert_id, None)) is not None
    ]
    more = sorted(shown.values(), key=lambda row: (str(row.since), number_of(row.alert_id)))
    return (*rows, *more)


def _actions(page: CosState, told: Told) -> tuple[cos_state.Action, ...]:
    wanted = {_low(each.id): each for each in told.state.pending_actions}
    rows = [
        replace(each, action=wanted[key].action, status=wanted[key].status)
        if (key := _low(each.id)) in wanted
        else each
        for each in page.pending_actions
        if _low(each.id) in wanted or _low(each.id) not in told.action_ids
    ]
    here = {_low(each.id) for each in page.pending_actions}
    # The page must name a priority, and the log tells none: what a new action gets.
    new = [replace(each, priority="medium") for key, each in wanted.items() if key not in here]
    return (*rows, *new)


def _resources(page: CosState, log: CosState) -> cos_state.Resources:
    told, held = log.resource_status, page.resource_status
    if told.last_check is None or _later(held.last_check, told.last_check) != told.last_check:
        return held
    return replace(
        held,
        memory=held.memory if told.memory is None else told.memory,
        cpu_load=held.cpu_load if told.cpu_load is None else told.cpu_load,
        last_check=told.last_check,
    )


def _with_missing(page: Sequence[Row], log: Sequence[Row], key: Any, time: Any) -> tuple[Row, ...]:
    """The rows of the page with those of the log that are not there, each behind the last one as old as it."""
    rows = list(page)
    here = [key(row) for row in page]
    for row in log:
        if key(row) in here:
            here.remove(key(row))
            continue
        moment = time(row)
        later = (
            n
            for n, each in enumerate(rows)
            if isinstance(time(each), datetime) and isinstance(moment, datetime) and time(each) > moment
        )
        rows.insert(next(later, len(rows)), row)
    return tuple(rows)


def _low(name: str | None) -> str:
    return (name or "").lower()
