"""Checks of the work across pages: statuses beside tasks, runs beside the agents and handoffs that belong to them.

What one page alone shows is checked beside its kind: that a completed phase has put out what it must, that the chain of
a handoff is whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.pages import Finding, Pages, found, place_of
from cosmemory.kinds import AGENT, HANDOFF, RUN, TEAM_ROSTER, Kind
from cosmemory.kinds.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.kinds.agent import Agent
    from cosmemory.kinds.run import Run


def check_workflow(pages: Pages) -> Iterator[Finding]:
    """Everything about the work that one page alone does not show."""
    for check in WORKFLOW:
        yield from check(pages)


def _idle_with_task(pages: Pages) -> Iterator[Finding]:
    """Somebody who is idle holds no task."""
    page = pages.the(TEAM_ROSTER)
    for member in page.document.active_team_members if page is not None else ():
        if page is not None and member.status == "idle" and member.current_task:
            message = f"{member.session_name} is idle and has a task: {member.current_task}"
            yield from found(page, "idle-with-task", message, place_of(member, "current_task"))


WORKFLOW = (_idle_with_task,)


def linked(page: Page) -> tuple[str, ...]:
    """The paths of the pages that a run names: its agents, those at its attempts, handoffs, live or archived."""
    if page.kind is not RUN:
        return ()
    run: Run = page.document
    at_work = [each.agent for each in run.executions if each.status == "running" and each.agent]
    named = [(AGENT, each) for each in (*run.agents, *at_work)] + [(HANDOFF, each) for each in run.handoffs]
    return tuple(dict.fromkeys(filter(None, (_page_of(kind, key) for kind, key in named))))


def check_links(pages: Pages) -> Iterator[Finding]:
    """What belongs to a run, by the names that its page gives."""
    for page in pages.of(RUN):
        if pages.about in {None, page.path}:
            yield from _unknown(page, page.document, pages)
            yield from _outliving(page, page.document, pages)
            yield from _lost(page, page.document, pages)


def _page_of(kind: Kind, key: str) -> str:
    """The path of the page called ``key``; nothing for what cannot be such a name."""
    path = kind.path.replace("{id}", key)
    return path if kind.pattern.fullmatch(path) else ""


def _unknown(page: Page, run: Run, pages: Pages) -> Iterator[Finding]:
    """Agents and handoffs of a run that are neither live nor archived."""
    live = {path.lower() for path in pages.every}
    roster = pages.the(TEAM_ROSTER)
    team = (
        {str(each.session_name).lower() for each in roster.document.active_team_members} if roster else set()
    )
    for kind, attribute in ((AGENT, "agents"), (HANDOFF, "handoffs")):
        folder = kind.path.partition("{")[0]
        if kind is AGENT and not any(path.startswith(folder) for path in live):
            continue  # a memory that keeps no pages of agents knows them by name alone
        for key in getattr(run, attribute):
            path = _page_of(kind, key)
            if path in pages.pages or path.lower() in live or (kind is AGENT and key.lower() in team):
                continue
            message = f"there is no {kind.name} {key}, which belongs to the run"
            yield from found(page, "unknown-link", message, place_of(run, attribute))


def _outliving(page: Page, run: Run, pages: Pages) -> Iterator[Finding]:
    """Agents that began before a run ended and are at work still."""
    from cosmemory.kinds.agent import RUNNING
    from cosmemory.kinds.run import ENDED

    if run.status not in ENDED or not isinstance(run.completed, datetime):
        return
    for key in run.agents:
        path = _page_of(AGENT, key)
        other = pages.pages.get(path) if path in pages.every else None
        agent: Agent | None = other.document if other is not None else None
        if agent is None or agent.status != RUNNING or not isinstance(agent.started_at, datetime):
            continue
        if agent.started_at <= run.completed:
            message = f"the run is {run.status}, and its agent {key} is running since before it ended"
            yield from found(page, "agent-outlives-run", message, place_of(run, "agents"))


def _lost(page: Page, run: Run, pages: Pages) -> Iterator[Finding]:
    """Attempts that run although their phase is over or the agent at them has ended."""
    if not any(each.status == "running" for each in run.executions):
        return
    from cosmemory.kinds.run_lost import lost_executions

    def agent_of(key: str) -> Agent | None:
        other = pages.pages.get(_page_of(AGENT, key))
        agent: Agent | None = other.document if other is not None else None
        return agent

    for execution, why in lost_executions(run, agent_of):
        message = f"the execution {execution.id} is running, and {why}"
        yield from found(page, "lost-execution", message, place_of(execution, "status"))
