"""What wakes a process that watches: a change below the memory's folder, told by watchfiles, or time that is over.

Whether anything has changed is decided by a look at the pages. So a change that nobody tells of, as on some network
drives or where watchfiles is not installed, waits for the next look and is never missed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from threading import Event

# What follows within so many milliseconds is one change: an editor's rename, a checkout, a sync.
STEP = 250
LONGEST = 2_000
OTHERS = ("checkpoints", "backups")
INSTALL = "pip install 'cosmemory[watch]'"


def can_be_woken() -> bool:
    """Whether watchfiles is installed."""
    return find_spec("watchfiles") is not None


class Waker:
    """Waits for changes below a folder; ``stop`` ends every wait."""

    def __init__(self, root: str, seconds: float, stop: Event) -> None:
        self._root = root
        self._seconds = seconds
        self._stop = stop
        self._folder: tuple[int, int] | None = None
        self._changes: Iterator[object] | None = None

    def wait(self) -> None:
        """Waits until something has changed, or the time is over, or somebody says stop."""
        folder = self._standing()
        if folder != self._folder:
            # A folder that was moved away and made anew is another one, of which the old eyes tell nothing.
            self._folder, self._changes = folder, self._told() if folder else None
        if self._changes is None:
            self._stop.wait(self._seconds)
            return
        try:
            if next(self._changes, None) is None:
                self._changes = self._folder = None
        except (OSError, RuntimeError):
            # No more eyes are to be had (inotify has limits), or the folder went at this very moment.
            self._changes = None
            self._stop.wait(self._seconds)

    def _standing(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = os.stat(self._root)
            return found.st_dev, found.st_ino
        return None

    def _told(self) -> Iterator[object] | None:
        if not can_be_woken():
            return None
        from watchfiles import watch

        return watch(
            self._root,
            watch_filter=lambda _, path: self._matters(path),
            step=STEP,
            debounce=LONGEST,
            stop_event=self._stop,
            rust_timeout=max(1, int(self._seconds * 1000)),
            yield_on_timeout=True,
        )

    def _matters(self, path: str) -> bool:
        """Whether a path may be a page or hold some: what cosmemory keeps for itself wakes nobody."""
        parts = path.removeprefix(self._root).strip("/").split("/")
        return parts[0] not in OTHERS and not any(part.startswith(".") for part in parts)
