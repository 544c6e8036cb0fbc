"""Checks of the team: counts, membership, when somebody was last seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.ages import spoken
from cosmemory.checks.pages import Finding, Pages, complete, found, over_bound, place_of
from cosmemory.document.values import write_number
from cosmemory.kinds import TEAM_ROSTER
from cosmemory.kinds.page import Page
from cosmemory.kinds.team_roster import Member, derived

# Minutes without a sign of life, and what they mean (longest first).
IDLE = ((60, "inactive"), (30, "likely inactive"), (15, "possibly idle"))


def check_team(pages: Pages) -> Iterator[Finding]:
    """The roster by itself."""
    page = pages.the(TEAM_ROSTER)
    if page is None:
        return
    yield from _counts(page)
    yield from over_bound(page, "changes", page.document.team_changes_log, pages.settings.team_changes)
    active = {(member.session_name or "").lower() for member in page.document.active_team_members}
    for former in page.document.inactive_team_members:
        if former.session_name and former.session_name.lower() in active:
            message = f"{former.session_name} stands in both tables"
            yield from found(page, "active-and-inactive", message, place_of(former, "session_name"))
    for member in page.document.active_team_members:
        yield from _seen(page, member, pages.now)


def _counts(page: Page) -> Iterator[Finding]:
    right, certain = derived(page.document), complete(page)
    for attribute in ("total_agents", "active", "inactive"):
        held, wanted = getattr(page.document, attribute), getattr(right, attribute)
        place = place_of(page.document, attribute)
        if place is not None and held != wanted:
            message = f"{attribute.replace('_', ' ')} is {wanted} by the tables"
            yield from found(
                page,
                "derived-value",
                message,
                place,
                better=write_number(wanted) if certain else None,
            )
    for row, counted in zip(page.document.role_summary, right.role_summary, strict=True):
        place = place_of(row, "assigned")
        if place is not None and isinstance(counted.assigned, int) and row.assigned != counted.assigned:
            message = f"{counted.assigned} have the role {row.role}"
            better = write_number(counted.assigned) if certain else None
            yield from found(page, "derived-value", message, place, better=better)


def _seen(page: Page, member: Member, now: datetime) -> Iterator[Finding]:
    if not isinstance(member.last_seen, datetime) or member.status in {"offline", "hibernated"}:
        return
    minutes = int((now - member.last_seen).total_seconds()) // 60
    meaning = next((word for limit, word in IDLE if minutes >= limit), None)
    if meaning:
        message = f"{member.session_name} was not seen for {spoken(minutes)}: {meaning}"
        yield from found(page, "not-seen", message, place_of(member, "last_seen"))
