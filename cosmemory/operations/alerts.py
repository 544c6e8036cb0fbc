"""Alerts: raised, acknowledged, escalated and resolved, on their page, on cos-state and in the log together."""

from __future__ import annotations

import re
from collections.abc import Callable

from cosmemory.document.values import write_time
from cosmemory.errors import InvalidValue
from cosmemory.kinds import ACTIVE_ALERTS, active_alerts
from cosmemory.kinds.active_alerts import (
    SEVERITIES,
    SEVERITY,
    ActiveAlerts,
    Alert,
    Resolved,
    alert_named,
    open_alerts,
)
from cosmemory.kinds.coordination_log import Event, kept
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.ids import keep_numbers, next_number, stands_in_log
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import escape_field, is_empty, normalise
from cosmemory.transaction import Transaction

PAGE = ACTIVE_ALERTS.path
_ALERT_IN_LOG = pattern(rb"\bALERT-(\d{1,15})\b")
MOVES = {"ack": "acknowledged", "resolving": "resolving"}


def raise_alert(
    memory: Memory,
    *,
    kind: str,
    severity: str,
    resource: str,
    value: str,
    threshold: str,
    key: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A new alert; gives its id, the next ``ALERT-n`` where none is given."""

    def verb(transaction: Transaction) -> str:
        return raised(
            transaction,
            kind=kind,
            severity=severity,
            resource=resource,
            value=value,
            threshold=threshold,
            key=key,
        )

    return memory.run(verb, expected=expected, operation="alert raise")


def raised(
    transaction: Transaction,
    *,
    kind: str,
    severity: str,
    resource: str,
    value: str,
    threshold: str,
    key: str | None = None,
    involved: str | None = None,
) -> str:
    """The id of a new alert, raised together with whatever else the transaction does; the log tells who is ``involved``."""
    alerts: ActiveAlerts = transaction.read(PAGE)
    alert = Alert(
        id=_free_id(transaction, alerts, key),
        type=kind,
        severity=_severity(severity),
        triggered=transaction.now,
        resource=resource,
        value=value,
        threshold=threshold,
        status="active",
    )
    transaction.replace(PAGE, active_alerts.raise_alert(alerts, alert))
    said = f"{alert.id} raised: {kind} on {resource}"
    outcome = f"{alert.severity}: {value} against {threshold}"
    transaction.append(
        Event(time=transaction.now, type="alert_triggered", involved=involved, action=said, outcome=outcome)
    )
    return str(alert.id)


def _severity(text: str) -> str:
    word = SEVERITY.enter("severity", text)
    if word not in SEVERITIES:
        raise InvalidValue(
            "severity", f"{text!r} has no section on the page", f"Choose {' or '.join(SEVERITIES)}."
        )
    return str(word)


def _free_id(transaction: Transaction, alerts: ActiveAlerts, key: str | None) -> str:
    ids = [alert.id for alert in open_alerts(alerts)] + [each.alert_id for each in alerts.recently_resolved]
    if key is None:
        return f"ALERT-{next_number(transaction, 'alert', ids, _ALERT_IN_LOG)}"
    key = normalise(key)
    if is_empty(key):
        raise InvalidValue("Alert ID", "it is empty", "Leave the id out to get the next one.")
    # An id is never used again: what the log says of it must go on meaning one alert.
    said = escape_field(key).encode("utf-8", "surrogateescape")
    raised = re.compile(rb"^\*\*Action:\*\* " + re.escape(said) + rb" raised: ", re.MULTILINE | re.IGNORECASE)
    if stands_in_log(transaction, raised):
        raise InvalidValue(
            "Alert ID", f"an alert {key} was raised before", "Leave the id out to get the next one."
        )
    keep_numbers(transaction, "alert", "ALERT-", [key])
    return key


def _change(
    memory: Memory,
    operation: str,
    key: str,
    expected: dict[str, str] | None,
    change: Callable[[ActiveAlerts, Transaction], ActiveAlerts],
    event: Callable[[Alert, Transaction], Event],
) -> Outcome[str]:
    return memory.run(
        lambda transaction: _changed(transaction, key, change, event), expected=expected, operation=operation
    )


def _changed(
    transaction: Transaction,
    key: str,
    change: Callable[[ActiveAlerts, Transaction], ActiveAlerts],
    event: Callable[[Alert, Transaction], Event],
) -> str:
    alerts: ActiveAlerts = transaction.read(PAGE)
    before = alert_named(alerts, key)
    limit = transaction.memory.settings.resolved_alerts
    after, pushed = active_alerts.bounded(change(alerts, transaction), limit)
    for row in pushed:
        moment = row.resolved_at
        when = write_time(moment) if hasattr(moment, "year") else "-"  # type: ignore[arg-type]
        transaction.append(
            Event(
                time=transaction.now,
                type="alert_resolved",
                action=f"{row.alert_id} moved out of Recently Resolved: {row.type}",
                outcome=f"Resolved at {when} after {row.duration or '-'}",
                extra=kept(row.extra),
            )
        )
    transaction.replace(PAGE, after)
    transaction.append(event(before, transaction))
    return str(before.id)


def move_alert(
    memory: Memory, move: str, key: str, *, note: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The alert ``key`` acknowledged, or being resolved."""
    status = MOVES[move]
    return _change(
        memory,
        f"alert {move}",
        key,
        expected,
        lambda alerts, _: active_alerts.move(alerts, key, status, note),
        lambda alert, t: Event(
            time=t.now, type="decision", action=f"{alert.id} {status}", outcome=status, notes=note
        ),
    )


def resolve_alert(
    memory: Memory, key: str, *, note: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The alert ``key`` over."""
    return memory.run(
        lambda transaction: over(transaction, key, note), expected=expected, operation="alert resolve"
    )


def over(transaction: Transaction, key: str, note: str | None = None) -> str:
    """The same within a transaction, together with whatever else it does."""

    def said(alert: Alert, transaction: Transaction) -> Event:
        since = alert.triggered
        lasted = active_alerts.duration(since, transaction.now) if hasattr(since, "year") else "-"  # type: ignore[arg-type]
        return Event(
            time=transaction.now,
            type="alert_resolved",
            action=f"{alert.id} resolved: {alert.type}",
            outcome=f"After {lasted}",
            notes="; ".join((*alert.actions_taken, *([note] if note else []))) or None,
            extra=kept(alert.extra),
        )

    return _changed(transaction, key, lambda alerts, t: active_alerts.resolve(alerts, key, t.now), said)


def escalate_alert(
    memory: Memory, key: str, severity: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The alert ``key`` at another severity, in the section that goes with it."""
    return _change(
        memory,
        "alert escalate",
        key,
        expected,
        lambda alerts, _: active_alerts.escalate(alerts, key, _severity(severity)),
        lambda alert, t: Event(
            time=t.now,
            type="escalation",
            action=f"{alert.id} escalated",
            outcome=f"{alert.severity} -> {severity}",
        ),
    )


def update_alert(
    memory: Memory, key: str, value: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The present value of the alert ``key``."""
    return _change(
        memory,
        "alert update",
        key,
        expected,
        lambda alerts, _: active_alerts.update(alerts, key, value),
        lambda alert, t: Event(
            time=t.now, type="decision", action=f"{alert.id} updated", outcome=f"{alert.value} -> {value}"
        ),
    )


def note_alert(
    memory: Memory, key: str, text: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """One more action taken about the alert ``key``."""
    if is_empty(normalise(text)):
        raise InvalidValue("The note", "it is empty", "Say what was done about the alert.")
    return _change(
        memory,
        "alert note",
        key,
        expected,
        lambda alerts, _: active_alerts.note(alerts, key, text),
        lambda alert, t: Event(time=t.now, type="decision", action=f"{alert.id} noted", outcome=text),
    )


def get(memory: Memory, key: str) -> Alert:
    """The open alert ``key``.

    Raises NotFound, and IllegalTransition for one that is over.
    """
    return alert_named(memory.read(PAGE), key)


def listed(memory: Memory, *, severity: str | None = None, status: str | None = None) -> tuple[Alert, ...]:
    """The alerts that are open, the critical ones first; of those the ones that are as it says."""
    return tuple(
        alert
        for alert in open_alerts(memory.read(PAGE))
        if severity in (None, alert.severity) and status in (None, alert.status)
    )


def resolved(memory: Memory) -> tuple[Resolved, ...]:
    """The alerts that were resolved of late, in the order in which they were."""
    alerts: ActiveAlerts = memory.read(PAGE)
    return alerts.recently_resolved
