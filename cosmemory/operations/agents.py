"""Agents: spawned, followed on their way, done, failed and begun again, each on a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from cosmemory.document.json_values import Data
from cosmemory.document.values import write_percent
from cosmemory.errors import Damaged, Locked, NotRead, NotSaved, ReadOnly, Unsafe
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import AGENT
from cosmemory.kinds import agent as pure
from cosmemory.kinds.agent import PENDING, Agent, Process
from cosmemory.kinds.coordination_log import Event
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.agent_figures import Summary, by_parent, summed
from cosmemory.operations.agent_pages import (
    at_work,
    create,
    details,
    ended,
    from_where,
    new,
    process_of,
    tell,
    used,
)
from cosmemory.operations.handing_out import hand_out
from cosmemory.operations.page_ids import id_named, ids_of, page_of, to_archive
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Unpack

    from cosmemory.operations.agent_pages import Asked

# What keeps a page from being written, and must keep nobody from doing the work.
UNWRITABLE = (NotSaved, NotRead, ReadOnly, Locked, Damaged, Unsafe)


@frozen(kw_only=True)
class Spawn:
    """An agent that was spawned; ``problem`` says why its page could not be written, where it could not."""

    key: str
    problem: str = ""

    @property
    def recorded(self) -> bool:
        """Whether the page tells of it."""
        return not self.problem


def register(
    memory: Memory,
    key: str,
    *,
    expected: dict[str, str] | None = None,
    **asked: Unpack[Asked],
) -> Outcome[str]:
    """A new agent that waits to be spawned: its type, its parent's id, the percent of the load it takes, seconds.

    Raises InvalidValue for an id that was used before.
    """
    said = details(**asked)

    def verb(transaction: Transaction) -> str:
        agent = new(transaction, key, said)
        create(transaction, agent)
        tell(transaction, agent, "registered", PENDING)
        return str(agent.agent_id)

    return memory.run(verb, expected=expected, operation="agent register")


def spawn(
    memory: Memory,
    key: str,
    *,
    pid: int | None = None,
    process: Process | None = None,
    expected: dict[str, str] | None = None,
    **asked: Unpack[Asked],
) -> Outcome[Spawn]:
    """A new agent, or one that waits, being spawned; at work at once where its process is given.

    Where its page cannot be written the answer says so and nothing is raised: the work must not wait for its
    record. Raises IllegalTransition for an agent that does not wait, InvalidValue for an id that was used before.
    """
    said = details(**asked)
    running = process_of(pid, process)

    def verb(transaction: Transaction) -> Spawn:
        known = next((each for each in ids_of(memory, AGENT) if each.lower() == key.lower()), None)
        if known is None:
            agent = pure.spawn(new(transaction, key, said))
        else:
            agent = pure.spawn(replace(transaction.read(page_of(AGENT, known)), **said))
        if running is not None:
            agent = pure.start(agent, transaction.now, running)
        if known is None:
            create(transaction, agent)
        else:
            transaction.replace(page_of(AGENT, known), agent)
        tell(transaction, agent, "spawned", at_work(agent))
        return Spawn(key=str(agent.agent_id))

    try:
        return memory.run(verb, expected=expected, operation="agent spawn")
    except UNWRITABLE as error:
        return Outcome(Spawn(key=key, problem=str(error)), ())


def started(
    memory: Memory,
    key: str,
    *,
    pid: int | None = None,
    process: Process | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The agent ``key`` at work, in the process ``pid`` or the one that ``process`` describes."""
    running = process_of(pid, process) or Process()
    return _change(
        memory,
        "agent started",
        key,
        expected,
        lambda agent, t: pure.start(agent, t.now, running),
        lambda agent: ("started", at_work(agent)),
    )


