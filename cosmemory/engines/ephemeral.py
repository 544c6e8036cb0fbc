"""A store in a dict: the public test double, with every promise of the others but durability."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import BinaryIO

from cosmemory.engines.kept import KeptCopies, Shelves
from cosmemory.engines.recollection import Recollection
from cosmemory.engines.tail import appended
from cosmemory.errors import Conflict, Locked, NotFound, NotSaved, no_page
from cosmemory.store import (
    NOBODY,
    Append,
    Attribution,
    Change,
    Readable,
    Remove,
    Replace,
    Revision,
    Stored,
    Verb,
    Vitals,
    check_path,
    is_archived,
    is_packed,
    is_revision_of,
    one_each,
    open_one_by_one,
    revision_of,
    told_under,
)
from cosmemory.text.digest import log_revision

NOT_LIVE = ("checkpoints/", "backups/", "archive/")


class EphemeralStore:
    """Pages in memory, gone with the process."""

    def __init__(self, pages: Mapping[str, bytes] | None = None, *, timeout: float = 10.0) -> None:
        self._pages = dict(pages or {})
        self._past = Recollection()
        self._examined = 0
        self._marks: dict[str, int] = {}
        self._shelves: Shelves = {}
        self._lock = Lock()
        self._timeout = timeout

    def read(self, path: str) -> Stored | None:
        """The page, or None."""
        check_path(path)
        data = self._pages.get(path)
        return None if data is None else Stored(path=path, data=data, revision=revision_of(data))

    def read_tail(self, path: str, size: int) -> tuple[bytes, int]:
        """The last bytes of a page and the offset at which they begin."""
        check_path(path)
        data = self._pages.get(path, b"")
        return data[max(0, len(data) - size) :], max(0, len(data) - size)

    def open_read(self, path: str) -> BinaryIO:
        """A page for streaming.

        Raises NotFound when there is none.
        """
        check_path(path)
        if path not in self._pages:
            raise NotFound(f"The page {path}")
        return io.BytesIO(self._pages[path])

    def open_each(self, paths: Iterable[str]) -> Generator[tuple[str, Readable]]:
        """Page after page for streaming."""
        return open_one_by_one(self, paths)

    def size(self, path: str) -> int:
        """The length of a page in bytes."""
        check_path(path)
        return len(self._pages.get(path, b""))

    def paths(self, *, archived: bool = False) -> tuple[str, ...]:
        """Every page, sorted; what is no Markdown, or hidden, is none."""
        return tuple(
            sorted(
                path
                for path in self._pages
                if path.endswith(".md")
                and path[0] != "."
                and (is_archived(path) if archived else not path.startswith(NOT_LIVE))
            )
        )

    def packed(self) -> tuple[str, ...]:
        """Every packed page, sorted."""
        return tuple(sorted(filter(is_packed, self._pages)))

    def stamps(self, *, archived: bool = False) -> dict[str, str]:
        """No page: nothing tells what was changed here but its bytes."""
        del archived
        return {}

    def derived(self, name: str) -> None:
        """Nowhere: what is derived from a dict is kept in memory."""
        del name

    def glance(self, path: str) -> str:
        """The page's bytes by their name."""
        check_path(path)
        data = self._pages.get(path)
        return "" if data is None else revision_of(data)

    def remembered(self, name: str) -> bytes:
        """Nothing."""
        del name
        return b""

    def remember(self, name: str, data: bytes) -> None:
        """Keeps nothing."""

    def strangers(self) -> tuple[str, ...]:
        """Nothing: no editor reaches a dict."""
        return ()

    def vitals(self, *, brief: bool = False) -> Vitals:
        """The size of the pages, and whether somebody holds the lock."""
        holder = "a thread of this process" if self._lock.locked() else ""
        return Vitals(used=sum(map(len, self._pages.values())) if not brief else 0, holder=holder)

    def notices(self) -> tuple[str, ...]:
        """Nothing: nothing is ever left half done."""
        return ()

    def history(self) -> Recollection:
        """What was changed since the process began."""
        return self._past.with_present(self._pages)

    def notice(self, *, thoroughly: bool = False) -> bool:
        """Remember what was changed without a word; whether there is any that nobody has examined."""
        del thoroughly
        self._past = self.history()
        return self.edited

    @property
    def edited(self) -> bool:
        """Whether somebody changed a page without a word, and nobody has examined that yet."""
        edited = [change.number for change in self._past.changes[1:] if change.by_hand]
        return bool(edited) and edited[-1] > self._examined

    def examined(self) -> None:
        """Remember that every edit so far was examined."""
        self._examined = len(self._past.changes)

    def put_back(self, path: str, data: bytes) -> bool:
        """No: nobody keeps versions of a dict."""
        del path, data
        return False

    def copies(self, shelf: str) -> KeptCopies:
        """The copies on a shelf."""
        return KeptCopies(self._shelves, shelf, self._lock.locked)

    def append(self, path: str, data: bytes, attribution: Attribution = NOBODY) -> Revision:
        """Whole entries at the end of a log; its new revision."""
        with self.writing() as writer:
            return writer.commit([Append(path=path, data=data)], attribution)[0]

    @contextmanager
    def writing(self, timeout: float | None = None) -> Iterator[EphemeralStore]:
        """Holds the one lock.

        Raises Locked when another thread holds it for the whole wait.
        """
        waited = self._timeout if timeout is None else timeout
        if not self._lock.acquire(timeout=waited):
            raise Locked("another thread", waited)
        self._past = self.history()
        try:
            yield self
        finally:
            self._lock.release()

    def made_under(self, key: str) -> frozenset[Verb]:
        """The verbs of the changes that are remembered under ``key``."""
        return told_under(self.history(), key)

    def mark(self, name: str) -> int:
        """The highest number kept under a name."""
        return self._marks.get(name, 0)

    def set_mark(self, name: str, value: int) -> None:
        """Keeps a number under a name unless a higher one is kept."""
        self._refuse_without_lock("the marks")
        self._marks[name] = max(value, self.mark(name))

    def commit(self, changes: Sequence[Change], attribution: Attribution = NOBODY) -> tuple[Revision, ...]:
        """Writes all changes or none.

        Raises Conflict for a page that is not at its expected revision, NotFound for a log that is not there.
        """
        if not changes:
            return ()
        self._refuse_without_lock(changes[0].path)
        after = dict(self._pages)
        revisions = {change.path: _made(after, change) for change in one_each(changes)}
        self._past = self._past.with_present(self._pages).with_change(after, attribution)
        self._pages = after
        return tuple(revisions[change.path] for change in changes)

    def _refuse_without_lock(self, path: str) -> None:
        if not self._lock.locked():
            raise NotSaved(path, "the lock was given back")


def _made(pages: dict[str, bytes], change: Change) -> Revision:
    check_path(change.path, new=not isinstance(change, Append) and change.expected is None)
    before = pages.get(change.path)
    if isinstance(change, Append):
        if before is None:
            raise no_page(change.path)
        pages[change.path] = before + appended(before, change.data)
        return log_revision(len(pages[change.path]), pages[change.path])
    if not is_revision_of(change.expected, before):
        raise Conflict(change.path, change.expected, None if before is None else revision_of(before))
    if isinstance(change, Remove):
        del pages[change.path]
        return ""
    assert isinstance(change, Replace)
    pages[change.path] = change.data
    return revision_of(change.data)
