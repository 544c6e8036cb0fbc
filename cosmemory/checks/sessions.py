"""Checks of sessions and meetings: their age, their counts, and what other pages show of them."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.checks.ages import spoken
from cosmemory.checks.pages import Finding, Pages, complete, found, place_of
from cosmemory.document.fields import Record
from cosmemory.document.values import write_number, write_time
from cosmemory.kinds import COS_STATE, MEETING, SESSION, SESSION_PATH
from cosmemory.kinds.meeting import CONCLUDED, PLANNING, derived
from cosmemory.kinds.mirrors import session_figures
from cosmemory.kinds.page import Page
from cosmemory.kinds.session import ACTIVE, COMPLETED, ERROR, Session, status_of, to_speak

_WORKING = (ACTIVE, "busy")


def check_session(pages: Pages) -> Iterator[Finding]:
    """The current session beside cos-state, the clock, and the meetings that there are."""
    page = pages.pages.get(SESSION_PATH)
    if page is None:
        return
    held: Session = page.document
    yield from _age(page, pages)
    key = held.current_meeting.meeting_id
    if key and MEETING.path.replace("{id}", key) not in pages.every:
        message = f"the meeting {key} has no page"
        yield from found(page, "unknown-meeting", message, place_of(held.current_meeting, "meeting_id"))
    state = pages.the(COS_STATE)
    if state is not None:
        yield from _mirror(state, held)


def _age(page: Page, pages: Pages) -> Iterator[Finding]:
    held = page.document
    if status_of(held) != ACTIVE or not hasattr(held.last_updated, "year"):
        return
    seconds = int((pages.now - held.last_updated).total_seconds())
    if seconds >= pages.settings.stale_seconds:
        message = f"the session is active and was not updated for {spoken(seconds // 60)}"
        yield from found(page, "stale-session", message, place_of(held, "last_updated"))


def _mirror(state: Page, held: Session) -> Iterator[Finding]:
    info = state.document.session_info
    for attribute, value in session_figures(held).items():
        shown = getattr(info, attribute)
        if value is None or shown is None or attribute == "last_updated":
            continue
        differs = shown != value
        if attribute == "status":
            differs = (shown in _WORKING) != (value == ACTIVE)
        if differs:
            text = write_time(value) if hasattr(value, "year") else value  # type: ignore[arg-type]
            message = f"{SESSION_PATH} says that the {attribute.replace('_', ' ')} is {text}"
            yield from found(state, "session-mirror", message, place_of(info, attribute))


def check_sessions(pages: Pages) -> Iterator[Finding]:
    """Every session and every meeting by itself."""
    for page in pages.of(SESSION):
        yield from _speakers(page)
        if page.path != SESSION_PATH:
            yield from _named(page, "session_id")
            if status_of(page.document) not in {COMPLETED, ERROR}:
                message = f"a session that is not the current one is {status_of(page.document)}"
                yield from found(page, "ended-session", message, place_of(page.document, "status"))
    for page in pages.of(MEETING):
        yield from _named(page, "meeting_id")
        yield from _counts(page)
        held = page.document
        if held.team == PLANNING and held.status == CONCLUDED and held.verdict is None:
            message = "the meeting is concluded and has no verdict"
            place = place_of(held, "verdict") or place_of(held, "status")
            yield from found(page, "no-verdict", message, place)


def _named(page: Page, attribute: str) -> Iterator[Finding]:
    """The id that a page is named by beside the one that stands on it."""
    key, name = getattr(page.document, attribute), page.path.rpartition("/")[2].removesuffix(".md")
    if key is not None and key.lower() != name.lower():
        message = f"the page is about {key} and its name says {name}"
        yield from found(page, "file-name", message, place_of(page.document, attribute))


def _speakers(page: Page) -> Iterator[Finding]:
    under_way = page.document.current_meeting
    over = {each.lower() for each in under_way.agents_completed}
    for name in to_speak(under_way):
        if name.lower() in over:
            attribute = "current_agent" if name == under_way.current_agent else "agents_to_speak"
            message = f"{name} has spoken and is still to speak"
            yield from found(page, "spoken-twice", message, place_of(under_way, attribute))


def _counts(page: Page) -> Iterator[Finding]:
    held, right = page.document, derived(page.document)
    certain = complete(page)
    counts = ("actions_generated", "actions_executed", "actions_failed", "actions_in_progress")
    pairs: list[tuple[Record, Record, str, str]] = [
        (held, right, name, f"{name.replace('_', ' ')} is") for name in counts
    ]
    for table, key in (("priority_breakdown", "priority"), ("assigned_owners", "owner")):
        rows = zip(getattr(held, table), getattr(right, table), strict=True)
        pairs += [(row, wanted, "actions", f"the actions of {getattr(row, key)} are") for row, wanted in rows]
    for record, wanted, attribute, words in pairs:
        place, number = place_of(record, attribute), getattr(wanted, attribute)
        if place is not None and isinstance(number, int) and getattr(record, attribute) != number:
            better = write_number(number) if certain else None
            message = f"{words} {number} by the actions"
            yield from found(page, "derived-value", message, place, better=better)
