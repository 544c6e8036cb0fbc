"""What the Chief of Staff's page shows of the other pages, kept in step with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.document.fields import Record
from cosmemory.document.sections import has_section
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.active_alerts import ActiveAlerts, Alert, open_alerts
from cosmemory.kinds.coordination_log import Event, kept
from cosmemory.kinds.cos_state import AlertMirror, CosState
from cosmemory.kinds.team_roster import TeamRoster

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.kinds.session import Session


@frozen(kw_only=True)
class Sources:
    """The pages and events that cos-state has derived values of, as they were and as they are now."""

    roster: tuple[TeamRoster, TeamRoster] | None = None
    alerts: tuple[ActiveAlerts, ActiveAlerts] | None = None
    session: tuple[Session, Session] | None = None
    broadcast: datetime | None = None


def mirrored(state: CosState, sources: Sources) -> CosState:
    """``state`` with what changed in ``sources`` carried over, where it stands on the page."""
    if sources.roster is not None:
        state = _with_team(state, *sources.roster)
    if sources.alerts is not None:
        state = _with_alerts(state, *sources.alerts)
    if sources.session is not None:
        state = with_session(state, *sources.session)
    if sources.broadcast is not None and _stands(state.coordination_state, "last_team_broadcast"):
        said = replace(state.coordination_state, last_team_broadcast=sources.broadcast)
        state = replace(state, coordination_state=said)
    return state


def _stands(record: Record, attribute: str) -> bool:
    return record.origin is not None and attribute in record.origin.places


def _with_team(state: CosState, old: TeamRoster, new: TeamRoster) -> CosState:
    before = team_figures(old)
    moved = {
        name: value
        for name, value in team_figures(new).items()
        if before[name] != value and _stands(state.coordination_state, name)
    }
    if not moved:
        return state
    return replace(state, coordination_state=replace(state.coordination_state, **moved))  # type: ignore[arg-type]


def team_figures(roster: TeamRoster) -> dict[str, object]:
    """What Coordination State says of the roster."""
    active = len(roster.active_team_members)
    return {
        "team_size": active + len(roster.inactive_team_members),
        "active_agents": active,
        "last_roster_update": roster.last_updated,
    }


def with_session(state: CosState, old: Session | None, new: Session) -> CosState:
    """``state`` with what changed of the session carried over; what it says of none that is open stays."""
    before = session_figures(old) if old is not None else {}
    moved = {
        name: value
        for name, value in session_figures(new).items()
        if value is not None and before.get(name) != value and _stands(state.session_info, name)
    }
    if not moved:
        return state
    return replace(state, session_info=replace(state.session_info, **moved))  # type: ignore[arg-type]


def session_figures(session: Session) -> dict[str, object]:
    """What Session Info says of the session."""
    from cosmemory.kinds.session import (  # where there is a session, it is loaded already
        ACTIVE,
        IDLE,
        status_of,
    )

    return {
        "session_id": session.session_id,
        "started": session.started,
        "last_updated": session.last_updated,
        "status": ACTIVE if status_of(session) == ACTIVE else IDLE,
    }


def _with_alerts(state: CosState, old: ActiveAlerts, new: ActiveAlerts) -> CosState:
    if not has_section(state, "active_alerts"):
        return state
    before = {alert.id: mirror_of(alert) for alert in open_alerts(old)}
    after = {alert.id: mirror_of(alert) for alert in open_alerts(new)}
    rows: list[AlertMirror] = []
    for row in state.active_alerts:
        wanted = after.get(row.alert_id)
        if wanted is None and row.alert_id in before:
            continue
        if wanted is not None and before.get(row.alert_id) != wanted:
            rows.append(replace(row, type=wanted.type, severity=wanted.severity, since=wanted.since))
        else:
            rows.append(row)
    shown = {row.alert_id for row in rows}
    rows += [row for key, row in after.items() if key not in shown and key not in before]
    if all(a is b for a, b in zip(rows, state.active_alerts, strict=False)) and len(rows) == len(
        state.active_alerts
    ):
        return state
    return replace(state, active_alerts=tuple(rows))


def mirror_of(alert: Alert) -> AlertMirror:
    """The row that stands for ``alert``."""
    severity = alert.severity if isinstance(alert.severity, str) else None
    return AlertMirror(alert_id=alert.id, type=alert.type, severity=severity, since=alert.triggered)


def words_with(old: CosState, new: CosState, at: datetime) -> Iterator[Event]:
    """The events that keep what a person put beside the alerts that no longer stand on the page."""
    left = {row.alert_id for row in new.active_alerts}
    for row in old.active_alerts:
        words = kept(row.extra)
        if words and row.alert_id not in left:
            action = f"{row.alert_id} moved out of Active Alerts: {row.type}"
            yield Event(time=at, type="alert_resolved", action=action, extra=words)
