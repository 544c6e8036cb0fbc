"""Whole entries appended to a log in one call, durable when it returns."""

from __future__ import annotations

from cosmemory.engines.files.log import Log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.engines.files.lock import Lock


def append(lock: Lock, path: str, data: bytes, *, durability: str = "full") -> int:
    """Append entries, a checked page path taken for granted; the log's new length."""
    log = Log(lock, path, durability)
    lock.acquire()
    try:
        if lock.unfinished:
            from cosmemory.engines.files import intent

            intent.finish(lock, durability)
        return log.put(data)[0]
    finally:
        lock.release()
        log.close()
