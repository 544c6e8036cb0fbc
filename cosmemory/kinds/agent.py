"""One agent: what it was asked to do, the process that does it, how far it is, and where it can go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, section, table
from cosmemory.document.json_values import DATA, Data
from cosmemory.document.values import COUNT, NUMBER, PERCENT, TIME, Raw, enum
from cosmemory.errors import IllegalTransition, InvalidValue
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.keyed_values import KeyedValue

PENDING, SPAWNING, RUNNING, COMPLETED, FAILED = "pending", "spawning", "running", "completed", "failed"
STATUS = enum("agent status", PENDING, SPAWNING, RUNNING, COMPLETED, FAILED)
STEPS: dict[str, tuple[str, ...]] = {
    PENDING: (SPAWNING, FAILED),
    SPAWNING: (RUNNING, FAILED),
    RUNNING: (COMPLETED, FAILED),
    COMPLETED: (),
    FAILED: (PENDING,),
}
INCOMPLETE = (PENDING, SPAWNING, RUNNING)
DEAD, STALE = "dead", "stale"
ALERTED = enum("reason", DEAD, STALE)

Time = datetime | Raw | None
Word = str | Raw | None
Amount = float | Raw | None

# What tells when the page was changed.
STAMP = ("last_updated",)


@frozen(kw_only=True)
class Process(Record):
    """The process that does the agent's work; ``mark`` names it for good, since numbers are given again."""

    pid: int | Raw | None = label("PID", COUNT)
    host: str | None = label("Host")
    started: Time = label("Started", TIME)
    mark: str | None = label("Mark")
    output: str | None = label("Output")
    exit_code: Amount = label("Exit Code", NUMBER)
    restarts: int | Raw | None = label("Restarts", COUNT)


@frozen(kw_only=True)
class Progress(Record):
    """How far the agent is; ``data`` is what it needs to go on from here."""

    percent: Amount = label("Percent", PERCENT)
    message: str | None = label("Message")
    data: Data | None = label("Data", DATA)


@frozen(kw_only=True)
class Checkpoint(Record):
    """A moment from which the agent's work can go on."""

    time: Time = column("Time", TIME, required=True)
    progress: Amount = column("Progress", PERCENT, required=True)
    message: str | None = column("Message")
    data: Data | None = column("Data", DATA)


@frozen(kw_only=True)
class Agent(Record):
    """The page ``agents/ID.md``."""

    agent_id: str | None = label("Agent ID", aliases=("ID",), required=True)
    agent_name: str | None = label("Agent Name", aliases=("Name",))
    agent_type: str | None = label("Agent Type", aliases=("Type",))
    parent_agent_id: str | None = label("Parent Agent ID", aliases=("Parent",))
    model: str | None = label("Model")
    status: Word = label("Status", STATUS, required=True)
    attempts: int | Raw | None = label("Attempts", COUNT)
    load_percentage: Amount = label("Load Percentage", PERCENT, aliases=("Load",))
    estimated_duration: Amount = label("Estimated Duration", NUMBER)
    created_at: Time = label("Created At", TIME, aliases=("Created",))
    started_at: Time = label("Started At", TIME)
    last_updated: Time = label("Last Updated", TIME, aliases=("Updated",), derived=True)
    completed_at: Time = label("Completed At", TIME, aliases=("Completed",))
    failed_at: Time = label("Failed At", TIME, aliases=("Failed",))
    resumed_at: Time = label("Resumed At", TIME, aliases=("Resumed",))
    error: str | None = label("Error")
    tokens: int | Raw | None = label("Tokens", COUNT)
    cost: Amount = label("Cost", NUMBER)
    alert: str | None = label("Alert")
    alerted: Word = label("Alerted", ALERTED)
    process: Process = section("Process", Process)
    progress: Progress = section("Progress", Progress)
    checkpoints: tuple[Checkpoint, ...] = table("Checkpoints", Checkpoint)
    metadata: tuple[KeyedValue, ...] = table("Metadata", KeyedValue, key="key")
    other_values: tuple[KeyedValue, ...] = table("Other Values", KeyedValue, key="key")
    prompt: str | None = prose("Prompt")
    notes: str | None = prose("Notes")


