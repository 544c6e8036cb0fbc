"""Checks of agents' pages: names against contents, status against times, signs of life."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.ages import spoken
from cosmemory.checks.pages import Finding, Pages, found, place_of
from cosmemory.kinds import AGENT
from cosmemory.kinds.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.kinds.agent import Agent

RUNNING = "running"
# What stands on the page of an agent of that status.
TOLD = {RUNNING: ("started_at",), "completed": ("completed_at",), "failed": ("failed_at", "error")}


def check_agents(pages: Pages) -> Iterator[Finding]:
    """Every agent's page by itself."""
    for page in pages.of(AGENT):
        if pages.about not in {None, page.path}:
            continue
        agent: Agent = page.document
        matched = AGENT.pattern.fullmatch(page.path)
        name = matched[1] if matched else ""
        if agent.agent_id is not None and agent.agent_id != name:
            message = f"the page is about {agent.agent_id} and its name says {name}"
            yield from found(page, "file-name", message, place_of(agent, "agent_id"))
        for attribute in TOLD.get(str(agent.status), ()):
            if getattr(agent, attribute) is None:
                title = attribute.replace("_", " ")
                message = f"the agent is {agent.status}, and no {title} is told"
                yield from found(page, "agent-status", message, place_of(agent, "status"))
        yield from _silent(page, agent, pages)


def _silent(page: Page, agent: Agent, pages: Pages) -> Iterator[Finding]:
    if agent.status != RUNNING:
        return
    signs = [agent.started_at, *(each.time for each in agent.checkpoints)]
    last = max((at for at in signs if isinstance(at, datetime)), default=None)
    minutes = int((pages.now - last).total_seconds()) // 60 if last is not None else 0
    if minutes >= pages.settings.agent_stale_minutes:
        message = f"the agent is running and has told nothing for {spoken(minutes)}"
        yield from found(page, "stale-agent", message, place_of(agent, "status"))
