"""A log as a writer holds it: whole entries go to its end by one write, and stand in the file of that name."""

from __future__ import annotations

import os

from cosmemory.engines.files.disk import let_go, open_log, refusal, write_all
from cosmemory.engines.tail import in_style_of
from cosmemory.errors import NotSaved, Unsafe
from cosmemory.text.digest import log_revision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from cosmemory.engines.files.lock import Lock

    Ready = tuple[os.stat_result, bytes, int, bytes]
else:
    Protocol = object

TAIL = 4096
CLOSED = -1
REPLACED_TIMES = 5


class Recorder(Protocol):
    """Whoever remembers what is appended."""

    def begin_append(self, told: bytes, path: str, start: int, data: bytes, after: str) -> None:
        """Remember entries that are about to be written at that offset, and the log's revision then."""

    def settle(self, *, made: bool) -> None:
        """Remember whether they were."""


class Log:
    """A log kept open between appends; each one makes sure that it still is the file of that name."""

    __slots__ = ("_descriptor", "_durable", "_file", "_inode", "_sound", "lock", "path", "recorder")

    def __init__(
        self, lock: Lock, path: str, durability: str = "full", recorder: Recorder | None = None
    ) -> None:
        self.lock = lock
        self.recorder = recorder
        self.path = path
        self._durable = durability != "none"
        self._file = f"{lock.root}/{path}"
        self._descriptor = CLOSED
        self._inode = 0
        self._sound = False  # until it was looked over once since the machine started

    def __del__(self) -> None:
        if (
            let_go is not None
        ):  # a module that ends with Python has no names left, and the descriptor ends too
            self.close()

    def close(self) -> None:
        """Let go of the descriptor; the next append opens it again."""
        descriptor, self._descriptor = self._descriptor, CLOSED
        if descriptor != CLOSED:
            let_go(descriptor)  # whatever had to last was made durable before it was acknowledged

    def put(self, data: bytes, told: bytes = b"") -> str:
        """Append under the lock, already held; the log's new revision. The history tells of it what ``told`` says."""
        try:
            for _ in range(REPLACED_TIMES):
                placed = self._put_recorded(data, told)
                if placed is not None:
                    return placed
                self.close()
        except OSError as error:
            self.close()
            raise refusal(self.path, error) from error
        raise NotSaved(self.path, "another program keeps replacing it")

    def ready(self) -> tuple[bytes, int, bytes]:
        """What must stand before the next entry, the log's length, and its last bytes; under the lock."""
        try:
            for _ in range(REPLACED_TIMES):
                found = self._ready()
                if found is not None:
                    return found[1:]
                self.close()
        except OSError as error:
            self.close()
            raise refusal(self.path, error) from error
        raise NotSaved(self.path, "another program keeps replacing it")

    def put_again(self, data: bytes, length: int, closing: int) -> None:
        """Make sure that what an intent appends to a log of that length stands in it once, and durably.

        The first `closing` bytes end the entry before; they go where a person closed that entry since.
        """
        for _ in range(REPLACED_TIMES):
            if self._put_again(data, length, closing):
                return
            self.close()
        raise NotSaved(self.path, "another program keeps replacing it")

    def _put_again(self, data: bytes, length: int, closing: int) -> bool:
        from cosmemory.engines.tail import is_part

        if self._descriptor == CLOSED:
            self._descriptor = open_log(self.lock.root, self.path)
        descriptor = self._descriptor
        size = os.fstat(descriptor).st_size
        standing = os.pread(descriptor, len(data) + 1, length)
        recent = os.pread(descriptor, 4 * len(data), max(0, size - 4 * len(data)))
        if standing[: len(data)] != data and size >= length and is_part(standing, data):
            os.ftruncate(descriptor, length)  # what a crash left of these entries
        elif standing[: len(data)] == data or data[closing:].strip() in recent:
            if self._durable:
                os.fsync(descriptor)  # written; whether durably, nobody knows
            return os.stat(self._file).st_ino == os.fstat(descriptor).st_ino
        try:
            return self._put_recorded(data[closing:], b"") is not None
        except OSError:
            _take_back(descriptor, length, data)  # the pages that go with it are not changed either
            raise

    def _ready(self) -> Ready | None:
        descriptor = self._descriptor
        if descriptor == CLOSED:
            descriptor = self._descriptor = open_log(self.lock.root, self.path)
        status = os.fstat(descriptor)
        if status.st_nlink != 1:
            if status.st_nlink == 0:
                return None  # replaced since the last append: open the new one
            _check_links(self.lock.root, self.path, status.st_ino)
        length = status.st_size
        closing = b""
        if length > TAIL and not self._sound:
            length = self._look_over(length)
        tail = os.pread(descriptor, TAIL, length - TAIL if length > TAIL else 0)
        if not tail.endswith(b"\n---\n\n") or b"\0" in tail:
            from cosmemory.engines.files import torn

            closing, length = torn.repair(self.lock, descriptor, self.path, length)
            tail = os.pread(descriptor, TAIL, max(0, length - TAIL))
        return status, closing, length, tail

    def _look_over(self, length: int) -> int:
        """Mend what a power cut left further up than every append looks; the log's length then."""
        if not self.lock.logs_are_sound():
            from cosmemory.engines.files import torn

            length = torn.repair_hole(self.lock, self._descriptor, self.path, length)
            self.lock.call_logs_sound()
        self._sound = True
        return length

    def _put_recorded(self, data: bytes, told: bytes) -> str | None:
        ready = self._ready()
        if ready is None:
            return None
        _, closing, length, tail = ready
        data = closing + in_style_of(tail, data)
        revision = log_revision(length + len(data), (tail + data)[-TAIL:])
        if self.recorder is None:
            return revision if self._write(ready, data) else None
        self.recorder.begin_append(told, self.path, length, data, revision)
        # Where this is refused the entries may stand all the same: whoever writes next settles that by the log.
        placed = self._write(ready, data)
        self.recorder.settle(made=placed)
        return revision if placed else None

    def _write(self, ready: Ready, data: bytes) -> bool:
        status, _, length, _ = ready
        descriptor = self._descriptor
        try:
            if os.write(descriptor, data) != len(data):
                write_all(descriptor, data[os.fstat(descriptor).st_size - length :])
        except OSError:
            _take_back(descriptor, length, data)
            raise
        if self._durable:
            os.fsync(descriptor)  # when it fails nothing is cut off: what is on the disk is unknown then
        now = os.stat(self._file)
        replaced = (now.st_ino, now.st_dev) != (status.st_ino, status.st_dev)
        if replaced or (
            now.st_size != length + len(data) and os.pread(descriptor, len(data), length) != data
        ):
            # An editor saved its own copy meanwhile: an entry that is acknowledged must stand in that one,
            # and once. Saved in place before our write, it has our entry at its own end.
            _take_back(descriptor, length if replaced else now.st_size - len(data), data)
            return False
        return True


def _take_back(descriptor: int, length: int, data: bytes) -> None:
    """Cut off the part of an entry that the disk did not take, if that and nothing else stands there."""
    if length < 0:
        return  # the log is shorter than the entry
    part = os.pread(descriptor, len(data) + 1, length)
    if part and data.startswith(part):
        os.ftruncate(descriptor, length)


def _check_links(root: str, path: str, inode: int) -> None:
    from cosmemory.engines.files import litter
    from cosmemory.engines.files.folder import enter

    folder = enter(root, path.split("/")[:-1])
    try:
        litter.release_link(folder, inode)
        if os.stat(path.rsplit("/", 1)[-1], dir_fd=folder).st_nlink > 1:
            raise Unsafe(path, "it has a second name (a hard link)")
    finally:
        let_go(folder)
