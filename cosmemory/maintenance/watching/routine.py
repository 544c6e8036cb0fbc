"""What is done when its time has come: checkpoints, the rotation of the log, the figures of the machine.

Whether it is due is read from what it leaves behind, under the lock: so it is done once by however many look, and a
restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cosmemory.document.sections import has_section
from cosmemory.kinds import COS_STATE, LOG_PATH, cos_state
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import CosState
from cosmemory.maintenance.checkpoint_shelf import (
    SHELF,
    Checkpoint,
    holds_the_present,
    newest_made,
    refuse_damaged,
    with_manifest,
)
from cosmemory.maintenance.checkpoints import make
from cosmemory.maintenance.processes import machine
from cosmemory.maintenance.retention import prune
from cosmemory.maintenance.rotation import rotate, this_week
from cosmemory.maintenance.watching.told import DONE, Told
from cosmemory.memory import Memory
from cosmemory.reader import Reader
from cosmemory.text.counted import counted
from cosmemory.transaction import Transaction

NOTES = "On time."


def _is_due(memory: Reader, last: Checkpoint | None) -> bool:
    age = int(memory.now().timestamp()) - last.at if last else None
    return age is None or age >= memory.settings.watch_checkpoint_minutes * 60


def is_due(memory: Memory) -> bool:
    """Whether the last checkpoint is too old."""
    if not memory.settings.watch_checkpoint_minutes or not memory.store.paths():
        return False
    return _is_due(memory, newest_made(memory))


def is_kept(memory: Memory) -> bool:
    """Whether the last checkpoint has the pages as they are."""
    last = newest_made(memory)
    return last is not None and holds_the_present(memory, last)


def keep_in_time(memory: Memory) -> Iterator[Told]:
    """A checkpoint, proved to be sound; old ones go to the archive."""

    def verb(transaction: Transaction) -> Checkpoint | None:
        if not _is_due(transaction.memory, newest_made(transaction.memory)):
            return None  # somebody else has just made one
        return make(transaction, notes=NOTES)

    made = memory.run(verb, operation="checkpoint create").result
    if made is None:
        return
    yield Told(sort=DONE, text=f"{made.name} made")
    refuse_damaged(memory, with_manifest(memory, made))
    moved = prune(memory).archived
    if moved:
        yield Told(
            sort=DONE, text=f"{counted(len(moved), 'old checkpoint')} moved from {SHELF}/ to the archive"
        )


def rotate_in_time(memory: Memory) -> Iterator[Told]:
    """Past weeks of the log moved to their archives."""
    if not memory.settings.watch_rotate or memory.store.read(LOG_PATH) is None:
        return
    for each in rotate(memory).result.archived:
        yield Told(sort=DONE, text=f"{counted(each.entries, 'entry', 'entries')} moved to {each.path}")


def week(memory: Memory) -> str:
    """The week for which a rotation is done once."""
    return this_week(memory)


def measure_in_time(memory: Memory) -> Iterator[Told]:
    """Memory and load of the machine on the page of the state, where it has a place for them."""
    minutes = memory.settings.watch_resource_minutes
    if not minutes or memory.store.read(COS_STATE.path) is None:
        return
    period = timedelta(minutes=minutes)
    if not _must_measure(memory.read(COS_STATE.path), memory.now(), period):
        return
    seen = machine()
    used, load = seen.memory, None if seen.load is None else round(seen.load, 2)

    def verb(transaction: Transaction) -> str:
        state: CosState = transaction.read(COS_STATE.path)
        if not _must_measure(state, transaction.now, period):
            return ""
        transaction.replace(COS_STATE.path, cos_state.measure_resources(state, used, load, transaction.now))
        said = ", ".join(
            ([f"Memory {used}%"] if used is not None else [])
            + ([f"CPU load {load}"] if load is not None else [])
        )
        event = Event(time=transaction.now, type="metrics", action="Resources checked", outcome=said)
        transaction.append(event)
        return said

    said = memory.run(verb, operation="resources").result
    if said:
        yield Told(sort=DONE, text=f"resources checked: {said}")


def _must_measure(state: CosState, now: datetime, period: timedelta) -> bool:
    if not has_section(state, "resource_status"):
        return False
    status = state.resource_status
    if status.origin is not None and "last_check" not in status.origin.places:
        return False  # whoever wrote the page wants none
    last = status.last_check
    return not isinstance(last, datetime) or last > now or now - last >= period
