"""P6, P7, P13: whole commands beside an interpreter that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.measure import Figure, command, peak_kib, ratio
from tests.benchmarks.writes import memory_at, places

PAIRS = 20
NOTHING = command("-c", "pass")
LOG = ("log", "decision", "--action", "Keep the second parser", "--outcome", "agreed")


def commands() -> Iterator[Figure]:
    """P6, P7: the time of whole commands."""
    with places() as found:
        _, folder, _ = found[-1]
        memory_at(folder / "memory", entries=200)
        root = ("-m", "cosmemory", "--root", str(folder / "memory"))
        calls: tuple[tuple[str, str, float, tuple[str, ...]], ...] = (
            ("P6", "cosmemory log", 2.0, (*root, *LOG)),
            (
                "P7",
                "cosmemory set",
                6.0,
                (*root, "set", "cos-state", "current_focus.primary_task", "Release"),
            ),
            ("P7", "cosmemory status", 6.0, (*root, "status")),
            ("P7", "cosmemory --help", 3.0, ("-m", "cosmemory", "--help")),
        )
        for name, what, goal, arguments in calls:
            measured = ratio(NOTHING, command(*arguments), PAIRS)
            yield Figure(name=name, what=what, goal=goal, measured=measured)
        more = (peak_kib(*root, *LOG) - peak_kib("-c", "pass")) / 1024
        yield Figure(
            name="P13", what="memory of cosmemory log above nothing", goal=2, measured=more, unit=" MiB"
        )
