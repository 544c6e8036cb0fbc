"""A store in front of another that writes nothing, and reads what would have been written."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager

from cosmemory.engines.kept import KeptCopies, Shelves
from cosmemory.engines.tail import appended
from cosmemory.errors import Conflict, NotFound, no_page
from cosmemory.store import (
    NOBODY,
    Append,
    Attribution,
    Change,
    History,
    Readable,
    Remove,
    Replace,
    Revision,
    Store,
    Stored,
    Verb,
    Vitals,
    is_archived,
    is_packed,
    is_revision_of,
    open_one_by_one,
    revision_of,
    told_under,
)
from cosmemory.text.digest import log_revision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


class Rehearsal:
    """What a dry run runs on: reads come from the store behind it until a write has been rehearsed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._marks: dict[str, int] = {}
        self._shelves: Shelves = {}
        self._pages: dict[str, bytes | None] = {}

    @property
    def changes(self) -> list[tuple[str, bytes, bytes]]:
        """Each page that would differ: its path, its bytes as they are and as they would be."""
        found: list[tuple[str, bytes, bytes]] = []
        for path, after in self._pages.items():
            stored = self._store.read(path)
            before = stored.data if stored else b""
            if before != (after or b""):
                found.append((path, before, after or b""))
        return found

    def read(self, path: str) -> Stored | None:
        """The page as it would be."""
        if path not in self._pages:
            return self._store.read(path)
        data = self._pages[path]
        return None if data is None else Stored(path=path, data=data, revision=revision_of(data))

    def read_tail(self, path: str, size: int) -> tuple[bytes, int]:
        """The last bytes of a page and the offset at which they begin."""
        if path not in self._pages:
            return self._store.read_tail(path, size)
        data = self._pages[path] or b""
        return data[max(0, len(data) - size) :], max(0, len(data) - size)

    def open_read(self, path: str) -> BinaryIO:
        """A page for streaming."""
        if path not in self._pages:
            return self._store.open_read(path)
        data = self._pages[path]
        if data is None:
            raise NotFound(f"The page {path}")
        return io.BytesIO(data)

    def open_each(self, paths: Iterable[str]) -> Generator[tuple[str, Readable]]:
        """Page after page for streaming."""
        return open_one_by_one(self, paths)

    def size(self, path: str) -> int:
        """The length of a page in bytes."""
        return len(self._pages[path] or b"") if path in self._pages else self._store.size(path)

    def paths(self, *, archived: bool = False) -> tuple[str, ...]:
        """Every live page, or every archived one."""
        made = {
            path
            for path, data in self._pages.items()
            if data is not None and path.endswith(".md") and is_archived(path) == archived
        }
        gone = {path for path, data in self._pages.items() if data is None}
        return tuple(sorted(({*self._store.paths(archived=archived)} | made) - gone))

    def packed(self) -> tuple[str, ...]:
        """Every packed page, sorted."""
        made = {path for path, data in self._pages.items() if data is not None and is_packed(path)}
        gone = {path for path, data in self._pages.items() if data is None}
        return tuple(sorted(({*self._store.packed()} | made) - gone))

    def stamps(self, *, archived: bool = False) -> dict[str, str]:
        """No page: a rehearsal is checked whole."""
        del archived
        return {}

    def derived(self, name: str) -> None:
        """Nowhere: what follows from a rehearsal is kept in memory."""
        del name

    def glance(self, path: str) -> str:
        """The page's bytes by their name, once a write of them has been rehearsed."""
        if path not in self._pages:
            return self._store.glance(path)
        data = self._pages[path]
        return "" if data is None else revision_of(data)

    def remembered(self, name: str) -> bytes:
        """Nothing."""
        del name
        return b""

    def remember(self, name: str, data: bytes) -> None:
        """Keeps nothing."""

    def strangers(self) -> tuple[str, ...]:
        """Copies that editors and synchronisers left."""
        return self._store.strangers()

    def vitals(self, *, brief: bool = False) -> Vitals:
        """How the store behind fares."""
        return self._store.vitals(brief=brief)

    def notices(self) -> tuple[str, ...]:
        """What repairs the store behind had to make."""
        return self._store.notices()

    def history(self) -> History:
        """The past of the store behind: what is rehearsed does not happen."""
        return self._store.history()

    def notice(self, *, thoroughly: bool = False) -> bool:
        """Nothing: a rehearsal remembers nothing."""
        del thoroughly
        return False

    @property
    def edited(self) -> bool:
        """No: what is rehearsed examines nothing."""
        return False

    def examined(self) -> None:
        """Nothing is remembered."""

    def put_back(self, path: str, data: bytes) -> bool:
        """Whether it was put there behind."""
        return self._store.put_back(path, data)

    def copies(self, shelf: str) -> KeptCopies:
        """The copies on a shelf, those that were rehearsed among them."""
        return KeptCopies(self._shelves, shelf, lambda: True, self._store.copies(shelf))

    def append(self, path: str, data: bytes, attribution: Attribution = NOBODY) -> Revision:
        """The revision that the log would have."""
        return self.commit([Append(path=path, data=data)], attribution)[0]

    @contextmanager
    def writing(self, timeout: float | None = None) -> Iterator[Rehearsal]:
        """Itself; nothing is locked, since nothing is written."""
        del timeout
        yield self

    def made_under(self, key: str) -> frozenset[Verb]:
        """The verbs of the changes that the store behind remembers under ``key``."""
        return told_under(self.history(), key)

    def mark(self, name: str) -> int:
        """The highest number kept under a name."""
        return max(self._marks.get(name, 0), self._store.mark(name))

    def set_mark(self, name: str, value: int) -> None:
        """Keeps a number for the length of the rehearsal."""
        self._marks[name] = max(value, self.mark(name))

    def commit(self, changes: Sequence[Change], attribution: Attribution = NOBODY) -> tuple[Revision, ...]:
        """Remembers each page as it would be.

        Raises Conflict for a page that is not at its expected revision, with nothing remembered.
        """
        del attribution
        for change in changes:
            if not isinstance(change, Append):
                self._compare(change)
        return tuple(self._kept(change) for change in changes)

    def _compare(self, change: Replace | Remove) -> None:
        stored = self.read(change.path)
        if not is_revision_of(change.expected, stored.data if stored else None):
            raise Conflict(change.path, change.expected, stored.revision if stored else None)

    def _kept(self, change: Change) -> Revision:
        if isinstance(change, Remove):
            self._pages[change.path] = None
            return ""
        if isinstance(change, Replace):
            self._pages[change.path] = change.data
            return revision_of(change.data)
        stored = self.read(change.path)
        if stored is None:
            raise no_page(change.path)
        after = stored.data + appended(stored.data, change.data)
        self._pages[change.path] = after
        return log_revision(len(after), after)
