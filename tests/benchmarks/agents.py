"""P12: what a memory was interrupted in, beside reading as much as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from cosmemory.document.data import data_of
from cosmemory.kinds.agent import Process
from cosmemory.maintenance.interrupted_agents import interrupted_agents
from cosmemory.maintenance.processes import identify
from cosmemory.memory import Memory
from cosmemory.operations import agents
from tests.benchmarks.measure import Figure, ratio
from tests.benchmarks.writes import memory_at, places

AMOUNT = 100
ALIVE = 10  # of them at work; the processes of all others are gone


def recovery() -> Iterator[Figure]:
    """P12: a recovery check of 100 agents beside json.load of 100 files of the same content."""
    with places() as found:
        for name, folder, _ in found:
            memory = memory_at(folder / "agents")
            texts = folder / "json"
            texts.mkdir()
            for number in range(AMOUNT):
                key = f"L2.{number // 10}.{number % 10}"
                _spawn(memory, key, alive=number < ALIVE)
                held = data_of(memory.read(f"agents/{key}"))
                (texts / f"{key}.json").write_text(json.dumps(held, indent=2), encoding="utf-8")
            assert sum(each.orphan for each in interrupted_agents(memory)) == AMOUNT - ALIVE
            measured = ratio(lambda at=texts: _load(at), lambda at=memory: interrupted_agents(at), 100)
            what = f"recovery check of {AMOUNT} agents, {name}"
            yield Figure(name="P12", what=what, goal=1.0, measured=measured)


def _spawn(memory: Memory, key: str, *, alive: bool) -> None:
    process = identify(os.getpid())
    agents.spawn(
        memory,
        key,
        name="Critical Security Engineer",
        kind="L2",
        parent="L1.OVERWATCH.2",
        model="haiku",
        prompt="Fix authentication and WebSocket auth...",
        load=25,
        duration=14400,
        pid=process.pid if alive else 2**22 + 1,
    )
    if alive:
        agents.mark_failed(memory, key, error="moved")
        agents.retry(memory, key)
        agents.spawn(memory, key, process=Process(pid=process.pid, mark=process.mark))
    for percent in (20, 40):
        agents.progress(memory, key, percent, message="two of five endpoints", data={"endpoint": percent})


def _load(folder: Path) -> list[object]:
    held = []
    for name in os.listdir(folder):
        with open(folder / name, encoding="utf-8") as file:
            held.append(json.load(file))
    return held
