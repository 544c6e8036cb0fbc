"""One agent's month: figures beside the team's and the target, week by week, with remarks."""

from __future__ import annotations

from cosmemory.document.fields import Record, column, label, numbered, prose, table
from cosmemory.document.values import COUNT, MEASURE, PERCENT, Measure, Raw
from cosmemory.frozen import frozen

Amount = Measure | Raw | None


@frozen(kw_only=True)
class MonthFigure(Record):
    """One figure of the month."""

    metric: str | None = column("Metric", required=True)
    value: Amount = column("Value", MEASURE, required=True, derived=True)
    team_avg: Amount = column("Team Avg", MEASURE, required=True, derived=True)
    target: Amount = column("Target", MEASURE, required=True)


@frozen(kw_only=True)
class Week(Record):
    """One ISO week, as far as it lies in the month."""

    week: str | None = column("Week", required=True)
    tasks: int | Raw | None = column("Tasks", COUNT, required=True, derived=True)
    on_time: float | Raw | None = column("On-Time", PERCENT, required=True, derived=True)
    quality: float | Raw | None = column("Quality", PERCENT, required=True, derived=True)


@frozen(kw_only=True)
class AgentMetrics(Record):
    """The page ``performance/agent-NAME-YYYY-MM.md``."""

    period: str | None = label("Period", required=True, style="{}: {}")
    role: str | None = label("Role", style="{}: {}")
    monthly_summary: tuple[MonthFigure, ...] = table(
        "Monthly Summary", MonthFigure, key="metric", required=True
    )
    weekly_breakdown: tuple[Week, ...] = table("Weekly Breakdown", Week, key="week", required=True)
    trend: str | None = prose("Trend", required=True)
    strengths: tuple[str, ...] = numbered("Strengths", required=True)
    areas_for_improvement: tuple[str, ...] = numbered("Areas for Improvement", required=True)
    recommendations: tuple[str, ...] = numbered("Recommendations", required=True)
