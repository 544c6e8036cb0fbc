"""Work that goes on until it is killed, step by step: each step is told on stdout once it is done.

``python -m tests.recovery_steps NAME FOLDER [LAST]`` does it; whoever reads the lines can do the same steps again elsewhere
and knows what must be there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

from cosmemory import open_memory
from cosmemory.maintenance.deploying import advance, begin
from cosmemory.maintenance.handoff_files import write_file
from cosmemory.maintenance.processes import described
from cosmemory.memory import Memory
from cosmemory.operations import agents, deployments, handoffs, measurements, meetings, runs, sessions

PLANNERS = ("strategic_leader", "empirical_validation_lead", "critical_evaluator", "gemini_advisor")
EXECUTORS = ("ops_commander", "quality_safety_officer")
FILE = "reports/handoff/pending_actions.json"
WORKERS = 4
SLOS = ("compliance", "latency")
Step = Callable[[Memory, int], object]


def planning(memory: Memory, number: int) -> None:
    """A planning meeting with what it wants done, and an execution meeting that does it, and the next ones."""
    at, which = divmod(number - 1, len(_MEETINGS))
    if number == 0:
        sessions.start(memory, "session_1")
    else:
        _MEETINGS[which](memory, at)


def _spoken(agent: str) -> Step:
    return lambda memory, at: meetings.spoke(memory, agent, said=f"{agent} in round {at}")


_MEETINGS: tuple[Step, ...] = (
    lambda m, at: meetings.begin(m, "planning", agents=PLANNERS, key=f"planning_{at}"),
    *map(_spoken, PLANNERS[:2]),
    lambda m, at: meetings.add_action(m, f"Measure round {at}", priority="high", owner="ops_commander"),
    *map(_spoken, PLANNERS[2:]),
    lambda m, at: meetings.add_action(m, f"Write round {at} down", priority="low"),
    lambda m, at: meetings.set_gate(m, "ndcg@10", f"≥ 0.7{at % 10}"),
    lambda m, _: meetings.conclude(m, verdict="GO", handoff_file=FILE),
    lambda m, at: meetings.begin(
        m, "execution", agents=EXECUTORS, key=f"execution_{at}", actions_of=f"planning_{at}"
    ),
    lambda m, _: meetings.mark_action(m, "1", "executed"),
    *map(_spoken, EXECUTORS),
    lambda m, at: meetings.conclude(m, metrics={"ndcg@10": 0.7 + at / 1000}),
)


def lost(memory: Memory, number: int) -> None:
    """Planning meetings each of which leaves its file behind, where there is a disk to leave it on."""
    planning(memory, number)
    if (
        getattr(memory.store, "root", "")
        and number
        and _MEETINGS[(number - 1) % len(_MEETINGS)] is _MEETINGS[8]
    ):
        write_file(memory)


def deploying(memory: Memory, number: int) -> None:
    """One version after the other measured and taken through all stages."""
    at, which = divmod(number, len(_STAGES))
    _STAGES[which](memory, at)


def _advanced(memory: Memory, _: int) -> None:
    advance(memory, force=True, reason="the clock of a test stands still")


_STAGES: tuple[Step, ...] = (
    lambda m, at: measurements.record(m, "ndcg", current=0.7 + at / 1000, baseline=0.7),
    lambda m, at: begin(m, f"v{at}", slos=SLOS),
    lambda m, _: deployments.set_slos(m, dict.fromkeys(SLOS, True)),
    *[_advanced] * 2,
    lambda m, at: deployments.record_metric(m, "ndcg", current=0.71 + at / 1000),
    *[_advanced] * 2,
)


def workers(memory: Memory, number: int) -> None:
    """Four workers spawned and reporting, again and again."""
    key = f"L2.2.{number % WORKERS + 1}"
    if number < WORKERS:
        more = {"kind": "L2", "parent": "L1.OVERWATCH.2", "model": "haiku", "load": 25, "duration": 14400}
        running = described(os.getpid())
        agents.spawn(
            memory, key, name=f"Worker {number}", prompt=f"Fix part {number}", process=running, **more
        )
    else:
        agents.progress(memory, key, number % 100, message=f"step {number}", data={"step": number})


def phases(memory: Memory, number: int) -> None:
    """Runs through three phases, with attempts, findings and results that are passed on."""
    at, which = divmod(number, len(_RUN))
    _RUN[which](memory, at)


def _phase(name: str, *between: Step) -> tuple[Step, ...]:
    return (
        lambda m, at: runs.enter_phase(m, f"run-{at}", name),
        lambda m, at: runs.begin_execution(m, f"run-{at}", name, agent="L2.1"),
        *between,
        lambda m, at: runs.complete_execution(m, f"run-{at}", runs.executions(m, f"run-{at}")[-1].id),
        lambda m, at: runs.complete_phase(m, f"run-{at}", name, {name: at, "noise": "-"}),
    )


_RUN: tuple[Step, ...] = (
    lambda m, at: runs.create(
        m, f"run-{at}", goal=f"Round {at}", phases=["scout", {"name": "build", "needs": ["scout"]}, "verify"]
    ),
    lambda m, at: runs.start(m, f"run-{at}"),
    *_phase("scout"),
    *_phase(
        "build",
        lambda m, at: runs.add_finding(m, f"run-{at}", "build", severity="medium", text=f"Odd in {at}"),
        lambda m, at: runs.resolve_finding(m, f"run-{at}", "F-1", resolution="mended"),
    ),
    *_phase("verify"),
    lambda m, at: runs.complete(m, f"run-{at}"),
)


def handing(memory: Memory, number: int) -> None:
    """Handoffs made, acknowledged by their hash, started and completed, each going on from the one before."""
    at, which = divmod(number, 4)
    key, before = f"pay-{at}", f"pay-{at - 1}" if at else None
    if which == 0:
        handoffs.create(
            memory,
            "pay",
            from_agent=f"a{at}",
            to_agent=f"a{at + 1}",
            key=key,
            previous=before,
            context=f"Round {at}",
        )
    elif which == 1:
        handoffs.acknowledge(memory, key, str(handoffs.get(memory, key).content_sha256))
    else:
        (handoffs.start, handoffs.complete)[which - 2](memory, key)


STEPS: dict[str, Callable[..., Any]] = {
    "planning": planning,
    "lost": lost,
    "deploying": deploying,
    "workers": workers,
    "phases": phases,
    "handing": handing,
}


def main(name: str, folder: str, last: str = "1000000") -> None:
    """Does the steps called ``name`` until somebody ends it; after the ``last`` it waits for that."""
    memory = open_memory(folder, actor="coordinator")
    for number in range(int(last)):
        STEPS[name](memory, number)
        print(number + 1, flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
