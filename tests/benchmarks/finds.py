"""P20: searches over a long log, the index that they need, and what a change costs it."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

from cosmemory.maintenance.search import search
from cosmemory.maintenance.search_index import NAME
from cosmemory.memory import Memory
from cosmemory.operations.pages import set_value
from tests.benchmarks.measure import Figure, median, seconds
from tests.benchmarks.reads import _log
from tests.benchmarks.writes import EVENT, LOG, places

ENTRIES = 100_000
TIMES = 30
ASKED = {"a rare word": "777", "a phrase": '"part 4242"', "words of every entry": "release team"}
_NUMBERS = count()


def searches() -> Iterator[Figure]:
    """P20: over 100,000 events."""
    with places() as found:
        _, folder, _ = found[-1]
        memory = _log(folder / "hundred", ENTRIES)
        memory.log(EVENT)
        built = seconds(lambda: search(memory, "release", limit=20))
        yield Figure(name="P20", what="the index of 100,000 events made", goal=30, measured=built, unit=" s")
        size = os.path.getsize(memory.store.derived(NAME)) / memory.store.size(LOG)
        yield Figure(name="P20", what="the index beside the log", goal=3, measured=size)
        for what, words in ASKED.items():
            took = median(lambda words=words: search(memory, words, limit=20), TIMES) * 1000
            yield Figure(name="P20", what=f"search for {what}", goal=20, measured=took, unit=" ms")
        for verb, change in (("set", _set), ("log", _append)):
            took = _refresh(memory, partial(change, memory)) * 1000
            yield Figure(
                name="P20", what=f"index refreshed after a {verb}", goal=5, measured=took, unit=" ms"
            )


def _set(memory: Memory) -> None:
    set_value(memory, "cos-state", "current_focus.primary_task", f"the parser, part {next(_NUMBERS)}")


def _append(memory: Memory) -> None:
    memory.log(EVENT)


def _refresh(memory: Memory, change: Callable[[], None]) -> float:
    """How much longer a search takes right after a change than it takes again."""
    differences = []
    for _ in range(TIMES):
        change()
        first = seconds(lambda: search(memory, "nothing of that", limit=20))
        again = seconds(lambda: search(memory, "nothing of that", limit=20))
        differences.append(first - again)
    return statistics.median(differences)
