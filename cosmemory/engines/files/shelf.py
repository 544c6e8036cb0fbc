"""Bytes that are no part of a page any more but may be a person's: kept in a folder of cosmemory's own, a few."""

from __future__ import annotations

import os

from cosmemory.engines.files import folder
from cosmemory.engines.files.disk import let_go, write_all

KEPT = 50
KEEP = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
CONFLICTS = "conflicts"
QUARANTINE = "quarantine"


def put_aside(own: str, name: str, data: bytes, shelf: str) -> str:
    """Keep bytes in a folder below .cosmemory/, durably and once, the newest few only; the path they got.

    The name tells of the bytes, so that whoever repeats this after a crash writes the same file anew.
    """
    shelves = folder.enter(own, [shelf], make=True)
    try:
        mode = os.fstat(shelves).st_mode & 0o666
        descriptor = os.open(name, KEEP, mode, dir_fd=shelves)
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _keep_newest(shelves, name)
        os.fsync(shelves)
    finally:
        let_go(shelves)
    return f".cosmemory/{shelf}/{name}"


def _keep_newest(shelves: int, newest: str) -> None:
    """Bound the copies; the one just made stays even where a clock that went back calls it the oldest."""
    names = [name for name in os.listdir(shelves) if name != newest]
    if len(names) < KEPT:
        return
    names.sort(key=lambda name: os.stat(name, dir_fd=shelves, follow_symlinks=False).st_mtime_ns)
    for name in names[: len(names) - KEPT + 1]:
        os.unlink(name, dir_fd=shelves)
