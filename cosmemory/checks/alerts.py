"""Checks of alerts: their section, their threshold, and what cos-state shows of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cosmemory.checks.pages import Finding, Pages, found, place_of
from cosmemory.kinds import ACTIVE_ALERTS, COS_STATE
from cosmemory.kinds.active_alerts import Alert, open_alerts
from cosmemory.kinds.page import Page

_NUMBER = re.compile(r"[<>]?=?\s*(-?\d+(?:\.\d+)?)")


def check_alerts(pages: Pages) -> Iterator[Finding]:
    """Each open alert on its own page."""
    page = pages.the(ACTIVE_ALERTS)
    if page is None:
        return
    for section, alerts in (("critical", page.document.critical), ("warning", page.document.warning)):
        for alert in alerts:
            yield from _severity(page, alert, section)
            yield from _threshold(page, alert)


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
        if row.alert_id not in open_ids:
            message = f"{row.alert_id} is not open on {page.path}"
            yield from found(state, "alert-mirror", message, place_of(row, "alert_id"))
    for alert in open_alerts(page.document):
        if alert.id not in shown:
            message = f"{alert.id} is open and not shown on {state.path}"
            yield from found(page, "alert-mirror", message, place_of(alert, "id"))
