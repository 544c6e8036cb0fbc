"""Whole entries appended to a log in one call, durable when it returns."""

from __future__ import annotations

from cosmemory.engines.files.log import Log
from cosmemory.engines.files.spool import CLOSED, KEPT, VOID, Spool, appended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.engines.files.lock import Lock


FULL = 1 << 20  # where nobody else takes the spool over for so long, this does


class Appending:
    """What remembers appended entries, and nothing else."""

    __slots__ = ("spool",)

    def __init__(self, spool: Spool) -> None:
        self.spool = spool

    def begin_append(self, told: bytes, path: str, start: int, data: bytes, after: str) -> None:
        """Record entries that are about to be written."""
        if self.spool.opened() == CLOSED:
            return
        if not self.spool.settled or self.spool.end > FULL:
            from cosmemory.engines.files.past import Past

            Past(self.spool.lock, self.spool).tidy(FULL)
        self.spool.begin(told, [appended(path, after, start, data)])

    def settle(self, *, made: bool) -> None:
        """Record whether they were."""
        self.spool.settle(KEPT if made else VOID)


def append(lock: Lock, path: str, data: bytes, told: bytes, *, durability: str = "full") -> str:
    """Append entries, a checked page path taken for granted; the log's new revision.

    The history tells of it what ``told`` says.
    """
    spool = Spool(lock)
    log = Log(lock, path, durability, Appending(spool))
    lock.acquire()
    try:
        if lock.unfinished:
            from cosmemory.engines.files import intent
            from cosmemory.engines.files.past import Past

            intent.finish(lock, durability, Past(lock, spool).finished)
        return log.put(data, told)
    finally:
        lock.release()
        log.close()
