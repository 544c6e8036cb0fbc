"""Checks of a deployment and of what is measured: derived values, ways back, histories, intervals and ages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.ages import spoken
from cosmemory.checks.pages import Finding, Pages, found, place_of, sound
from cosmemory.document.json_values import Data
from cosmemory.document.values import Raw, write_number
from cosmemory.kinds import DEPLOYMENT, SYSTEM_METRICS
from cosmemory.kinds.deployment import (
    PARTIAL,
    ROLLBACK_READY,
    Deployment,
    derived,
    is_yes,
    under_way,
)
from cosmemory.kinds.page import Page
from cosmemory.kinds.system_metrics import SystemMetric, bounds_of, number_of


def check_deployment(pages: Pages) -> Iterator[Finding]:
    """The page of the deployment."""
    page = pages.the(DEPLOYMENT)
    if page is None:
        return
    yield from _derived(page)
    yield from _partial(page)
    yield from _history(page)
    if under_way(page.document):
        hours = pages.settings.stale_deployment_hours
        said = f"{page.document.version} is under way and was not updated for"
        yield from _stale(page, "stale-deployment", "last_updated", said, pages.now, hours)


def _derived(page: Page) -> Iterator[Finding]:
    held: Deployment = page.document
    right = derived(held)
    for attribute in ("rollback_ready", "hours_in_stage", "next_stage_eligible"):
        said, wanted = getattr(held, attribute), getattr(right, attribute)
        place = place_of(held, attribute)
        alike = isinstance(said, str) and isinstance(wanted, str) and is_yes(said) == is_yes(wanted)
        if place is None or said == wanted or alike or wanted is None or isinstance(wanted, Raw):
            continue
        better = wanted if isinstance(wanted, str) else write_number(wanted)
        message = f"{attribute.replace('_', ' ')} is {better}"
        yield from found(page, "derived-value", message, place, better=better if sound(page, place) else None)


def _partial(page: Page) -> Iterator[Finding]:
    """What must not be so while part of the traffic runs on the new version."""
    held: Deployment = page.document
    if held.stage not in PARTIAL:
        return
    if not is_yes(derived(held).rollback_ready):
        message = f"{held.version} is at {held.stage} and its rollback is not ready"
        yield from found(page, "no-way-back", message, place_of(held, "rollback_ready"))
    for row in held.slo_status:
        if row.slo and row.slo.lower() != ROLLBACK_READY and not is_yes(row.holds):
            message = f"{row.slo} does not hold, and {held.version} is at {held.stage}"
            yield from found(page, "slo-broken", message, place_of(row, "holds"))


def _history(page: Page) -> Iterator[Finding]:
    held: Deployment = page.document
    if not held.stage_history or not isinstance(held.stage, str):
        return
    last = held.stage_history[-1]
    if isinstance(last.stage, str) and last.stage != held.stage:
        message = f"the page is at {held.stage} and its history ends at {last.stage}"
        yield from found(page, "stage-history", message, place_of(last, "stage"))


def check_system_metrics(pages: Pages) -> Iterator[Finding]:
    """The page of what was measured last."""
    page = pages.the(SYSTEM_METRICS)
    if page is None:
        return
    for row in page.document.metrics:
        yield from _interval(page, row)
    hours = pages.settings.stale_measurement_hours
    said = "nothing was measured for"
    yield from _stale(page, "stale-measurement", "last_measurement", said, pages.now, hours)


def _interval(page: Page, row: SystemMetric) -> Iterator[Finding]:
    if not isinstance(row.interval, Data):
        return
    bounds, current = bounds_of(row.interval), number_of(row.current)
    if bounds is None:
        message = f"{row.interval} is not two numbers, the lower one first"
        yield from found(page, "not-an-interval", message, place_of(row, "interval"))
    elif current is not None and not bounds[0] <= current <= bounds[1]:
        message = f"{row.metric} is {row.current}, which is not within {row.interval}"
        yield from found(page, "outside-interval", message, place_of(row, "current"))


def _stale(page: Page, rule: str, attribute: str, said: str, now: datetime, hours: int) -> Iterator[Finding]:
    at = getattr(page.document, attribute)
    if not isinstance(at, datetime):
        return
    minutes = int((now - at).total_seconds()) // 60
    if minutes >= hours * 60:
        yield from found(page, rule, f"{said} {spoken(minutes)}", place_of(page.document, attribute))
