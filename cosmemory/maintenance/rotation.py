"""The weekly rotation: entries of past ISO weeks move from the log to their week's archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cosmemory.errors import Damaged
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, LOG_PATH
from cosmemory.kinds.coordination_log import week_of
from cosmemory.kinds.log_archive import Entry, archive_text, entry_texts, proof_of, without_entries
from cosmemory.maintenance.checkpoints import before_risk
from cosmemory.memory import Memory, Outcome
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction


@frozen(kw_only=True)
class Archived:
    """A week that a rotation wrote: its archive, and how many entries went there."""

    week: str
    path: str
    entries: int


@frozen(kw_only=True)
class Rotation:
    """What a rotation moved and what stays in the log."""

    archived: tuple[Archived, ...]
    kept: int


def rotate(memory: Memory, *, expected: dict[str, str] | None = None) -> Outcome[Rotation]:
    """Past weeks moved out of the log; run again it finds nothing to do.

    A late entry goes to the archive of the week it tells of; one without a readable time stays in the log.
    The archives and the log land together, or not at all; before they do, a checkpoint of all pages is made. Raises Damaged for an archive that is no longer
    what its header says, since rewriting it would hide the damage.
    """

    def verb(transaction: Transaction) -> Rotation:
        stored = transaction.stored(LOG_PATH)
        text = decode_text(stored.data) if stored else ""
        past, kept = _parted(entry_texts(text), this_week(memory))
        if past:
            before_risk(transaction.memory, "rotate")
        archived = tuple(_archive(transaction, week, held) for week, held in sorted(past.items()))
        if archived:
            moved = [entry for held in past.values() for entry in held]
            transaction.rewrite(LOG_PATH, without_entries(text, moved))
        return Rotation(archived=archived, kept=kept)

    return memory.run(verb, expected=expected, operation="rotate")


def this_week(memory: Memory) -> str:
    """The present ISO week, ``2026-W47``."""
    year, week, _ = memory.now().isocalendar()
    return f"{year:04d}-W{week:02d}"


def _parted(held: list[Entry], current: str) -> tuple[dict[str, list[Entry]], int]:
    """The entries of past weeks, by week, and the number of those that stay."""
    past: dict[str, list[Entry]] = {}
    kept = 0
    for entry in held:
        week = week_of(entry.event)
        if week is None or week >= current:
            kept += 1
        else:
            past.setdefault(week, []).append(entry)
    return past, kept


def _archive(transaction: Transaction, week: str, late: list[Entry]) -> Archived:
    path = f"coordination-log-{week}.md"
    stored = transaction.stored(path)
    standing: list[Entry] = []
    if stored is not None:
        text = decode_text(stored.data)
        proof = proof_of(text)
        if proof is not None and not proof.sound:
            reason = f"it holds {proof.found} entries that its header does not vouch for"
            raise Damaged(path, 1, reason)
        standing = entry_texts(text)
    transaction.rewrite(path, archive_text(week, [*standing, *late]))
    return Archived(week=week, path=path, entries=len(late))


@frozen(kw_only=True)
class Verification:
    """What a check of the archives found: the entries by page, and every fault as a sentence."""

    entries: Mapping[str, int]
    faults: tuple[str, ...]


def verify(memory: Memory) -> Verification:
    """Proves that each archive is what its header says, holds its own week alone and shares no entry with the log."""
    counts: dict[str, int] = {}
    faults: list[str] = []
    log = memory.store.read(LOG_PATH)
    active = _texts(entry_texts(decode_text(log.data)) if log else [])
    counts[LOG_PATH] = active.total()
    for path in memory.store.paths():
        found = ARCHIVE.fullmatch(path)
        stored = memory.store.read(path) if found else None
        if found is None or stored is None:
            continue
        text = decode_text(stored.data)
        held = entry_texts(text)
        counts[path] = len(held)
        faults += _faults(path, found[1], text, held)
        both = (active & _texts(held)).total()
        if both:
            # An old log saved over the rotated one would be rotated, and every entry stand twice.
            faults.append(f"{path} and the log share {both} entries, which the next rotation would double.")
    return Verification(entries=counts, faults=tuple(faults))


def _texts(held: list[Entry]) -> Counter[str]:
    """The entries by their text, whatever line ends it has."""
    return Counter(entry.text.replace("\r\n", "\n").strip() for entry in held)


def _faults(path: str, week: str, text: str, held: list[Entry]) -> list[str]:
    faults: list[str] = []
    proof = proof_of(text)
    if proof is None:
        faults.append(f"{path} has no header with count and checksum.")
    elif not proof.sound:
        faults.append(
            f"{path} is damaged: its header tells of {proof.claimed} entries and {proof.found} are there, "
            "or their text has changed."
        )
    strays = [entry for entry in held if week_of(entry.event) not in {None, week}]
    if strays:
        faults.append(f"{path} holds {len(strays)} entries of another week.")
    return faults
