"""A store in front of another that writes nothing and remembers what would have been written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from cosmemory.engines.tail import in_style_of
from cosmemory.errors import Conflict
from cosmemory.store import (
    Append,
    Change,
    Remove,
    Revision,
    Store,
    Stored,
    is_revision_of,
    log_revision,
    revision_of,
)


class Rehearsal:
    """What a dry run runs on: reads come from the store behind it, writes end here."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._marks: dict[str, int] = {}
        self.changes: list[tuple[str, bytes, bytes]] = []

    def read(self, path: str) -> Stored | None:
        """The page as the store behind has it."""
        return self._store.read(path)

    def read_tail(self, path: str, size: int) -> tuple[bytes, int]:
        """The last bytes of a page and the offset at which they begin."""
        return self._store.read_tail(path, size)

    def open_read(self, path: str) -> BinaryIO:
        """A page for streaming."""
        return self._store.open_read(path)

    def size(self, path: str) -> int:
        """The length of a page in bytes."""
        return self._store.size(path)

    def paths(self) -> tuple[str, ...]:
        """Every live page."""
        return self._store.paths()

    def strangers(self) -> tuple[str, ...]:
        """Copies that editors and synchronisers left."""
        return self._store.strangers()

    def notices(self) -> tuple[str, ...]:
        """What repairs the store behind had to make."""
        return self._store.notices()

    def append(self, path: str, data: bytes) -> Revision:
        """The revision that the log would have."""
        return self.commit([Append(path=path, data=data)])[0]

    @contextmanager
    def writing(self, timeout: float | None = None) -> Iterator[Rehearsal]:
        """Itself; nothing is locked, since nothing is written."""
        del timeout
        yield self

    def mark(self, name: str) -> int:
        """The highest number kept under a name."""
        return max(self._marks.get(name, 0), self._store.mark(name))

    def set_mark(self, name: str, value: int) -> None:
        """Keeps a number for the length of the rehearsal."""
        self._marks[name] = value

    def commit(self, changes: Sequence[Change], operation: str = "", actor: str = "") -> tuple[Revision, ...]:
        """Remembers each page as it is and as it would be."""
        del operation, actor
        return tuple(self._kept(change) for change in changes)

    def _kept(self, change: Change) -> Revision:
        stored = self._store.read(change.path)
        before = stored.data if stored else b""
        if isinstance(change, Append):
            after = before + in_style_of(before, change.data)
            self.changes.append((change.path, before, after))
            return log_revision(len(after), after)
        if not is_revision_of(change.expected, stored.data if stored else None):
            raise Conflict(change.path, change.expected, stored.revision if stored else None)
        after = b"" if isinstance(change, Remove) else change.data
        self.changes.append((change.path, before, after))
        return revision_of(after) if after else ""
