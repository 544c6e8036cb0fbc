"""What a holder of the lock left when it died, taken away by the next one: noted in the lock file, or named by a record.

A writer notes one temporary file before it makes it. The texts that it stages for a change of several pages are named
by the record of that change, which is the file that it has noted then.
"""

from __future__ import annotations

import os

from cosmemory.engines.files import litter
from cosmemory.engines.files.disk import let_go, read_all
from cosmemory.errors import CosmemoryError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

READ_RECORD = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
RECORD = f"{litter.PREFIX}intent{litter.SUFFIX}"  # a record before it is one, and after


def clear(root: str, own: str, note: bytes, *, whole: bool, record: str) -> list[str]:
    """Remove what the last holder noted, or everything where its note cannot be trusted; what to tell of it.

    What the open ``record`` in the folder ``own`` names (empty for none) stays for whoever finishes it. Only under the
    lock.
    """
    needed = places(f"{own}/{record}") if record else frozenset()
    if whole:
        # After a power cut the note and the file it names may be of two different writes.
        litter.sweep(root, needed)
        return []
    fields = note.split(b"\n", 1)[0].decode("utf-8", "surrogateescape").split("\0")
    *parts, name = fields[0].split("/")
    left = f"{root}/{fields[0]}"
    if litter.is_unfinished(name) and ".." not in parts and os.path.isdir(left) and not os.path.islink(left):
        litter.remove_unfinished(left)
        return []
    # A folder of that name is nobody's temporary file, and must not keep every writer out.
    if litter.is_temporary(name) and ".." not in parts and litter.stands(left) and not os.path.isdir(left):
        from cosmemory.engines.files import salvage

        if name == RECORD:
            forget(root, own)
        return salvage.settle(root, parts, name, fields[1:], stays=fields[0] in needed)
    return []


def places(record: str) -> frozenset[str]:
    """The files that a record names, which no sweep may take away while it stands.

    Raises ReadOnly for a record of a later release, Unsafe for one that leads out of the memory.
    """
    from cosmemory.engines.files.steps import parsed

    intent = parsed(_bytes(record))
    return frozenset(step.staged for step in intent.steps if step.staged) if intent else frozenset()


def forget(root: str, own: str) -> None:
    """Take away the files that a record names which did not come to be, or is no more; only under the lock."""
    try:
        drop(root, places(f"{own}/{RECORD}"))
    except CosmemoryError:
        pass  # of a later release, or from elsewhere: it names none of ours


def drop(root: str, staged: Iterable[str]) -> None:
    """Take staged files away."""
    from cosmemory.engines.files import folder

    for place in staged:
        *parts, name = place.split("/")
        try:
            inside = folder.enter(root, parts)
            try:
                os.unlink(name, dir_fd=inside)
            finally:
                let_go(inside)
        except (FileNotFoundError, NotADirectoryError):
            continue  # gone already


def _bytes(path: str) -> bytes:
    try:
        descriptor = os.open(path, READ_RECORD)
    except FileNotFoundError:
        return b""
    try:
        return read_all(descriptor)
    finally:
        let_go(descriptor)
