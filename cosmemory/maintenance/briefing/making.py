"""The brief of a memory, made from its pages as they stand; a page that cannot be read keeps no other from being told."""

from __future__ import annotations

from datetime import UTC, datetime

from cosmemory.document.values import time_of
from cosmemory.errors import InvalidValue, UsageError
from cosmemory.maintenance.briefing.fitting import Room
from cosmemory.maintenance.briefing.gathering import GATHERED, damaged
from cosmemory.maintenance.briefing.page import page_of
from cosmemory.maintenance.briefing.points import Brief, Point
from cosmemory.maintenance.briefing.sessions import began
from cosmemory.memory import Memory

LONGEST_NUMBER = 15  # digits


def brief(
    memory: Memory,
    *,
    budget: int | None = None,
    tokens: int | None = None,
    since: datetime | int | str | None = None,
) -> Brief:
    """What somebody who comes back needs to know, in at most ``budget`` characters, ``tokens``, or both.

    Without either it is as long as the settings say. Decisions and events are those ``since`` a moment or the change
    of a number; without it, and where that change is forgotten, since the session before this one began, when its
    agent was briefed. Less room than the shortest honest text needs holds just that.
    """
    for name, given in (("budget", budget), ("tokens", tokens)):
        if given is not None and given <= 0:
            raise InvalidValue(name, f"{given} is no room at all", "Give a number above 0.")
    room = Room(characters=budget, tokens=tokens)
    if budget is None and tokens is None:
        room = Room(characters=memory.settings.brief_budget)
    now = memory.now()
    points: list[Point] = []
    after = _moment(memory, since) or _began(memory)
    for name, gather in GATHERED:
        try:
            points += gather(memory, after)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one page, the others must be told of
            points.append(damaged(name, error))
    return page_of(points, room, now, after)


def _began(memory: Memory) -> datetime | None:
    try:
        return began(memory)
    except Exception:  # noqa: BLE001 - as above
        return None  # the page that should say it is told of as damaged


def _moment(memory: Memory, since: datetime | int | str | None) -> datetime | None:
    """The moment meant by a time, by words such as ``2h ago``, or by the number of a change.

    A number may be remembered for longer than the history; None where it is. Raises UsageError for words that name
    no moment, or a change that is not known.
    """
    if since is None:
        return None
    if isinstance(since, datetime):
        return since if since.tzinfo is not None else since.replace(tzinfo=UTC)
    text = str(since).strip().removeprefix("#")
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        from cosmemory.maintenance.moments import bound

        try:
            return time_of(bound(text, int(memory.now().timestamp())))
        except OverflowError:
            raise UsageError(f"{text!r} is before all time.", "Write 2026-11-21T10:00Z or 2h ago.") from None
    change = memory.store.history().revision(int(text))
    if change is None and isinstance(since, str):
        raise UsageError(f"The history has no change {text}.", "cosmemory history lists the changes.")
    return time_of(change.attribution.at) if change is not None else None
