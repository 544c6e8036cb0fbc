"""Agents as text: in a line, in a block, and with everything that is needed to go on with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from cosmemory.clock import read_time
from cosmemory.document.data import plain
from cosmemory.document.values import time_of, write_number
from cosmemory.interfaces.cli.ages import age
from cosmemory.interfaces.cli.status_texts import flat
from cosmemory.kinds.agent import Agent
from cosmemory.maintenance.interrupted_agents import InterruptedAgent
from cosmemory.maintenance.resuming_agents import Resumption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SHOWN = (
    *("agent_id", "agent_name", "agent_type", "parent_agent_id", "model", "status", "attempts"),
    *("started_at", "last_updated", "pid", "host", "process", "output", "checkpoint", "progress", "message"),
)


def interrupted_data(seen: InterruptedAgent) -> dict[str, Any]:
    """An interrupted agent for JSON."""
    held = {name: getattr(seen, name) for name in _SHOWN}
    return {**held, "data": seen.data.value if seen.data is not None else None, "orphan": seen.orphan}


def blocks(found: Iterable[tuple[InterruptedAgent, bool]], now: datetime) -> Iterator[str]:
    """Interrupted agents, each in a block of its own, with whether it was handed out before."""
    for number, (each, handed) in enumerate(found, 1):
        yield f"[{number}] {each.agent_id}  {flat(each.agent_name)}"
        yield f"    Type: {flat(each.agent_type)}, parent {flat(each.parent_agent_id)}, model {flat(each.model)}"
        yield f"    Status: {each.status or '-'}{_tries(each.attempts)}"
        yield f"    Process: {_process(each)}"
        yield f"    Started: {each.started_at or '-'}{_ago(each.started_at, now)}"
        yield f"    Last updated: {each.last_updated or '-'}{_ago(each.last_updated, now)}"
        yield f"    Progress: {_progress(each)}"
        if handed:
            yield "    Handed out: before, and nobody has gone on with it since"


def _tries(attempts: int | None) -> str:
    return f", attempt {attempts}" if attempts else ""


def _process(each: InterruptedAgent) -> str:
    if each.pid is None:
        return "none was told of"
    where = f" on {each.host}" if each.process == "unknown" and each.host else ""
    words = {"other": "gone, its number is another's now", "unknown": f"unknown{where}"}
    return f"{each.pid}, {words.get(each.process, each.process)}"


def _ago(moment: str | None, now: datetime) -> str:
    read = read_time(moment or "")
    return f" ({age(time_of(read[0]), now)})" if read is not None else ""


def _progress(each: InterruptedAgent) -> str:
    if each.checkpoint is None and each.progress is None:
        return "no checkpoint"
    percent = f"{write_number(each.progress)}%" if each.progress is not None else "-"
    said = f", {flat(each.message)}" if each.message else ""
    return f"{percent}{said} (at {each.checkpoint or '-'})"


def resumption_lines(done: Resumption) -> Iterator[str]:
    """Everything that is needed to go on with an agent; its prompt last, indented and otherwise as it stands."""
    held = done.data
    yield f"{held['agent_id']}  {flat(held['agent_name'])}"
    yield f"    Why: {done.reason}"
    for title, name in (("Type", "agent_type"), ("Parent", "parent_agent_id"), ("Model", "model")):
        yield f"    {title}: {flat(held[name])}"
    for title, name in (("Load", "load_percentage"), ("Duration", "estimated_duration")):
        if held[name] is not None:
            yield f"    {title}: {held[name]}{'%' if title == 'Load' else ' s'}"
    mark = held["resume_from"]
    yield f"    Resume from: {_mark(mark)}"
    data = done.agent.checkpoints[-1].data if mark else None
    if data is not None:
        yield f"    Data: {data.json}"
    for entry in done.agent.metadata:
        yield f"    {entry.key}: {flat(str(entry.value) if entry.value is not None else None)}"
    if held["output"]:
        yield f"    Output: {held['output']}"
    yield f"    Attempts so far: {held['attempts'] or 0}"
    yield "    Prompt:"
    for line in (done.agent.prompt or "-").split("\n"):
        yield f"      {line}".rstrip()


def _mark(mark: dict[str, Any] | None) -> str:
    if mark is None:
        return "the beginning"
    said = f", {flat(mark['message'])}" if mark["message"] else ""
    return f"{mark['progress']}%{said} (at {mark['time'] or '-'})"


def agent_line(agent: Agent) -> str:
    """An agent in a line."""
    percent = plain(agent.progress.percent)
    share = f", {percent}%" if percent is not None else ""
    name = f"  {flat(agent.agent_name)}" if agent.agent_name else ""
    sort = f"{agent.agent_type}, " if agent.agent_type else ""
    return f"{agent.agent_id}{name}  ({sort}{plain(agent.status) or '-'}{share})"
