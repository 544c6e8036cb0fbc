"""The one lock of a memory: a file that is never deleted, held through the operating system, naming its holder."""

from __future__ import annotations

import errno
import os
import time
from _thread import allocate_lock, get_ident

from cosmemory.engines.files.signature import HOLDER_BYTES, boot_of, signed
from cosmemory.errors import CosmemoryError, Locked, NotFound, NotSaved, ReadOnly, Unsafe

try:
    from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock

    TRY, FREE = LOCK_EX | LOCK_NB, LOCK_UN
except ImportError:
    TRY, FREE = 6, 8

    def flock(descriptor: int, operation: int) -> None:  # type: ignore[misc]
        """The same two calls through portalocker, which knows what platforms without fcntl offer."""
        import portalocker

        try:
            if operation == FREE:
                portalocker.unlock(descriptor)
            else:
                portalocker.lock(
                    descriptor, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING
                )
        except portalocker.LockException as error:
            raise BlockingIOError(errno.EWOULDBLOCK, str(error)) from error


TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

FOLDER = ".cosmemory"
INTENT = "intent"
NOTE_BYTES = 4096
BOOT_BYTES = 16
FIRST_WAIT, LONGEST_WAIT, SENIOR_WAIT = 0.000_05, 0.002, 0.000_2
SENIOR_AFTER, SENIOR_UNTIL = 0.01, 0.3
CLOSED = -1
NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)

_open_descriptors: set[int] = set()
_forks = [0]
_locks = [0]


def _drop_inherited_descriptors() -> None:
    # A forked child shares the parent's hold: kept open it would hold the lock after the parent's death.
    for descriptor in _open_descriptors:
        os.close(descriptor)
    _open_descriptors.clear()
    _forks[0] += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drop_inherited_descriptors)


