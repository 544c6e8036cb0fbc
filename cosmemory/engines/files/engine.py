"""The files engine: a memory as a folder of Markdown files, read without a lock and written through one door."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cosmemory.engines.files import cache, listing, marks
from cosmemory.engines.files.disk import unread
from cosmemory.engines.files.lock import FOLDER, INTENT, Lock
from cosmemory.engines.files.log import Log
from cosmemory.engines.files.replace import find, open_page
from cosmemory.errors import no_page
from cosmemory.store import (
    NOBODY,
    PACKED,
    Attribution,
    Revision,
    Stored,
    Vitals,
    check_path,
    is_archived,
    is_packed,
    open_one_by_one,
    revision_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from typing import BinaryIO

    from cosmemory.engines.files.copies import FilesCopies
    from cosmemory.engines.files.past import Past
    from cosmemory.engines.files.recalled import FilesHistory, Known
    from cosmemory.engines.files.writer import FilesWriter
    from cosmemory.store import Readable


class FilesStore:
    """The pages of one memory in a folder."""

    def __init__(
        self, root: str, *, durability: str = "full", timeout: float = 10.0, keep_days: int = 400
    ) -> None:
        self.root = os.path.realpath(root)
        self.durability = durability
        self.lock = Lock(self.root, timeout)
        self.keep_days = keep_days
        self._remembered: Past | None = None
        self._recalled: Known | None = None
        self._logs: dict[str, Log] = {}

    def read(self, path: str) -> Stored | None:
        """The page as it is, an open intent laid over it; None when there is none."""
        check_path(path)
        try:
            found = find(self.root, path)
        except OSError as error:
            raise unread(path, error) from error
        if self._intent_is_open():
            data = self._laid_over(path, found.data if found else None)
            return None if data is None else Stored(path=path, data=data, revision=revision_of(data))
        return Stored(path=path, data=found.data, revision=found.revision) if found else None

    def read_tail(self, path: str, size: int) -> tuple[bytes, int]:
        """The last bytes of a page and the offset at which they begin."""
        with self._opened(path) as file:
            length = file.seek(0, os.SEEK_END)
            start = max(0, length - size)
            file.seek(start)
            return file.read(size), start

    def open_read(self, path: str) -> BinaryIO:
        """A page for streaming.

        Raises NotFound when there is none.
        """
        found = self._open(path)
        if found is None:
            raise no_page(path)
        return found

    def open_each(self, paths: Iterable[str]) -> Generator[tuple[str, Readable]]:
        """Page after page for streaming, each open until the next one is asked for; none that is not there."""
        if self._intent_is_open():
            return open_one_by_one(self, paths)
        from cosmemory.engines.files.series import open_each

        return open_each(self.root, paths)

    def size(self, path: str) -> int:
        """The length of a page in bytes, 0 when there is none."""
        with self._opened(path) as file:
            return file.seek(0, os.SEEK_END)

    def paths(self, *, archived: bool = False) -> tuple[str, ...]:
        """Every live page, or every archived one."""
        found = listing.pages(self.root, archived=archived)
        return self._with_open(
            found, lambda path: not path.endswith(PACKED) and is_archived(path) == archived
        )

    def packed(self) -> tuple[str, ...]:
        """Every packed page, sorted."""
        return self._with_open(listing.packed(self.root), is_packed)

    def _with_open(self, found: tuple[str, ...], wanted: Callable[[str], bool]) -> tuple[str, ...]:
        """Paths that were found, with what a change that is half done makes of those that are wanted."""
        if not self._intent_is_open():
            return found
        from cosmemory.engines.files import intent

        opened = intent.read(self.root)
        steps = opened.steps if opened else ()
        touched = {step.path for step in steps if wanted(step.path)}
        there = {path for path in touched if self.read(path) is not None}
        return tuple(sorted({*found} - touched | there))

    def stamps(self, *, archived: bool = False) -> dict[str, str]:
        """The file and its times of each page that lay still for a moment; none while a change is half done."""
        return {} if self._intent_is_open() else listing.stamps(self.root, archived=archived)

    def derived(self, name: str) -> str | None:
        """A file below ``.cosmemory/``, where there is one or we may make it."""
        return cache.place(self.root, name)

    def glance(self, path: str) -> str:
        """The file of a page, its length and its times; every replaced page is another file."""
        check_path(path)
        try:
            found = os.stat(f"{self.root}/{path}", follow_symlinks=False)
        except OSError:
            return ""
        return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"

    def remembered(self, name: str) -> bytes:
        """What was remembered under a name, empty when nothing was."""
        return cache.read(self.root, name)

    def remember(self, name: str, data: bytes) -> None:
        """Keeps something below ``.cosmemory/``, if a writer has made that folder and we may write there."""
        cache.write(self.root, name, data)

    def strangers(self) -> tuple[str, ...]:
        """Copies that editors and synchronisers left between the pages."""
        return listing.strangers(self.root)

    def vitals(self, *, brief: bool = False) -> Vitals:
        """Sizes, the holder of the lock and the change that is half done, as they are seen from outside."""
        from cosmemory.engines.files.vitals import look

        return look(self.root, brief=brief)

    def history(self) -> FilesHistory:
        """What was changed, by whom and why, as the journal, the spool and the pages tell it."""
        from cosmemory.engines.files.recalled import recalled

        found, self._recalled = recalled(self.root, self._bytes, self._recalled)
        return found

    def notice(self, *, thoroughly: bool = False) -> bool:
        """Remember what was saved by hand since; whether there is any that nobody has examined."""
        with self.writing():
            self._past.look(thoroughly=thoroughly)
        return self._past.edited

    def put_back(self, path: str, data: bytes) -> bool:
        """Whether git put that text of a page there."""
        from cosmemory.engines.files.versions import put_there_by_git

        return put_there_by_git(self.root, path, data, stands=self._bytes(path) == data)

    def append(self, path: str, data: bytes, attribution: Attribution = NOBODY) -> Revision:
        """Whole entries at the end of a log, durable when this returns; the log's new revision."""
        self.lock.acquire()
        try:
            self._finish()
            return self._log(path).put(data, self._past.head_of(attribution))
        finally:
            self.lock.release()

    @contextmanager
    def writing(self, timeout: float | None = None) -> Iterator[FilesWriter]:
        """Holds the one lock; a change that was interrupted is finished first.

        Raises Locked when somebody else holds it for the whole wait.
        """
        from cosmemory.engines.files.writer import FilesWriter

        self.lock.acquire(timeout)
        try:
            self._finish()
            self._past.look()
            yield FilesWriter(self)
        finally:
            self.lock.release()

    def mark(self, name: str) -> int:
        """The highest number kept under a name, 0 when there is none."""
        try:
            return marks.read(self.root).get(name, 0)
        except OSError as error:
            raise unread(marks.NAME, error) from error

    def notices(self) -> tuple[str, ...]:
        """What this store had to repair, one sentence each."""
        return tuple(self.lock.notices)

    def copies(self, shelf: str) -> FilesCopies:
        """The copies in a folder of the memory."""
        from cosmemory.engines.files.copies import FilesCopies

        return FilesCopies(self.root, shelf, self.root, self.durability, self.lock)

    @property
    def _past(self) -> Past:
        """The past, which who only reads the pages does not need."""
        if self._remembered is None:
            from cosmemory.engines.files.past import Past

            self._remembered = Past(self.lock, keep_days=self.keep_days)
        return self._remembered

    def _finish(self) -> None:
        if self.lock.unfinished:
            from cosmemory.engines.files import intent

            intent.finish(self.lock, self.durability, self._past.finished)

    def _log(self, path: str) -> Log:
        if path not in self._logs:
            check_path(path)
            self._logs[path] = Log(self.lock, path, self.durability, self._past)
        return self._logs[path]

    def _intent_is_open(self) -> bool:
        return os.access(f"{self.root}/{FOLDER}/{INTENT}", os.F_OK)

    def _bytes(self, path: str) -> bytes | None:
        stored = self.read(path)
        return stored.data if stored else None

    def _laid_over(self, path: str, data: bytes | None) -> bytes | None:
        from cosmemory.engines.files import intent

        opened = intent.read(self.root)
        step = opened.of(path) if opened else None
        return step.laid_over(data) if step else data

    def _open(self, path: str) -> BinaryIO | None:
        if self._intent_is_open():
            stored = self.read(path)
            return io.BytesIO(stored.data) if stored else None
        check_path(path)
        try:
            return os.fdopen(open_page(self.root, path), "rb")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unread(path, error) from error

    @contextmanager
    def _opened(self, path: str) -> Iterator[BinaryIO]:
        with self._open(path) or io.BytesIO() as file:
            yield file
