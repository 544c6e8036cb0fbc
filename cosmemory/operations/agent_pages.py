"""What the verbs of agents share: a new page, a process as it stands on one, and what the log is told."""

from __future__ import annotations

from collections.abc import Mapping

from cosmemory.document.entered import entered
from cosmemory.document.json_values import Data
from cosmemory.document.values import write_percent
from cosmemory.errors import InvalidValue
from cosmemory.frozen import replace
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import PENDING, RUNNING, SPAWNING, Agent, Process, last_checkpoint
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import new_id, page_of
from cosmemory.operations.process_marks import host, mark_of
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypedDict

    class Asked(TypedDict, total=False):
        """What may be said of an agent: its parent's id, the percent of the load it takes, its time in seconds."""

        name: str | None
        kind: str | None
        parent: str | None
        model: str | None
        prompt: str | None
        load: float | None
        duration: float | None
        metadata: Mapping[str, Any] | None


def tell(transaction: Transaction, agent: Agent, done: str, outcome: str, *, type_: str = "agent") -> None:
    """An event of the log about an agent."""
    name = f" ({agent.agent_name})" if agent.agent_name else ""
    action = f"{agent.agent_id}{name} {done}"
    involved = str(agent.agent_id)
    transaction.append(
        Event(time=transaction.now, type=type_, involved=involved, action=action, outcome=outcome)
    )


def new(transaction: Transaction, key: str, details: dict[str, Any]) -> Agent:
    """A new agent that waits; nothing is written yet."""
    named = new_id(transaction, AGENT, key)
    now = transaction.now
    then = transaction.memory.happened or now
    return Agent(agent_id=named, status=PENDING, attempts=0, created_at=then, last_updated=now, **details)


def create(transaction: Transaction, agent: Agent) -> None:
    """The page of a new agent."""
    made = entered(Agent(), agent)
    transaction.create(page_of(AGENT, str(agent.agent_id)), page_text(transaction.memory, AGENT, made))


def details(
    *,
    name: str | None = None,
    kind: str | None = None,
    parent: str | None = None,
    model: str | None = None,
    prompt: str | None = None,
    load: float | None = None,
    duration: float | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What was said of an agent, by the attributes of its page.

    Raises InvalidValue for a load that is no share of a whole, and a duration below nothing.
    """
    if load is not None and not 0 <= load <= 100:
        raise InvalidValue("the load", f"{load} is no share of a whole", "Write a number from 0 to 100.")
    if duration is not None and duration < 0:
        raise InvalidValue("the duration", f"{duration} is less than nothing", "Write a number of seconds.")
    said = {
        "agent_name": name,
        "agent_type": kind,
        "parent_agent_id": parent,
        "model": model,
        "prompt": prompt,
        "load_percentage": load,
        "estimated_duration": duration,
        "metadata": entries_of(metadata) if metadata else None,
    }
    return {attribute: value for attribute, value in said.items() if value is not None}


def entries_of(values: Mapping[str, Any]) -> tuple[KeyedValue, ...]:
    """Rows of the table below Metadata."""
    return tuple(KeyedValue(key=key, value=Data.of(value)) for key, value in values.items())


def process_of(pid: int | None, process: Process | None) -> Process | None:
    """The process that was given, by its number or described; None where none was."""
    if process is None and pid is None:
        return None
    if pid is not None and pid < 1:
        raise InvalidValue("the process", f"{pid} is no process id", "Write a number from 1 on.")
    if process is not None:
        return process if process.host else replace(process, host=host())
    return Process(pid=pid, host=host(), mark=mark_of(pid) if pid is not None else None)


def used(agent: Agent, tokens: int | None, cost: float | None) -> Agent:
    """``agent`` with what it has used so far, where that is told."""
    if min(tokens or 0, cost or 0) < 0:
        raise InvalidValue("what was used", "it is less than nothing", "Write a number from 0 on.")
    if tokens is not None:
        agent = replace(agent, tokens=tokens)
    return replace(agent, cost=cost) if cost is not None else agent


def ended(agent: Agent, exit_code: int | None) -> Agent:
    """``agent`` with the exit code of its process, where there is one."""
    if exit_code is None:
        return agent
    return replace(agent, process=replace(agent.process, exit_code=exit_code))


def at_work(agent: Agent) -> str:
    """What the log tells of an agent that was spawned."""
    pid = agent.process.pid
    if agent.status == SPAWNING:
        return SPAWNING
    return f"{RUNNING}, process {pid}" if pid is not None else RUNNING


def from_where(agent: Agent) -> str:
    """From which checkpoint an agent goes on, in words."""
    mark = last_checkpoint(agent)
    if mark is None:
        return "from the beginning"
    percent = write_percent(mark.progress) if isinstance(mark.progress, int | float) else "-"
    return f"from {percent}" + (f": {mark.message}" if mark.message else "")
