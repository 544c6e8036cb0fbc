"""What many agents come to: counts by status and type, who waits longest, who was spawned by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from cosmemory.frozen import frozen
from cosmemory.kinds.agent import COMPLETED, Agent, is_incomplete


@frozen(kw_only=True)
class Summary:
    """Counts of agents, of all and of the incomplete ones; ``oldest`` is the incomplete one that was made first.

    Of those that were ``resumed`` after an interruption, ``recovered`` did their work in the end.
    """

    total: int
    by_status: dict[str, int]
    by_type: dict[str, int]
    incomplete: int
    incomplete_by_status: dict[str, int]
    incomplete_by_type: dict[str, int]
    oldest: str | None
    oldest_since: datetime | None
    resumed: int
    recovered: int


def summed(agents: Sequence[Agent]) -> Summary:
    """The summary of ``agents``."""
    open_ones = [each for each in agents if is_incomplete(each)]
    resumed = [each for each in agents if each.resumed_at is not None]
    since = [(each.created_at, each) for each in open_ones if isinstance(each.created_at, datetime)]
    oldest = min(since, key=lambda pair: (pair[0], str(pair[1].agent_id)), default=None)
    return Summary(
        total=len(agents),
        by_status=_counted(agents, "status"),
        by_type=_counted(agents, "agent_type"),
        incomplete=len(open_ones),
        incomplete_by_status=_counted(open_ones, "status"),
        incomplete_by_type=_counted(open_ones, "agent_type"),
        oldest=oldest[1].agent_id if oldest else None,
        oldest_since=oldest[0] if oldest else None,
        resumed=len(resumed),
        recovered=sum(each.status == COMPLETED for each in resumed),
    )


def _counted(agents: Sequence[Agent], attribute: str) -> dict[str, int]:
    found = Counter(str(getattr(each, attribute) or "-") for each in agents)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def by_parent(agents: Sequence[Agent]) -> Iterator[tuple[int, Agent]]:
    """Each agent with its depth below those that spawned it, parents first; one in a circle stands at the top."""
    ids = {str(each.agent_id).lower() for each in agents}
    below: dict[str, list[Agent]] = {}
    for each in agents:
        parent = str(each.parent_agent_id or "").lower()
        below.setdefault(parent if parent in ids else "", []).append(each)
    shown: set[str] = set()
    yield from _below("", 0, below, shown)
    for each in agents:
        if str(each.agent_id).lower() not in shown:
            yield from _from(each, 0, below, shown)


def _below(
    parent: str, depth: int, below: dict[str, list[Agent]], shown: set[str]
) -> Iterator[tuple[int, Agent]]:
    for each in below.get(parent, []):
        yield from _from(each, depth, below, shown)


def _from(
    agent: Agent, depth: int, below: dict[str, list[Agent]], shown: set[str]
) -> Iterator[tuple[int, Agent]]:
    key = str(agent.agent_id).lower()
    if key not in shown:
        shown.add(key)
        yield depth, agent
        yield from _below(key, depth + 1, below, shown)
