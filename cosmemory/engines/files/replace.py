"""The one write door for a whole page: compared, written beside it, made durable, exchanged, compared again."""

from __future__ import annotations

import errno
import os

from cosmemory.engines.files import folder, litter, salvage
from cosmemory.engines.files.disk import let_go, read_all, write_all
from cosmemory.engines.files.exchange import LINKS_MISSING, exchange, rename_unless_there
from cosmemory.engines.files.lock import Lock
from cosmemory.errors import EditedMeanwhile, Unsafe
from cosmemory.frozen import frozen, slotted
from cosmemory.store import Revision, revision_of

OPEN_PAGE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
MAKE_PAGE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@frozen()
class Found:
    """A page as it was when we read it: its bytes, its revision and what the file system said of its file."""

    path: str
    data: bytes
    revision: Revision
    status: os.stat_result


@slotted
class _Staged:
    """A page's new text, complete and durable under a temporary name, waiting to take the page's place."""

    path: str
    name: str
    temporary: str
    folder: int
    before: Found | None
    after: bytes | None
    kept: bool = False  # the temporary file may hold a person's text


def find(root: str, path: str) -> Found | None:
    """The page at a path as it is, or None; no link leads out of the root, nothing but a plain file is read."""
    try:
        real, descriptor = _open_page(root, path)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        if status.st_mode & 0o170000 != 0o100000:
            raise Unsafe(path, "it is not a plain file")
        data = read_all(descriptor)
        return Found(real, data, revision_of(data), status)
    finally:
        let_go(descriptor)


def current(root: str, path: str, believed: Found | None) -> Found | None:
    """The page as it is now; what was read before, if the file system says that nothing happened since."""
    if believed is not None:
        try:
            now = os.stat(f"{root}/{believed.path}", follow_symlinks=False)
        except FileNotFoundError:
            return None
        if _mark(now) == _mark(believed.status):
            return believed
    return find(root, path)


def stage(root: str, place: str, data: bytes, before: Found, *, durable: bool) -> None:
    """A page's text written to a temporary file beside it, for `replace` to put in its place later."""
    *parts, name = before.path.split("/")
    inside = folder.enter(root, parts)
    try:
        temporary = place.rpartition("/")[2]
        _write_beside(_Staged(before.path, name, temporary, inside, before, data), data, durable)
    finally:
        let_go(inside)


def replace(
    lock: Lock,
    path: str,
    data: bytes | None,
    before: Found | None,
    durability: str,
    written: str = "",
) -> None:
    """A page's text in the place of the one found before; None for a page that is new, or that goes.

    A text that is ``written`` to a file beside the page already is not written again, and when it cannot be put in
    the page's place, it stays there.

    Raises EditedMeanwhile when somebody else saved the page since, with their text in its place.
    """
    *parts, name = (before.path if before else path).split("/")
    beside = written.split("/")
    ready = written != "" and beside[:-1] == parts
    temporary = beside[-1] if ready else f"{litter.PREFIX}{os.getpid()}-{lock.number}{litter.SUFFIX}"
    inside = folder.enter(lock.root, parts, make=before is None)
    staged = _Staged(path, name, temporary, inside, before, data)
    stays = ready
    try:
        if before is not None:
            _refuse_second_names(inside, name, path, before)
        noted = "/".join([*parts, temporary])
        if not ready:
            lock.note(noted)
        if data is not None and not ready:
            _write_beside(staged, data, durable=durability != "none")
        if before is not None:
            after = "" if data is None else revision_of(data)
            lock.note(salvage.armed(noted, before.revision, after, name))
        _place(staged)
        if durability == "full":
            _make_durable(staged)
        stays = False
    finally:
        if staged.kept:
            lock.disown()  # the next holder of the lock gives back what could not be put back now
        elif not stays:
            # Last, so that a writer killed before its page was durable can be told from one that had done.
            _drop(staged)
        let_go(inside)


