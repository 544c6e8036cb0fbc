"""Backups: the same copies as checkpoints, outside the memory."""

from __future__ import annotations

from contextlib import ExitStack

from cosmemory.errors import Damaged, ReadOnly
from cosmemory.maintenance.checkpoint_shelf import Checkpoint, faults_of
from cosmemory.maintenance.checkpoints import free_name, take
from cosmemory.maintenance.manifest import MANIFEST
from cosmemory.memory import Memory
from cosmemory.store import Copies


def back_up(memory: Memory, copies: Copies, name: str = "") -> Checkpoint:
    """A copy of all pages among ``copies``, read again and held against its manifest.

    Without a ``name`` it gets one from the time. Raises Refused for a name that is taken, Damaged for a copy that
    does not read back.
    """
    at = int(memory.now().timestamp())
    with ExitStack() as held:
        try:
            held.enter_context(memory.store.writing())
        except ReadOnly:
            pass  # where nobody can write, nothing changes meanwhile
        chosen = name or free_name("backup", at, set(copies.names()))
        manifest = take(memory, copies, chosen, at=at, notes=memory.message)
    faults = faults_of(copies, chosen)
    if faults:
        raise Damaged(f"{chosen}/{MANIFEST}", 1, faults[0].rstrip("."), "Make it again, on another disk.")
    return Checkpoint(name=chosen, shelf="", at=at, manifest=manifest)
