"""P6, P7, P13: whole commands beside an interpreter that does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

from tests.benchmarks.measure import Figure, command, peak_kib, ratio
from tests.benchmarks.writes import memory_at, places

PAIRS = 20
NOTHING = command("-c", "pass")
LOG = ("log", "decision", "--action", "Keep the second parser", "--outcome", "agreed")


def hooks(root: str) -> Iterator[Figure]:
    """P6: the time of hooks that find nothing to do, of those that write, and of one that brings the brief."""
    hook = ("-m", "cosmemory", "hook", "--root", root)

    def told(event: str, /, **more: object) -> Iterator[bytes]:
        for call in count():
            said = {"hook_event_name": event, "session_id": "bench-1", "cwd": root, **more}
            if event.startswith("Subagent"):
                said["agent_id"] = f"helper-{call}"
            yield json.dumps(said).encode()

    command(*hook, told=told("SessionStart", source="startup"))()
    page = {"file_path": f"{root}/cos-state.md", "old_string": "# Chief", "new_string": "# The Chief"}
    calls = (
        ("an event that means nothing", 3.0, told("MessageDisplay")),
        ("a prompt, nothing changed", 3.0, told("UserPromptSubmit", prompt="Go on")),
        ("an edit of a page, guarded", 3.0, told("PreToolUse", tool_name="Edit", tool_input=page)),
        ("a page saved by us", 3.0, told("FileChanged", event="change", file_path=page["file_path"])),
        ("a stop saved", 8.0, told("Stop")),
        ("a start with its brief", 8.0, told("SessionStart", source="compact")),
        ("a subagent that starts", 8.0, told("SubagentStart", agent_type="Explore")),
    )
    for what, goal, payloads in calls:
        measured = ratio(NOTHING, command(*hook, told=payloads), PAIRS)
        yield Figure(name="P6", what=f"cosmemory hook, {what}", goal=goal, measured=measured)


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
