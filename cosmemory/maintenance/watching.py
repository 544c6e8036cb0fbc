"""Watchers: each looks after something and raises an alert, once, where it is not as it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cosmemory.frozen import replace
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import DEAD, STALE, Agent
from cosmemory.maintenance.interrupted_agents import InterruptedAgent, interrupted_agents
from cosmemory.maintenance.resuming_agents import is_stale, reason_of
from cosmemory.memory import Memory
from cosmemory.operations.alerts import raised
from cosmemory.operations.page_ids import page_of
from cosmemory.transaction import Transaction

Watcher = Callable[[Memory], Iterator[str]]
SEVERITY = {DEAD: "critical", STALE: "warning"}


def watch_agents(memory: Memory) -> Iterator[str]:
    """Agents that should be at work and whose process is gone, or that tell nothing any more.

    An agent is told of once in each attempt, and once more when it dies after it went stale. Its status stays: what it
    was doing is not decided by who looks, and recover finds it.
    """
    for each in interrupted_agents(memory):
        wrong = _wrong(memory, each)
        if wrong and each.alerted not in {wrong, DEAD}:
            said = _alert(memory, each, wrong)
            if said:
                yield said


def _wrong(memory: Memory, seen: InterruptedAgent) -> str:
    if seen.orphan:
        return DEAD
    return STALE if is_stale(seen, memory.now(), memory.settings.agent_stale_minutes) else ""


def _alert(memory: Memory, seen: InterruptedAgent, wrong: str) -> str:
    """The alert raised and noted on the agent's page, together; empty where the agent moved on meanwhile."""
    path = page_of(AGENT, seen.agent_id)

    def verb(transaction: Transaction) -> str:
        agent: Agent = transaction.read(path)
        if agent.status != seen.status or agent.process.mark != seen.mark or agent.alerted in {wrong, DEAD}:
            return ""
        value, threshold = reason_of(seen), "a process that lives"
        if wrong == STALE:
            value = f"told nothing since {seen.last_updated}"
            threshold = f"{memory.settings.agent_stale_minutes} minutes"
        alert = raised(
            transaction,
            kind=f"Agent {wrong}",
            severity=SEVERITY[wrong],
            resource=seen.agent_id,
            value=value,
            threshold=threshold,
        )
        transaction.replace(path, replace(agent, alert=alert, alerted=wrong))
        return f"{alert} raised: agent {seen.agent_id} is {wrong}, {value}"

    return memory.run(verb, operation="watch").result


# Whatever else is to be looked after has one more watcher here.
WATCHERS: tuple[Watcher, ...] = (watch_agents,)


def watch(memory: Memory) -> Iterator[str]:
    """One look by every watcher; what each of them raised, in a line."""
    for watcher in WATCHERS:
        yield from watcher(memory)
