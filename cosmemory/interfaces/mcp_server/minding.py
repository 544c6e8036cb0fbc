"""The tools for alerts, figures and handoffs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from mcp.types import CallToolResult
from pydantic import BaseModel, Field

from cosmemory.document.values import DATE, TIME
from cosmemory.errors import UsageError
from cosmemory.interfaces.mcp_server.calls import memory
from cosmemory.interfaces.mcp_server.changing import Expected, Key, change
from cosmemory.interfaces.mcp_server.results import Change
from cosmemory.kinds import ACTIVE_ALERTS
from cosmemory.memory import Outcome
from cosmemory.office import Memory
from cosmemory.operations.measurements import PAGE as MEASURED
from cosmemory.operations.measurements import Measurement
from cosmemory.operations.metrics import Results, daily_path

Severity = Literal["critical", "warning"]
Changed = Annotated[CallToolResult, Change]
HANDOFFS = "handoffs/"
# What is said of an alert or a handoff after each move.
MOVED = {
    "acknowledge": "acknowledged",
    "resolving": "being resolved",
    "resolve": "resolved",
    "escalate": "at its new severity",
    "update": "at its new value",
    "note": "noted upon",
    "create": "handed over",
    "start": "started",
    "accept": "marked with what is met",
    "complete": "completed",
    "reject": "rejected",
}


class Measured(BaseModel):
    """One metric of the system as it was measured."""

    metric: str = Field(description="Its name, such as compliance.")
    current: float | None = Field(default=None, description="What was measured now.")
    baseline: float | None = Field(default=None, description="What it is held against.")
    low: float | None = Field(default=None, description="The lower bound of its 95 % interval.")
    high: float | None = Field(default=None, description="The upper bound.")
    trend: Literal["improving", "stable", "declining"] | None = Field(
        default=None, description="Else it follows."
    )

    def measurement(self) -> Measurement:
        """The same as the verb takes it."""
        if (self.low is None) != (self.high is None):
            raise UsageError(f"{self.metric} has one bound of two.", "Give both low and high, or neither.")
        interval = (self.low, self.high) if self.low is not None and self.high is not None else None
        return Measurement(
            metric=self.metric,
            current=self.current,
            baseline=self.baseline,
            interval=interval,
            trend=self.trend,
        )


def raise_alert(
    type: Annotated[str, Field(description="What sort of thing is wrong, such as Memory or CI.")],  # noqa: A002
    severity: Annotated[Severity, Field(description="critical needs somebody now, warning soon.")],
    resource: Annotated[str, Field(description="What it is about, such as db-1.")],
    value: Annotated[str, Field(description="What was seen, such as 93%.", coerce_numbers_to_str=True)],
    threshold: Annotated[str, Field(description="What it passed, such as 90%.", coerce_numbers_to_str=True)],
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
    alert_id: Annotated[str, Field(description="Such as ALERT-7.")],
    move: Annotated[
        Literal["acknowledge", "resolving", "resolve", "escalate", "update", "note"],
        Field(description="escalate needs severity, update needs value, note needs note."),
    ],
    note: Annotated[str, Field(description="What was done about it.")] = "",
    severity: Annotated[Severity | None, Field(description="The new one, with escalate.")] = None,
    value: Annotated[
        str, Field(description="The present one, with update.", coerce_numbers_to_str=True)
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


def record_metrics(
    agent: Annotated[str, Field(description="Whose day it is; leave it out for measurements.")] = "",
    date: Annotated[str, Field(description="The day, such as 2026-11-21; else today.")] = "",
    tasks: Annotated[int | None, Field(ge=0, description="Tasks completed that day.")] = None,
    on_time: Annotated[int | None, Field(ge=0, description="Of these on time.")] = None,
    first_pass: Annotated[int | None, Field(ge=0, description="Of these right at the first pass.")] = None,
    response_minutes: Annotated[float | None, Field(ge=0, description="Average response time.")] = None,
    issues: Annotated[int | None, Field(ge=0, description="Issues that were found.")] = None,
    notes: Annotated[str, Field(description="What else there is to say of the agent's day.")] = "",
    measurements: Annotated[
        list[Measured], Field(description="What was measured of the system, instead of an agent's day.")
    ] = [],  # noqa: B006  # pydantic copies it
    measured_at: Annotated[str, Field(description="When, such as 2026-11-21T10:00Z; else now.")] = "",
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Record what an agent did on a day, or what was measured of the system: one of the two in a call.

    An agent's figures of a day stand as they are told last; what is left out stays. A day's page is such as
    performance/metrics-2026-11-21, measurements stand on performance/system-metrics.
    """
    results = Results(
        tasks=tasks,
        on_time=on_time,
        first_pass=first_pass,
        response=response_minutes,
        issues=issues,
        notes=notes or None,
    )
    if bool(agent) == bool(measurements):
        raise UsageError(
            "A call records an agent's day or measurements.", "Give either agent or measurements."
        )
    if measurements and (results != Results() or date):
        raise UsageError("Measurements have no tasks and no day.", "Tell an agent's day in another call.")
    if agent and measured_at:
        raise UsageError("An agent's day has no measured_at.", "Give date.")
    day = DATE.enter("date", date) if date else None
    at = TIME.enter("measured_at", measured_at) if measured_at else None
    page = daily_path(day or memory().now().date()) if agent else MEASURED

    def verb(opened: Memory, expected: dict[str, str] | None) -> Outcome[str]:
        if agent:
            return opened.metrics.record(agent, results, day=day, expected=expected)
        told = [each.measurement() for each in measurements]
        return opened.measurements.record_many(told, at=at, expected=expected)

    return change(
        page,
        verb,
        "The figures are recorded.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
    )


