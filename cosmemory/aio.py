"""A memory for event loops: every verb is awaited, and works in a thread, so that no loop ever waits for a disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial, wraps

from anyio import CapacityLimiter, to_thread

from cosmemory import connect, office

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What a memory itself does, besides its nouns.
_OWN = frozenset(["log", "notices", "page", "read", "read_together", "run", "validate"])
# Verbs that only wait: they must not take a worker from those that work, and nothing is left half done without them.
_WAITING = frozenset(["subscribe", "wait"])


async def open_memory(path: str | None = None, **how: Any) -> Memory:
    """The memory at ``path``, as ``cosmemory.open_memory`` opens it."""
    return Memory(await to_thread.run_sync(partial(connect.open_memory, path, **how)))


class Memory:
    """A memory whose verbs are awaited: ``await memory.team.join(…)``; ``sync`` is the one that does the work.

    What several pages need together is one function given to ``run``: a transaction holds the one lock, and no
    code that awaits something else may stand within.
    """

    def __init__(self, sync: office.Memory) -> None:
        self.sync = sync

    def once(self, key: str, call: str = "") -> Memory:
        """The same memory, whose every verb is done at most once with ``key``, and for that ``call`` alone if one is given."""
        return Memory(self.sync.once(key, call))

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.sync, name)
        if isinstance(found, office.Noun):
            return Noun(found)
        if name in _OWN:
            return in_thread(found)
        raise AttributeError(f"An awaited memory has no {name!r}: {', '.join(sorted(_OWN))}, and its nouns.")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_OWN, *office.NOUNS})


class Noun:
    """The verbs of one noun, awaited."""

    def __init__(self, noun: office.Noun) -> None:
        self._noun = noun

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        found = getattr(self._noun, verb)
        return _items_of(found) if gives_items(found) else in_thread(found)

    def __dir__(self) -> list[str]:
        return dir(self._noun)


def gives_items(function: Callable[..., Any]) -> bool:
    """Whether ``function`` gives items one by one, and may wait or read before each of them."""
    return str(function.__annotations__.get("return", "")).startswith("Iterator[")


def in_thread(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """``function`` as one that is awaited and works in a thread.

    A change that was begun ends, whatever becomes of the task that awaits it: what is said to be saved is saved, and
    what is not said to be may be. Mere waiting is given up at once.
    """

    @wraps(function)
    async def awaited(*values: Any, **named: Any) -> Any:
        waits = getattr(function, "__name__", "") in _WAITING
        limiter = CapacityLimiter(1) if waits else None
        call = partial(function, *values, **named)
        return await to_thread.run_sync(call, abandon_on_cancel=waits, limiter=limiter)

    return awaited


def _items_of(function: Callable[..., Iterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    """A function that gives items one by one, as one whose items are awaited."""

    @wraps(function)
    async def awaited(*values: Any, **named: Any) -> AsyncIterator[Any]:
        items = function(*values, **named)
        limiter, end = CapacityLimiter(1), object()
        while True:
            item = await to_thread.run_sync(next, items, end, abandon_on_cancel=True, limiter=limiter)
            if item is end:
                return
            yield item

    return awaited
