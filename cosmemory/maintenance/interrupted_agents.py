"""Agents that have not ended, with what became of their processes: a scan of plain pages, else the page read whole.

A page as it is written here, with nothing to unescape in it, is read by one pattern up to its last checkpoint; of any
other the pattern is unsure, and the plain path decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from cosmemory import clock
from cosmemory.document.json_values import Data, read_data
from cosmemory.document.values import time_of
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import COMPLETED, FAILED, RUNNING, Agent, last_checkpoint
from cosmemory.maintenance.processes import GONE, OTHER, standing
from cosmemory.memory import Memory
from cosmemory.operations.page_ids import id_on
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import is_empty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ENDED = (COMPLETED, FAILED)
FOLDER = AGENT.path.partition("{")[0]


@frozen(kw_only=True)
class InterruptedAgent:
    """An agent that has not ended: how far it was, and whether its process is alive, gone, another or unknown.

    ``progress``, ``message`` and ``data`` are those of its last checkpoint, which was made at ``checkpoint``.
    """

    agent_id: str
    agent_name: str | None
    agent_type: str | None
    parent_agent_id: str | None
    model: str | None
    status: str | None
    attempts: int | None
    started_at: datetime | None
    last_updated: datetime | None
    pid: int | None
    host: str | None
    mark: str | None
    output: str | None
    alert: str | None
    alerted: str | None
    checkpoint: datetime | None = None
    progress: float | None = None
    message: str | None = None
    data: Data | None = None
    process: str = ""

    @property
    def orphan(self) -> bool:
        """Whether it should be at work and its process is not there."""
        return self.status == RUNNING and self.process in {GONE, OTHER}


def interrupted_agents(memory: Memory) -> tuple[InterruptedAgent, ...]:
    """Every agent that has not ended, by its id; a page whose status cannot be read is among them."""
    return tuple(
        replace(each, process=standing(each.pid, each.mark, each.started_at, each.host))
        for each in _told(memory)
    )


def _told(memory: Memory) -> Iterator[InterruptedAgent]:
    paths = [path for path in memory.store.paths() if path.startswith(FOLDER) and id_on(AGENT, path)]
    for path, file in memory.store.open_each(paths):
        key = id_on(AGENT, path)
        sure, seen = scanned(key, file.read())
        if not sure:
            seen = plainly(key, memory.read(path))
        if seen is not None:
            yield seen


def plainly(key: str, agent: Agent) -> InterruptedAgent | None:
    """What the page of the agent ``key`` says, read whole; None for one that has ended."""
    if agent.status in ENDED:
        return None
    mark = last_checkpoint(agent)
    shown: dict[str, Any] = {}
    if mark is not None:
        shown = {
            "checkpoint": _if(datetime, mark.time),
            "progress": _if((int, float), mark.progress),
            "message": mark.message,
            "data": mark.data,
        }
    return InterruptedAgent(
        agent_id=key,
        agent_name=agent.agent_name,
        agent_type=agent.agent_type,
        parent_agent_id=agent.parent_agent_id,
        model=agent.model,
        status=_if(str, agent.status),
        attempts=_if(int, agent.attempts),
        started_at=_if(datetime, agent.started_at),
        last_updated=_if(datetime, agent.last_updated),
        pid=_if(int, agent.process.pid),
        host=agent.process.host,
        mark=agent.process.mark,
        output=agent.process.output,
        alert=agent.alert,
        alerted=_if(str, agent.alerted),
        **shown,
    )


def _if(kind: Any, value: Any) -> Any:
    """``value`` where it could be read as its type."""
    return value if isinstance(value, kind) else None


# Characters that stand for themselves wherever they stand, and no line may end in but LF.
_TEXT = r"[^\\&<`|\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*"
_TIME = r"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|-)"
_COUNT = r"(?:\d{1,15}|-)"
_PERCENT = r"(?:\d{1,3}%|-)"


def _line(title: str, kind: str = _TEXT, name: str = "") -> str:
    told = f"(?P<{name}>{kind})" if name else kind
    return rf"- \*\*{title}:\*\* {told}\n"


_PAGE = pattern(
    rf"# Agent {_TEXT}\n\n"
    + _line("Agent ID")
    + _line("Agent Name", name="agent_name")
    + _line("Agent Type", name="agent_type")
    + _line("Parent Agent ID", name="parent_agent_id")
    + _line("Model", name="model")
    + _line("Status", "(?:pending|spawning|running|completed|failed)", "status")
    + _line("Attempts", _COUNT, "attempts")
    + _line("Load Percentage")
    + _line("Estimated Duration")
    + _line("Created At")
    + _line("Started At", _TIME, "started_at")
    + _line("Last Updated", _TIME, "last_updated")
    + _line("Completed At")
    + _line("Failed At")
    + _line("Resumed At")
    + _line("Error")
    + _line("Tokens")
    + _line("Cost")
    + _line("Alert", name="alert")
    + _line("Alerted", "(?:dead|stale|-)", "alerted")
    + r"\n## Process\n"
    + _line("PID", _COUNT, "pid")
    + _line("Host", name="host")
    + _line("Started")
    + _line("Mark", name="mark")
    + _line("Output", name="output")
    + _line("Exit Code")
    + _line("Restarts")
    + r"\n## Progress\n"
    + _line("Percent")
    + _line("Message")
    + _line("Data")
    + r"\n## Checkpoints\n\| Time \| Progress \| Message \| Data \|\n\|-+\|-+\|-+\|-+\|\n"
    + rf"(?:\| {_TEXT} \| {_TEXT} \| {_TEXT} \| {_TEXT} \|\n)*?"
    + rf"(?:\| (?P<checkpoint>{_TIME}) \| (?P<progress>{_PERCENT}) \| (?P<message>{_TEXT}) "
    + rf"\| (?P<data>{_TEXT}) \|\n)?\n## Metadata\n",
    re.ASCII,
)
_WORDS = ("agent_name", "agent_type", "parent_agent_id", "model", "status", "host", "mark", "output")


def scanned(key: str, page: bytes) -> tuple[bool, InterruptedAgent | None]:
    """Whether the pattern is sure of ``page``, and then what the plain path would make of it."""
    try:
        text = page.decode()
    except UnicodeDecodeError:
        return False, None
    found = _PAGE.match(text)
    if found is None:
        return False, None
    if found["status"] in ENDED:
        return True, None
    held: dict[str, Any] = {name: _word(found[name]) for name in (*_WORDS, "alert", "alerted", "message")}
    held |= {name: _number(found[name]) for name in ("attempts", "pid")}
    held["progress"] = _number((found["progress"] or "-").removesuffix("%"))
    data = _word(found["data"])
    held["data"] = read_data(data).value if data is not None else None
    for name in ("started_at", "last_updated", "checkpoint"):
        moment = _word(found[name])
        read = clock.read_time(moment) if moment is not None else None
        if moment is not None and read is None:
            return False, None
        held[name] = time_of(read[0]) if read is not None else None
    if found["checkpoint"] and not any(
        held[each] is not None for each in ("checkpoint", "progress", "message", "data")
    ):
        return False, None  # a row that says nothing is none
    return True, InterruptedAgent(agent_id=key, **held)


def _word(text: str | None) -> str | None:
    bare = (text or "").strip()
    return None if is_empty(bare) else bare


def _number(text: str | None) -> int | None:
    return int(text) if text and text != "-" else None
