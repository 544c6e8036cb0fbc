"""Attempts that a run lost sight of: they run on its page though their phase is over, or the agent at it has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from cosmemory.kinds.agent import COMPLETED, FAILED, Agent
from cosmemory.kinds.run import ENDED, IN_PROGRESS, RUNNING, Execution, Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    AgentOf = Callable[[str], Agent | None]


def lost_executions(run: Run, agent_of: AgentOf) -> Iterator[tuple[Execution, str]]:
    """The attempts of a run that nobody is at any more, each with the reason; ``agent_of`` finds an agent by its id.

    A run that has ended has none: there every attempt that runs is wrong, whoever was at it.
    """
    if run.status in ENDED:
        return
    phases = {str(phase.phase).lower(): phase for phase in run.phases}
    for each in run.executions:
        if each.status != RUNNING:
            continue
        phase = phases.get(str(each.phase).lower())
        agent = agent_of(each.agent) if each.agent else None
        if phase is not None and isinstance(phase.status, str) and phase.status != IN_PROGRESS:
            yield each, f"its phase {phase.phase} is {phase.status}"
        elif agent is not None and _ended_since(agent, each.started):
            how = "completed" if agent.status == COMPLETED else "failed"
            yield each, f"its agent {each.agent} has {how}"


def _ended_since(agent: Agent, begun: object) -> bool:
    """Whether an agent ended after an attempt was ``begun``; what it did before has no part in it."""
    if agent.status not in {COMPLETED, FAILED}:
        return False
    ended = agent.completed_at if agent.status == COMPLETED else agent.failed_at
    return not (isinstance(ended, datetime) and isinstance(begun, datetime) and ended < begun)
