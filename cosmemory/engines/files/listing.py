"""What lies in a memory's folder: its live pages, and the copies that editors and synchronisers left there."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator

from cosmemory.engines.files.disk import unread
from cosmemory.frozen import frozen
from cosmemory.pattern import pattern
from cosmemory.store import is_archived, is_packed

# Copies kept out of the way, never taken for live pages.
ARCHIVE = "archive"
NOT_LIVE = frozenset(["checkpoints", "backups", ARCHIVE])
PAGE = ".md"
SETTLED = 2_000_000_000  # nanoseconds, more than the coarsest clock of a file system
STRANGER = pattern(
    r"""
    .*~ | .*\.sw[a-p] | \#.*\# | .*\.(orig|rej|bak|tmp|old)                # editors and patch
    | .*\.sync-conflict-.* | .*\(.*conflicted\ copy.*\).* | .*\.conflict   # Syncthing, Dropbox, and others
    | .*_(BACKUP|BASE|LOCAL|REMOTE)_\d+\.md                                # git mergetool
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A name without any of these matches none of that: the pattern is not even compiled where nobody left a copy.
_ENDS = ("~", "#", ".orig", ".rej", ".bak", ".tmp", ".old", ".conflict")
_INSIDE = (".sw", ".sync-conflict-", "(", "_backup_", "_base_", "_local_", "_remote_")


def pages(root: str, *, archived: bool = False) -> tuple[str, ...]:
    """The paths of the live pages, sorted; nothing is read, and no link leads out of the root."""
    found = _archived(root) if archived else _entries(root)
    return tuple(sorted(path for path, entry in found if _is_page(entry.name)))


def packed(root: str) -> tuple[str, ...]:
    """The paths of the pages that were packed when they were moved below ``archive/``, sorted."""
    return tuple(sorted(path for path, _ in _archived(root) if is_packed(path)))


def _is_page(name: str) -> bool:
    return name.endswith(PAGE) and not is_stranger(name)


def is_stranger(name: str) -> bool:
    """Whether a file of that name is a copy that a program left, and no page."""
    word = name.lower()
    if name.isascii() and not word.endswith(_ENDS) and not any(each in word for each in _INSIDE):
        return False
    return STRANGER.fullmatch(name) is not None


def _archived(root: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files moved below ``archive/``, where that is a folder of the memory and no link."""
    if os.path.islink(f"{root}/{ARCHIVE}"):
        return iter(())
    return ((path, entry) for path, entry in _entries(root, f"{ARCHIVE}/") if is_archived(path))


@frozen()
class Look:
    """What the file system says of a page: another file, size or time means another text.

    A page that was saved within the last moment does not lie `still`: it could be saved again within the same tick.
    """

    stamp: str
    size: int
    saved: int
    still: bool


def looks(root: str, *, archived: bool = False) -> dict[str, Look]:
    """How each live page looks from outside, none of them read."""
    settled = time.time_ns() - SETTLED
    found: dict[str, Look] = {}
    for path, entry in _archived(root) if archived else _entries(root):
        if _is_page(entry.name):
            try:
                status = entry.stat(follow_symlinks=entry.is_symlink())
            except OSError:
                continue  # it has just gone
            times = f"{status.st_mtime_ns:x} {status.st_ctime_ns:x}"
            stamp = f"{status.st_ino:x} {status.st_size:x} {times}"
            still = max(status.st_mtime_ns, status.st_ctime_ns) < settled
            found[path] = Look(stamp, status.st_size, status.st_mtime_ns // 1_000_000_000, still)
    return found


def stamps(root: str, *, archived: bool = False) -> dict[str, str]:
    """The looks of the pages that lie still."""
    return {path: look.stamp for path, look in looks(root, archived=archived).items() if look.still}


def strangers(root: str) -> tuple[str, ...]:
    """The paths of what is called like a page and is none, sorted: copies, pipes, sockets, devices."""
    found = _entries(root, hidden=True)
    return tuple(sorted(path for path, entry in found if is_stranger(entry.name) or _is_odd(entry)))


def _entries(root: str, top: str = "", *, hidden: bool = False) -> Iterator[tuple[str, os.DirEntry[str]]]:
    pending = [top]
    while pending:
        below = pending.pop()
        try:
            found = os.scandir(f"{root}/{below}")
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue  # a folder we may not read, or one that has just gone
        except OSError as error:
            raise unread(below or "the memory", error) from error  # not a memory that looks empty
        with found as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not name.startswith(".") and not (not below and name in NOT_LIVE):
                        pending.append(f"{below}{name}/")
                elif not hidden and name.startswith("."):
                    continue
                elif (
                    entry.is_file(follow_symlinks=False)
                    or _links_inside(root, entry)
                    or (hidden and _is_odd(entry))
                ):
                    yield below + name, entry


def _is_odd(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is called like a page, and is a pipe, a socket or a device: to read one may wait for ever."""
    return entry.name.endswith(PAGE) and not (entry.is_file() or entry.is_dir() or entry.is_symlink())


def _links_inside(root: str, entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a link to a file of the memory: what it names is the page."""
    if not entry.is_symlink():
        return False
    inside, _, name = os.path.realpath(entry.path).partition(root + os.sep)
    return not inside and not name.startswith(".cosmemory") and os.path.isfile(entry.path)
