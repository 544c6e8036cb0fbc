"""The spool: what every change did, appended to ``.cosmemory/spool`` before it is made and settled after it.

A line ``cosmemory-spool 1 NAME`` opens the file. A record is a line ``R LENGTH CHECK``, then its payload, then ``K``
once the change was made, or ``V`` where it was not; a record without either is that of a writer that was killed,
and whoever holds the lock next settles it by what stands on the pages. Nothing here waits for the disk: a process
that dies loses none of it, a power cut may. The journal takes the records over and empties the file.
"""

from __future__ import annotations

import os

from cosmemory.engines.files.disk import let_go, write_all
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cosmemory.engines.files.lock import Lock

NAME = "spool"
JOURNAL = "journal.sqlite"
TITLE = b"cosmemory-spool 1 "
NAMED = len(TITLE) + 17  # so long is the first line
KEPT = b"K\n"
VOID = b"V\n"
CLOSED = -1
EDITED, FOUND = "edited by hand", "first seen"  # what a person, or nobody we know, did
OURS, BY_HAND, FIRST_SEEN, EXAMINED = "-", "h", "n", "e"  # the sorts of record
NONE = "-"  # the revision of a page that is not there
UNKNOWN = ""
OPEN_SPOOL = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Spool:
    """The end of the spool in the hands of a writer, who holds the lock whenever this is used.

    What cannot be recorded is told as a notice: history must not keep anybody from writing a page.
    """

    __slots__ = ("_begun", "_descriptor", "_file", "_follows", "end", "lock", "mode", "settled")

    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self.settled = True
        self._descriptor = CLOSED
        self._follows = -1
        self.mode = 0
        self._begun = 0
        self._file = 0, 0
        self.end = 0

    def __del__(self) -> None:
        if (
            let_go is not None
        ):  # a module that ends with Python has no names left, and the descriptor ends too
            self.close()

    @property
    def closed(self) -> bool:
        """Whether nothing can be recorded, or not any more."""
        return self._descriptor == CLOSED

    def close(self) -> None:
        """Let go of the file; the next record opens it again."""
        descriptor, self._descriptor = self._descriptor, CLOSED
        if descriptor != CLOSED:
            let_go(descriptor)

    def opened(self) -> int:
        """The file, with its first line, open and that of this name; -1 where there can be none.

        ``settled`` says whether the last record in it is.
        """
        if self._descriptor != CLOSED and self._follows == self.lock.follows:
            return self._descriptor
        try:
            if not self._still_that_file():
                self.close()
                self._open()
        except OSError as error:
            self._give_up(error)
        return self._descriptor

    def begin(self, told: bytes, steps: Iterable[bytes], modes: int = 0o666) -> None:
        """Record a change about to be made: its head and what it does to each page.

        ``modes`` are the permissions that all its pages give.
        """
        payload = b"".join([told, *steps])
        descriptor = self.opened()
        if descriptor == CLOSED:
            return
        record = b"R %x %s\n%s" % (len(payload), sha256_hex(payload)[:8].encode(), payload)
        try:
            if self.mode & ~modes:
                # The past of a page must not be open to more people than the page.
                self.mode &= modes
                os.fchmod(descriptor, self.mode)
            self._begun = self.end
            write_all(descriptor, record)
            self.settled = False
            self.end = self._begun + len(record)
        except OSError as error:
            self._take_back()
            self._give_up(error)

    def settle(self, mark: bytes = KEPT) -> None:
        """Say of the last record that its change was made, or was not."""
        if self._descriptor == CLOSED or self.settled:
            return
        try:
            write_all(self._descriptor, mark)
            self.settled = True
            self.end += len(mark)
        except OSError as error:
            self._give_up(error)

    def lasts(self) -> bool:
        """Make all that was recorded durable; whether it is."""
        if self._descriptor == CLOSED:
            return False
        try:
            os.fsync(self._descriptor)
            folder = os.open(self.lock.folder, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            self._give_up(error)
        return self._descriptor != CLOSED

    def cut(self, end: int) -> bool:
        """Cut off what a crash left of a record or a mark; whether that is done."""
        try:
            os.ftruncate(self._descriptor, end)
        except OSError:
            return False
        self.end = end
        return True

    def begin_anew(self) -> str:
        """Empty the file, when all of it has gone to the journal; its new name.

        Raises OSError.
        """
        descriptor = self.opened()
        line = first_line()
        try:
            os.ftruncate(descriptor, 0)
            write_all(descriptor, line)
        except OSError:
            self.close()  # records after no first line, or a part of it, could not be read
            raise
        self.end = len(line)
        self.settled = True
        return line[len(TITLE) : -1].decode()

    def _still_that_file(self) -> bool:
        """Whether the open file is the one of that name, whose end others may have moved since."""
        if self._descriptor == CLOSED:
            return False
        try:
            found = os.stat(f"{self.lock.folder}/{NAME}", follow_symlinks=False)
        except FileNotFoundError:
            return False
        if (found.st_ino, found.st_dev) != self._file or found.st_nlink != 1 or found.st_size < NAMED:
            return False
        self._follows = self.lock.follows
        self._find_end(found.st_size)
        return True

    def _find_end(self, size: int) -> None:
        self.end = size
        # With a part of its first line alone, what follows could not be read: that is not settled either.
        self.settled = size == NAMED or os.pread(self._descriptor, 2, max(0, size - 2)) in (KEPT, VOID)

    def _open(self) -> None:
        folder = os.stat(self.lock.folder)
        path = f"{self.lock.folder}/{NAME}"
        descriptor = self._descriptor = os.open(path, OPEN_SPOOL, folder.st_mode & 0o660)
        self._follows = self.lock.follows
        status = os.fstat(descriptor)
        if status.st_nlink != 1 or status.st_mode & 0o170000 != 0o100000:
            raise OSError(0, "it is not a plain file of one name")
        self.mode = status.st_mode & 0o777
        self._file = status.st_ino, status.st_dev
        if status.st_size == 0:
            write_all(descriptor, first_line())
        self._find_end(status.st_size or NAMED)

    def _take_back(self) -> None:
        """Cut off the part of a record that the disk did not take: what follows it could not be read."""
        try:
            os.ftruncate(self._descriptor, self._begun)
        except OSError:
            pass  # whoever reads it stops at the part, and the journal begins a new file

    def _give_up(self, error: OSError) -> None:
        self.close()
        self.settled = True
        self.lock.notices.append(f"The history could not be written: {error.strerror or error}.")


def first_line() -> bytes:
    """The line that opens a spool, with a name that no other has."""
    return TITLE + os.urandom(8).hex().encode() + b"\n"


def head(at: int | str, actor: str, operation: str, message: str, sort: str = OURS) -> bytes:
    """The first line of a payload: who made a change, when and why."""
    return (
        "\t".join([sort, str(at), plain(actor), plain(operation), plain(message)]).encode(
            "utf-8", "backslashreplace"
        )
        + b"\n"
    )


def step(
    kind: str, path: str, before: str, after: str, length: int, start: int, removed: bytes, inserted: bytes
) -> bytes:
    """What a change does to one page, which has that length then.

    ``S`` puts bytes in the place of others, ``A`` appends some, ``F`` is a whole text.
    """
    line = f"{kind}\t{plain(path)}\t{before}\t{after}\t{length}\t{start}\t{len(removed)}\t{len(inserted)}\n"
    return line.encode("utf-8", "surrogateescape") + removed + inserted


def appended(path: str, after: str, start: int, data: bytes) -> bytes:
    """The step that puts entries at the end of a log of that length."""
    return step("A", path, UNKNOWN, after, start + len(data), start, b"", data)


def spliced(path: str, before: bytes | None, after: bytes | None, was: str, now: str) -> bytes:
    """The step from one text of a page to another; None is no page."""
    new = after or b""
    return step("S", path, was, now, len(new), *spliced_at(before or b"", new))


def spliced_at(old: bytes, new: bytes) -> tuple[int, bytes, bytes]:
    """Where one text parts from another, what it has there, and what the other has in its place."""
    start, ending = _alike(old, new)
    return start, old[start : len(old) - ending], new[start : len(new) - ending]


def whole(path: str, data: bytes | None, now: str) -> bytes:
    """The whole text of a page, where it is not known what it was before."""
    return step("F", path, UNKNOWN, now, len(data or b""), 0, b"", data or b"")


def _alike(old: bytes, new: bytes) -> tuple[int, int]:
    """The lengths of what two texts begin with, and after that end with, alike."""
    least = min(len(old), len(new))
    start = _shared(least, lambda low, high: old[low:high] == new[low:high])
    rest = least - start
    a, b = len(old), len(new)
    ending = _shared(rest, lambda low, high: old[a - high : a - low] == new[b - high : b - low])
    return start, ending


def _shared(most: int, same: Callable[[int, int], bool]) -> int:
    """How much is the same, at most ``most``, found by halving."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def plain(text: str) -> str:
    """Text without what parts fields and records."""
    if "\t" in text or "\n" in text or "\r" in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
