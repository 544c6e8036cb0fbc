"""The prompts: what a person picks to let an agent come back, stand up or hand over."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from pydantic import Field

from cosmemory.interfaces.mcp_server.calls import memory
from cosmemory.interfaces.mcp_server.results import clean
from cosmemory.maintenance.briefing import brief
from cosmemory.text.fenced import one_line

LONGEST_NAME = 120


def offer(server: MCPServer[None]) -> None:
    """Every prompt offered by ``server``."""
    server.prompt(title="Resume the session")(resume_session)
    server.prompt(title="Daily stand-up")(daily_standup)
    server.prompt(title="Hand over")(handoff)


def resume_session() -> str:
    """Come back to where the work was left: read the brief, check what is interrupted, and go on."""
    return _with_brief(
        "Go on with the work where it was left. Below is the brief of the memory. Tell in a few sentences where "
        "things stand; then take up what is most urgent in it: critical alerts, overdue and blocked actions, what "
        "was interrupted, handoffs that wait. Ask for details with read_document and search_memory before you act, "
        "and write down with the other tools what you begin, decide and finish."
    )


def daily_standup(
    since: Annotated[str, Field(description="From when on, such as 24h ago or 2026-11-20.")] = "24h ago",
) -> str:
    """Tell what was done, what comes next and what stands in the way, from the memory alone."""
    return _with_brief(
        f"Write the stand-up of the team from the memory, for what happened since {_name(since)}: what was done, "
        "what comes next, what stands in the way, one line for each member. The brief below tells what is open; search_memory "
        "and read_document coordination-log (with a negative offset) tell the rest. Say nothing that is not there.",
        since,
    )


def handoff(
    to_agent: Annotated[str, Field(description="Who is to take the work.")],
    project: Annotated[str, Field(description="What is handed over; else what the focus is.")] = "",
) -> str:
    """Hand the work over to another agent so that nothing is lost on the way."""
    what = _name(project) or "what the focus in the brief below is"
    return _with_brief(
        f"Hand {what} over to {_name(to_agent)} with create_handoff: the context they need, how far it is, the "
        "next steps, what must come of it and by which criteria it is accepted, and the files. Put nothing in it that you "
        "have not checked. Then tell the id, and that they acknowledge it with its hash."
    )


def _name(text: str) -> str:
    """A name that a person gave, on the line that it is put in."""
    return one_line(text, LONGEST_NAME)


def _with_brief(words: str, since: str | None = None) -> str:
    return str(clean(f"{words}\n\n{brief(memory(), since=since).text}"))
