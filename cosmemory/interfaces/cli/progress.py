"""A bar on stderr for work that takes long: only on a terminal, only after a moment, and gone when it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cosmemory.interfaces.cli.output import on_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.memory import Memory
    from cosmemory.store import Store, Stored

# Work that is done by then needs no bar, which would only flicker.
DELAY = 0.5
INTERVAL = 0.1
LENGTH = 24
ERASE = "\r\x1b[K"


class Progress:
    """How far a piece of work is; the worker says it, the bar looks at it."""

    def __init__(self, what: str, total: int) -> None:
        self.what = what
        self.total = total
        self.done = 0
        self.began = time.monotonic()

    def now(self, what: str, done: int, total: int) -> None:
        """What is being done now, how much of it is done, and of how much; 0 where that is not known."""
        self.what, self.done, self.total = what, done, total

    def line(self) -> str:
        """The bar as it stands: a share where the whole is known, else a mark that moves, and the time."""
        seconds = time.monotonic() - self.began
        if self.total:
            full = LENGTH * self.done // self.total
            bar, told = "#" * full + "-" * (LENGTH - full), f"{self.done} of {self.total}"
        else:
            at = int(seconds / INTERVAL) % LENGTH
            bar, told = "-" * at + "#" + "-" * (LENGTH - at - 1), f"{seconds:.0f} s"
        return f"{ERASE}{self.what} [{bar}] {told}"


@contextmanager
def progress(what: str, total: int = 0) -> Iterator[Progress]:
    """A bar for the work within; ``what`` says which work it is."""
    held = Progress(what, total)
    if not on_terminal(sys.stderr) or _is_logging():
        yield held
        return
    from threading import Event, Thread

    over = Event()
    painter = Thread(target=_paint, args=(held, over), daemon=True)
    painter.start()
    try:
        yield held
    finally:
        over.set()
        painter.join()


def _is_logging() -> bool:
    """Whether stderr tells each step, between which a bar would only be in the way."""
    logging = sys.modules.get("logging")
    return logging is not None and logging.getLogger("cosmemory").isEnabledFor(logging.DEBUG)


def _paint(held: Progress, over: Any) -> None:
    if over.wait(DELAY):
        return
    while True:
        sys.stderr.write(held.line())
        sys.stderr.flush()
        if over.wait(INTERVAL):
            break
    sys.stderr.write(ERASE)
    sys.stderr.flush()


@contextmanager
def reading_pages(memory: Memory, what: str) -> Iterator[None]:
    """A bar for work that reads the pages of a memory one after the other."""
    if not on_terminal(sys.stderr):
        yield
        return
    store, paths = memory.store, memory.store.paths()
    with progress(what, len(paths)) as held:
        watched: Any = _Watched(store, held, {path: at for at, path in enumerate(paths, 1)})
        memory.store = watched
        try:
            yield
        finally:
            memory.store = store


class _Watched:
    """A store that moves a bar to the page that is read; in all else it is the store behind it."""

    def __init__(self, store: Store, held: Progress, places: dict[str, int]) -> None:
        self._store = store
        self._held = held
        self._places = places

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def read(self, path: str) -> Stored | None:
        """The page at a path."""
        self._held.done = max(self._held.done, self._places.get(path, 0))
        return self._store.read(path)
