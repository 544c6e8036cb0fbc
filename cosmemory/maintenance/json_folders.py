"""Folders of JSON files that other systems keep their state in: which file is what, and the pages that they become."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from cosmemory.errors import NotFound, NotRead
from cosmemory.frozen import frozen
from cosmemory.kinds.meeting import EXECUTION, PLANNING
from cosmemory.maintenance import agent_json
from cosmemory.maintenance.strict_json import read_object, read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SESSION_FILE, ENDED, DEPLOYING, MEASURED, CHECKPOINT = (
    "session",
    "ended",
    "deployment",
    "metrics",
    "checkpoint",
)
NAMES = {
    "current_session.json": SESSION_FILE,
    "last_planning_output.json": PLANNING,
    "last_execution_output.json": EXECUTION,
    "deployment_state.json": DEPLOYING,
    "metrics_state.json": MEASURED,
}
CHECKPOINTS, SESSIONS, MEETINGS = "checkpoints", "sessions", "meetings"
STATE, REQUESTS, RESPONSES, AGENTS = "state", "requests", "responses", "agents"
PROMPT_FILE, STATUS_FILE = "prompt.txt", "status.json"
ANSWERED = "_response"
READING = "Reading files"
# A file that no name tells is known by a key that only one sort of them has.
_KEYS = {
    "agent_id": agent_json.STATE,
    "checkpoint_id": CHECKPOINT,
    "session_id": SESSION_FILE,
    "verdict": PLANNING,
    "actions_generated": PLANNING,
    "actions_executed": EXECUTION,
    "current_version": DEPLOYING,
    "ci95_bounds": MEASURED,
    "last_measurement": MEASURED,
}
_OF_AGENTS = (
    agent_json.STATE,
    agent_json.REQUEST,
    agent_json.RESPONSE,
    agent_json.STATUS_FILE,
    agent_json.PROMPT,
)


@frozen()
class Found:
    """A file: where it stands below what is imported, what it is, what it is called without its end, what it says."""

    file: str
    role: str
    stem: str
    held: Mapping[str, Any]

    @property
    def of_agents(self) -> bool:
        """Whether the file is about one agent."""
        return self.role in _OF_AGENTS


def files_below(source: str) -> list[str]:
    """The files of a folder that may be state, or the one file, as their names below it.

    Raises NotFound where there is nothing.
    """
    if not os.path.isdir(source):
        if not os.path.lexists(source):
            raise NotFound(f"The file {source}", "Name a file, or a folder of them.")
        return [os.path.basename(source)]
    found: list[str] = []
    for folder, inner, names in os.walk(source):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        below = os.path.relpath(folder, source).replace(os.sep, "/").removeprefix(".").lstrip("/")
        wanted = (name for name in sorted(names) if name.endswith(".json") or name == PROMPT_FILE)
        found += (f"{below}/{name}" if below else name for name in wanted)
    return found


def read_files(
    source: str,
    names: Sequence[str],
    tell: Callable[[str, int, int], None],
    *,
    agents: bool = True,
    others: bool = True,
) -> tuple[list[Found], list[str]]:
    """What the files below ``source`` say, and the names of those that are nothing that is known or wished.

    Raises UsageError for a file that is no JSON, NotRead for one that the disk does not give.
    """
    found: list[Found] = []
    left_alone: list[str] = []
    folder = source if os.path.isdir(source) else os.path.dirname(source)
    top = os.path.basename(os.path.abspath(folder))
    for number, name in enumerate(names, 1):
        try:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
        except OSError as error:
            raise NotRead(name, error.strerror or str(error)) from error
        one = _found(top, name, data)
        if one is not None and (agents if one.of_agents else others):
            found.append(one)
        else:
            left_alone.append(name)
        tell(READING, number, len(names))
    return found, left_alone


def _found(top: str, name: str, data: bytes) -> Found | None:
    *folders, leaf = [top, *name.split("/")]
    stem, above = leaf.removesuffix(".json"), folders[-1]
    if leaf == PROMPT_FILE:
        if len(folders) < 2 or folders[-2] != AGENTS:
            return None
        return Found(name, agent_json.PROMPT, above, {"prompt": read_text(name, data)})
    held = read_object(name, data)
    role = NAMES.get(leaf)
    if role is None and above == CHECKPOINTS:
        role = CHECKPOINT
    elif role is None and above == REQUESTS:
        role = agent_json.REQUEST
    elif role is None and above == RESPONSES:
        role, stem = agent_json.RESPONSE, stem.removesuffix(ANSWERED)
    elif leaf == STATUS_FILE and len(folders) > 1 and folders[-2] == AGENTS:
        role, stem = agent_json.STATUS_FILE, above
    elif role is None:
        role = next((_KEYS[key] for key in held if key in _KEYS), None)
        if role == SESSION_FILE and above == SESSIONS:
            role = ENDED
    return Found(name, role, stem, held) if role is not None else None
