"""The session that was interrupted, as it can be told without what changes sessions, and all that goes on with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from cosmemory.frozen import frozen
from cosmemory.kinds import SESSION_PATH, session
from cosmemory.kinds.session import Session, status_of
from cosmemory.reader import Reader


@frozen(kw_only=True)
class Interrupted:
    """A session that is not over, and all that is needed to go on with it.

    ``to_speak`` begins with the agent who was speaking, for what they said was not acknowledged.
    """

    session: str | None
    status: str
    started: datetime | None
    last_updated: datetime | None
    stale: bool
    error: str | None
    meeting: str | None
    team: str | None
    progress: float | None
    completed: tuple[str, ...]
    to_speak: tuple[str, ...]
    active_agents: tuple[str, ...]


def current(memory: Reader) -> Session | None:
    """The session as its page has it; None where there never was one."""
    if memory.store.read(SESSION_PATH) is None:
        return None
    found: Session = memory.read(SESSION_PATH)
    return found


def interrupted(memory: Reader) -> tuple[Interrupted, ...]:
    """The session that is active, paused or failed, if there is one: on a start, it is what was interrupted."""
    now = current(memory)
    return () if now is None or status_of(now) not in session.UNFINISHED else (interruption(memory, now),)


def interruption(memory: Reader, now: Session) -> Interrupted:
    """All that is needed to go on with the session ``now``."""
    under_way = now.current_meeting
    progress = under_way.progress
    return Interrupted(
        session=now.session_id,
        status=status_of(now),
        started=moment(now.started),
        last_updated=moment(now.last_updated),
        stale=is_stale(now, memory.now(), memory.settings.stale_seconds),
        error=now.error,
        meeting=under_way.meeting_id,
        team=str(under_way.team) if under_way.team else None,
        progress=progress if isinstance(progress, int | float) else None,
        completed=under_way.agents_completed,
        to_speak=session.to_speak(under_way),
        active_agents=now.active_agents,
    )


def moment(value: object) -> datetime | None:
    """``value`` if it is a time."""
    return value if isinstance(value, datetime) else None


def is_stale(held: Session, now: datetime, seconds: int) -> bool:
    """Whether a session is active and was not updated for so many ``seconds``."""
    last = moment(held.last_updated)
    return status_of(held) == session.ACTIVE and last is not None and now - last >= timedelta(seconds=seconds)
