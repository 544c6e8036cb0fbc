"""Interrupted agents and how they go on: told apart, counted, handed out to be spawned again, put away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from cosmemory import clock
from cosmemory.document.values import seconds_of
from cosmemory.errors import Refused
from cosmemory.frozen import frozen
from cosmemory.kinds.agent import RUNNING, Agent, last_checkpoint, value_of
from cosmemory.maintenance.interrupted_agents import InterruptedAgent, interrupted_agents
from cosmemory.maintenance.processes import ALIVE, GONE, OTHER
from cosmemory.memory import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen(kw_only=True)
class Resumption:
    """Everything that is needed to go on with an agent where it was."""

    agent: Agent
    reason: str
    kind: str = "agent"

    @property
    def data(self) -> dict[str, Any]:
        """The same for JSON."""
        from cosmemory.document.data import plain

        mark = last_checkpoint(self.agent)
        names = (
            *("agent_id", "agent_name", "agent_type", "parent_agent_id", "model", "prompt"),
            *("load_percentage", "estimated_duration", "attempts", "tokens", "cost", "resumed_at"),
        )
        held = {name: plain(getattr(self.agent, name)) for name in names}
        held["metadata"] = value_of(self.agent.metadata)
        held["resume_from"] = plain(mark) if mark is not None else None
        held["output"] = self.agent.process.output
        held["reason"] = self.reason
        return held


def resume_agent(memory: Memory, key: str, again: bool = False) -> Resumption:
    """The agent ``key`` handed out to be spawned again, which its page and the log tell; what it needs for that.

    Raises Refused for an agent whose process lives, or that was handed out and not touched since, unless it is wished
    ``again``, IllegalTransition for one that has ended.
    """
    from cosmemory.operations import agents

    agent = agents.get(memory, key)
    seen = next((each for each in interrupted_agents(memory) if each.agent_id == agent.agent_id), None)
    if seen is not None and seen.process == ALIVE:
        raise Refused(
            f"Agent {seen.agent_id} is at work, in process {seen.pid}.",
            f"There is nothing to resume; end the process first, or follow it: {seen.output or 'it has no output'}.",
        )
    reason = reason_of(seen) if seen is not None else "interrupted"
    expected = {f"agents/{agent.agent_id}": memory.page(f"agents/{agent.agent_id}").revision}
    # Two who resume at once must not both be handed the same work.
    done = agents.resume(memory, key, reason=reason, again=again, expected=expected)
    return Resumption(agent=agents.get(memory, done.result), reason=reason)


def reason_of(seen: InterruptedAgent) -> str:
    """Why an agent is taken for interrupted."""
    if seen.process == GONE:
        return f"process {seen.pid} is gone"
    if seen.process == OTHER:
        return f"process {seen.pid} is another one now"
    if seen.pid is None:
        return f"it is {seen.status or 'in no known status'}, and no process is told of"
    return f"nothing is known of process {seen.pid} on {seen.host or 'its machine'}"


def clear_agents(memory: Memory, keys: Sequence[str] = ()) -> tuple[str, ...]:
    """The agents ``keys``, or all that have not ended, moved to the archive; their ids.

    Raises Refused for one whose process lives: its page is where it tells how it goes on.
    """
    from cosmemory.operations import agents

    every = interrupted_agents(memory)
    named = {agents.get(memory, key).agent_id for key in keys}
    chosen = [each for each in every if not keys or each.agent_id in named]
    ended = sorted(str(each) for each in named - {each.agent_id for each in every})
    if ended:
        raise Refused(
            f"{', '.join(ended)} ended, and was not interrupted.", "cosmemory agent remove archives its page."
        )
    alive = [each.agent_id for each in chosen if each.process == ALIVE]
    if alive and keys:
        raise Refused(f"{', '.join(alive)} is at work.", "End its process first.")
    put_away = [each.agent_id for each in chosen if each.process != ALIVE]
    if put_away:
        agents.clear(memory, put_away)
    return tuple(put_away)


def is_stale(seen: InterruptedAgent, now: datetime, minutes: int) -> bool:
    """Whether an agent that should be at work has told nothing for so long, neither a start nor a checkpoint."""
    told = clock.read_time(max(seen.checkpoint or "", seen.started_at or "") or seen.last_updated or "")
    return seen.status == RUNNING and told is not None and seconds_of(now) - told[0] >= minutes * 60


@frozen(kw_only=True)
class Counts:
    """How many agents have not ended, by status and type, and how many of them have lost their process."""

    total: int
    by_status: dict[str, int]
    by_type: dict[str, int]
    orphans: int


def counted(found: Sequence[InterruptedAgent]) -> Counts:
    """The counts of interrupted agents."""

    def by(attribute: str) -> dict[str, int]:
        counts = Counter(str(getattr(each, attribute) or "-") for each in found)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    return Counts(
        total=len(found),
        by_status=by("status"),
        by_type=by("agent_type"),
        orphans=sum(each.orphan for each in found),
    )


def sentence(counts: Counts) -> str:
    """The counts in one line."""
    what = "; ".join(
        ", ".join(f"{'without a type' if name == '-' else name} {number}" for name, number in by.items())
        for by in (counts.by_status, counts.by_type)
    )
    noun = "agent has" if counts.total == 1 else "agents have"
    lost = f"; the process of {counts.orphans} is gone" if counts.orphans else ""
    return f"{counts.total} {noun} not ended: {what}{lost}."
