"""Watchers: each looks after something and raises an alert, once, or sweeps, where it is not as it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from cosmemory.document.values import write_time
from cosmemory.frozen import replace
from cosmemory.kinds import ACTIVE_ALERTS, AGENT, DEPLOYMENT, HANDOFF, RUN, SESSION_PATH
from cosmemory.kinds.active_alerts import ActiveAlerts
from cosmemory.kinds.agent import DEAD, STALE, Agent
from cosmemory.maintenance.interrupted_agents import InterruptedAgent, interrupted_agents
from cosmemory.maintenance.resuming_agents import is_stale, reason_of
from cosmemory.memory import Memory
from cosmemory.operations.alerts import raised
from cosmemory.operations.events import find_events
from cosmemory.operations.page_ids import page_of
from cosmemory.transaction import Transaction

Watcher = Callable[[Memory], Iterator[str]]
_NAMESAKES = 32  # so many alerts may tell of what has a name that begins alike
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
            involved=seen.agent_id,
        )
        transaction.replace(path, replace(agent, alert=alert, alerted=wrong))
        return f"{alert} raised: agent {seen.agent_id} is {wrong}, {value}"

    return memory.run(verb, operation="watch").result


def watch_session(memory: Memory) -> Iterator[str]:
    """A session that is active and tells nothing any more."""
    if memory.store.read(SESSION_PATH) is None:
        return
    from cosmemory.operations.interrupted_session import interrupted

    for each in interrupted(memory):
        if each.stale and each.last_updated is not None:
            limit = f"{memory.settings.stale_seconds} seconds"
            yield from _silent(memory, "Session stale", str(each.session), each.last_updated, limit)


def watch_deployment(memory: Memory) -> Iterator[str]:
    """A deployment that part of the traffic runs on and nobody touches any more."""
    if memory.store.read(DEPLOYMENT.path) is None:
        return
    from cosmemory.operations.deployments import deployment_of, interrupted

    hours = memory.settings.stale_deployment_hours
    for each in interrupted(memory):
        last = deployment_of(memory).last_updated
        if isinstance(last, datetime) and memory.now() - last >= timedelta(hours=hours):
            yield from _silent(memory, "Deployment stale", each.version, last, f"{hours} hours")


def watch_runs(memory: Memory) -> Iterator[str]:
    """Runs that execute and were not touched for long."""
    if not any(RUN.pattern.fullmatch(path) for path in memory.store.paths()):
        return
    from cosmemory.kinds.run import EXECUTING
    from cosmemory.operations.interrupted_runs import interrupted

    hours = memory.settings.incomplete_hours
    for each in interrupted(memory):
        late = each.since is not None and memory.now() - each.since >= timedelta(hours=hours)
        if late and each.since is not None and each.status == EXECUTING:
            yield from _silent(memory, f"Run {each.run} stale", each.run, each.since, f"{hours} hours")


def watch_executions(memory: Memory) -> Iterator[str]:
    """Attempts at the phases of runs whose end nobody recorded: their phase is over, or their agent has ended."""
    if not any(RUN.pattern.fullmatch(path) for path in memory.store.paths()):
        return
    from cosmemory.kinds.run import RECOVERABLE
    from cosmemory.operations.interrupted_runs import heads
    from cosmemory.operations.lost_executions import lost_in
    from cosmemory.operations.runs import get

    for run in [each for each in heads(memory, RECOVERABLE) if each.status in RECOVERABLE]:
        for each, why in lost_in(memory, get(memory, str(run.run_id))):
            since = each.started if isinstance(each.started, datetime) else datetime(1, 1, 1, tzinfo=UTC)
            resource = f"{run.run_id} {each.id}"
            yield from _warned(memory, "Execution lost", resource, since, why, "somebody at work")


def _silent(memory: Memory, kind: str, resource: str, since: datetime, limit: str) -> Iterator[str]:
    """A warning of something that went silent, unless there was one of this silence already."""
    value = f"told nothing since {write_time(since)}"
    yield from _warned(memory, kind, resource, since, value, limit)


def _warned(
    memory: Memory, kind: str, resource: str, since: datetime, value: str, limit: str
) -> Iterator[str]:
    """A warning, unless there was one of the same ``since`` then."""

    def verb(transaction: Transaction) -> str:
        alerts: ActiveAlerts = transaction.read(ACTIVE_ALERTS.path)
        if any(
            (each.type, each.resource) == (kind, resource) for each in (*alerts.critical, *alerts.warning)
        ):
            return ""
        if _told_since(memory, f"raised: {kind} on {resource}", since):
            return ""  # somebody has looked into it, and nothing was heard since
        alert = raised(
            transaction, kind=kind, severity="warning", resource=resource, value=value, threshold=limit
        )
        return f"{alert} raised: {kind}: {resource} {value}"

    said = memory.run(verb, operation="watch").result
    if said:
        yield said


def _told_since(memory: Memory, words: str, since: datetime) -> bool:
    """Whether the log or an archive of it tells of an alert in these ``words``, raised after ``since``.

    The table of what was resolved recently holds a few rows alone; the log forgets nothing.
    """
    later = since + timedelta(seconds=1)
    newest = find_events(memory, since=later, types=["alert_triggered"], text=words, last=_NAMESAKES)
    return any((event.action or "").lower().endswith(words.lower()) for _, event in newest)


def watch_handoffs(memory: Memory) -> Iterator[str]:
    """Handoffs that nobody took in their time, which expire."""
    if not any(HANDOFF.pattern.fullmatch(path) for path in memory.store.paths()):
        return
    from cosmemory.kinds.handoff import is_overdue
    from cosmemory.operations.handoffs import expire, pending

    if any(is_overdue(each, memory.now()) for each in pending(memory)):
        for key in expire(memory).result:
            yield f"handoff {key} expired"


WATCHERS: tuple[Watcher, ...] = (
    watch_agents,
    watch_session,
    watch_runs,
    watch_executions,
    watch_deployment,
    watch_handoffs,
)


def watch(memory: Memory) -> Iterator[str]:
    """One look by every watcher; what each of them raised, in a line."""
    for watcher in WATCHERS:
        yield from watcher(memory)
