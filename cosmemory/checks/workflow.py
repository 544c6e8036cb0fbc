"""Checks of the work across pages: what somebody's status says beside what is given to them.

Each is a function of ``WORKFLOW``; those of runs and handoffs belong here too, beside the kinds that they look at.
"""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.checks.pages import Finding, Pages, found, place_of
from cosmemory.kinds import TEAM_ROSTER


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
