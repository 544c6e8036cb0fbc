"""Alerts that are open and those resolved of late: lifecycle, severity and the section that goes with it."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.fields import Record, blocks, column, heading, label, table
from cosmemory.document.values import ITEMS, TEXT, TIME, Raw, enum
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound
from cosmemory.frozen import frozen, replace

SEVERITIES = ("critical", "warning")
SEVERITY = enum("severity", *SEVERITIES, also=("info", "emergency"))
STATUS = enum("alert status", "active", "acknowledged", "resolving", also=("resolved",))
STEPS: dict[str, tuple[str, ...]] = {
    "active": ("acknowledged", "resolving", "resolved"),
    "acknowledged": ("resolving", "resolved"),
    "resolving": ("resolved",),
    "resolved": (),
}

Time = datetime | Raw | None
Word = str | Raw | None


# What tells when the page was changed.
STAMP = ("last_updated",)


@frozen(kw_only=True)
class Alert(Record):
    """One open alert."""

    id: str | None = heading("Alert ID")
    type: str | None = label("Type", aliases=("Alert Type",), required=True)
    severity: Word = label("Severity", SEVERITY, required=True)
    triggered: Time = label("Triggered", TIME, aliases=("Timestamp", "Since"), required=True)
    resource: str | None = label("Resource", required=True)
    value: str | None = label("Value", aliases=("Current Value",), required=True)
    threshold: str | None = label("Threshold", required=True)
    actions_taken: tuple[str, ...] = label("Actions Taken", ITEMS)
    status: Word = label("Status", STATUS, required=True)


@frozen(kw_only=True)
class Resolved(Record):
    """An alert that is over."""

    alert_id: str | None = column("Alert ID", TEXT, aliases=("ID",), required=True)
    type: str | None = column("Type", required=True)
    duration: str | None = column("Duration", required=True, derived=True)
    resolved_at: Time = column("Resolved At", TIME, required=True)


@frozen(kw_only=True)
class ActiveAlerts(Record):
    """The page ``alerts/active-alerts.md``."""

    last_updated: Time = label(
        "Last Updated", TIME, aliases=("Updated",), required=True, derived=True, style="{}: {}"
    )
    critical: tuple[Alert, ...] = blocks("Critical", Alert, key="id", required=True)
    warning: tuple[Alert, ...] = blocks("Warning", Alert, key="id", required=True)
    recently_resolved: tuple[Resolved, ...] = table(
        "Recently Resolved", Resolved, key="alert_id", required=True
    )


def open_alerts(alerts: ActiveAlerts) -> tuple[Alert, ...]:
    """Every alert that is not over, the critical ones first."""
    return (*alerts.critical, *alerts.warning)


def alert_named(alerts: ActiveAlerts, key: str) -> Alert:
    """The one open alert ``key``.

    Raises NotFound when none is open under that id, InvalidValue when two are, IllegalTransition when it
    was resolved already.
    """
    found = [alert for alert in open_alerts(alerts) if (alert.id or "").lower() == key.lower()]
    if not found:
        if any((each.alert_id or "").lower() == key.lower() for each in alerts.recently_resolved):
            raise IllegalTransition(
                f"Alert {key}", "resolved", "resolved", (), "cosmemory alert raise opens a new one."
            )
        raise NotFound(f"The alert {key!r}", "cosmemory alert list shows the open alerts.")
    if len(found) > 1:
        raise InvalidValue(
            "Alert ID", f"{len(found)} alerts have the id {key}", "Give each alert an id of its own."
        )
    return found[0]


def raise_alert(alerts: ActiveAlerts, alert: Alert) -> ActiveAlerts:
    """``alerts`` with one more, in the section of its severity.

    Raises InvalidValue when an alert has had that id.
    """
    taken = {(each.id or "").lower() for each in open_alerts(alerts)}
    taken |= {(each.alert_id or "").lower() for each in alerts.recently_resolved}
    if (alert.id or "").lower() in taken:
        raise InvalidValue(
            "Alert ID", f"an alert {alert.id} exists already", "Leave the id out to get the next one."
        )
    return _placed(alerts, alert)


def _placed(alerts: ActiveAlerts, alert: Alert) -> ActiveAlerts:
    if alert.severity == "critical":
        return replace(alerts, critical=(*alerts.critical, alert))
    return replace(alerts, warning=(*alerts.warning, alert))


def _exchanged(alerts: ActiveAlerts, old: Alert, new: Alert | None) -> ActiveAlerts:
    """``alerts`` with ``new`` in the place of ``old``, or without it."""

    def each(section: tuple[Alert, ...]) -> tuple[Alert, ...]:
        return tuple(kept for alert in section if (kept := new if alert is old else alert) is not None)

    return replace(alerts, critical=each(alerts.critical), warning=each(alerts.warning))


def move(alerts: ActiveAlerts, key: str, status: str, note: str | None = None) -> ActiveAlerts:
    """``alerts`` with the alert ``key`` at ``status``, what was done about it noted.

    Raises IllegalTransition when its present status does not lead there.
    """
    alert = alert_named(alerts, key)
    _step(alert, status)
    noted = (*alert.actions_taken, note) if note else alert.actions_taken
    return _exchanged(alerts, alert, replace(alert, status=status, actions_taken=noted))


def _step(alert: Alert, status: str) -> None:
    current = alert.status if isinstance(alert.status, str) else "active"
    if status not in STEPS[current]:
        raise IllegalTransition(f"Alert {alert.id}", current, status, STEPS[current])


def resolve(alerts: ActiveAlerts, key: str, at: datetime) -> ActiveAlerts:
    """``alerts`` with the alert ``key`` over since ``at``.

    Raises IllegalTransition when it is over already.
    """
    alert = alert_named(alerts, key)
    _step(alert, "resolved")
    since = alert.triggered if isinstance(alert.triggered, datetime) else None
    row = Resolved(
        alert_id=alert.id,
        type=alert.type,
        duration=duration(since, at) if since else None,
        resolved_at=at,
    )
    return replace(_exchanged(alerts, alert, None), recently_resolved=(*alerts.recently_resolved, row))


def escalate(alerts: ActiveAlerts, key: str, severity: str) -> ActiveAlerts:
    """``alerts`` with the alert ``key`` at ``severity``, moved to that section with all that stands in its block."""
    alert = alert_named(alerts, key)
    if alert.severity == severity:
        raise IllegalTransition(f"Alert {key}", severity, severity, [s for s in SEVERITIES if s != severity])
    return _placed(_exchanged(alerts, alert, None), replace(alert, severity=severity))


def update(alerts: ActiveAlerts, key: str, value: str) -> ActiveAlerts:
    """``alerts`` with the present value of the alert ``key``."""
    alert = alert_named(alerts, key)
    return _exchanged(alerts, alert, replace(alert, value=value))


def note(alerts: ActiveAlerts, key: str, text: str) -> ActiveAlerts:
    """``alerts`` with one more action taken about the alert ``key``."""
    alert = alert_named(alerts, key)
    return _exchanged(alerts, alert, replace(alert, actions_taken=(*alert.actions_taken, text)))


def bounded(alerts: ActiveAlerts, limit: int) -> tuple[ActiveAlerts, tuple[Resolved, ...]]:
    """``alerts`` with at most ``limit`` resolved ones, and the oldest that this pushed out."""
    spare = max(0, len(alerts.recently_resolved) - limit)
    if not spare:
        return alerts, ()
    return replace(alerts, recently_resolved=alerts.recently_resolved[spare:]), alerts.recently_resolved[
        :spare
    ]


def duration(start: datetime, end: datetime) -> str:
    """The time from ``start`` to ``end`` in days, hours and minutes; seconds below a minute."""
    seconds = max(0, int((end - start).total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes = rest // 60
    parts = [f"{number}{unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if number]
    return " ".join(parts) or f"{seconds}s"
