"""A week or a month in figures: generated from metrics, log, alerts and roster; the remarks are people's."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, section, table
from cosmemory.document.values import CHANGE, COUNT, MEASURE, PERCENT, TIME, TIME_OR_TEXT, Measure, Raw
from cosmemory.frozen import frozen

Time = datetime | Raw | None
Amount = Measure | Raw | None


# What tells when the page was changed.
STAMP = ("generated",)


@frozen(kw_only=True)
class OverviewFigure(Record):
    """One figure of the period, beside that of the period before."""

    metric: str | None = column("Metric", required=True)
    value: Amount = column("Value", MEASURE, required=True)
    previous: Amount = column("Previous", MEASURE, required=True)
    change: Amount = column("Change", CHANGE, required=True)


@frozen(kw_only=True)
class Performer(Record):
    """What one agent did in the period."""

    agent: str | None = column("Agent", required=True)
    tasks: int | Raw | None = column("Tasks", COUNT, required=True)
    on_time: float | Raw | None = column("On-Time", PERCENT, required=True)
    quality: float | Raw | None = column("Quality", PERCENT, required=True)


@frozen(kw_only=True)
class AlertFigures(Record):
    """The alerts of the period; the mean times are in minutes."""

    raised: int | Raw | None = label("Raised", COUNT)
    resolved: int | Raw | None = label("Resolved", COUNT)
    still_open: int | Raw | None = label("Still Open", COUNT)
    mean_time_to_acknowledge: str | None = label("Mean Time to Acknowledge")
    mean_time_to_resolve: str | None = label("Mean Time to Resolve")


@frozen(kw_only=True)
class DecisionLine(Record):
    """A decision of the period."""

    time: Time = column("Time", TIME, required=True)
    decision: str | None = column("Decision", required=True)
    rationale: str | None = column("Rationale", required=True)


@frozen(kw_only=True)
class RosterLine(Record):
    """A change of the team in the period."""

    time: Time = column("Time", TIME, required=True)
    change: str | None = column("Change", required=True)
    agent: str | None = column("Agent", required=True)


@frozen(kw_only=True)
class OpenAction(Record):
    """An action that is still to be done."""

    id: str | None = column("ID", required=True)
    action: str | None = column("Action", required=True)
    priority: str | None = column("Priority", required=True)
    deadline: datetime | str | None = column("Deadline", TIME_OR_TEXT, required=True)
    status: str | None = column("Status", required=True)


@frozen(kw_only=True)
class Report(Record):
    """The page ``performance/reports/weekly-YYYY-Www.md`` or ``monthly-YYYY-MM.md``, ``-AGENT`` for one agent's."""

    period: str | None = label("Period", required=True)
    of: str | None = label("Of")
    generated: Time = label("Generated", TIME, derived=True)
    overview: tuple[OverviewFigure, ...] = table("Overview", OverviewFigure, key="metric", required=True)
    trend: str | None = prose("Trend")
    top_performers: tuple[Performer, ...] = table("Top Performers", Performer, key="agent")
    alerts: AlertFigures = section("Alerts", AlertFigures)
    decisions: tuple[DecisionLine, ...] = table("Decisions", DecisionLine)
    roster_changes: tuple[RosterLine, ...] = table("Roster Changes", RosterLine)
    open_actions: tuple[OpenAction, ...] = table("Open Actions", OpenAction, key="id")
    remarks: str | None = prose("Remarks")
