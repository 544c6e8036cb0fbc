"""The session: started, kept alive, paused, resumed and ended, on its page, on cos-state and in the log together."""

from __future__ import annotations

from cosmemory.operations.sessions.ending import clear, complete, fail, prune, reset
from cosmemory.operations.sessions.reading import (
    Interrupted,
    current,
    interrupted,
    is_stale,
    session_named,
    sessions,
)
from cosmemory.operations.sessions.running import pause, resume, start, update

__all__ = [
    "Interrupted",
    "clear",
    "complete",
    "current",
    "fail",
    "interrupted",
    "is_stale",
    "pause",
    "prune",
    "reset",
    "resume",
    "session_named",
    "sessions",
    "start",
    "update",
]
