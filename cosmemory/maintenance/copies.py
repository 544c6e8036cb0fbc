"""Earlier texts of a page, wherever they were kept: in the history, in checkpoints and in backups made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import merge
from itertools import accumulate

from cosmemory.errors import NotFound, Unsafe
from cosmemory.frozen import frozen
from cosmemory.maintenance.checkpoint_shelf import ARCHIVE_SHELF, SHELF, reading
from cosmemory.memory import Memory
from cosmemory.pattern import pattern

SHELVES = (SHELF, ARCHIVE_SHELF, "backups")
# `checkpoint_20261121_060000`, and `20261121-060000` as people call their backups.
_MOMENT = pattern(r"(\d{8})[-_](\d{6})")


@frozen(kw_only=True)
class Copy:
    """A text of a page at some time (in seconds since the epoch, 0 where nobody knows), and where it is kept."""

    source: str
    at: int
    data: bytes


def copies_of(memory: Memory, path: str) -> Iterator[Copy]:
    """The earlier texts of the page at ``path``, newest first, read when they are asked for."""
    return merge(_in_history(memory, path), _in_folders(memory, path), key=lambda each: -each.at)


def _in_history(memory: Memory, path: str) -> Iterator[Copy]:
    history = memory.store.history()
    changes = history.revisions(path)
    # A clock that went back makes no text newer than those that came after it.
    times = list(accumulate((change.attribution.at for change in reversed(changes)), max))
    for change, at in zip(changes, reversed(times), strict=True):
        try:
            data = history.text(path, change.number)
        except NotFound:
            continue  # retention took it; an older one may be in a checkpoint
        if data is not None:
            yield Copy(source=f"change #{change.number}", at=at, data=data)


def _in_folders(memory: Memory, path: str) -> Iterator[Copy]:
    found = [(_seconds(name), shelf, name) for shelf in SHELVES for name in _names(memory, shelf)]
    for at, shelf, name in sorted(found, reverse=True):
        try:
            with reading(memory.store.copies(shelf), name, path) as file:
                data = file.read()
        except (NotFound, Unsafe):
            continue  # not one that cannot be read now: an older text would be taken for the newest
        yield Copy(source=f"{shelf}/{name}/{path}", at=at, data=data)


def _names(memory: Memory, shelf: str) -> tuple[str, ...]:
    try:
        return memory.store.copies(shelf).names()
    except Unsafe:
        return ()  # a link to another place


def _seconds(name: str) -> int:
    """When a copy was made, as its name tells."""
    told = _MOMENT.search(name)
    if told is None:
        return 0
    try:
        moment = datetime.strptime("".join(told.groups()), "%Y%m%d%H%M%S")  # noqa: DTZ007 - said in the next line
    except ValueError:
        return 0
    return int(moment.replace(tzinfo=UTC).timestamp())
