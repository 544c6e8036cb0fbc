"""Earlier texts of a page, wherever they were kept: in the history, in checkpoints and in backups made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import merge

from cosmemory.errors import NotFound
from cosmemory.frozen import frozen
from cosmemory.memory import Memory
from cosmemory.pattern import pattern

# `checkpoint_20261121_060000`, and `20261121-060000` as people call their backups.
_FOLDER = pattern(r"(checkpoints|backups)/([^/]*?(\d{8})[-_](\d{6})[^/]*|[^/]+)/")


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
    for change in history.revisions(path):
        try:
            data = history.text(path, change.number)
        except NotFound:
            continue  # retention took it; an older one may be in a checkpoint
        if data is not None:
            yield Copy(source=f"revision {change.number}", at=change.attribution.at, data=data)


def _in_folders(memory: Memory, path: str) -> Iterator[Copy]:
    found: list[tuple[int, str]] = []
    for place in memory.store.kept_apart():
        folder = _FOLDER.match(place)
        if folder is not None and place[folder.end() :] == path:
            found.append((_seconds(folder[3], folder[4]), place))
    for at, place in sorted(found, reverse=True):
        stored = memory.store.read(place)
        if stored is not None:
            yield Copy(source=place, at=at, data=stored.data)


def _seconds(day: str | None, clock: str | None) -> int:
    try:
        moment = datetime.strptime(f"{day}{clock}", "%Y%m%d%H%M%S")  # noqa: DTZ007 - said in the next line
    except ValueError:
        return 0
    return int(moment.replace(tzinfo=UTC).timestamp())


def last_checkpoint(memory: Memory) -> tuple[str, int] | None:
    """The newest checkpoint: its name and its time; None where there is none."""
    found = {
        (_seconds(folder[3], folder[4]), folder[2])
        for place in memory.store.kept_apart()
        if (folder := _FOLDER.match(place)) and folder[1] == "checkpoints"
    }
    if not found:
        return None
    at, name = max(found)
    return name, at
