"""The tools for alerts: raised, and moved on until they are resolved."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosmemory.errors import UsageError
from cosmemory.interfaces.mcp_server.arguments import Expected, Key, Line
from cosmemory.interfaces.mcp_server.changing import Changed, change
from cosmemory.kinds import ACTIVE_ALERTS
from cosmemory.memory import Outcome
from cosmemory.office import Memory

Severity = Literal["critical", "warning"]
# What is said of an alert after each move.
MOVED = {
    "acknowledge": "acknowledged",
    "resolving": "being resolved",
    "resolve": "resolved",
    "escalate": "at its new severity",
    "update": "at its new value",
    "note": "noted upon",
}


def raise_alert(
    type: Annotated[Line, Field(description="What sort of thing is wrong, such as Memory or CI.")],  # noqa: A002
    severity: Annotated[Severity, Field(description="critical needs somebody now, warning soon.")],
    resource: Annotated[Line, Field(description="What it is about, such as db-1.")],
    value: Annotated[Line, Field(description="What was seen, such as 93%.", coerce_numbers_to_str=True)],
    threshold: Annotated[Line, Field(description="What it passed, such as 90%.", coerce_numbers_to_str=True)],
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Raise a new alert; its id is given back as key.

    Look first whether it is there already (read_document alerts/active-alerts): what changed of an alert is told by
    transition_alert. The page is alerts/active-alerts.
    """
    return change(
        ACTIVE_ALERTS.path,
        lambda opened, expected: opened.alerts.raise_alert(
            kind=type,
            severity=severity,
            resource=resource,
            value=value,
            threshold=threshold,
            expected=expected,
        ),
        lambda key: f"{key} is raised.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
    )


def transition_alert(
    alert_id: Annotated[Line, Field(description="Such as ALERT-7.")],
    move: Annotated[
        Literal["acknowledge", "resolving", "resolve", "escalate", "update", "note"],
        Field(description="escalate needs severity, update needs value, note needs note."),
    ],
    note: Annotated[Line, Field(description="What was done about it.")] = "",
    severity: Annotated[Severity | None, Field(description="The new one, with escalate.")] = None,
    value: Annotated[
        Line, Field(description="The present one, with update.", coerce_numbers_to_str=True)
    ] = "",
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Move an open alert on: acknowledged, being resolved, resolved, at another severity, with a new value or note.

    Resolve it as soon as its cause is gone. The page is alerts/active-alerts.
    """
    needs = {"escalate": ("severity", severity), "update": ("value", value), "note": ("note", note)}
    for name, (needed, given) in needs.items():
        if move == name and not given:
            raise UsageError(f"{move} needs {needed}.", "Give it as well.")
        if move != name and given and needed != "note":
            raise UsageError(f"{move} takes no {needed}.", f"Leave it out, or move with {name}.")
    if note and move in {"escalate", "update"}:
        raise UsageError(f"{move} takes no note.", "Make it with another call, with the move note.")

    def verb(opened: Memory, expected: dict[str, str] | None) -> Outcome[str]:
        alerts = opened.alerts
        if move == "escalate":
            return alerts.escalate_alert(alert_id, severity or "", expected=expected)
        if move == "update":
            return alerts.update_alert(alert_id, value, expected=expected)
        if move == "note":
            return alerts.note_alert(alert_id, note, expected=expected)
        if move == "resolve":
            return alerts.resolve_alert(alert_id, note=note or None, expected=expected)
        word = "ack" if move == "acknowledge" else "resolving"
        return alerts.move_alert(word, alert_id, note=note or None, expected=expected)

    return change(
        ACTIVE_ALERTS.path,
        verb,
        lambda key: f"{key} is {MOVED[move]}.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
    )
