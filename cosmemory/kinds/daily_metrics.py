"""One day's performance: the team in total, and every agent."""

from __future__ import annotations

from datetime import date, datetime

from cosmemory.document.fields import Record, blocks, column, heading, label, table
from cosmemory.document.values import CHANGE, DATE, ITEMS, LONG, MEASURE, TIME, Measure, Raw
from cosmemory.frozen import frozen, replace

TASKS, ON_TIME, FIRST_PASS = "Tasks Completed", "On-Time", "First-Pass"
RESPONSE, ISSUES = "Avg Response Time", "Issues"
ON_TIME_RATE, QUALITY_RATE = "On-Time Rate", "Quality Rate"

Time = datetime | Raw | None
Amount = Measure | Raw | None


@frozen(kw_only=True)
class TeamFigure(Record):
    """One figure of the whole team, beside that of the last day before."""

    metric: str | None = column("Metric", required=True)
    value: Amount = column("Value", MEASURE, required=True, derived=True)
    previous: Amount = column("Previous", MEASURE, required=True, derived=True)
    change: Amount = column("Change", CHANGE, required=True, derived=True)


@frozen(kw_only=True)
class Figure(Record):
    """One figure of an agent."""

    metric: str | None = column("Metric", required=True)
    value: Amount = column("Value", MEASURE, required=True)


@frozen(kw_only=True)
class AgentDay(Record):
    """What one agent did on the day."""

    agent: str | None = heading("Agent Name")
    figures: tuple[Figure, ...] = table("", Figure, key="metric")
    tasks: tuple[str, ...] = label("Tasks", ITEMS, style="**{}:** {}")
    notes: str | None = label("Notes", LONG, style="**{}:** {}")


@frozen(kw_only=True)
class DailyMetrics(Record):
    """The page ``performance/metrics-YYYY-MM-DD.md``."""

    date: date | Raw | None = label("Date", DATE, required=True, style="{}: {}")
    generated: Time = label("Generated", TIME, required=True, derived=True, style="{}: {}")
    team_summary: tuple[TeamFigure, ...] = table("Team Summary", TeamFigure, key="metric", required=True)
    individual_metrics: tuple[AgentDay, ...] = blocks(
        "Individual Metrics", AgentDay, key="agent", required=True, ruled=True
    )


def figure(day: AgentDay, metric: str) -> float | None:
    """The number of the agent's ``metric``, if it is one."""
    for each in day.figures:
        if (each.metric or "").lower() == metric.lower() and isinstance(each.value, Measure):
            return each.value.number
    return None


def percent(part: float, whole: float) -> float | None:
    """``part`` of ``whole`` in whole percents; None of nothing."""
    return round(100 * part / whole) if whole else None


def team_totals(page: DailyMetrics) -> dict[str, Measure | None]:
    """The team's figures as its agents' counts give them."""
    days = page.individual_metrics
    tasks = sum(figure(day, TASKS) or 0 for day in days)
    on_time = percent(sum(figure(day, ON_TIME) or 0 for day in days), tasks)
    quality = percent(sum(figure(day, FIRST_PASS) or 0 for day in days), tasks)
    return {
        TASKS: Measure(tasks),
        ON_TIME_RATE: None if on_time is None else Measure(on_time, "%"),
        QUALITY_RATE: None if quality is None else Measure(quality, "%"),
    }


def derived(page: DailyMetrics) -> DailyMetrics:
    """``page`` with the team's figures as its agents' counts give them, each with its change."""
    totals = team_totals(page)
    return replace(page, team_summary=tuple(_refreshed(row, totals) for row in page.team_summary))


def _refreshed(row: TeamFigure, totals: dict[str, Measure | None]) -> TeamFigure:
    value = totals.get(row.metric or "", row.value)
    return replace(row, value=value, change=difference(value, row.previous))


def difference(value: Amount, previous: Amount) -> Measure | None:
    """How far ``value`` is from ``previous``, in their unit."""
    if not isinstance(value, Measure) or not isinstance(previous, Measure) or value.unit != previous.unit:
        return None
    return Measure(round(value.number - previous.number, 6), value.unit)
