"""The session: started, kept alive, paused, resumed and ended, on its page, on cos-state and in the log together."""

from __future__ import annotations

from cosmemory.operations.sessions.ending import clear, complete, fail, prune, reset
from cosmemory.operations.sessions.reading import get, listed
from cosmemory.operations.sessions.running import pause, resume, start, update

__all__ = [
    "clear",
    "complete",
    "fail",
    "get",
    "listed",
    "pause",
    "prune",
    "reset",
    "resume",
    "start",
    "update",
]