def ages(agent: Agent) -> bool:
    """Whether the page may become a finding with nobody changing it: an agent at work that goes silent."""
    return agent.status == RUNNING


def is_incomplete(agent: Agent) -> bool:
    """Whether the agent has neither done its work nor failed."""
    return agent.status in INCOMPLETE


def move(agent: Agent, *statuses: str) -> Agent:
    """``agent`` taken through ``statuses``, one after the other.

    Raises IllegalTransition for a step that is not in ``STEPS``.
    """
    for status in statuses:
        legal = STEPS.get(str(agent.status), ())
        if status not in legal:
            raise IllegalTransition(f"Agent {agent.agent_id}", str(agent.status), status, legal)
        agent = replace(agent, status=status)
    return agent


def spawn(agent: Agent) -> Agent:
    """``agent`` with one more attempt begun."""
    moved = move(agent, SPAWNING)
    count = agent.attempts if isinstance(agent.attempts, int) else 0
    return replace(moved, attempts=count + 1, alert=None, alerted=None)


def start(agent: Agent, at: datetime, process: Process) -> Agent:
    """``agent`` at work in ``process``; one that waits is spawned on the way."""
    if agent.status == PENDING:
        agent = spawn(agent)
    return replace(move(agent, RUNNING), started_at=at, process=_in_place_of(agent.process, process))


def _in_place_of(old: Process, new: Process) -> Process:
    """``new`` where ``old`` stands on the page."""
    return replace(new, origin=old.origin, extra=old.extra)


def advance(
    agent: Agent, percent: float, at: datetime, message: str | None, data: Data | None, limit: int
) -> Agent:
    """``agent`` so many percent on its way, with a checkpoint of it; at most ``limit`` checkpoints stay.

    Raises IllegalTransition for an agent that does not run, InvalidValue for what is no share of a whole.
    """
    if agent.status != RUNNING:
        raise IllegalTransition(
            f"Agent {agent.agent_id}",
            str(agent.status),
            RUNNING,
            STEPS.get(str(agent.status), ()),
            "Only a running agent makes progress.",
        )
    if not 0 <= percent <= 100:
        raise InvalidValue("progress", f"{percent} is no share of a whole", "Write a number from 0 to 100.")
    mark = Checkpoint(time=at, progress=percent, message=message, data=data)
    shown = replace(agent.progress, percent=percent, message=message, data=data)
    return replace(agent, progress=shown, checkpoints=(*agent.checkpoints, mark)[-limit:])


def complete(agent: Agent, at: datetime) -> Agent:
    """``agent`` done."""
    done = replace(agent.progress, percent=100)
    return replace(move(agent, COMPLETED), completed_at=at, progress=done)


def fail(agent: Agent, at: datetime, error: str) -> Agent:
    """``agent`` failed because of ``error``."""
    return replace(move(agent, FAILED), failed_at=at, error=error)


def retry(agent: Agent) -> Agent:
    """``agent`` that failed, waiting to be spawned again; its checkpoints stay."""
    waiting = replace(move(agent, PENDING), failed_at=None, error=None)
    return replace(waiting, process=_in_place_of(agent.process, Process(output=agent.process.output)))


def resume(agent: Agent, at: datetime, reason: str) -> Agent:
    """``agent``, interrupted because of ``reason``, waiting to be spawned again from its last checkpoint."""
    waiting = agent if agent.status == PENDING else retry(fail(agent, at, reason))
    return replace(waiting, resumed_at=at)


def last_checkpoint(agent: Agent) -> Checkpoint | None:
    """From where the agent goes on; None where it begins."""
    return agent.checkpoints[-1] if agent.checkpoints else None


def value_of(entries: Sequence[KeyedValue]) -> dict[str, object]:
    """What ``entries`` hold, by name."""
    return {str(each.key): each.value.value if each.value is not None else None for each in entries}
