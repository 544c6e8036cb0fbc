"""The operating system's calls as a writer needs them: every byte written, every refusal said in one sentence."""

from __future__ import annotations

import errno
import os

from cosmemory.errors import CosmemoryError, NotRead, NotSaved, ReadOnly, Unsafe, no_page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

OPEN_LOG = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def open_log(root: str, path: str) -> int:
    """A log for reading and appending: a plain file in plain folders, or an error."""
    try:
        if "/" in path:
            descriptor = _open_below(root, path)
        else:
            descriptor = os.open(f"{root}/{path}", OPEN_LOG)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        from cosmemory.engines.files.folder import resolve_inside

        descriptor = _open_below(root, resolve_inside(root, path))
    if os.fstat(descriptor).st_mode & 0o170000 != 0o100000:
        os.close(descriptor)
        raise Unsafe(path, "it is not a plain file")
    return descriptor


def _open_below(root: str, path: str) -> int:
    from cosmemory.engines.files.folder import enter

    *parts, name = path.split("/")
    folder = enter(root, parts)
    try:
        return os.open(name, OPEN_LOG, dir_fd=folder)
    finally:
        let_go(folder)


def let_go(descriptor: int) -> None:
    """Close what was only read, or a folder: whatever was done with it is done, even if closing is refused."""
    try:
        os.close(descriptor)
    except OSError:
        pass  # it is closed all the same


def sync_folders(root: str, folders: Iterable[str]) -> None:
    """Make the names in some folders below the root durable; one that a person took away has none."""
    from cosmemory.engines.files.folder import enter

    for path in set(folders):
        try:
            inside = enter(root, path.split("/") if path else [])
        except (FileNotFoundError, NotADirectoryError):
            continue
        try:
            os.fsync(inside)
        finally:
            let_go(inside)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte: a short write is only a part of the work."""
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, data[written:])


def read_all(descriptor: int) -> bytes:
    """Every byte of a file, from its beginning."""
    parts: list[bytes] = []
    offset = 0
    wanted = os.fstat(descriptor).st_size + 1  # one more than there is, so that one call tells the end too
    while True:
        part = os.pread(descriptor, wanted, offset)
        if not part:
            return b"".join(parts)
        parts.append(part)
        if len(part) < wanted:
            return parts[0] if len(parts) == 1 else b"".join(parts)
        offset += len(part)


def unread(path: str, error: OSError) -> CosmemoryError:
    """What a page that the disk does not give means to the one who wanted to read it."""
    found = refusal(path, error)
    return NotRead(path, found.reason) if isinstance(found, NotSaved) else found


def refusal(path: str, error: OSError) -> CosmemoryError:
    """What a failed call on a page means to the one who wanted to save it."""
    if error.errno == errno.EROFS:
        return ReadOnly("its file system is")
    if error.errno == errno.ENOENT:
        return no_page(path)
    if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.ENOTDIR, errno.ENODEV, errno.ESPIPE):
        return Unsafe(path, "it is not a plain file in plain folders")
    return NotSaved(path, error.strerror or str(error))
