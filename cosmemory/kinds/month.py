"""An agent's month as the daily pages give it: sums, rates, the team's average, week by week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from cosmemory.document.values import Measure
from cosmemory.frozen import frozen
from cosmemory.kinds.agent_metrics import Week
from cosmemory.kinds.daily_metrics import FIRST_PASS, ON_TIME, TASKS, AgentDay, DailyMetrics, figure, percent


@frozen(kw_only=True)
class Sums:
    """Counts of finished work on so many ``days``."""

    tasks: float = 0
    on_time: float = 0
    first_pass: float = 0
    days: int = 0

    @property
    def on_time_rate(self) -> float | None:
        """On time in percent of the tasks."""
        return percent(self.on_time, self.tasks)

    @property
    def quality_rate(self) -> float | None:
        """Right at the first pass in percent of the tasks."""
        return percent(self.first_pass, self.tasks)


def sums_of(days: Iterable[AgentDay]) -> Sums:
    """The sums of ``days``."""
    tasks = on_time = first_pass = 0.0
    count = 0
    for day in days:
        tasks += figure(day, TASKS) or 0
        on_time += figure(day, ON_TIME) or 0
        first_pass += figure(day, FIRST_PASS) or 0
        count += 1
    return Sums(tasks=tasks, on_time=on_time, first_pass=first_pass, days=count)


def days_by_agent(pages: Mapping[date, DailyMetrics]) -> dict[str, dict[date, AgentDay]]:
    """What each agent did, by name and day."""
    found: dict[str, dict[date, AgentDay]] = {}
    for day, page in pages.items():
        for each in page.individual_metrics:
            if each.agent:
                found.setdefault(each.agent, {})[day] = each
    return found


def figures_of(days: Iterable[AgentDay]) -> dict[str, Measure | None]:
    """The figures of an agent's month, by their metrics."""
    sums = sums_of(days)
    return {
        "Tasks": Measure(sums.tasks),
        "On-Time": percent_measure(sums.on_time_rate),
        "Quality": percent_measure(sums.quality_rate),
    }


def averages_of(sums: list[Sums]) -> dict[str, Measure | None]:
    """The team's average agent; rates are those of all tasks together."""
    tasks = sum(each.tasks for each in sums)
    total = Sums(
        tasks=tasks,
        on_time=sum(each.on_time for each in sums),
        first_pass=sum(each.first_pass for each in sums),
    )
    return {
        "Tasks": Measure(round(tasks / len(sums), 1)) if sums else None,
        "On-Time": percent_measure(total.on_time_rate),
        "Quality": percent_measure(total.quality_rate),
    }


def weeks_of(days: dict[date, AgentDay]) -> tuple[Week, ...]:
    """The ISO weeks of the days; only days of the month are in ``days``."""
    by_week: dict[str, list[AgentDay]] = {}
    for day, each in sorted(days.items()):
        by_week.setdefault(f"W{day.isocalendar().week:02d}", []).append(each)
    rows = []
    for name, held in by_week.items():
        sums = sums_of(held)
        row = Week(
            week=name,
            tasks=int(sums.tasks),
            on_time=sums.on_time_rate,
            quality=sums.quality_rate,
        )
        rows.append(row)
    return tuple(rows)


def percent_measure(value: float | None) -> Measure | None:
    """A percentage as a figure."""
    return None if value is None else Measure(value, "%")
