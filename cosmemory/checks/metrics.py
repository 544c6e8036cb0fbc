"""Checks of performance pages: names against contents, shares against counts, sums against parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cosmemory.checks.pages import Finding, Pages, found, place_of
from cosmemory.document.values import Measure, write_change, write_measure
from cosmemory.kinds import AGENT_METRICS, DAILY_METRICS
from cosmemory.kinds.daily_metrics import FIRST_PASS, ON_TIME, TASKS, AgentDay, derived, figure, percent
from cosmemory.kinds.page import Page


def check_metrics(pages: Pages) -> Iterator[Finding]:
    """Every daily page and every agent's month."""
    for page in pages.of(DAILY_METRICS):
        yield from _day(page)
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
            place = place_of(row, attribute)
            if place is not None and isinstance(value, Measure) and getattr(row, attribute) != value:
                message = f"{row.metric}: the {attribute} is {write(value)}"
                yield from found(page, "derived-value", message, place, better=write(value))


def _shares(page: Page, day: AgentDay) -> Iterator[Finding]:
    tasks = figure(day, TASKS)
    for row in day.figures:
        if row.metric not in {ON_TIME, FIRST_PASS} or not isinstance(row.value, Measure) or not tasks:
            continue
        wanted = percent(row.value.number, tasks)
        if row.value.share is not None and wanted is not None and abs(row.value.share - wanted) > 1:
            message = f"{row.value.number:g} of {tasks:g} tasks are {wanted:g}%"
            yield from found(page, "share-of-count", message, place_of(row, "value"))
