"""Checks of handoffs and onboardings: chains, hashes, what was to be met before the end, and who waits too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from cosmemory.checks.pages import Finding, Pages, found, place_of, sound
from cosmemory.document.checklists import undone
from cosmemory.kinds import HANDOFF, ONBOARDING
from cosmemory.kinds.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.kinds.handoff import Handoff
    from cosmemory.kinds.onboarding import Onboarding


def check_handoffs(pages: Pages) -> Iterator[Finding]:
    """Each handoff, beside the one that it goes on from, and each onboarding."""
    for page in pages.checked():
        if page.kind is HANDOFF:
            yield from _handoff(page, pages)
        elif page.kind is ONBOARDING:
            yield from _onboarding(page, pages)


def before(page: Page) -> str:
    """The path of the handoff that the one on ``page`` goes on from; nothing where there is none."""
    previous = page.document.previous if page.kind is HANDOFF else None
    path = HANDOFF.path.replace("{id}", str(previous))
    return path if previous and HANDOFF.pattern.fullmatch(path) else ""


def _handoff(page: Page, pages: Pages) -> Iterator[Finding]:
    from cosmemory.kinds.handoff import COMPLETED, is_overdue, link_problem

    held: Handoff = page.document
    beside = pages.pages.get(before(page))
    wrong = link_problem(held, beside.document if beside is not None else None)
    if wrong:
        yield from found(page, "broken-chain", wrong, place_of(held, "previous"))
    yield from _hashes(page, held)
    if held.status == COMPLETED:
        for task in undone(held.acceptance_criteria):
            message = f"{held.id} is completed, and this is not met: {task.text}"
            yield from found(page, "unmet-criterion", message, place_of(task, "text"))
    if is_overdue(held, pages.now):
        message = f"{held.id} waits for {held.to_agent} beyond its time; cosmemory handoff expire ends it"
        yield from found(page, "overdue-handoff", message, place_of(held, "expires"))


def _hashes(page: Page, held: Handoff) -> Iterator[Finding]:
    from cosmemory.kinds.handoff import ACKNOWLEDGED, COMPLETED, IN_PROGRESS, content_hash, needs_ack

    content = content_hash(held)
    if held.acknowledged_sha256 is not None and held.acknowledged_sha256 != content:
        message = f"{held.id} was acknowledged with another hash than what it says has now"
        yield from found(page, "acknowledged-otherwise", message, place_of(held, "acknowledged_sha256"))
    elif held.content_sha256 is not None and held.content_sha256 != content:
        better = content if sound(page) else None
        message = f"the hash of what {held.id} says is {content[:12]}…"
        yield from found(page, "content-hash", message, place_of(held, "content_sha256"), better=better)
    if (
        held.acknowledged_sha256 is None
        and held.status in {ACKNOWLEDGED, IN_PROGRESS, COMPLETED}
        and needs_ack(held)
    ):
        message = f"{held.id} is {held.status}, and no hash tells what was acknowledged"
        yield from found(page, "acknowledged-otherwise", message, place_of(held, "status"))


def _onboarding(page: Page, pages: Pages) -> Iterator[Finding]:
    from cosmemory.kinds.onboarding import COMPLETE, IN_PROGRESS, open_tasks

    held: Onboarding = page.document
    if held.status == COMPLETE:
        for phase, task in open_tasks(held):
            message = f"the onboarding is complete, and this is open: {phase}: {task.text}"
            yield from found(page, "open-task", message, place_of(task, "text"))
    if held.status != IN_PROGRESS or not isinstance(held.date, date):
        return
    begun = datetime(held.date.year, held.date.month, held.date.day, tzinfo=pages.now.tzinfo)
    days = (pages.now - begun) // timedelta(days=1)
    if days >= pages.settings.onboarding_days:
        message = f"the onboarding has been in progress for {days} days"
        yield from found(page, "long-onboarding", message, place_of(held, "date"))
