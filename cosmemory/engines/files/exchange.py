"""Two names of one folder that change places in one step, so that what stood there is never lost unseen.

A plain rename over a page destroys whatever an editor saved there an instant before. Exchanged instead, the
page that was really replaced is in our hands, and is put back when it is not the one that was meant.
"""

from __future__ import annotations

import errno
import os
import sys
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
LINKS_MISSING = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)
UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


@cache
def _library() -> tuple[Any, Any]:
    """The call, None where there is none, and what tells why it failed; loaded by the first page replaced."""
    name = {"linux": "renameat2", "darwin": "renameatx_np"}.get(sys.platform)
    try:
        from ctypes import CDLL, get_errno

        return getattr(CDLL(None, use_errno=True), name) if name else None, get_errno
    except (AttributeError, ImportError, OSError, TypeError):
        return None, None  # an older C library


def exchange(one: str, other: str, folder: int) -> bool:
    """Let two files of a folder change places; False where the platform or the file system cannot."""
    rename, get_errno = _library()
    if rename is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if rename(folder, names[0], folder, names[1], EXCHANGE) == 0:
        return True
    number = get_errno()
    if number in UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), other)


def rename_unless_there(one: str, other: str, folder: int) -> bool:
    """A new name for a file of a folder whose file system has no second names; False where that name is taken.

    A plain rename would destroy what a person saved there since; looking first leaves them an instant to do so.
    """
    try:
        os.stat(other, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        os.rename(one, other, src_dir_fd=folder, dst_dir_fd=folder)
        return True
    return False
