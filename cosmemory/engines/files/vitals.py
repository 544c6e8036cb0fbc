"""How a memory's folder fares, seen from outside: sizes, who holds the lock, what change is half done."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cosmemory.engines.files.lock import FOLDER, HOLDER_BYTES, INTENT, in_words
from cosmemory.errors import CosmemoryError
from cosmemory.store import Vitals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.engines.files.intent import Intent


def look(root: str, *, brief: bool) -> Vitals:
    """The vitals of the memory at ``root``, or what of them costs next to nothing; nothing is locked or written."""
    opened = _opened(root)
    if brief:
        return Vitals(free=_free(root), **_pending(opened))
    own = sum(_sizes(f"{root}/{FOLDER}"))
    holder = _holder(f"{root}/{FOLDER}/lock")
    return Vitals(
        used=sum(_sizes(root)) - own,
        own=own,
        free=_free(root),
        holder=holder,
        told=in_words(holder),
        alive=not holder or _is_alive(holder),
        **_pending(opened),
    )


def _pending(opened: Intent | None) -> dict[str, Any]:
    if opened is None:
        return {}
    return {"pending": tuple(step.path for step in opened.steps), "operation": opened.told.operation}


def _opened(root: str) -> Intent | None:
    """The change that is half done, if there is one."""
    if not os.path.lexists(f"{root}/{FOLDER}/{INTENT}"):
        return None
    from cosmemory.engines.files import intent

    try:
        return intent.read(root)
    except CosmemoryError:
        return None  # whoever writes next is told why it cannot be read


def _sizes(folder: str) -> Iterator[int]:
    for above, _, names in os.walk(folder):
        for name in names:
            try:
                yield os.lstat(f"{above}/{name}").st_size
            except FileNotFoundError:
                continue  # it has just gone


def _free(root: str) -> int | None:
    if not hasattr(os, "statvfs"):
        return None
    try:
        found = os.statvfs(root)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def _holder(lock: str) -> str:
    """What the holder of the lock signed with, if the system says that it is held at this moment."""
    try:
        inode = b"%d" % os.lstat(lock).st_ino
        with open("/proc/locks", "rb") as table:
            held = [line.split() for line in table]
    except OSError:
        return ""  # never locked, or a system that tells nothing of its locks
    # 12: FLOCK  ADVISORY  WRITE 4711 08:01:262189 0 EOF; one that waits has an arrow behind its number.
    if not any(
        line[1] == b"FLOCK" and line[-3].rpartition(b":")[2] == inode for line in held if len(line) > 5
    ):
        return ""
    try:
        with open(lock, "rb") as file:
            line = file.read(HOLDER_BYTES).decode("utf-8", "replace").strip()
    except OSError:
        line = ""
    return "".join(character if character.isprintable() else "?" for character in line) or "another process"


def _is_alive(holder: str) -> bool:
    """Whether the process that signed still runs; ids are used again, and its start time tells."""
    words = holder.split(" ")
    if len(words) < 4 or words[0] != "process":
        return True
    try:
        with open(f"/proc/{words[1].partition('.')[0]}/stat", "rb") as status:
            started = status.read().rsplit(b")", 1)[1].split()[19].decode()
    except (OSError, IndexError):
        return False
    return started == words[3] or words[3] == "-"