def progress(
    memory: Memory,
    key: str,
    percent: float,
    *,
    message: str | None = None,
    data: Any = None,
    tokens: int | None = None,
    cost: float | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The agent ``key`` so many percent on its way, with a checkpoint to go on from: what it did, what it needs."""
    held = Data.of(data) if data is not None else None

    def change(agent: Agent, transaction: Transaction) -> Agent:
        limit = memory.settings.agent_checkpoints
        moved = pure.advance(agent, percent, transaction.now, message, held, limit)
        return used(moved, tokens, cost)

    return _change(
        memory,
        "agent progress",
        key,
        expected,
        change,
        lambda _: (f"at {write_percent(percent)}", message or ""),
    )


def complete(
    memory: Memory,
    key: str,
    *,
    exit_code: int | None = None,
    tokens: int | None = None,
    cost: float | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The agent ``key`` done."""
    return _change(
        memory,
        "agent complete",
        key,
        expected,
        lambda agent, t: ended(used(pure.complete(agent, t.now), tokens, cost), exit_code),
        lambda _: ("completed", "completed"),
    )


def mark_failed(
    memory: Memory,
    key: str,
    *,
    error: str,
    exit_code: int | None = None,
    tokens: int | None = None,
    cost: float | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The agent ``key`` failed, and why."""
    return _change(
        memory,
        "agent fail",
        key,
        expected,
        lambda agent, t: ended(used(pure.fail(agent, t.now, error), tokens, cost), exit_code),
        lambda _: ("failed", error),
    )


def retry(memory: Memory, key: str, *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """The agent ``key``, which failed, waiting to be spawned again; its checkpoints stay."""
    return _change(
        memory,
        "agent retry",
        key,
        expected,
        lambda agent, _: pure.retry(agent),
        lambda agent: ("waits to be spawned again", from_where(agent)),
    )


def resume(
    memory: Memory,
    key: str,
    *,
    reason: str = "interrupted",
    again: bool = False,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The agent ``key``, interrupted because of ``reason``, handed out to be spawned again from where it was.

    Raises Refused for one that was handed out and that nobody has touched since, unless it is wished ``again``.
    """

    def change(agent: Agent, transaction: Transaction) -> Agent:
        page = page_of(AGENT, id_named(memory, AGENT, key))
        after = pure.resume(agent, transaction.now, reason)
        spawned = f"cosmemory agent spawn {agent.agent_id}"
        hand_out(transaction, page, f"Agent {agent.agent_id}", spawned, again=again)
        return after

    return _change(
        memory,
        "recover resume",
        key,
        expected,
        change,
        lambda agent: ("handed out to be resumed", f"{from_where(agent)}; {reason}"),
        type_="recovery",
    )


def remove(memory: Memory, key: str, *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """The page of the agent ``key`` moved to the archive, byte for byte."""
    return _put_away(
        memory, "agent remove", lambda transaction: [id_named(transaction.memory, AGENT, key)], expected
    )


def clear(memory: Memory, keys: Sequence[str], *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """The pages of the agents ``keys`` moved to the archive: nobody will resume them."""
    return _put_away(
        memory,
        "recover clear",
        lambda transaction: [id_named(transaction.memory, AGENT, key) for key in keys],
        expected,
        type_="recovery",
    )


def cleanup(
    memory: Memory, *, days: float | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The pages of agents that completed or failed ``days`` or longer ago moved to the archive; gives their ids.

    Without a number it is that of the settings; what is incomplete always stays.
    """
    limit = timedelta(days=memory.settings.agent_keep_days if days is None else days)

    def old(transaction: Transaction) -> list[str]:
        return [
            str(agent.agent_id)
            for agent in listed(memory)
            if not pure.is_incomplete(agent) and _is_older(agent, transaction, limit)
        ]

    return _put_away(memory, "agent cleanup", old, expected)


def _is_older(agent: Agent, transaction: Transaction, limit: timedelta) -> bool:
    ended = next((at for at in (agent.completed_at, agent.failed_at, agent.last_updated) if at), None)
    # A page that tells no time is not known to be old.
    return hasattr(ended, "year") and transaction.now - ended >= limit  # type: ignore[operator]


def _put_away(
    memory: Memory,
    operation: str,
    chosen: Callable[[Transaction], Sequence[str]],
    expected: dict[str, str] | None,
    *,
    type_: str = "agent",
) -> Outcome[str]:
    def verb(transaction: Transaction) -> str:
        keys = chosen(transaction)
        places = [to_archive(transaction, page_of(AGENT, key)) for key in keys]
        named = ", ".join(keys)
        if places:
            said = f"{named} moved to the archive"
            event = Event(time=transaction.now, type=type_, involved=named, action=said)
            transaction.append(replace(event, outcome=", ".join(places)))
        return named

    return memory.run(verb, expected=expected, operation=operation)


def _change(
    memory: Memory,
    operation: str,
    key: str,
    expected: dict[str, str] | None,
    change: Callable[[Agent, Transaction], Agent],
    said: Callable[[Agent], tuple[str, str]],
    *,
    type_: str = "agent",
) -> Outcome[str]:
    """One agent changed by a pure verb, and what is said of it in the log."""

    def verb(transaction: Transaction) -> str:
        path = page_of(AGENT, id_named(transaction.memory, AGENT, key))
        after = change(transaction.read(path), transaction)
        transaction.replace(path, after)
        tell(transaction, after, *said(after), type_=type_)
        return str(after.agent_id)

    return memory.run(verb, expected=expected, operation=operation)


def get(memory: Memory, key: str) -> Agent:
    """The agent ``key``.

    Raises NotFound.
    """
    found: Agent = memory.read(page_of(AGENT, id_named(memory, AGENT, key)))
    return found


def listed(
    memory: Memory,
    *,
    status: Sequence[str] = (),
    kind: str | None = None,
    parent: str | None = None,
    model: str | None = None,
) -> tuple[Agent, ...]:
    """The agents, by their ids; of those the ones that are as it says."""
    wanted = {"agent_type": kind, "parent_agent_id": parent, "model": model}
    found = (_read(memory, key) for key in ids_of(memory, AGENT))
    return tuple(
        agent
        for agent in found
        if (not status or agent.status in status)
        and all(
            value is None or str(getattr(agent, attribute)).lower() == value.lower()
            for attribute, value in wanted.items()
        )
    )


def _read(memory: Memory, key: str) -> Agent:
    """The agent on a page; its id is that of the page, whatever a person wrote there."""
    agent: Agent = memory.read(page_of(AGENT, key))
    return agent if agent.agent_id == key else replace(agent, agent_id=key)


def incomplete(memory: Memory) -> tuple[Agent, ...]:
    """The agents that have neither done their work nor failed."""
    return listed(memory, status=pure.INCOMPLETE)


def summary(memory: Memory) -> Summary:
    """Counts of all agents and of the incomplete ones, by status and type."""
    return summed(listed(memory))


def tree(memory: Memory) -> tuple[tuple[int, Agent], ...]:
    """Each agent with its depth below those that spawned it, parents first."""
    return tuple(by_parent(listed(memory)))
