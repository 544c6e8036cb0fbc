"""What the brief says of the session, the focus and the team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from cosmemory.document.values import write_time
from cosmemory.errors import CosmemoryError
from cosmemory.kinds import COS_STATE, SESSION, SESSION_PATH, TEAM_ROSTER
from cosmemory.maintenance.briefing.points import Point, id_of, word
from cosmemory.memory import Memory
from cosmemory.operations.page_ids import ids_by_age, page_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.kinds.cos_state import CosState


def began(memory: Memory) -> datetime | None:
    """Since when somebody who comes back knows nothing: when the session before this one began.

    Where there was none, it is when this one did, as its page says, or else cos-state; None where neither does.
    """
    if memory.store.read(SESSION_PATH) is not None:
        started = memory.read(SESSION_PATH).started
        if isinstance(started, datetime):
            with suppress(
                CosmemoryError, OSError
            ):  # a page of long ago that is damaged hides nothing of today
                return _before(memory, started) or started
            return started
    if memory.store.read(COS_STATE.path) is None:
        return None
    started = memory.read(COS_STATE.path).session_info.started
    return started if isinstance(started, datetime) else None


def _before(memory: Memory, now: datetime) -> datetime | None:
    """When the last session began that began before ``now``."""
    for key in reversed(ids_by_age(memory, SESSION)):
        started = memory.read(page_of(SESSION, key)).started
        if isinstance(started, datetime) and started < now:
            return started
    return None


def session(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """The session, and why it failed if it did."""
    if memory.store.read(SESSION_PATH) is not None:
        from cosmemory.operations.interrupted_session import interruption

        held = memory.read(SESSION_PATH)
        seen = interruption(memory, held)
        silent = ", and told nothing for long" if seen.stale else ""
        head = f"session {_named(held.session_id)}is {word(seen.status)}{_since(held.started)}{silent}"
        # The meeting is told of with what was interrupted.
        yield Point(section="session", head=head, id=id_of(held.session_id), text=held.error or "")
    elif memory.store.read(COS_STATE.path) is not None:
        info = memory.read(COS_STATE.path).session_info
        if info.session_id or info.started:
            head = f"session {_named(info.session_id)}is {word(info.status) or 'idle'}{_since(info.started)}"
            yield Point(section="session", head=head, id=id_of(info.session_id))


def focus(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """What is being worked on."""
    if memory.store.read(COS_STATE.path) is None:
        return
    state: CosState = memory.read(COS_STATE.path)
    held = state.current_focus
    if held.primary_task:
        priority = f" ({word(held.priority)})" if held.priority else ""
        yield Point(section="session", head=f"focus{priority}{_since(held.started)}", text=held.primary_task)


def _named(session: str | None) -> str:
    key = id_of(session)
    return f"{key} " if key else ""


def _since(moment: object) -> str:
    return f" since {write_time(moment)}" if isinstance(moment, datetime) else ""


def team(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """The members in numbers, then each of them, those who are blocked first and those with nothing to do last."""
    if memory.store.read(TEAM_ROSTER.path) is None:
        return
    members = memory.read(TEAM_ROSTER.path).active_team_members
    if not members:
        return
    statuses = Counter(word(each.status) or "-" for each in members)
    counts = ", ".join(f"{count} {status}" for status, count in statuses.most_common(5))
    yield Point(section="team", head=f"members: {len(members)}, of them {counts}")
    for each in sorted(members, key=lambda one: (one.status != "blocked", not one.current_task)):
        seen = f", seen {write_time(each.last_seen)}" if isinstance(each.last_seen, datetime) else ""
        role = f"{word(each.role)}, " if each.role else ""
        head = f"{id_of(each.session_name) or '-'}: {role}{word(each.status) or '-'}{seen}"
        yield Point(section="members", head=head, id=id_of(each.session_name), text=each.current_task or "")
