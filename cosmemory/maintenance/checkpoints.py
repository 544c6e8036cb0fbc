"""Checkpoints: plain copies of every live page with a manifest, complete or not there, that ``cp`` alone can restore."""

from __future__ import annotations

import io
from collections.abc import Generator
from contextlib import closing, suppress

from cosmemory import clock
from cosmemory.errors import CosmemoryError, Refused
from cosmemory.kinds import COS_STATE, LOG_PATH, TEAM_ROSTER
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.checkpoint_shelf import (
    ARCHIVE_SHELF,
    EVENT,
    SHELF,
    Checkpoint,
    holds_the_present,
    listed,
    with_manifest,
)
from cosmemory.maintenance.manifest import MANIFEST, Digesting, Listed, Manifest, manifest_text
from cosmemory.memory import Memory
from cosmemory.reader import Reader
from cosmemory.store import Copies, Readable, Stored, revision_of
from cosmemory.text.counted import counted
from cosmemory.text.source import encode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.transaction import Transaction


def create(memory: Memory, *, notes: str = "", phase: str = "") -> Checkpoint:
    """A checkpoint of the pages as they stand, and then an event in the log that tells of it."""

    def verb(transaction: Transaction) -> Checkpoint:
        return make(transaction, notes=notes, phase=phase)

    return memory.run(verb, operation="checkpoint create").result


def make(transaction: Transaction, *, notes: str = "", phase: str = "") -> Checkpoint:
    """The same within a transaction."""
    made = keep(transaction.memory, notes=notes or transaction.memory.message, phase=phase)
    assert made.manifest is not None
    outcome = f"{counted(len(made.manifest.files), 'page')}, {made.manifest.size} bytes"
    tell(transaction, f"Made {made.name}", outcome, notes)
    return made


def tell(transaction: Transaction, action: str, outcome: str, notes: str = "") -> None:
    """The event of a verb, where there is a log to take it."""
    if transaction.exists(LOG_PATH):
        event = Event(
            time=transaction.now,
            type=EVENT,
            involved=transaction.memory.actor,
            action=action,
            outcome=outcome,
            notes=notes,
        )
        transaction.append(event)


def before_risk(memory: Reader, operation: str, *, exactly: bool = False) -> Checkpoint:
    """A checkpoint for the way back from ``operation``, unless a fresh one holds the same pages.

    Events of checkpoints in the log make no difference, unless it must hold them ``exactly``. Only under the
    memory's lock: a verb calls it with ``transaction.memory``.
    """
    for newest in listed(memory)[:1]:
        age = int(memory.now().timestamp()) - newest.at
        fresh = 0 <= age <= memory.settings.checkpoint_fresh * 60
        if fresh and holds_the_present(memory, newest, exactly=exactly):
            return with_manifest(memory, newest)
    return keep(memory, before=operation)


def keep(memory: Reader, *, notes: str = "", phase: str = "", before: str = "") -> Checkpoint:
    """A checkpoint of the pages as they stand; only under the memory's lock."""
    at = int(memory.now().timestamp())
    taken = {*memory.store.copies(SHELF).names(), *memory.store.copies(ARCHIVE_SHELF).names()}
    name = free_name("checkpoint", at, taken)
    manifest = take(memory, memory.store.copies(SHELF), name, at=at, notes=notes, phase=phase, before=before)
    return Checkpoint(name=name, shelf=SHELF, at=at, manifest=manifest)


def free_name(prefix: str, at: int, taken: set[str]) -> str:
    """The name of what is made at a time; the second one of a second gets a suffix."""
    moment = clock.format_time(at)
    name = f"{prefix}_{moment[:19].replace('-', '').replace(':', '').replace('T', '_')}"
    count = 1
    while (free := name if count == 1 else f"{name}-{count}") in taken:
        count += 1
    return free


def take(
    memory: Reader,
    copies: Copies,
    name: str,
    *,
    at: int,
    notes: str = "",
    phase: str = "",
    before: str = "",
) -> Manifest:
    """A copy of every live page, each read once, with the manifest as the last file.

    Raises Refused where there is no page, or one that stands where the manifest must.
    """
    found: list[Listed] = []
    made: list[Manifest] = []
    held: dict[str, list[bytes]] = {COS_STATE.path: [], TEAM_ROSTER.path: []}

    def files() -> Generator[tuple[str, Readable]]:
        paths = memory.store.paths()
        for path in paths:
            if path.lower() == MANIFEST:
                raise Refused(f"A copy holds a {MANIFEST} of its own.", f"Give the page {path} another name.")
        with closing(memory.store.open_each(paths)) as pages:  # less what a person takes away meanwhile
            for path, file in pages:
                reading = Digesting(file, held.get(path), log=path == LOG_PATH)
                yield path, reading
                found.append(reading.listed(path))
        if not found:
            raise Refused("There is no page to keep.", "cosmemory init creates what is missing.")
        things = _how_things_stand(memory, held)
        made.append(
            Manifest(
                name=name,
                created=at,
                actor=memory.actor,
                before=before,
                notes=notes,
                phase=phase,
                files=tuple(found),
                status=things["status"],
                agents=things["agents"],
            )
        )
        yield MANIFEST, io.BytesIO(encode_text(manifest_text(made[0])))

    with closing(files()) as reading_each:
        copies.keep(name, reading_each)
    return made[0]


def _how_things_stand(memory: Reader, held: dict[str, list[bytes]]) -> dict[str, str]:
    """The session's status and the number of agents, as the pages say; empty where they do not."""
    told: dict[str, Any] = {}
    for path, blocks in held.items():
        data = b"".join(blocks)
        with suppress(CosmemoryError):  # a copy of a damaged page is worth more than of none
            told[path] = memory.read_stored(Stored(path=path, data=data, revision=revision_of(data))).document
    state, roster = told.get(COS_STATE.path), told.get(TEAM_ROSTER.path)
    status = state.session_info.status if state else None
    return {
        "status": status if isinstance(status, str) else "",
        "agents": str(len(roster.active_team_members)) if roster and held[TEAM_ROSTER.path] else "",
    }
