"""``state/ID.json`` of an agent as its page and back, with what it was asked for and what was answered beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cosmemory.frozen import frozen, replace
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import PENDING, STATUS, Agent
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.maintenance.json_pages import Rows, Shape, Value, json_of_page, other, page_of_json, path_of
from cosmemory.maintenance.spellings import (
    ANYTHING,
    COUNT,
    FLOAT,
    MOMENT,
    NUMBER,
    PROSE,
    WORDS,
    alike,
    one_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AGENT_STATE = Shape(
    kind=AGENT,
    places={
        ("agent_id",): Value("agent_id", WORDS),
        ("agent_name",): Value("agent_name", WORDS),
        ("agent_type",): Value("agent_type", WORDS),
        ("parent_agent_id",): Value("parent_agent_id", WORDS),
        ("model",): Value("model", WORDS),
        ("prompt",): Value("prompt", PROSE),
        ("load_percentage",): Value("load_percentage", FLOAT),
        ("estimated_duration",): Value("estimated_duration", NUMBER),
        ("metadata",): Rows("metadata", "key", "value", KeyedValue, ANYTHING),
        ("status",): Value("status", one_of(STATUS.words)),
        ("pid",): Value("process.pid", COUNT),
        ("started_at",): Value("started_at", MOMENT),
        ("progress",): Value("progress.percent", NUMBER),
        ("progress_message",): Value("progress.message", WORDS),
        ("created_at",): Value("created_at", MOMENT),
        ("last_updated",): Value("last_updated", MOMENT),
        ("completed_at",): Value("completed_at", MOMENT),
        ("failed_at",): Value("failed_at", MOMENT),
        ("error",): Value("error", WORDS),
        ("attempts",): Value("attempts", COUNT),
        ("resumed_at",): Value("resumed_at", MOMENT),
        ("tokens",): Value("tokens", COUNT),
        ("cost",): Value("cost", NUMBER),
    },
)

# Under which key the page keeps what other files of the agent say.
FILES = "files"
STATE, REQUEST, RESPONSE, STATUS_FILE, PROMPT = "state", "request", "response", "status", "prompt"
# What an agent was asked to do stays so; what was answered then is not what is so now.
_ASKED = (
    *("agent_id", "agent_name", "agent_type", "parent_agent_id", "model", "prompt"),
    *("load_percentage", "estimated_duration", "metadata"),
)
_FOLLOWING = {
    REQUEST: frozenset(_ASKED),
    RESPONSE: frozenset(_ASKED),
    STATUS_FILE: frozenset(path[0] for path in AGENT_STATE.places),
    PROMPT: frozenset({"prompt"}),
}


@frozen()
class AgentFile:
    """A file about an agent besides its state: what it is, its name, and what it says."""

    role: str
    name: str
    held: Mapping[str, Any]


def agent_of_json(state: Mapping[str, Any] | None, files: Sequence[AgentFile]) -> Agent:
    """The page of an agent that its state tells, or where there is none all that the other files tell.

    The other files are kept under their names, each value that the page says too by its key alone.
    """
    if state is not None:
        page: Agent = page_of_json(AGENT_STATE, state)
    else:
        told: dict[str, Any] = {"status": PENDING}
        for role in (REQUEST, RESPONSE, STATUS_FILE, PROMPT):
            for each in files:
                told |= each.held if each.role == role else {}
        page = replace(page_of_json(AGENT_STATE, told), other_values=())
    said = json_of_agent(page)
    kept = tuple(other((FILES, each.name), _kept(each, said)) for each in files)
    return replace(page, other_values=(*page.other_values, *kept))


def _kept(file: AgentFile, said: Mapping[str, Any]) -> dict[str, Any]:
    same = [
        key
        for key, value in file.held.items()
        if key in _FOLLOWING[file.role] and key in said and alike(said[key], value)
    ]
    return {"same": same, "other": {key: value for key, value in file.held.items() if key not in same}}


def json_of_agent(page: Agent) -> dict[str, Any]:
    """What ``state/ID.json`` says of the page."""
    own = tuple(each for each in page.other_values if not _names_file(each))
    return json_of_page(AGENT_STATE, replace(page, other_values=own))


def _names_file(row: KeyedValue) -> bool:
    path = path_of(row)
    return path is not None and len(path) == 2 and path[0] == FILES


def files_of_agent(page: Agent) -> Iterator[tuple[str, dict[str, Any]]]:
    """The other files of an agent: their names, and what they say now."""
    said = json_of_agent(page)
    for row in page.other_values:
        path = path_of(row)
        held = row.value.value if row.value is not None else None
        if path is None or not _names_file(row) or not isinstance(held, dict):
            continue
        same, others = held.get("same"), held.get("other")
        if isinstance(same, list) and isinstance(others, dict):
            yield path[1], {key: said[key] for key in same if key in said} | others
