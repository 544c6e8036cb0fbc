"""The session: started, kept alive, paused, resumed and ended, on its page, on cos-state and in the log together."""

from __future__ import annotations

from cosmemory.operations.sessions.ending import clear, complete, fail, prune, reset
from cosmemory.operations.sessions.reading import (
    Interrupted,
    current,
    get,
    interrupted,
    is_stale,
    listed,
)
from cosmemory.operations.sessions.running import pause, resume, start, update

__all__ = [
    "Interrupted",
    "clear",
    "complete",
    "current",
    "fail",
    "get",
    "interrupted",
    "is_stale",
    "listed",
    "pause",
    "prune",
    "reset",
    "resume",
    "start",
    "update",
]
