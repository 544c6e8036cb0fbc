"""What wakes a process that watches: a change below the memory's folder, told by watchfiles, or time that is over.

Whether anything has changed is decided by a look at the pages. So a change that nobody tells of, as on some network
drives or where watchfiles is not installed, waits for the next look and is never missed.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What follows within so many milliseconds is one change: an editor's rename, a checkout, a sync.
STEP = 100
LONGEST = 2_000
ROUND = 1_000  # so often it is seen whether the folder is still the same
OTHERS = ("checkpoints", "backups")
INSTALL = "pip install 'cosmemory[watch]'"
LONGEST_WAIT = 1e6  # seconds; a longer one is more than the system can count


def can_be_woken() -> bool:
    """Whether watchfiles is installed."""
    return find_spec("watchfiles") is not None


class Stop:
    """What tells a process that waits to end, also from within a signal handler.

    threading.Event takes a lock to be set: a handler that broke in on somebody who has that lock would wait for ever.
    """

    def __init__(self) -> None:
        self._said = False
        self._door = allocate_lock()
        self._door.acquire()

    def is_set(self) -> bool:
        """Whether somebody has said it."""
        return self._said

    def set(self) -> None:
        """Says it; whoever waits goes on at once."""
        if not self._said:
            self._said = True
            self._door.release()

    def wait(self, seconds: float) -> None:
        """Waits for so long, or until somebody says it."""
        if self._door.acquire(timeout=min(max(seconds, 0.0), LONGEST_WAIT)):
            self._door.release()  # for the next wait


def stopped_by_signals() -> Stop:
    """What is set once Ctrl-C or a service manager asks the process to end: a look that has begun is finished."""
    import signal
    from threading import current_thread, main_thread

    stop = Stop()

    def ask(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt  # asked twice: somebody is in a hurry
        stop.set()

    if current_thread() is main_thread():
        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
    return stop


class Waker:
    """Waits for changes below a folder; ``stop`` ends every wait. ``blind`` is why none are told of, if so."""

    def __init__(self, root: str, seconds: float, stop: Stop) -> None:
        self._root = root
        self._seconds = seconds
        self._stop = stop
        self._folder: tuple[int, int] | None = None
        self._changes: Iterator[set[tuple[Any, str]]] | None = None
        self.blind = "" if can_be_woken() else f"watchfiles is not installed ({INSTALL})"

    def wait(self) -> None:
        """Waits until something has changed, or the time is over, or somebody says stop."""
        end = time.monotonic() + self._seconds
        while not self._stop.is_set():
            fresh = self._begin()
            if self._changes is None:
                self._stop.wait(self._seconds)
                return
            try:
                told = next(self._changes, None)
            except (OSError, RuntimeError) as error:
                # No more eyes are to be had (inotify has limits), or the folder went at this very moment.
                told, self.blind = None, str(error)
            else:
                self.blind = ""
            if told is None:
                self._changes = self._folder = None  # new ones are opened for the next wait
                self._stop.wait(end - time.monotonic())
                return
            if any(path == self._root for _, path in told):
                self._folder = None  # it was removed, and one made anew may get the number that it had
            # What was saved before the eyes were open is found by one more look.
            if told or fresh or time.monotonic() >= end:
                return

    def _begin(self) -> bool:
        """Whether eyes were opened just now: a folder that was moved away and made anew is another one."""
        folder = self._standing()
        if folder == self._folder:
            return False
        self._folder, self._changes = folder, self._told() if folder else None
        return True

    def _standing(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = os.stat(self._root)
            return found.st_dev, found.st_ino
        return None

    def _told(self) -> Iterator[set[tuple[Any, str]]] | None:
        if not can_be_woken():
            return None
        from watchfiles import watch

        return watch(
            self._root,
            watch_filter=lambda _, path: self._matters(path),
            step=STEP,
            debounce=LONGEST,
            stop_event=self._stop,
            rust_timeout=max(1, min(ROUND, int(self._seconds * 1000))),
            yield_on_timeout=True,
        )

    def _matters(self, path: str) -> bool:
        """Whether a path may be a page or a folder of some: what cosmemory and others keep beside them wakes nobody."""
        parts = path.removeprefix(self._root).strip("/").split("/")
        if parts[0] in OTHERS or any(part.startswith(".") for part in parts):
            return False
        return parts[-1].endswith(".md") or "." not in parts[-1] or os.path.isdir(path)
