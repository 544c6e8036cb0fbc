"""What tools and people saved by hand, noticed at once and brought together with what they did not know of."""

from __future__ import annotations

from cosmemory.maintenance.reconcile import MARK
from cosmemory.memory import Memory

AT_ONCE = 20


def noticed(memory: Memory) -> tuple[str, ...]:
    """The pages that were saved by hand since somebody looked last, recorded and reconciled.

    What was done about them is on ``memory.told``.
    """
    since = memory.store.mark(MARK)
    if not memory.store.notice():
        return ()
    found: dict[str, None] = {}
    for change in memory.store.history().revisions(limit=AT_ONCE):
        if not change.by_hand or change.number <= since:
            break
        found |= dict.fromkeys(step.path for step in change.pages)
    with memory.store.writing() as writer:
        if memory.on_edits is not None and writer.edited:
            memory.on_edits(memory, writer)
    return tuple(found)
