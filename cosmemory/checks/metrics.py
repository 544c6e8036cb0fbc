"""Checks of performance pages: names against contents, shares against counts, sums against parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from cosmemory.checks.pages import Finding, Pages, found, place_of, sound
from cosmemory.document.fields import layout
from cosmemory.document.values import Measure, write_change, write_measure, write_number, write_percent
from cosmemory.kinds import AGENT_METRICS, DAILY_METRICS
from cosmemory.kinds.daily_metrics import FIRST_PASS, ON_TIME, TASKS, AgentDay, derived, figure, percent
from cosmemory.kinds.month import averages_of, days_by_agent, figures_of, sums_of, weeks_of
from cosmemory.kinds.page import Page
from cosmemory.text.names import name_of_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def check_metrics(pages: Pages) -> Iterator[Finding]:
    """Every daily page and every agent's month."""
    before: Page | None = None
    for page in sorted(pages.of(DAILY_METRICS), key=lambda page: page.path):
        if pages.about in {None, page.path}:
            yield from _day(page)
        if before is not None and pages.about in {None, page.path}:
            yield from _previous(page, before)
        before = page
    for page in pages.of(AGENT_METRICS):
        matched = AGENT_METRICS.pattern.fullmatch(page.path)
        month = matched[2] if matched else ""
        if page.document.period is not None and page.document.period != month:
            message = f"the page is about {page.document.period} and its name says {month}"
            yield from found(page, "file-name", message, place_of(page.document, "period"))
        name = name_of_file(matched[1]) if matched else None
        # The month that is running is rolled up when it is over.
        if name is not None and month < f"{pages.now:%Y-%m}":
            yield from _month(page, name, [each for each in pages.of(DAILY_METRICS) if day_of(each, month)])


def day_of(page: Page, month: str) -> bool:
    """Whether a daily page is one of ``month``."""
    said = page.document.date
    return isinstance(said, date) and f"{said:%Y-%m}" == month


def _month(page: Page, name: str, dailies: Sequence[Page]) -> Iterator[Finding]:
    """The sums and averages of an agent's month, beside the daily pages that they are made of."""
    agents = days_by_agent({each.document.date: each.document for each in dailies})
    days = agents.get(name)
    if days is None:
        return  # kept by hand alone, or of days that are gone
    certain = all(map(sound, dailies))
    average = averages_of([sums_of(each.values()) for each in agents.values()])
    for row in page.document.monthly_summary:
        figures = (("value", figures_of(days.values())), ("team_avg", average))
        for attribute, wanted in figures:
            yield from _derived(
                page, row, row.metric, attribute, wanted.get(row.metric), write_measure, certain
            )
    weeks = {week.week: week for week in weeks_of(days)}
    for row in page.document.weekly_breakdown:
        for attribute, write in (
            ("tasks", write_number),
            ("on_time", write_percent),
            ("quality", write_percent),
        ):
            share = getattr(weeks.get(row.week), attribute, None)
            yield from _derived(page, row, row.week, attribute, share, write, certain)


def _derived(
    page: Page, row: Any, what: str, attribute: str, wanted: Any, write: Callable[[Any], str], certain: bool
) -> Iterator[Finding]:
    """What is wrong with a derived value of ``row``, if it is not the one that is ``wanted``."""
    if wanted is None or getattr(row, attribute) == wanted:
        return
    place = place_of(row, attribute)
    if place is not None:
        title = layout(type(row)).values[attribute].title
        better = write(wanted) if certain else None
        yield from found(page, "derived-value", f"{what}: {title} is {write(wanted)}", place, better=better)


def _day(page: Page) -> Iterator[Finding]:
    matched = DAILY_METRICS.pattern.fullmatch(page.path)
    said = page.document.date
    if matched and isinstance(said, date) and said.isoformat() != matched[1]:
        message = f"the page is about {said.isoformat()} and its name says {matched[1]}"
        yield from found(page, "file-name", message, place_of(page.document, "date"))
    for day in page.document.individual_metrics:
        yield from _shares(page, day)
    right = derived(page.document)
    for row, wanted in zip(page.document.team_summary, right.team_summary, strict=True):
        for attribute, write in (("value", write_measure), ("change", write_change)):
            value = getattr(wanted, attribute)
            if not isinstance(value, Measure) or getattr(row, attribute) == value:
                continue
            place = place_of(row, attribute)
            if place is not None:
                message = f"{row.metric}: the {attribute} is {write(value)}"
                better = write(value) if sound(page, place) else None
                yield from found(page, "derived-value", message, place, better=better)


def _previous(page: Page, before: Page) -> Iterator[Finding]:
    """What the page says of the last day before it, beside that day's own page."""
    figures = {(row.metric or "").lower(): row.value for row in before.document.team_summary}
    for row in page.document.team_summary:
        wanted = figures.get((row.metric or "").lower())
        if not isinstance(wanted, Measure) or row.previous == wanted:
            continue
        place = place_of(row, "previous")
        if place is not None:
            message = f"{row.metric}: the value before was {write_measure(wanted)}"
            better = write_measure(wanted) if sound(before) else None
            yield from found(page, "derived-value", message, place, better=better)


def _shares(page: Page, day: AgentDay) -> Iterator[Finding]:
    tasks = figure(day, TASKS)
    for row in day.figures:
        if row.metric not in {ON_TIME, FIRST_PASS} or not isinstance(row.value, Measure) or not tasks:
            continue
        wanted = percent(row.value.number, tasks)
        if row.value.share is not None and wanted is not None and abs(row.value.share - wanted) > 1:
            message = f"{row.value.number:g} of {tasks:g} tasks are {wanted:g}%"
            yield from found(page, "share-of-count", message, place_of(row, "value"))
