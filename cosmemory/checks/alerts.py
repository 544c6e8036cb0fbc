"""Checks of alerts: their section, their threshold, and what cos-state shows of them."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.checks.pages import Finding, Pages, found, over_bound, place_of
from cosmemory.kinds import ACTIVE_ALERTS, COS_STATE
from cosmemory.kinds.active_alerts import Alert, open_alerts
from cosmemory.kinds.page import Page
from cosmemory.pattern import pattern

_NUMBER = pattern(r"[<>]?=?\s*(-?\d+(?:\.\d+)?)")


def check_alerts(pages: Pages) -> Iterator[Finding]:
    """Each open alert on its own page."""
    page = pages.the(ACTIVE_ALERTS)
    if page is None:
        return
    for section, alerts in (("critical", page.document.critical), ("warning", page.document.warning)):
        for alert in alerts:
            yield from _severity(page, alert, section)
            yield from _threshold(page, alert)
    yield from _ids(page)
    yield from over_bound(
        page, "resolved alerts", page.document.recently_resolved, pages.settings.resolved_alerts
    )


def _ids(page: Page) -> Iterator[Finding]:
    """Ids that were given twice: within a section the reading of the page has said so already."""
    ended = {(row.alert_id or "").lower() for row in page.document.recently_resolved}
    critical = {(alert.id or "").lower() for alert in page.document.critical}
    for alert in open_alerts(page.document):
        if alert.id and alert.id.lower() in ended:
            message = f"{alert.id} is open, and stands among the resolved as well"
            yield from found(page, "reused-id", message, place_of(alert, "id"))
    for alert in page.document.warning:
        if alert.id and alert.id.lower() in critical:
            message = f"{alert.id!r} stands in both sections"
            yield from found(page, "duplicate-key", message, place_of(alert, "id"))


def _severity(page: Page, alert: Alert, section: str) -> Iterator[Finding]:
    fits = {"critical": ("critical", "emergency"), "warning": ("warning", "info")}[section]
    if isinstance(alert.severity, str) and alert.severity not in fits:
        message = f"{alert.id} is {alert.severity} and stands under {section}"
        yield from found(page, "severity-section", message, place_of(alert, "severity"))


def _threshold(page: Page, alert: Alert) -> Iterator[Finding]:
    value, limit = (_NUMBER.match(text or "") for text in (alert.value, alert.threshold))
    below = (alert.threshold or "").startswith("<")
    if value and limit and not below and float(value[1]) <= float(limit[1]):
        message = f"{alert.value} is not beyond {alert.threshold}"
        yield from found(page, "within-threshold", message, place_of(alert, "value"))


def check_alert_mirror(pages: Pages) -> Iterator[Finding]:
    """The open alerts on cos-state beside those of the alert page."""
    state, page = pages.the(COS_STATE), pages.the(ACTIVE_ALERTS)
    if state is None or page is None:
        return
    open_ids = {alert.id for alert in open_alerts(page.document)}
    shown = {row.alert_id for row in state.document.active_alerts}
    for row in state.document.active_alerts:
        if row.alert_id is not None and row.alert_id not in open_ids:
            message = f"{row.alert_id} is not open on {page.path}"
            yield from found(state, "alert-mirror", message, place_of(row, "alert_id"))
    for alert in open_alerts(page.document):
        if alert.id not in shown:
            message = f"{alert.id} is open and not shown on {state.path}"
            yield from found(page, "alert-mirror", message, place_of(alert, "id"))
