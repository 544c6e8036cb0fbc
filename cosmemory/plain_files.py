"""Files named by settings and commands, read where they are plain files: a pipe would keep a reader waiting for ever."""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_plain(path: str) -> bytes:
    """Every byte of the file at ``path``; raises OSError as `open_plain` does."""
    with open_plain(path) as file:
        return file.read()


def open_plain(path: str) -> BinaryIO:
    """The file at ``path``, open for reading.

    Raises OSError, also for what is no file; its ``strerror`` says what it is instead.
    """
    _refuse_other(path, os.stat(path))
    # It may be exchanged between the two looks: opened so, not even a pipe without a writer is waited for.
    file = os.fdopen(os.open(path, _FLAGS), "rb")
    try:
        _refuse_other(path, os.fstat(file.fileno()))
    except OSError:
        file.close()
        raise
    return file


def _refuse_other(path: str, status: os.stat_result) -> None:
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"it is {_KINDS.get(kind, 'something else')}, not a file", path)
