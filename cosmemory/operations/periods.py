"""Weeks and months, and the daily pages in them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from cosmemory.errors import InvalidValue
from cosmemory.frozen import frozen
from cosmemory.kinds import DAILY_METRICS
from cosmemory.kinds.daily_metrics import DailyMetrics
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
