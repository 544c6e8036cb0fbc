"""The files engine: a memory as a folder of Markdown files, read without a lock and written through one door."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cosmemory.engines.files import cache, listing, marks
from cosmemory.engines.files.disk import refusal, unread
from cosmemory.engines.files.lock import FOLDER, INTENT, Lock
from cosmemory.engines.files.log import TAIL, Log
from cosmemory.engines.files.replace import Found, check_names, current, find, open_page, replace
from cosmemory.engines.tail import in_style_of
from cosmemory.errors import Conflict, EditedMeanwhile, NotSaved, no_page
from cosmemory.frozen import field, slotted
from cosmemory.store import (
    NOBODY,
    PACKED,
    Append,
    Attribution,
    Change,
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
)
from cosmemory.text.digest import log_revision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from typing import BinaryIO

    from cosmemory.engines.files.copies import FilesCopies
    from cosmemory.engines.files.past import Past
    from cosmemory.engines.files.recalled import FilesHistory, Known
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

            done = intent.finish(self.lock, self.durability)
            if done is not None:
                self._past.finished(done)

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


@slotted
class FilesWriter:
    """The right to write a folder's pages, while its store's lock is held."""

    store: FilesStore
    _seen: dict[str, Found | None] = field(default_factory=dict)

    def read(self, path: str) -> Stored | None:
        """The page as it is now."""
        check_path(path)
        try:
            found = self._seen[path] = find(self.store.root, path)
        except OSError as error:
            raise unread(path, error) from error
        return Stored(path=path, data=found.data, revision=found.revision) if found else None

    def made_under(self, key: str) -> frozenset[Verb]:
        """The verbs of the changes that are remembered under ``key``."""
        from cosmemory.engines.files.repeated import made_under

        self.store._past.heads()  # noqa: SLF001  # which settles what a killed writer recorded
        return made_under(f"{self.store.root}/{FOLDER}", key)

    def mark(self, name: str) -> int:
        """The highest number kept under a name, 0 when there is none."""
        return self.store.mark(name)

    @property
    def edited(self) -> bool:
        """Whether somebody saved a page by hand, and nobody has examined that yet."""
        return self.store._past.edited  # noqa: SLF001

    def examined(self) -> None:
        """Remember that every edit by hand so far was examined."""
        self.store._past.examined()  # noqa: SLF001

    def set_mark(self, name: str, value: int) -> None:
        """Keep a number under a name unless a higher one is kept already."""
        self._refuse_without_lock(marks.NAME)
        marks.raise_to(self.store.lock, name, value)

    def commit(self, changes: Sequence[Change], attribution: Attribution = NOBODY) -> tuple[Revision, ...]:
        """Make all changes or none; the new revisions in order, "" for a page removed.

        Raises Conflict for a page that is not at its expected revision, EditedMeanwhile when it was until
        somebody without the lock saved it, NotFound for a log that is not there.
        """
        if not changes:
            return ()
        self._refuse_without_lock(changes[0].path)
        merged = one_each(changes)
        self.store._finish()  # noqa: SLF001  # what an earlier commit under this very lock could only record
        try:
            if len(merged) == 1:
                landed: tuple[Revision, ...] = (self._make(merged[0], attribution),)
            else:
                landed = self._make_together(merged, attribution)
        except OSError as error:
            if len(merged) > 1 and isinstance(error, FileNotFoundError):
                raise NotSaved("The change", "a folder of the memory was deleted meanwhile") from error
            raise refusal(merged[0].path if len(merged) == 1 else "The change", error) from error
        revisions = {change.path: revision for change, revision in zip(merged, landed, strict=True)}
        return tuple(revisions[change.path] for change in changes)

    def _refuse_without_lock(self, path: str) -> None:
        if not self.store.lock.held:
            raise NotSaved(
                path, "the lock was given back, or this process was forked from the one that has it"
            )

    def _make(self, change: Change, told: Attribution) -> Revision:
        from cosmemory.engines.files.past import Turned

        store = self.store
        if isinstance(change, Append):
            return store._log(change.path).put(change.data, store._past.head_of(told))  # noqa: SLF001
        before = self._before(change)
        data = change.data if isinstance(change, Replace) else None
        with store._past.remembering(told, [Turned(change.path, before, data)]):  # noqa: SLF001
            replace(store.lock, change.path, data, before, store.durability)
        return "" if data is None else revision_of(data)

    def _make_together(self, changes: Sequence[Change], told: Attribution) -> tuple[Revision, ...]:
        from cosmemory.engines.files import intent
        from cosmemory.engines.files.past import Extended, Turned

        store = self.store
        steps: list[intent.Step] = []
        turned: list[Extended | Turned] = []
        stand: dict[str, Found | None] = {}
        for change in changes:
            if isinstance(change, Append):
                closing, length, tail = store._log(change.path).ready()  # noqa: SLF001
                entries = in_style_of(tail, change.data)
                data = closing + entries
                steps.append(intent.step_for_log(change.path, entries, length, closing))
                revision = log_revision(length + len(data), (tail + data)[-TAIL:])
                turned.append(Extended(change.path, length, data, revision))
            else:
                new = change.data if isinstance(change, Replace) else None
                before = stand[change.path] = self._before(change)
                check_names(store.root, change.path, before)
                steps.append(intent.step_for(change.path, new, before))
                turned.append(Turned(change.path, before, new))
        together = intent.Intent(told=told, steps=tuple(steps))
        with store._past.remembering(told, turned):  # noqa: SLF001
            intent.carry_out(store.lock, together, store.durability, stand)
        return tuple(each.after for each in turned)

    def _before(self, change: Replace | Remove) -> Found | None:
        """The page as it stands, if it is the one that the change was made from."""
        check_path(change.path, new=change.expected is None)
        believed = self._seen.get(change.path)
        found = current(self.store.root, change.path, believed)
        revision = found.revision if found else None
        if change.expected == revision or is_revision_of(change.expected, found.data if found else None):
            return found
        read = believed is not None and is_revision_of(change.expected, believed.data)
        raise (EditedMeanwhile if read else Conflict)(change.path, change.expected, revision)
