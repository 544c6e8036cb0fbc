"""The tool for figures: an agent's day, or what was measured of the system."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cosmemory.document.values import DATE, TIME
from cosmemory.errors import UsageError
from cosmemory.interfaces.mcp_server.arguments import MOST, Expected, Key, Line
from cosmemory.interfaces.mcp_server.calls import memory
from cosmemory.interfaces.mcp_server.changing import Changed, change
from cosmemory.memory import Outcome
from cosmemory.office import Memory
from cosmemory.operations.measurements import PAGE as MEASURED
from cosmemory.operations.measurements import Measurement
from cosmemory.operations.metrics import Results, daily_path


class Measured(BaseModel):
    """One metric of the system as it was measured."""

    model_config = ConfigDict(extra="forbid")  # what is not heeded must not look as if it were

    metric: Line = Field(description="Its name, such as compliance.")
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


def record_metrics(
    agent: Annotated[Line, Field(description="Whose day it is; leave it out for measurements.")] = "",
    date: Annotated[Line, Field(description="The day, such as 2026-11-21; else today.")] = "",
    tasks: Annotated[int | None, Field(ge=0, description="Tasks completed that day.")] = None,
    on_time: Annotated[int | None, Field(ge=0, description="Of these on time.")] = None,
    first_pass: Annotated[int | None, Field(ge=0, description="Of these right at the first pass.")] = None,
    response_minutes: Annotated[float | None, Field(ge=0, description="Average response time.")] = None,
    issues: Annotated[int | None, Field(ge=0, description="Issues that were found.")] = None,
    notes: Annotated[Line, Field(description="What else there is to say of the agent's day.")] = "",
    measurements: Annotated[
        list[Measured],
        Field(max_length=MOST, description="What was measured of the system, instead of an agent's day."),
    ] = [],  # noqa: B006  # pydantic copies it
    measured_at: Annotated[Line, Field(description="When, such as 2026-11-21T10:00Z; else now.")] = "",
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