class Lock:
    """The right to write one memory: one holder among all processes and threads, waited for no longer than told."""

    __slots__ = (
        "_descriptor",
        "_device",
        "_forks",
        "_inode",
        "_line",
        "_noted",
        "_path",
        "_thread",
        "_threads",
        "folder",
        "follows",
        "notices",
        "number",
        "root",
        "timeout",
        "unfinished",
    )

    def __init__(self, root: str, timeout: float = 10.0) -> None:
        self.root = root
        self.folder = f"{root}/{FOLDER}"
        self.timeout = timeout
        self.notices: list[str] = []
        _locks[0] += 1
        self.number = _locks[0]  # two locks of one process are two holders
        self.follows = 0  # how often somebody else may have held the lock since we did
        self.unfinished = False  # an intent may be open: whoever holds the lock finishes it before writing
        self._path = f"{self.folder}/lock"
        self._descriptor = CLOSED
        self._inode = 0
        self._device = 0
        self._line = b""
        self._noted = ""
        self._forks = _forks[0]
        self._thread = 0
        self._threads = allocate_lock()

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def __del__(self) -> None:
        if None not in (os, _forks, _open_descriptors):  # they are gone where the module ends with Python
            self.close()

    @property
    def held(self) -> bool:
        """Whether this very process has the right to write; a forked child never inherits it."""
        return self._thread != 0 and self._forks == _forks[0]

    def acquire(self, timeout: float | None = None) -> None:
        """Hold the lock, or say who holds it after waiting `timeout` seconds."""
        if self._forks != _forks[0]:
            self._begin_as_child()
        waited = 0.0
        if not self._threads.acquire(False):
            waited = self._wait_for_thread(self.timeout if timeout is None else timeout)
        try:
            # The plain case in the fewest calls: free, still the file, and nobody else since we held it last.
            flock(self._descriptor, TRY)
            found = os.stat(self._path)
            known = (
                found.st_ino == self._inode
                and found.st_dev == self._device
                and os.pread(self._descriptor, HOLDER_BYTES, 0) == self._line
            )
        except (OSError, ValueError):
            known = False
        except BaseException:
            self._abandon()
            raise
        if not known:
            self._acquire_slowly(timeout, waited)
        self._thread = get_ident()

    def release(self) -> None:
        """Give the lock back; the file stays, for a deleted lock file would let two holders in."""
        if self._thread == 0 or self._forks != _forks[0]:
            return
        self._thread = 0
        try:
            flock(self._descriptor, FREE)
        except OSError:
            self.close()  # that frees it too, and what was done under it stays done
        finally:
            self._threads.release()

    def close(self) -> None:
        """Let go of the descriptor; the next acquire opens it again."""
        descriptor, self._descriptor = self._descriptor, CLOSED
        if descriptor in _open_descriptors and self._forks == _forks[0]:
            _open_descriptors.discard(descriptor)
            try:
                os.close(descriptor)
            except OSError:
                pass  # it is closed all the same, and nothing waits on its way to the disk

    def note(self, path: str) -> None:
        """Name the temporary file about to be made, so that whoever follows a dead holder finds it at once."""
        if path != self._noted:
            text = path.encode("utf-8", "surrogateescape") + b"\n"
            written = 0
            while written < len(text):
                written += os.pwrite(self._descriptor, text[written:], HOLDER_BYTES + written)
            self._noted = path

    def disown(self) -> None:
        """Let the next acquire clear what the note names, as if this holder had died."""
        _locks[0] += 1
        self.number = _locks[0]
        self._line = signed(self.number)

    def logs_are_sound(self) -> bool:
        """Whether a log was looked over since the machine started, for what a power cut may have left in it."""
        return os.pread(self._descriptor, BOOT_BYTES, HOLDER_BYTES + NOTE_BYTES) == self._this_boot()

    def call_logs_sound(self) -> None:
        """Remember that this was done; a power cut may forget it, and then it is done again."""
        os.pwrite(self._descriptor, self._this_boot(), HOLDER_BYTES + NOTE_BYTES)

    def _this_boot(self) -> bytes:
        return boot_of(self._line).ljust(BOOT_BYTES)[:BOOT_BYTES]

    def _acquire_slowly(self, timeout: float | None, waited: float) -> None:
        try:
            self._take((self.timeout if timeout is None else timeout) - waited)
        except OSError as error:
            self._abandon()
            raise _refusal(error) from error
        except BaseException:
            self._abandon()
            raise

    def _take(self, limit: float) -> None:
        asked = time.monotonic()
        if self._descriptor == CLOSED:
            self._open()
        if not try_lock(self._descriptor):
            self._wait(limit)
        while not self._is_the_file():
            # Somebody deleted .cosmemory while we waited: a hold on the old file excludes nobody.
            self.close()
            waited = time.monotonic() - asked
            if waited > limit:
                raise Locked("a program that keeps replacing the lock file", waited)
            self._open()
            if not try_lock(self._descriptor):
                self._wait(limit - waited)
        if os.pread(self._descriptor, HOLDER_BYTES, 0) != self._line:
            self._follow()

    def _is_the_file(self) -> bool:
        try:
            found = os.stat(self._path, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return (found.st_ino, found.st_dev) == (self._inode, self._device)

    def _open(self) -> None:
        flags = os.O_RDWR | NO_LINK
        try:
            if os.path.islink(self.folder):
                raise Unsafe(FOLDER, "it is a symbolic link")
            descriptor = os.open(self._path, flags)
        except FileNotFoundError:
            from cosmemory.engines.files.folder import create_own_folder

            create_own_folder(self.root, FOLDER)
            descriptor = os.open(self._path, flags)
        _open_descriptors.add(descriptor)
        self._descriptor = descriptor
        status = os.fstat(descriptor)
        if status.st_mode & 0o170000 != 0o100000 or status.st_nlink > 1:
            self.close()
            raise Unsafe(f"{FOLDER}/lock", "it is not a plain file of one name")
        self._inode, self._device = status.st_ino, status.st_dev
        self.follows += 1
        self._line = signed(self.number)

    def _wait(self, limit: float) -> None:
        # Our own short waits: a blocking call cannot be bounded, and portalocker's import alone (60 ms)
        # would cost more than thousands of hand-overs.
        started = time.monotonic()
        pause = FIRST_WAIT
        while True:
            waited = time.monotonic() - started
            if waited >= limit:
                from cosmemory.engines.files import holders

                holder = holders.seen(self._path) or holders.supposed(self._path)
                if try_lock(self._descriptor):
                    return  # who was there when we looked has gone
                raise Locked(holder.signed, waited, holder.words)
            time.sleep(min(pause, limit - waited))
            if try_lock(self._descriptor):
                return
            pause = _next_pause(pause, waited)

    def _wait_for_thread(self, limit: float) -> float:
        started = time.monotonic()
        own = self._thread == get_ident()
        if own or not self._threads.acquire(timeout=min(max(limit, 0.0), 1e6)):
            whose = "this thread" if own else "another thread"
            raise Locked(f"{whose} of process {os.getpid()}", time.monotonic() - started)
        return time.monotonic() - started

    def _follow(self) -> None:
        """Take over from another holder: clear what it left if it died, then sign the file."""
        from cosmemory.engines.files import clearing, litter

        record = os.pread(self._descriptor, HOLDER_BYTES + NOTE_BYTES, 0)
        # A change that a dead holder, or an earlier boot, left half done has its record in the intent file.
        self.unfinished = litter.stands(f"{self.folder}/{INTENT}")
        told = clearing.clear(
            self.root,
            self.folder,
            record[HOLDER_BYTES:],
            whole=boot_of(record) != boot_of(self._line),
            record=INTENT if self.unfinished else "",
        )
        self.notices.extend(told)
        self.follows += 1
        os.pwrite(self._descriptor, self._line, 0)
        self._noted = ""

    def _abandon(self) -> None:
        self._thread = 0
        self.close()  # closing the only descriptor unlocks too
        self._threads.release()

    def _begin_as_child(self) -> None:
        self._forks = _forks[0]
        self._descriptor = CLOSED
        self._thread = 0
        self._threads = allocate_lock()  # another thread of the parent may have held the old one


def try_lock(descriptor: int) -> bool:
    """Hold the lock of an open file, if nobody else does."""
    try:
        flock(descriptor, TRY)
    except OSError as error:
        if error.errno in BUSY:
            return False
        raise
    return True


def _next_pause(pause: float, waited: float) -> float:
    """How long to wait until the next look, in seconds.

    Whoever has waited for some time looks more often than those who came later: else one of many writers may miss its
    turn for half a second. It ends where somebody holds the lock for long, for then it would only cost.
    """
    if SENIOR_AFTER <= waited < SENIOR_UNTIL:
        return SENIOR_WAIT
    return min(pause * 2, LONGEST_WAIT)


def _refusal(error: OSError) -> CosmemoryError:
    if error.errno == errno.EROFS:
        return ReadOnly("its file system is")
    if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.ENOTDIR):
        return Unsafe(f"{FOLDER}/lock", "it is not a plain file of one name")
    if error.errno == errno.ENOENT:
        return NotFound("The memory's folder", "Create it with `cosmemory init`.")
    return NotSaved(f"{FOLDER}/lock", error.strerror or str(error))
