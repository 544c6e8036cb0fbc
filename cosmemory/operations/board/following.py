"""Waiting for the board: for one key, or for whatever changes; nobody is locked out and nothing is read in vain."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event as Flag
from threading import Thread

from cosmemory.errors import InvalidValue, TimedOut
from cosmemory.frozen import frozen
from cosmemory.kinds.board import (
    Entry,
    checked_key,
    entry_named,
    expires,
    holds,
    matches,
    value_of,
    version_of,
)
from cosmemory.operations.board.page import PAGE, read_board
from cosmemory.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Self

# What a reader may be late by; a glance at a file this often is nothing to a machine.
INTERVAL = 0.02
# Two saves between two glances could leave a file that looks the same, if a clock is coarse.
SURELY = 1.0
TIMEOUT = 30.0


@frozen(kw_only=True)
class Changed:
    """What became of a key: its ``entry`` as it is now, None where it was taken away or no longer holds."""

    key: str
    entry: Entry | None

    @property
    def value(self) -> Any:
        """What Python has for the value now."""
        return value_of(self.entry) if self.entry is not None else None


def wait(memory: Reader, key: str, *, timeout: float = TIMEOUT, above: int = 0) -> Entry:
    """The entry ``key``, as soon as there is one at a version above ``above``.

    Raises TimedOut when it does not come within ``timeout`` seconds.
    """
    key = checked_key(key)
    if not 0 <= timeout < float("inf"):
        raise InvalidValue("the timeout", f"{timeout} is not a number of seconds from 0 on")
    end = time.monotonic() + timeout
    looks = _Looks(memory)
    while True:
        if looks.differ():
            found = entry_named(read_board(memory), key, memory.now())
            if found is not None and version_of(found) > above:
                return found
        left = end - time.monotonic()
        if left <= 0:
            raise TimedOut(f"{key} on the board" + (f" above version {above}" if above else ""), timeout)
        time.sleep(min(INTERVAL, left))


def changes(
    memory: Reader, pattern: str = "*", *, stop: Flag | None = None, present: bool = False
) -> Iterator[Changed]:
    """Each change of a key that matches the shell ``pattern``, whoever makes it, until ``stop`` is set.

    Of several changes between two looks only the last is told; board history knows the others. With ``present``
    what stands there at the beginning comes first. Watching begins with the call, not with the first ``next``.
    """
    known = {} if present else _standing(memory, pattern)
    return _told(memory, pattern, known, stop or Flag())


def _told(memory: Reader, pattern: str, known: dict[str, Entry], stop: Flag) -> Iterator[Changed]:
    looks = _Looks(memory)
    while not stop.is_set():
        if looks.differ() or _is_over(known, memory.now()):
            standing = _standing(memory, pattern)
            gone = [each for word, each in known.items() if word not in standing]
            new = [each for word, each in standing.items() if known.get(word) != each]
            known = standing
            for each in gone:
                yield Changed(key=str(each.key), entry=None)
            for each in new:
                yield Changed(key=str(each.key), entry=each)
        stop.wait(INTERVAL)


class Subscription:
    """A callback that is told of changes, in a thread of its own, until it is stopped or its block ends."""

    def __init__(self, told: Iterator[Changed], callback: Callable[[Changed], object], stop: Flag) -> None:
        self._stop = stop
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._run, args=(told, callback), name="board", daemon=True)
        self._thread.start()

    def _run(self, told: Iterator[Changed], callback: Callable[[Changed], object]) -> None:
        try:
            for each in told:
                callback(each)
        except Exception as error:  # noqa: BLE001 - the callback is the project's; who stops it is told
            self._failure = error

    @property
    def alive(self) -> bool:
        """Whether it still listens; an exception of the callback ends it."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Ends it; when this returns the callback is not called any more. Raises what the callback raised."""
        self._stop.set()
        self._thread.join()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, sort: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def subscribe(
    memory: Reader, callback: Callable[[Changed], object], pattern: str = "*", *, present: bool = False
) -> Subscription:
    """``callback`` called with each change of a key that matches ``pattern``, from now on."""
    stop = Flag()
    return Subscription(changes(memory, pattern, stop=stop, present=present), callback, stop)


class _Looks:
    """Glances at the page, which say when it is worth reading."""

    def __init__(self, memory: Reader) -> None:
        self._memory = memory
        self._seen: str | None = None
        self._read = 0.0

    def differ(self) -> bool:
        """Whether the page may be another than at the last look."""
        present, now = self._memory.store.glance(PAGE), time.monotonic()
        if present == self._seen and now - self._read < SURELY:
            return False
        self._seen, self._read = present, now
        return True


def _standing(memory: Reader, pattern: str) -> dict[str, Entry]:
    now = memory.now()
    return {
        (each.key or "").lower(): each
        for each in read_board(memory).entries
        if matches(each, pattern) and holds(each, now)
    }


def _is_over(known: dict[str, Entry], now: datetime) -> bool:
    return any((end := expires(each)) is not None and end <= now for each in known.values())
