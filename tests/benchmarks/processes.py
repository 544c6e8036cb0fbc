"""P6, P7, P13: whole commands beside an interpreter that does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.benchmarks.measure import Figure, command, peak_kib, ratio
from tests.benchmarks.writes import memory_at, places

PAIRS = 20
NOTHING = command("-c", "pass")
LOG = ("log", "decision", "--action", "Keep the second parser", "--outcome", "agreed")


def hooks(root: str) -> Iterator[Figure]:
    """P6: the time of hooks that find nothing to do, of those that write, and of one that brings the brief."""
    hook = ("-m", "cosmemory", "hook", "--root", root)

    def told(event: str, **more: str) -> bytes:
        return json.dumps({"hook_event_name": event, "session_id": "bench-1", "cwd": root, **more}).encode()

    command(*hook, told=told("SessionStart", source="startup"))()
    calls = (
        ("cosmemory hook, an event that means nothing", 3.0, told("MessageDisplay")),
        ("cosmemory hook, a prompt, nothing changed", 3.0, told("UserPromptSubmit", prompt="Go on")),
        ("cosmemory hook, a stop saved", 8.0, told("Stop")),
        ("cosmemory hook, a start with its brief", 8.0, told("SessionStart", source="compact")),
    )
    for what, goal, payload in calls:
        measured = ratio(NOTHING, command(*hook, told=payload), PAIRS)
        yield Figure(name="P6", what=what, goal=goal, measured=measured)


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
        yield from hooks(str(folder / "memory"))
        more = (peak_kib(*root, *LOG) - peak_kib("-c", "pass")) / 1024
        yield Figure(
            name="P13", what="memory of cosmemory log above nothing", goal=2, measured=more, unit=" MiB"
        )
