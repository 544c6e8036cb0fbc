"""Checks of performance pages: names against contents, shares against counts, sums against parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cosmemory.checks.pages import Finding, Pages, found, place_of, sound
from cosmemory.document.values import Measure, write_change, write_measure
from cosmemory.kinds import AGENT_METRICS, DAILY_METRICS
from cosmemory.kinds.daily_metrics import FIRST_PASS, ON_TIME, TASKS, AgentDay, derived, figure, percent
from cosmemory.kinds.page import Page


def check_metrics(pages: Pages) -> Iterator[Finding]:
    """Every daily page and every agent's month."""
    before: Page | None = None
    for page in sorted(pages.of(DAILY_METRICS), key=lambda page: page.path):
        if pages.about in {None, page.path}:
            yield from _day(page)
        if before is not None:
            yield from _previous(page, before)
        before = page
    for page in pages.of(AGENT_METRICS):
        matched = AGENT_METRICS.pattern.fullmatch(page.path)
        month = matched[2] if matched else ""
        if page.document.period is not None and page.document.period != month:
            message = f"the page is about {page.document.period} and its name says {month}"
            yield from found(page, "file-name", message, place_of(page.document, "period"))


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
