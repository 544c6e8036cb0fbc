"""Checks of the Chief of Staff's page: its age, and the figures it has of the team and the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.ages import spoken
from cosmemory.checks.pages import Finding, Pages, complete, found, over_bound, place_of
from cosmemory.config import Settings
from cosmemory.document.values import write_number, write_time
from cosmemory.kinds import COORDINATION_LOG, COS_STATE, STANDARD, TEAM_ROSTER
from cosmemory.kinds.cos_state import ENDED
from cosmemory.kinds.mirrors import team_figures
from cosmemory.kinds.page import Page

STALE_MINUTES = 10


def check_state(pages: Pages) -> Iterator[Finding]:
    """cos-state beside the roster and the log."""
    page = pages.the(COS_STATE)
    if page is None:
        return
    yield from _age(page, pages.now)
    yield from _bounds(page, pages.settings)
    roster, log = pages.the(TEAM_ROSTER), pages.the(COORDINATION_LOG)
    wanted: dict[str, object] = team_figures(roster.document) if roster is not None else {}
    if log is not None:
        said = [event.time for event in log.document.events if event.type == "broadcast"]
        times = [moment for moment in said if isinstance(moment, datetime)]
        if times:
            wanted["last_team_broadcast"] = max(times)
    record = page.document.coordination_state
    for attribute, value in wanted.items():
        place = place_of(record, attribute)
        if place is not None and isinstance(value, datetime | int) and getattr(record, attribute) != value:
            better = write_time(value) if isinstance(value, datetime) else write_number(value)
            message = f"{attribute.replace('_', ' ')} is {better}"
            certain = isinstance(value, datetime) or (roster is not None and complete(roster))
            yield from found(page, "derived-value", message, place, better=better if certain else None)


def _bounds(page: Page, settings: Settings) -> Iterator[Finding]:
    yield from over_bound(page, "decisions", page.document.recent_decisions, settings.decisions)
    ended = [action for action in page.document.pending_actions if action.status in ENDED]
    yield from over_bound(page, "done and cancelled actions", ended, settings.ended_actions)


def _age(page: Page, now: datetime) -> Iterator[Finding]:
    info = page.document.session_info
    if info.status != "active" or not isinstance(info.last_updated, datetime):
        return
    minutes = int((now - info.last_updated).total_seconds()) // 60
    if minutes >= STALE_MINUTES:
        message = f"the session is active and was not updated for {spoken(minutes)}"
        yield from found(page, "stale-state", message, place_of(info, "last_updated"))


def missing_pages(paths: set[str]) -> list[str]:
    """The standard pages that are not among ``paths``."""
    return [kind.path for kind in STANDARD if kind.path not in paths]
