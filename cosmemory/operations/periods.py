"""Weeks and months, and what an agent or the team did in them by the daily pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from cosmemory.document.values import Measure
from cosmemory.errors import InvalidValue
from cosmemory.frozen import frozen
from cosmemory.kinds import DAILY_METRICS
from cosmemory.kinds.daily_metrics import FIRST_PASS, ON_TIME, TASKS, AgentDay, DailyMetrics, figure, percent
from cosmemory.memory import Memory


@frozen(kw_only=True)
class Period:
    """A stretch of whole days, both ends included, with the name that its pages carry."""

    name: str
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether ``day`` lies in it."""
        return self.first <= day <= self.last

    @property
    def before(self) -> Period:
        """The period of the same sort just before."""
        day = self.first - timedelta(days=1)
        return month_of(day) if "W" not in self.name else week_of(day)


def week_of(day: date) -> Period:
    """The ISO week of ``day``."""
    year, week, weekday = day.isocalendar()
    first = day - timedelta(days=weekday - 1)
    return Period(name=f"{year:04d}-W{week:02d}", first=first, last=first + timedelta(days=6))


def month_of(day: date) -> Period:
    """The calendar month of ``day``."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(name=f"{first:%Y-%m}", first=first, last=following - timedelta(days=1))


def period_named(text: str, *, weekly: bool) -> Period:
    """The week ``2026-W47`` or the month ``2026-11``.

    Raises InvalidValue for anything else, a week 54 and a month 13 included.
    """
    pattern, example = (r"(\d{4})-W(\d\d)", "2026-W47") if weekly else (r"(\d{4})-(\d\d)", "2026-11")
    found = re.fullmatch(pattern, text, re.ASCII)
    first = _first_day(int(found[1]), int(found[2]), weekly=weekly) if found else None
    if first is None:
        what = "ISO week" if weekly else "month"
        raise InvalidValue("period", f"{text!r} is no {what}", f"Write {example}.")
    return week_of(first) if weekly else month_of(first)


def _first_day(year: int, number: int, *, weekly: bool) -> date | None:
    """The first day of a week or a month; None where there is no such one."""
    try:
        return date.fromisocalendar(year, number, 1) if weekly else date(year, number, 1)
    except ValueError:
        return None


@frozen(kw_only=True)
class Sums:
    """Counts of finished work; ``response`` is the sum of minutes over ``days`` days."""

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


def daily_pages(memory: Memory, period: Period) -> dict[date, DailyMetrics]:
    """The daily pages of the period, by day in order."""
    found: dict[date, DailyMetrics] = {}
    for path in sorted(memory.store.paths()):
        matched = DAILY_METRICS.pattern.fullmatch(path)
        if matched is None:
            continue
        try:
            day = date.fromisoformat(matched[1])
        except ValueError:  # a name such as metrics-2026-13-45.md is nobody's day
            continue
        if period.holds(day):
            found[day] = memory.read(path)
    return found


def days_by_agent(pages: dict[date, DailyMetrics]) -> dict[str, dict[date, AgentDay]]:
    """What each agent did, by name and day."""
    found: dict[str, dict[date, AgentDay]] = {}
    for day, page in pages.items():
        for each in page.individual_metrics:
            if each.agent:
                found.setdefault(each.agent, {})[day] = each
    return found


def percent_measure(value: float | None) -> Measure | None:
    """A percentage as a figure."""
    return None if value is None else Measure(value, "%")
