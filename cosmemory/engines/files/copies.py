"""Whole copies of pages as folders of plain files: made under a temporary name, durable, and only then called so."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cosmemory.engines.files import folder, litter
from cosmemory.engines.files.disk import let_go, refusal, write_all
from cosmemory.engines.files.flush import can_sync_all, sync_all
from cosmemory.engines.files.folder import OPEN_FOLDER
from cosmemory.engines.files.lock import Lock, try_lock
from cosmemory.engines.files.replace import MAKE_PAGE, OPEN_PAGE
from cosmemory.errors import Locked, NotFound, NotSaved, Refused, Unsafe
from cosmemory.frozen import field, slotted
from cosmemory.store import Readable, check_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

BLOCK = 1 << 16
# So many files are synced one by one. Of more the disk is told once, whatever else it has to write then.
FEW = 64
_made = [0]


@slotted
class FilesCopies:
    """The copies in one folder; `like` is the folder of the live pages, whose modes theirs follow.

    Without a lock they stand outside any memory, in a folder that is there already.
    """

    root: str
    shelf: str
    like: str
    durability: str = "full"
    lock: Lock | None = None

    def names(self) -> tuple[str, ...]:
        """The copies there are, sorted; one that is being made has no name yet."""
        try:
            above = folder.enter(self.root, self._parts)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise refusal(self.shelf, error) from error
        try:
            with os.scandir(above) as entries:
                found = [
                    each.name
                    for each in entries
                    if each.is_dir(follow_symlinks=False) and not each.name.startswith(".")
                ]
        except OSError as error:
            raise refusal(self.shelf, error) from error
        finally:
            let_go(above)
        return tuple(sorted(found))

    def paths(self, name: str) -> tuple[str, ...]:
        """The files of a copy, sorted, whatever they are."""
        _check_name(name)
        try:
            above = folder.enter(self.root, [*self._parts, name])
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise refusal(self._place(name), error) from error
        try:
            return tuple(sorted(_files_below(above, "")))
        except OSError as error:
            raise refusal(self._place(name), error) from error
        finally:
            let_go(above)

    def open_read(self, name: str, path: str) -> BinaryIO:
        """A file of a copy for streaming.

        Raises NotFound when there is none, Unsafe for what is no plain file.
        """
        _check_name(name)
        check_path(path)
        *parts, leaf = path.split("/")
        try:
            inside = folder.enter(self.root, [*self._parts, name, *parts])
            try:
                descriptor = os.open(leaf, OPEN_PAGE, dir_fd=inside)
            finally:
                let_go(inside)
        except FileNotFoundError:
            raise NotFound(f"The file {self._place(name)}/{path}") from None
        except OSError as error:
            raise refusal(f"{self._place(name)}/{path}", error) from error
        if os.fstat(descriptor).st_mode & 0o170000 != 0o100000:
            let_go(descriptor)
            raise Unsafe(f"{self._place(name)}/{path}", "it is not a plain file")
        return os.fdopen(descriptor, "rb")

    def keep(self, name: str, files: Iterable[tuple[str, Readable]]) -> None:
        """Makes a copy of what is read from `files`: whole and durable when this returns, or not there.

        Raises Refused for a name that is taken, NotSaved for what the disk refuses.
        """
        _check_name(name)
        self._refuse_without_lock(name)
        try:
            with self._entered(self._parts, make=self.lock is not None) as above:
                if self.lock is None:
                    _clear_abandoned(above)
                if litter.stands_in(above, name):
                    raise Refused(f"There is a {self._place(name)} already.", "Give it another name.")
                self._keep(above, name, files)
        except FileNotFoundError as error:
            # No page is missing: the folder that was to take the copy is gone, or takes none.
            raise NotSaved(self._place(name), error.strerror or str(error)) from error
        except OSError as error:
            raise refusal(self._place(name), error) from error

    def move(self, name: str, shelf: str) -> None:
        """Moves a copy to another shelf of the same memory, whole, in one step.

        Raises NotFound where there is none, Refused for a name that is taken there.
        """
        _check_name(name)
        self._refuse_without_lock(name)
        try:
            with self._entered(self._parts) as here, self._entered(shelf.split("/"), make=True) as there:
                if litter.stands_in(there, name):
                    raise Refused(f"There is a {shelf}/{name} already.", "Give one of the two another name.")
                os.rename(name, name, src_dir_fd=here, dst_dir_fd=there)
                if self.durability != "none":
                    # There first: what is refused then stands in both places for a disk that forgets, or in one.
                    os.fsync(there)
                    os.fsync(here)
        except FileNotFoundError:
            raise NotFound(f"The copy {self._place(name)}") from None
        except OSError as error:
            raise refusal(self._place(name), error) from error

    @property
    def _parts(self) -> list[str]:
        return self.shelf.split("/") if self.shelf else []

    def _place(self, name: str) -> str:
        return f"{self.shelf}/{name}" if self.shelf else name

    def _refuse_without_lock(self, name: str) -> None:
        if self.lock is not None and not self.lock.held:
            raise NotSaved(self._place(name), "the lock was given back")

    @contextmanager
    def _entered(self, parts: list[str], *, make: bool = False) -> Iterator[int]:
        inside = folder.enter(self.root, parts, make=make)
        try:
            yield inside
        finally:
            let_go(inside)

    def _keep(self, above: int, name: str, files: Iterable[tuple[str, Readable]]) -> None:
        _made[0] += 1
        temporary = f"{litter.PREFIX}{os.getpid()}-{_made[0]}{litter.UNFINISHED}"
        if self.lock is not None:
            self.lock.note("/".join([*self._parts, temporary]))
        tree = _Tree(above, temporary, self.like, durable=self.durability != "none")
        try:
            tree.fill(files)
            os.rename(temporary, name, src_dir_fd=above, dst_dir_fd=above)
            if tree.durable:
                _fsync_or_take_back(above, temporary, name)
        except BaseException:
            self._give_up(above, temporary)
            raise

    def _give_up(self, above: int, temporary: str) -> None:
        try:
            litter.remove_tree(temporary, above)
        except FileNotFoundError:
            pass  # it never was
        except OSError:
            if self.lock is not None:
                self.lock.disown()  # the next holder of the lock tries again


def _clear_abandoned(above: int) -> None:
    """Remove what killed ones left where no memory's lock is held; the folder's own is held till it is closed.

    Raises Locked where somebody else is making a copy there.
    """
    try:
        if not try_lock(above):
            raise Locked("another backup to the same folder", 0)
    except OSError:
        return  # a file system without locks: what is left there stays
    with os.scandir(above) as entries:
        found = [each.name for each in entries if litter.is_unfinished(each.name)]
    for name in found:
        litter.remove_tree(name, above)


def _fsync_or_take_back(above: int, temporary: str, name: str) -> None:
    try:
        os.fsync(above)
    except OSError:
        os.rename(name, temporary, src_dir_fd=above, dst_dir_fd=above)  # what is refused must not look done
        raise


@slotted
class _Tree:
    """A folder that is being filled, and what of it is not durable yet."""

    above: int
    name: str
    like: str
    durable: bool
    together: bool = False  # durable by one call for all
    shared: int = 0o066  # what every file so far lets others do
    waiting: list[int] = field(default_factory=list)
    folders: list[tuple[str, ...]] = field(default_factory=list)

    def fill(self, files: Iterable[tuple[str, Readable]]) -> None:
        """Every file written, then every file and folder durable."""
        os.mkdir(self.name, 0o700, dir_fd=self.above)
        self.folders.append(())
        at: tuple[str, ...] = ()
        inside = self._enter(at)
        try:
            for path, file in files:
                check_path(path)
                *parts, leaf = path.split("/")
                if tuple(parts) != at:
                    let_go(inside)
                    at, inside = tuple(parts), self._made(tuple(parts))
                self._write(inside, leaf, file)
            self._let_files_go()
        finally:
            let_go(inside)
            while self.waiting:
                let_go(self.waiting.pop())
        for made in sorted(self.folders, key=len, reverse=True):
            self._finish(made)
        if self.together:
            sync_all(self.above)

    def _enter(self, parts: tuple[str, ...]) -> int:
        inside = os.open(self.name, OPEN_FOLDER, dir_fd=self.above)
        for part in parts:
            outer, inside = inside, os.open(part, OPEN_FOLDER, dir_fd=inside)
            let_go(outer)
        return inside

    def _made(self, parts: tuple[str, ...]) -> int:
        """A folder of the tree, made with those above it."""
        for count in range(1, len(parts) + 1):
            if parts[:count] not in self.folders:
                outer = self._enter(parts[: count - 1])
                try:
                    os.mkdir(parts[count - 1], 0o700, dir_fd=outer)
                finally:
                    let_go(outer)
                self.folders.append(parts[:count])
        return self._enter(parts)

    def _write(self, inside: int, leaf: str, file: Readable) -> None:
        status = _status(file)
        if status is not None:
            self.shared &= status.st_mode
        mode = 0o600 | self.shared if status is None else status.st_mode & 0o777
        # With its own mode at once: nobody else can look into a folder that is being filled.
        descriptor = os.open(leaf, MAKE_PAGE, mode, dir_fd=inside)
        self.waiting.append(descriptor)
        while block := file.read(BLOCK):
            write_all(descriptor, block)
        made = os.fstat(descriptor)
        like = status or os.fstat(inside)
        if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
            folder.give(descriptor, like.st_uid, like.st_gid)
        if made.st_mode & 0o777 != mode:
            os.fchmod(descriptor, mode)
        if len(self.waiting) >= FEW:
            self.together = self.durable and can_sync_all(self.above)
            self._let_files_go()

    def _let_files_go(self) -> None:
        while self.waiting:
            if self.durable and not self.together:
                os.fsync(self.waiting[0])
            os.close(self.waiting.pop(0))

    def _finish(self, parts: tuple[str, ...]) -> None:
        """A folder with the mode and owner that the live one has; one that is gone was for its owner alone."""
        inside = self._enter(parts)
        try:
            try:
                like = os.stat("/".join([self.like, *parts]), follow_symlinks=False)
                made = os.fstat(inside)
                if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
                    folder.give(inside, like.st_uid, like.st_gid)
                os.fchmod(inside, like.st_mode & 0o7777 | 0o700)
            except FileNotFoundError:
                pass
            if self.durable and not self.together:
                os.fsync(inside)
        finally:
            let_go(inside)


def _status(file: Readable) -> os.stat_result | None:
    """What the file system says of what is read; None for bytes in memory."""
    try:
        return os.fstat(file.fileno())
    except OSError as error:
        if error.errno is None:  # io.UnsupportedOperation
            return None
        raise


def _files_below(inside: int, below: str) -> Iterator[str]:
    with os.scandir(inside) as entries:
        found = [(each.name, each.is_dir(follow_symlinks=False)) for each in entries]
    for name, is_folder in found:
        if not is_folder:
            yield below + name
            continue
        deeper = os.open(name, OPEN_FOLDER, dir_fd=inside)
        try:
            yield from _files_below(deeper, f"{below}{name}/")
        finally:
            let_go(deeper)


def _check_name(name: str) -> None:
    check_path(name, new=True)
    if "/" in name or name.startswith("."):
        raise Unsafe(name, "it is not the name of a copy")
