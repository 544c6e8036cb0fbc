"""A memory at hand for the tests of runs, with a clock that goes on by a minute at every look."""

from __future__ import annotations

import itertools
from typing import Any

from cosmemory.clock import read_time
from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise

START = read_time("2026-11-21T06:00:00Z")[0]


def memory_at_hand(**settings: Any) -> Memory:
    ticks = itertools.count(START, 60)
    memory = Memory(EphemeralStore(), settings=Settings(**settings), now=lambda: next(ticks), actor="tester")
    initialise(memory)
    return memory
