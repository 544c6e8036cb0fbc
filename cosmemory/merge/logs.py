"""A log in three versions: its entries as they were appended by both sides, none lost and none split."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from cosmemory.document.values import time_of
from cosmemory.frozen import frozen
from cosmemory.kinds.coordination_log import ENTRY
from cosmemory.kinds.log_archive import Entry, archive_text, entry_texts, proof_of
from cosmemory.merge.lines import merge_lines
from cosmemory.merge.pieces import Piece, settled_or_clash
from cosmemory.merge.sequences import ordered
from cosmemory.merge.singles import chosen
from cosmemory.merge.strategies import Merging

EntryKey = tuple[str, str]

_UNTIMED = time_of(0)


@frozen(eq=False)
class LogEntry:
    """An entry with what a person wrote behind it, up to the next one."""

    entry: Entry
    behind: str = ""

    @property
    def text(self) -> str:
        """The entry as it stands."""
        return self.entry.text

    @property
    def said(self) -> str:
        """What it says, the blank lines behind it left out."""
        return self.entry.text.rstrip()

    @property
    def at(self) -> datetime:
        """When it happened; long ago where that cannot be read."""
        return self.entry.event.time if isinstance(self.entry.event.time, datetime) else _UNTIMED


Entries = dict[EntryKey, LogEntry]


def parted_log(text: str) -> tuple[str, Entries]:
    """What stands above the entries of a log, and these: by what they say, equal ones by number."""
    first = ENTRY.search(text)
    if first is None:
        return text, {}
    held = entry_texts(text)
    ends = [*(entry.span.start for entry in held[1:]), len(text)]
    seen: Counter[str] = Counter()
    found: Entries = {}
    for entry, end in zip(held, ends, strict=True):
        each = LogEntry(entry, text[entry.span.end : end])
        found[each.said, str(seen[each.said])] = each
        seen[each.said] += 1
    return text[: first.start()], found


def merge_entries(merging: Merging, base: Entries, ours: Entries, theirs: Entries) -> list[Piece]:
    """The entries of both sides in their order; what both appended in one place stands by its time."""
    mine, yours = _edited(base, ours), _edited(base, theirs)
    times = {key: entry.at for side in (mine, yours) for key, entry in side.items()}
    pieces: list[Piece] = []
    for key in ordered(list(base), list(mine), list(yours), rank=times.__getitem__):  # type: ignore[arg-type]
        assert isinstance(key, tuple)
        pieces += _entry(merging, base.get(key), mine.get(key), yours.get(key))
    return _parted(pieces)


def _edited(base: Entries, side: Entries) -> Entries:
    """``side`` with an entry that somebody changed under the key that it had: the one of its time and type."""
    gone = _by_stamp(base, side)
    come = _by_stamp(side, base)
    keys: dict[EntryKey, EntryKey] = {}
    for stamp, new in come.items():
        old = gone.get(stamp, [])
        if len(old) == len(new) == 1:
            keys[new[0]] = old[0]
    return {keys.get(key, key): entry for key, entry in side.items()} if keys else side


def _by_stamp(held: Entries, other: Mapping[EntryKey, LogEntry]) -> dict[tuple[object, ...], list[EntryKey]]:
    found: dict[tuple[object, ...], list[EntryKey]] = defaultdict(list)
    for key, each in held.items():
        if key not in other:
            found[each.entry.event.time, each.entry.event.type].append(key)
    return found


def _entry(
    merging: Merging, base: LogEntry | None, ours: LogEntry | None, theirs: LogEntry | None
) -> Iterable[Piece]:
    side = ours or theirs
    assert side is not None
    where = f"events.{side.entry.text.partition(chr(10))[0].lstrip('# ')}"
    if ours is None or theirs is None:
        if base is None:
            return [side.text + side.behind]
        if side.said == base.said and side.behind.strip() == base.behind.strip():
            return []
        b, o, t = (each.text + each.behind if each else None for each in (base, ours, theirs))
        return [settled_or_clash(merging, where, b, o, t)]
    said = chosen(base.said if base else None, ours.said, theirs.said)
    behind = merge_lines(merging, where, base.behind if base else None, ours.behind, theirs.behind)
    if said is None:
        return [
            settled_or_clash(merging, where, base.text if base else None, ours.text, theirs.text),
            *behind,
        ]
    kept = theirs if said != ours.said else ours
    text = chosen(base.text if base else None, ours.text, theirs.text)
    return [kept.text if text is None or text.rstrip() != said else text, *behind]


def _parted(pieces: list[Piece]) -> list[Piece]:
    """The entries with a blank line between any two: the last one of a page may have none behind it."""
    return [
        piece + "\n"
        if isinstance(piece, str) and number + 1 < len(pieces) and piece.endswith("---\n")
        else piece
        for number, piece in enumerate(pieces)
    ]


def merged_archive(week: str, ours: str, theirs: str, text: str) -> str | None:
    """The archive of the entries in ``text`` with a header that proves them; None if a side had no such."""
    proofs = [proof_of(each) for each in (ours, theirs)]
    if any(proof is None or not proof.sound for proof in proofs):
        return None
    held = entry_texts(text)
    return archive_text(week, held) if "".join(entry.text for entry in held) == text else None
