"""What is known of sessions: the one that is, and those that ended."""

from __future__ import annotations

from cosmemory.errors import NotFound
from cosmemory.kinds import SESSION
from cosmemory.kinds.session import Session, status_of
from cosmemory.operations.interrupted_session import current
from cosmemory.operations.page_ids import id_named, ids_by_age, page_of
from cosmemory.reader import CURRENT, Reader

NO_SESSION = NotFound("The session", "cosmemory session start opens one.")


def get(memory: Reader, key: str | None = None) -> Session:
    """The session ``key``, which may have ended, or the current one.

    Raises NotFound.
    """
    now = current(memory)
    if now is not None and (key is None or key.lower() in {CURRENT, (now.session_id or CURRENT).lower()}):
        return now
    if key is None:
        raise NO_SESSION
    found: Session = memory.read(page_of(SESSION, id_named(memory, SESSION, key)))
    return found


def listed(memory: Reader, *, status: str | None = None) -> tuple[Session, ...]:
    """The sessions that ended, oldest first, and the current one; or those of them at a ``status``."""
    keys = [each for each in ids_by_age(memory, SESSION) if each != CURRENT]
    now = current(memory)
    every = [*(memory.read(page_of(SESSION, key)) for key in keys), *([now] if now is not None else [])]
    return tuple(each for each in every if status in {None, status_of(each)})
