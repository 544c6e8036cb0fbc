"""Everything written to a file system made durable by one call, where the platform promises that and tells failures."""

from __future__ import annotations

import os
import sys
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# ext2 to 4, XFS, Btrfs, F2FS, ZFS, tmpfs: others, FUSE among them, may take the call and pass nothing on.
KNOWN = frozenset([0xEF53, 0x58465342, 0x9123683E, 0xF2F52010, 0x2FC12FC1, 0x01021994])
# Before that the call did not tell of writes that failed.
SINCE = (5, 8)


@cache
def _library() -> Any:
    if not sys.platform.startswith("linux") or _kernel() < SINCE:
        return None
    try:
        from ctypes import CDLL

        library = CDLL(None, use_errno=True)
        return library if hasattr(library, "syncfs") and hasattr(library, "fstatfs") else None
    except (ImportError, OSError, TypeError):
        return None


def _kernel() -> tuple[int, int]:
    numbers = os.uname().release.split("-")[0].split(".")
    return (int(numbers[0]), int(numbers[1])) if all(each.isdecimal() for each in numbers[:2]) else (0, 0)


def can_sync_all(folder: int) -> bool:
    """Whether one call does for all files of the file system that a folder is in."""
    library = _library()
    if library is None:
        return False
    from ctypes import addressof, c_long, create_string_buffer

    told = create_string_buffer(512)  # more than a struct statfs of any platform; its first word is the type
    if library.fstatfs(folder, told) != 0:
        return False
    return c_long.from_address(addressof(told)).value in KNOWN


def sync_all(folder: int) -> None:
    """Everything written to a folder's file system since the folder was opened is durable when this returns."""
    from ctypes import get_errno

    if _library().syncfs(folder) != 0:
        raise OSError(get_errno(), os.strerror(get_errno()))
