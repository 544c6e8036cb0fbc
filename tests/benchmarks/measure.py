"""Two things timed in turn, and what became of the goal."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured ratio beside its goal; ``least`` says that the goal is a lower bound."""

    name: str
    what: str
    goal: float
    measured: float
    unit: str = "x"
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether the goal was met."""
        return self.measured >= self.goal if self.least else self.measured <= self.goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmeasured:
    """What could not be measured on this machine, and why."""

    name: str
    what: str
    why: str


def ratio(floor: Work, ours: Work, pairs: int, between: Work | None = None) -> float:
    """The median of how many times longer ``ours`` takes than ``floor``, run in turn.

    ``between`` is done before ``ours`` and not timed: what ``floor`` left to be done is no time of ``ours``.
    """
    ratios = []
    gc.collect()
    for number in range(pairs + 2):
        first = seconds(floor)
        if between:
            between()
        second = seconds(ours)
        if number >= 2:  # the first two warm caches on both sides
            ratios.append(second / first)
    return statistics.median(ratios)


def median(work: Work, times: int) -> float:
    """The median seconds that ``work`` takes."""
    work()
    return statistics.median(seconds(work) for _ in range(times))


def seconds(work: Work) -> float:
    """How long ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def command(*arguments: str, told: Iterator[bytes] | None = None) -> Work:
    """A whole process of this interpreter, with what it is told next on stdin."""
    line = [sys.executable, *arguments]

    def run() -> None:
        said = next(told) if told is not None else b""
        subprocess.run(line, input=said, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    return run


def peak_kib(*arguments: str) -> int:
    """The most memory that a process of this interpreter held, in KiB."""
    measuring = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    line = [sys.executable, "-c", measuring, sys.executable, *arguments]
    return int(subprocess.run(line, capture_output=True, text=True, check=True).stdout)