def _drop(staged: _Staged) -> None:
    for _ in range(2):  # the note of the next page of one change names another file: this is the time to try
        try:
            os.unlink(staged.temporary, dir_fd=staged.folder)
        except FileNotFoundError:
            return
        except OSError:
            continue
        return


def open_page(root: str, path: str) -> int:
    """A descriptor of a page for reading, a plain file."""
    descriptor = _open_page(root, path)[1]
    if os.fstat(descriptor).st_mode & 0o170000 != 0o100000:
        os.close(descriptor)
        raise Unsafe(path, "it is not a plain file")
    return descriptor


def _open_page(root: str, path: str) -> tuple[str, int]:
    try:
        if "/" not in path:
            return path, os.open(f"{root}/{path}", OPEN_PAGE)
        *parts, name = path.split("/")
        inside = folder.enter(root, parts)
        try:
            return path, os.open(name, OPEN_PAGE, dir_fd=inside)
        finally:
            let_go(inside)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        real = folder.resolve_inside(root, path)  # a link inside the root stays, and what it names is meant
        if real == path:
            raise
        return _open_page(root, real)


def _place(staged: _Staged) -> None:
    if staged.before is None:
        _place_new(staged)
    elif staged.after is None:
        _take_away(staged, staged.before)
    else:
        _place_over(staged, staged.before)


def _make_durable(staged: _Staged) -> None:
    try:
        os.fsync(staged.folder)
    except BaseException:
        _put_back(staged)  # what is refused must not look done
        raise


def _write_beside(staged: _Staged, data: bytes, durable: bool) -> None:
    like = staged.before.status if staged.before else os.fstat(staged.folder)
    mode = like.st_mode & (0o7777 if staged.before else 0o666)
    try:
        descriptor = os.open(staged.temporary, MAKE_PAGE, mode & 0o777, dir_fd=staged.folder)
    except FileExistsError:
        os.unlink(staged.temporary, dir_fd=staged.folder)  # of a dead process whose number we were given
        descriptor = os.open(staged.temporary, MAKE_PAGE, mode & 0o777, dir_fd=staged.folder)
    try:
        made = os.fstat(descriptor)
        if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
            folder.give(descriptor, like.st_uid, like.st_gid)
        if made.st_mode & 0o7777 != mode:
            os.fchmod(descriptor, mode)
        if staged.before is not None and hasattr(os, "listxattr"):
            _keep_attributes(staged, descriptor)
        write_all(descriptor, data)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep_attributes(staged: _Staged, descriptor: int) -> None:
    """Access lists and other attributes of the page, which a new file does not have by itself."""
    place = f"/proc/self/fd/{staged.folder}/{staged.name}"
    try:
        for name in os.listxattr(place):
            os.setxattr(descriptor, name, os.getxattr(place, name))
    except OSError:
        pass  # a file system without attributes, or one that keeps them to itself


def _place_over(staged: _Staged, before: Found) -> None:
    try:
        # Writing took its time. Who saved meanwhile must not find our text in the place of theirs, not even for
        # the instant until it is put back: they would go on from it.
        if _mark(os.stat(staged.name, dir_fd=staged.folder, follow_symlinks=False)) != _mark(before.status):
            raise EditedMeanwhile(staged.path, before.revision, "")
        exchanged = exchange(staged.temporary, staged.name, staged.folder)
    except FileNotFoundError:
        raise EditedMeanwhile(staged.path, before.revision, None) from None
    if not exchanged:
        _rename_over(staged, before)
        return
    try:
        taken = _bytes_of(staged, staged.temporary)
    except BaseException:
        _put_back(staged)  # what cannot be judged is not ours to take
        raise
    if taken != before.data:
        _put_back(staged)
        raise EditedMeanwhile(staged.path, before.revision, revision_of(taken))


