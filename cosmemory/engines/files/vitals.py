"""How a memory's folder fares, seen from outside: sizes, who holds the lock, what change is half done."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cosmemory.engines.files.holders import seen
from cosmemory.engines.files.lock import FOLDER, INTENT
from cosmemory.engines.files.replace import find
from cosmemory.errors import CosmemoryError
from cosmemory.store import Vitals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.engines.files.intent import Intent, Step


def look(root: str, *, brief: bool) -> Vitals:
    """The vitals of the memory at ``root``, or what of them costs next to nothing; nothing is locked or written."""
    opened = _opened(root)
    if brief:
        return Vitals(free=_free(root), **_pending(root, opened))
    own = sum(_sizes(f"{root}/{FOLDER}"))
    holder = seen(f"{root}/{FOLDER}/lock")
    return Vitals(
        used=sum(_sizes(root)) - own,
        own=own,
        free=_free(root),
        holder=holder.signed if holder else "",
        told=holder.words if holder else "",
        alive=holder is None or holder.alive,
        **_pending(root, opened),
    )


def _pending(root: str, opened: Intent | None) -> dict[str, Any]:
    if opened is None:
        return {}
    return {
        "pending": tuple(step.path for step in opened.steps),
        "edited": tuple(step.path for step in opened.steps if _is_edited(root, step)),
        "operation": opened.told.operation,
    }


def _is_edited(root: str, step: Step) -> bool:
    """Whether a page is neither what it was before nor what it is to be."""
    if step.appended or step.lost:
        return False
    try:
        found = find(root, step.path)
    except (OSError, CosmemoryError):
        return False  # whoever writes next is told of that
    return (found.revision if found else None) not in (step.before, step.revision)


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
