"""Agents that have not ended, with what became of their processes: a scan of plain pages, else the page read whole.

A page as it is written here, with nothing to unescape in it, is read by one pattern up to its last checkpoint; of any
other the pattern is unsure, and the plain path decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from cosmemory.document.json_values import Data, read_data, write_data
from cosmemory.document.values import write_time
from cosmemory.frozen import field, frozen
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import COMPLETED, FAILED, RUNNING, Agent, Checkpoint, last_checkpoint
from cosmemory.maintenance.processes import GONE, OTHER, standing
from cosmemory.memory import Memory
from cosmemory.operations.page_ids import id_on
from cosmemory.pattern import pattern
from cosmemory.store import Readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ENDED = (COMPLETED, FAILED)
USUAL = 16_384  # bytes that few pages of agents have
FOLDER = AGENT.path.partition("{")[0]


@frozen()
class InterruptedAgent:
    """An agent that has not ended: how far it was, and whether its process is alive, gone, another or unknown.

    ``progress``, ``message`` and ``data`` are those of its last checkpoint, which was made at ``checkpoint``. Times
    are as pages write them.
    """

    agent_id: str
    agent_name: str | None
    agent_type: str | None
    parent_agent_id: str | None
    model: str | None
    status: str | None
    attempts: int | None
    started_at: str | None
    last_updated: str | None
    alert: str | None
    alerted: str | None
    pid: int | None
    host: str | None
    mark: str | None
    output: str | None
    checkpoint: str | None
    progress: float | None
    message: str | None
    data_text: str | None = field(compare=False)
    process: str

    @property
    def data(self) -> Data | None:
        """What it needs to go on from its last checkpoint."""
        found: Data | None = read_data(self.data_text).value if self.data_text is not None else None
        return found

    @property
    def orphan(self) -> bool:
        """Whether it should be at work and its process is not there."""
        return self.status == RUNNING and self.process in {GONE, OTHER}


def interrupted_agents(memory: Memory) -> tuple[InterruptedAgent, ...]:
    """Every agent that has not ended, by its id; a page whose status cannot be read is among them."""
    return tuple(_told(memory))


def _told(memory: Memory) -> Iterator[InterruptedAgent]:
    keys = {path: id_on(AGENT, path) for path in memory.store.paths() if path.startswith(FOLDER)}
    for path, file in memory.store.open_each([path for path, key in keys.items() if key]):
        key = keys[path]
        sure, seen = scanned(key, _all(file))
        if not sure:
            seen = plainly(key, memory.read(path))
        if seen is not None:
            yield seen


def _all(file: Readable) -> bytes:
    """Every byte of a page, which most often is one call."""
    data = file.read(USUAL)
    return data if len(data) < USUAL else data + file.read()


def plainly(key: str, agent: Agent) -> InterruptedAgent | None:
    """What the page of the agent ``key`` says, read whole; None for one that has ended."""
    if agent.status in ENDED:
        return None
    mark = last_checkpoint(agent) or Checkpoint()
    pid, started = _if(int, agent.process.pid), _time(agent.started_at)
    return InterruptedAgent(
        agent_id=key,
        agent_name=agent.agent_name,
        agent_type=agent.agent_type,
        parent_agent_id=agent.parent_agent_id,
        model=agent.model,
        status=_if(str, agent.status),
        attempts=_if(int, agent.attempts),
        started_at=started,
        last_updated=_time(agent.last_updated),
        pid=pid,
        host=agent.process.host,
        mark=agent.process.mark,
        output=agent.process.output,
        alert=agent.alert,
        alerted=_if(str, agent.alerted),
        checkpoint=_time(mark.time),
        progress=_if((int, float), mark.progress),
        message=mark.message,
        data_text=write_data(mark.data) if mark.data is not None else None,
        process=standing(pid, agent.process.mark, started, agent.process.host),
    )


def _if(kind: Any, value: Any) -> Any:
    """``value`` where it could be read as its type."""
    return value if isinstance(value, kind) else None


def _time(value: Any) -> str | None:
    return write_time(value) if isinstance(value, datetime) else None


# Characters that stand for themselves wherever they stand, and no line may end in but LF.
_PLAIN = r"[^\\&<`|\x00-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]"
_TEXT = rf"{_PLAIN}*"
# Words without white space around them, that are no spelling of Empty.
_EMPTY = r"(?i:none|\(none\)|n/a|- none|(?:- )?no pending tasks|—)(?: \||\n)"
_WORDS = rf"(?![ _*]|{_EMPTY}){_PLAIN}*(?<! )"
# Days that every month has, and those that this one has for sure.
_DAY = r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_TIME = rf"(?!0000)\d{{4}}-{_DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"
_COUNT = r"\d{1,15}"


def _kept(kind: str) -> str:
    """A value that is asked for: a group of its own, which holds nothing where the page says nothing."""
    return rf"(?:-|({kind}))"


def _line(title: str, value: str = _TEXT) -> str:
    return rf"- \*\*{title}:\*\* {value}\n"


# The groups are the attributes of an interrupted agent, in their order.
_PAGE = pattern(
    rf"# Agent {_TEXT}\n\n"
    + _line("Agent ID")
    + _line("Agent Name", _kept(_WORDS))
    + _line("Agent Type", _kept(_WORDS))
    + _line("Parent Agent ID", _kept(_WORDS))
    + _line("Model", _kept(_WORDS))
    + _line("Status", "(pending|spawning|running|completed|failed)")
    + _line("Attempts", _kept(_COUNT))
    + _line("Load Percentage")
    + _line("Estimated Duration")
    + _line("Created At")
    + _line("Started At", _kept(_TIME))
    + _line("Last Updated", _kept(_TIME))
    + _line("Completed At")
    + _line("Failed At")
    + _line("Resumed At")
    + _line("Error")
    + _line("Tokens")
    + _line("Cost")
    + _line("Alert", _kept(_WORDS))
    + _line("Alerted", _kept("dead|stale"))
    + r"\n## Process\n"
    + _line("PID", _kept(_COUNT))
    + _line("Host", _kept(_WORDS))
    + _line("Started")
    + _line("Mark", _kept(_WORDS))
    + _line("Output", _kept(_WORDS))
    + _line("Exit Code")
    + _line("Restarts")
    + r"\n## Progress\n"
    + _line("Percent")
    + _line("Message")
    + _line("Data")
    + r"\n## Checkpoints\n\| Time \| Progress \| Message \| Data \|\n\|-+\|-+\|-+\|-+\|\n"
    + rf"(?:\| {_TEXT} \| {_TEXT} \| {_TEXT} \| {_TEXT} \|\n)*?"
    + rf"(?:\| ({_TIME}) \| (?:-|({_COUNT})%) \| {_kept(_WORDS)} \| {_kept(_WORDS)} \|\n)?"
    + r"\n## Metadata\n",
    re.ASCII,
)


def scanned(key: str, page: bytes) -> tuple[bool, InterruptedAgent | None]:
    """Whether the pattern is sure of ``page``, and then what the plain path would make of it."""
    try:
        found = _PAGE.match(page.decode())
    except UnicodeDecodeError:
        return False, None
    if found is None:
        return False, None
    name, kind, parent, model, status, tries, *rest = found.groups()
    if status in ENDED:
        return True, None
    started, updated, alert, alerted, number, on, mark, output, at, percent, message, data = rest
    pid = int(number) if number is not None else None
    return True, InterruptedAgent(
        key,
        name,
        kind,
        parent,
        model,
        status,
        int(tries) if tries is not None else None,
        started,
        updated,
        alert,
        alerted,
        pid,
        on,
        mark,
        output,
        at,
        int(percent) if percent is not None else None,
        message,
        data,
        standing(pid, mark, started, on),
    )