def _rename_over(staged: _Staged, before: Found) -> None:
    """The best where two names cannot change places: look once more, then rename."""
    now = os.stat(staged.name, dir_fd=staged.folder, follow_symlinks=False)
    if now.st_ino != before.status.st_ino or _bytes_of(staged, staged.name) != before.data:
        raise EditedMeanwhile(staged.path, before.revision, "")
    os.rename(staged.temporary, staged.name, src_dir_fd=staged.folder, dst_dir_fd=staged.folder)


def _place_new(staged: _Staged) -> None:
    try:
        os.link(staged.temporary, staged.name, src_dir_fd=staged.folder, dst_dir_fd=staged.folder)
    except FileExistsError:
        raise EditedMeanwhile(staged.path, None, "") from None
    except OSError as error:
        if error.errno not in LINKS_MISSING:
            raise
        if not rename_unless_there(staged.temporary, staged.name, staged.folder):
            raise EditedMeanwhile(staged.path, None, "") from None


def _take_away(staged: _Staged, before: Found) -> None:
    try:
        os.rename(staged.name, staged.temporary, src_dir_fd=staged.folder, dst_dir_fd=staged.folder)
    except FileNotFoundError:
        raise EditedMeanwhile(staged.path, before.revision, None) from None
    try:
        taken = _bytes_of(staged, staged.temporary)
    except BaseException:
        _put_back(staged)
        raise
    if taken != before.data:
        _put_back(staged)
        raise EditedMeanwhile(staged.path, before.revision, revision_of(taken))


def _put_back(staged: _Staged) -> None:
    """The page as it was before we took it, or as a person saved it since; nothing of theirs is given up."""
    staged.kept = staged.before is not None  # until it is seen that nothing of theirs is in our hands
    try:
        if staged.before is None:
            if _bytes_of(staged, staged.name) == staged.after:
                os.unlink(staged.name, dir_fd=staged.folder)
        elif staged.after is None:
            _link_back(staged)
        else:
            _exchange_back(staged, staged.after)
        staged.kept = False
    except OSError:
        pass  # the caller raises what went wrong first; the next holder of the lock tries again


def _exchange_back(staged: _Staged, after: bytes) -> None:
    try:
        exchange(staged.temporary, staged.name, staged.folder)
    except FileNotFoundError:
        _link_back(staged)  # a person took the page away meanwhile, as some editors do before they save
        return
    if _bytes_of(staged, staged.temporary) != after:
        # Saved a second time between the two exchanges: the newest is what a person expects to find.
        exchange(staged.temporary, staged.name, staged.folder)


def _link_back(staged: _Staged) -> None:
    try:
        os.link(staged.temporary, staged.name, src_dir_fd=staged.folder, dst_dir_fd=staged.folder)
    except FileExistsError:
        pass  # saved again since: the newest is what a person expects to find
    except OSError as error:
        if error.errno not in LINKS_MISSING:
            raise
        rename_unless_there(staged.temporary, staged.name, staged.folder)


def _bytes_of(staged: _Staged, name: str) -> bytes:
    descriptor = os.open(name, OPEN_PAGE, dir_fd=staged.folder)
    try:
        return read_all(descriptor)
    finally:
        let_go(descriptor)


def check_names(root: str, path: str, before: Found | None) -> None:
    """Refuse a page with a second name, before any page that goes with it is changed."""
    if before is None or before.status.st_nlink == 1:
        return
    *parts, name = before.path.split("/")
    inside = folder.enter(root, parts)
    try:
        _refuse_second_names(inside, name, path, before)
    finally:
        let_go(inside)


def _refuse_second_names(inside: int, name: str, path: str, before: Found) -> None:
    if before.status.st_nlink == 1:
        return
    litter.release_link(inside, before.status.st_ino)
    try:
        links = os.stat(name, dir_fd=inside, follow_symlinks=False).st_nlink
    except FileNotFoundError:
        raise EditedMeanwhile(path, before.revision, None) from None
    if links > 1:
        raise Unsafe(path, "it has a second name (a hard link), which would keep the old text")


def _mark(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
