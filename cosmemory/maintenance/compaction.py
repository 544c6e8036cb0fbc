"""A checkpoint before the context of an agent is cut, as bounded as those that people make."""

from __future__ import annotations

from cosmemory.maintenance.checkpoint_shelf import listed
from cosmemory.maintenance.checkpoints import keep, tell
from cosmemory.memory import Memory
from cosmemory.transaction import Transaction

OPERATION = "hook compaction"


def checkpoint(memory: Memory) -> str:
    """All pages kept, and old checkpoints put away; the new one's name, empty where there is a fresh one."""

    def verb(transaction: Transaction) -> str:
        settings = transaction.memory.settings
        now = int(transaction.now.timestamp())
        newest = next(iter(listed(transaction.memory)), None)
        if newest is not None and 0 <= now - newest.at < settings.checkpoint_fresh * 60:
            return ""
        made = keep(transaction.memory, before="compaction")
        pages = len(made.manifest.files) if made.manifest is not None else 0
        tell(transaction, f"Made {made.name}", f"{pages} pages", "before the context is compacted")
        return made.name

    name = memory.run(verb, operation=OPERATION).result
    if name and len(listed(memory)) > memory.settings.checkpoints_kept:
        from cosmemory.maintenance.retention import prune

        prune(memory)
    return name
