"""Old pages moved to the archive once a day, of whatever the settings name: nothing unless they name something."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cosmemory.maintenance.watching.told import DONE, Told
from cosmemory.memory import Memory


def tidy_in_time(memory: Memory, name: str) -> Iterator[Told]:
    """The old pages of one sort moved to the archive, as the verb of that sort moves them."""
    moved = _SORTS[name](memory)
    if moved:
        yield Told(sort=DONE, text=f"{name} moved to the archive: {', '.join(moved)}")


def _agents(memory: Memory) -> list[str]:
    from cosmemory.operations.agents import cleanup

    return list(filter(None, cleanup(memory).result.split(", ")))


def _sessions(memory: Memory) -> list[str]:
    from cosmemory.operations.sessions import prune

    return list(prune(memory).result)


def _meetings(memory: Memory) -> list[str]:
    from cosmemory.operations.meetings import prune

    return list(prune(memory).result)


def _runs(memory: Memory) -> list[str]:
    from cosmemory.operations.runs.cleaning import clean

    return [each.run for each in clean(memory).result]


_SORTS: dict[str, Callable[[Memory], list[str]]] = {
    "agents": _agents,
    "sessions": _sessions,
    "meetings": _meetings,
    "runs": _runs,
}
