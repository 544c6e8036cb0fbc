"""What is known of meetings: one by its id, all of a team, the last that a team concluded."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.errors import NotFound
from cosmemory.kinds import MEETING
from cosmemory.kinds.meeting import CONCLUDED, Meeting
from cosmemory.kinds.session import TEAMS
from cosmemory.operations.interrupted_session import current
from cosmemory.operations.page_ids import id_named, ids_by_age, page_of
from cosmemory.reader import Reader


def page_named(memory: Reader, key: str | None = None) -> str:
    """Where the page of the meeting ``key`` stands, or of the one under way.

    Raises NotFound.
    """
    if key is None:
        held = current(memory)
        key = held.current_meeting.meeting_id if held is not None else None
        if key is None:
            hint = "cosmemory meeting begin opens one; name one that is over by its id."
            raise NotFound("A meeting that is under way", hint)
    return page_of(MEETING, id_named(memory, MEETING, key))


def get(memory: Reader, key: str | None = None) -> Meeting:
    """The meeting ``key``, or the one under way.

    Raises NotFound.
    """
    found: Meeting = memory.read(page_named(memory, key))
    return found


def newest_keys(memory: Reader, team: str) -> Iterator[str]:
    """The ids of a team's meetings, newest first; a page is read only where its id does not tell the team."""
    for key in reversed(ids_by_age(memory, MEETING)):
        first = key.partition("_")[0].lower()
        if first == team or (first not in TEAMS and memory.read(page_of(MEETING, key)).team == team):
            yield key


def listed(memory: Reader, *, team: str | None = None, status: str | None = None) -> tuple[Meeting, ...]:
    """The meetings, oldest first, or those of them of a ``team`` and at a ``status``."""
    keys = ids_by_age(memory, MEETING)
    every: Iterator[Meeting] = (memory.read(page_of(MEETING, key)) for key in keys)
    return tuple(
        each for each in every if team in {None, each.team} and status in {None, each.status or CONCLUDED}
    )


def latest(memory: Reader, team: str) -> Meeting | None:
    """The last meeting that a team concluded; None where there is none."""
    for key in newest_keys(memory, team):
        found: Meeting = memory.read(page_of(MEETING, key))
        if (found.status or CONCLUDED) == CONCLUDED:
            return found
    return None
