"""The board: values that agents share by key, each with who wrote it last, its version and how long it holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from cosmemory.document.fields import Record, column, label, table
from cosmemory.document.json_values import DATA, Data
from cosmemory.document.values import COUNT, TIME, Raw
from cosmemory.errors import InvalidValue, StaleVersion
from cosmemory.frozen import frozen, replace
from cosmemory.syntax.escape import is_empty, normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Time = datetime | Raw | None
Number = int | Raw | None

# What tells when the page was changed.
STAMP = ("last_updated",)


@frozen(kw_only=True)
class Entry(Record):
    """One shared value; its time to live is in seconds, counted from when it was written."""

    key: str | None = column("Key", required=True)
    value: Data | None = column("Value", DATA, required=True)
    writer: str | None = column("Writer", required=True)
    version: Number = column("Version", COUNT, required=True)
    updated: Time = column("Updated", TIME, required=True)
    time_to_live: Number = column("Time To Live", COUNT, aliases=("TTL",))


@frozen(kw_only=True)
class Board(Record):
    """The page ``board.md``."""

    last_updated: Time = label(
        "Last Updated", TIME, aliases=("Updated",), required=True, derived=True, style="{}: {}"
    )
    entries: tuple[Entry, ...] = table("Entries", Entry, key="key", required=True)


def ages(board: Board) -> bool:
    """Whether the page may become a finding with nobody changing it: a value whose time runs out."""
    return any(entry.time_to_live is not None for entry in board.entries)


def expires(entry: Entry) -> datetime | None:
    """When ``entry`` ends to hold; None for one that holds until it is removed."""
    if not isinstance(entry.time_to_live, int) or not isinstance(entry.updated, datetime):
        return None
    try:
        return entry.updated + timedelta(seconds=entry.time_to_live)
    except OverflowError:
        return None  # longer than there are dates


def holds(entry: Entry, at: datetime) -> bool:
    """Whether ``entry`` is there for those who read at ``at``."""
    end = expires(entry)
    return end is None or at < end


def version_of(entry: Entry | None) -> int:
    """The version of ``entry``; 0 for none, and for one whose version cannot be read."""
    return entry.version if entry is not None and isinstance(entry.version, int) else 0


def standing(board: Board, key: str) -> Entry | None:
    """The entry ``key`` on the page, whether it still holds or not; the case of letters tells no keys apart."""
    word = key.lower()
    return next((each for each in board.entries if (each.key or "").lower() == word), None)


def entry_named(board: Board, key: str, at: datetime) -> Entry | None:
    """The entry ``key``, if there is one that holds at ``at``."""
    found = standing(board, key)
    return found if found is not None and holds(found, at) else None


def checked_key(key: str) -> str:
    """``key`` as it is written on the page.

    Raises InvalidValue for what says nothing.
    """
    key = normalise(key)
    if is_empty(key):
        raise InvalidValue("the key", f"{key!r} names nothing", "Give a word, such as plan.")
    return key


def refuse_other_version(board: Board, key: str, version: int | None, at: datetime) -> None:
    """Refuses a change that was made for another version of ``key``; 0 stands for a key that is not there.

    Raises StaleVersion.
    """
    current = version_of(entry_named(board, key, at))
    if version is not None and version != current:
        raise StaleVersion(key, version, current)


def put(board: Board, entry: Entry, at: datetime, spent: int) -> Board:
    """``board`` with ``entry`` in the place of its key, one version on, and without what no longer holds.

    ``spent`` is the highest version of any key that was taken away: a key that comes back is not at a version that
    somebody has seen it at.
    """
    old = standing(board, entry.key or "")
    kept = tuple(each for each in board.entries if each is old or holds(each, at))
    if old is None:
        return replace(board, entries=(*kept, replace(entry, version=spent + 1, updated=at)))
    new = replace(
        old,
        value=entry.value,
        writer=entry.writer,
        version=version_of(old) + 1,
        updated=at,
        time_to_live=entry.time_to_live,
    )
    return replace(board, entries=tuple(new if each is old else each for each in kept))


def without(board: Board, keys: frozenset[str]) -> Board:
    """``board`` less the entries of ``keys``, given in small letters."""
    return replace(
        board, entries=tuple(each for each in board.entries if (each.key or "").lower() not in keys)
    )


def expired(board: Board, at: datetime) -> tuple[Entry, ...]:
    """The entries that no longer hold."""
    return tuple(each for each in board.entries if not holds(each, at))


def matches(entry: Entry, pattern: str) -> bool:
    """Whether the key of ``entry`` matches a shell ``pattern``, in whatever case."""
    from fnmatch import fnmatchcase

    return fnmatchcase((entry.key or "").lower(), pattern.lower())


def value_of(entry: Entry) -> Any:
    """What Python has for the value of ``entry``."""
    return entry.value.value if isinstance(entry.value, Data) else None
