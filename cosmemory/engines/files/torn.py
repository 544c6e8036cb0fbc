"""The repair of a log that a crash tore, or that a person left open at its end, before the next entry joins it."""

from __future__ import annotations

import os
from fcntl import F_GETFL, F_SETFL, fcntl

from cosmemory.engines import tail
from cosmemory.engines.files.shelf import QUARANTINE, put_aside
from cosmemory.errors import Damaged
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.engines.files.lock import Lock

FIRST_BLOCK = 4096
LONGEST_ENTRY = 64 * 1024 * 1024
BLOCK = 1024 * 1024
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def repair(lock: Lock, descriptor: int, path: str, length: int, least: int = 0) -> tuple[bytes, int]:
    """Put damaged bytes of the last entry, and of the ``least`` last bytes, aside.

    Gives what closes that entry, and the length of the log then.
    """
    start, text = last_entry(descriptor, path, length, max(FIRST_BLOCK, least))
    begin = tail.open_entry(text, whole=start == 0)
    assert begin is not None
    damaged = min(begin if begin < len(text) else _end_of_last_entry(text), _hole(text))
    end = text[damaged:]
    offset = length - len(end)
    first_bad = tail.bad_bytes(end)
    if first_bad < len(end):
        _refuse_other_encodings(descriptor, path)
        _put_aside(lock, path, offset + first_bad, end[first_bad:])
        rest = tail.good_bytes(end[first_bad:])
        _put_over(descriptor, rest, offset + first_bad)
        text = text[:damaged] + end[:first_bad] + rest
        length = start + len(text)
        begin = tail.open_entry(text, whole=start == 0)
    unfinished = begin is not None and text[begin:].startswith(tail.HEADING)
    if unfinished:
        at = length - len(text) + (begin or 0)
        lock.notices.append(f"{path}: the last entry, at byte {at}, had no end and was closed.")
    return tail.closing(text, unfinished=unfinished), length


def repair_hole(lock: Lock, descriptor: int, path: str, length: int) -> int:
    """Mend a log in which a power cut left NULs where the begin of a long write should stand; its length then."""
    lowest = max(0, length - LONGEST_ENTRY)
    for start in range(lowest, length, BLOCK):
        found = _read(descriptor, start, min(BLOCK, length - start)).find(b"\0\0")
        if found >= 0:
            return repair(lock, descriptor, path, length, length - start - found + FIRST_BLOCK)[1]
    return length


def last_entry(descriptor: int, path: str, length: int, size: int = FIRST_BLOCK) -> tuple[int, bytes]:
    """The end of a log, read backwards until it tells whether its last entry is closed, and its offset."""
    while True:
        start = max(0, length - size)
        text = _read(descriptor, start, length - start)
        if tail.open_entry(text, whole=start == 0) is not None and not (start and text.startswith(b"\0")):
            return start, text
        if size > LONGEST_ENTRY:
            raise Damaged(
                path,
                1,
                f"its last {size} bytes hold neither the begin nor the end of an entry",
                "Look at the end of the file by hand.",
            )
        size *= 4


def _hole(text: bytes) -> int:
    """Where a run of NULs begins: the disk took the end of a write, and not what stood before it."""
    found = text.find(b"\0\0")
    return found if found >= 0 else len(text)


def _end_of_last_entry(text: bytes) -> int:
    lines = text.replace(b"\r", b"\n")
    end = len(lines)
    while end:
        begin = lines.rfind(b"\n", 0, end) + 1
        if tail.is_separator(lines[begin:end]):
            return end
        end = begin - 1 if begin else 0
    return 0


def _put_aside(lock: Lock, path: str, offset: int, data: bytes) -> None:
    flat = path.replace("/", "_")[-150:]
    kept = put_aside(lock.folder, f"{flat}.{offset}-{sha256_hex(data)[:12]}", data, QUARANTINE)
    lock.notices.append(f"{path}: damaged bytes at {offset} were moved to {kept}.")


def _put_over(descriptor: int, rest: bytes, offset: int) -> None:
    """Good bytes in the place of the damaged ones and themselves, never gone in between, nor cut off early."""
    if rest:
        flags = fcntl(descriptor, F_GETFL)
        fcntl(descriptor, F_SETFL, flags & ~os.O_APPEND)  # with it, every write goes to the end
        try:
            written = 0
            while written < len(rest):
                written += os.pwrite(descriptor, rest[written:], offset + written)
        finally:
            fcntl(descriptor, F_SETFL, flags)
        os.fsync(descriptor)
    os.ftruncate(descriptor, offset + len(rest))
    os.fsync(descriptor)


def _refuse_other_encodings(descriptor: int, path: str) -> None:
    head = os.pread(descriptor, FIRST_BLOCK, 0)
    # NULs between single bytes are UTF-16; a run of them is what a power cut leaves, even of most of a short log.
    lone = sum(len(part) == 1 for part in head.split(b"\0")) if b"\0" in head else 0
    if head[:2] in BYTE_ORDER_MARKS or lone * 4 > len(head):
        raise Damaged(path, 1, "it is not UTF-8 text")


def _read(descriptor: int, start: int, size: int) -> bytes:
    parts = []
    while size > 0:
        part = os.pread(descriptor, size, start)
        if not part:
            break
        parts.append(part)
        start += len(part)
        size -= len(part)
    return b"".join(parts)