def create_handoff(
    move: Annotated[
        Literal["create", "acknowledge", "start", "accept", "complete", "reject"],
        Field(
            description="create hands over; all others need handoff_id and answer one that is there. accept marks "
            "the one of its acceptance_criteria that is met, or all where none is given; complete needs all of them."
        ),
    ] = "create",
    project: Annotated[str, Field(description="What is handed over, for a new one.")] = "",
    from_agent: Annotated[str, Field(description="Who hands over.")] = "",
    to_agent: Annotated[str, Field(description="Who is to take it.")] = "",
    context: Annotated[str, Field(description="What the other must know.")] = "",
    current_state: Annotated[str, Field(description="How far it is.")] = "",
    next_steps: Annotated[list[str], Field(description="What is to be done, one step each.")] = [],  # noqa: B006
    deliverables: Annotated[list[str], Field(description="What must come of it.")] = [],  # noqa: B006
    acceptance_criteria: Annotated[
        list[str], Field(description="What must hold before it is complete.")
    ] = [],  # noqa: B006
    files: Annotated[list[str], Field(description="Files that belong to it.")] = [],  # noqa: B006
    instructions: Annotated[str, Field(description="How it is to be done.")] = "",
    data: Annotated[dict[str, Any], Field(description="Values of any shape, by key.")] = {},  # noqa: B006
    previous: Annotated[str, Field(description="The id of the handoff that it goes on from.")] = "",
    expires: Annotated[str, Field(description="Until when it must be taken: 2h, 7d or a time.")] = "",
    handoff_id: Annotated[str, Field(description="The one that is answered.")] = "",
    content_sha256: Annotated[
        str,
        Field(description="Its Content SHA256 as you read it, with acknowledge: that you know what it says."),
    ] = "",
    notes: Annotated[str, Field(description="What else there is to say; with reject, why.")] = "",
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Hand work over to another agent, or answer a handoff: acknowledge, start, complete or reject it.

    Read a handoff to you (read_document handoffs/ID) and acknowledge it with its hash before you begin. A new one is
    made at handoffs/ID; its id is given back as key.
    """
    made = {
        "project": project, "from_agent": from_agent, "to_agent": to_agent, "context": context,
        "current_state": current_state, "next_steps": next_steps, "deliverables": deliverables,
        "acceptance_criteria": acceptance_criteria, "files": files, "instructions": instructions, "data": data,
        "previous": previous, "expires": expires,
    }  # fmt: skip
    _refuse_mixed(move, handoff_id, content_sha256, notes, made)

    def verb(opened: Memory, expected: dict[str, str] | None) -> Outcome[str]:
        if move != "create":
            met = next(iter(acceptance_criteria), None)
            return _answered(opened, move, handoff_id, content_sha256, notes, met, expected)
        given: dict[str, Any] = {name: value for name, value in made.items() if value and name != "project"}
        return opened.handoffs.create(project, notes=notes or None, expected=expected, **given)

    return change(
        f"{HANDOFFS}{handoff_id}" if handoff_id else "",
        verb,
        lambda key: f"Handoff {key} is {MOVED[move]}.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
    )


def _answered(
    opened: Memory,
    move: str,
    key: str,
    sha256: str,
    notes: str,
    criterion: str | None,
    expected: dict[str, str] | None,
) -> Outcome[str]:
    """The handoff ``key`` moved on by who it is for."""
    handoffs = opened.handoffs
    if move == "acknowledge":
        return handoffs.acknowledge(key, sha256, expected=expected)
    if move == "start":
        return handoffs.start(key, expected=expected)
    if move == "accept":
        return handoffs.accept(key, criterion, expected=expected)
    if move == "complete":
        return handoffs.complete(key, notes=notes or None, expected=expected)
    return handoffs.reject(key, reason=notes, expected=expected)


def _refuse_mixed(move: str, handoff_id: str, sha256: str, notes: str, made: dict[str, Any]) -> None:
    """Refuses arguments that the move has no use for: what is not heeded must not look as if it were."""
    if move == "create":
        missing = [name for name in ("project", "from_agent", "to_agent") if not made[name]]
        if missing:
            raise UsageError(f"A new handoff needs {' and '.join(missing)}.", "Say who hands what to whom.")
        if handoff_id or sha256:
            raise UsageError("A new handoff gets its id and hash itself.", "Leave handoff_id and hash out.")
        return
    if not handoff_id:
        raise UsageError(f"{move} needs handoff_id.", "get_brief lists the handoffs that wait.")
    if move == "accept":
        if len(made["acceptance_criteria"]) > 1:
            raise UsageError("accept takes one criterion at a time.", "Give none of them to mark all as met.")
        made = {**made, "acceptance_criteria": []}
    if more := [name for name, value in made.items() if value]:
        raise UsageError(f"{move} takes no {more[0]}.", "Leave it out, or create a handoff with it.")
    if (move == "acknowledge") != bool(sha256):
        raise UsageError(
            "acknowledge, and no other move, takes content_sha256.",
            "Read the handoff and give the hash that stands there.",
        )
    if move == "reject" and not notes:
        raise UsageError("reject needs notes.", "Say there why the work is not taken.")
    if notes and move in {"acknowledge", "start", "accept"}:
        raise UsageError(f"{move} takes no notes.", "Leave them out, or log_event them.")
