"""The pages that a memory starts with."""

from __future__ import annotations

from contextlib import suppress

from cosmemory.errors import NotFound
from cosmemory.kinds import ACTIVE_ALERTS, COORDINATION_LOG, COS_STATE, TEAM_ROSTER, Kind
from cosmemory.kinds.active_alerts import ActiveAlerts
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.kinds.cos_state import Coordination, CosState, SessionInfo
from cosmemory.kinds.team_roster import RoleCount, TeamRoster
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.new_pages import page_text
from cosmemory.reader import Reader
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction


def initialise(memory: Memory) -> Outcome[tuple[str, ...]]:
    """The standard pages that are missing; one that exists is never touched. Gives the paths created.

    One that somebody lost comes back as it was, if the history knows that: begun anew it would say that nothing had
    been there.
    """

    def verb(transaction: Transaction) -> tuple[str, ...]:
        pages = starting_pages(memory)
        missing = {kind.path: text for kind, text in pages.items() if not transaction.exists(kind.path)}
        for path, text in missing.items():
            lost = lost_text(memory, path)
            if lost is not None:
                memory.told.append(f"{path} was lost, and is back as it was.")
            transaction.create(path, text if lost is None else lost)
        return tuple(missing)

    return memory.run(verb, operation="init")


def lost_text(memory: Reader, path: str) -> str | None:
    """What a page said that went by hand, and not by a command; None where nobody knows."""
    history = memory.store.history()
    newest = history.revisions(path, limit=1)
    step = newest[0].step(path) if newest else None
    if step is None or step.after is not None or not newest[0].by_hand:
        return None
    with suppress(NotFound):
        data = history.text(path, newest[0].number - 1)
        return None if data is None else decode_text(data)
    return None


def starting_pages(memory: Reader) -> dict[Kind, str]:
    """The text of each standard page as a new memory has it."""
    now = memory.now()
    session = f"cos-{now:%Y%m%d-%H%M}"
    state = CosState(
        session_info=SessionInfo(session_id=session, started=now, last_updated=now, status="active"),
        coordination_state=Coordination(team_size=0, active_agents=0, last_roster_update=now),
    )
    targets = memory.settings.target_roles
    roles = tuple(RoleCount(role=role, assigned=0, target=target) for role, target in targets.items())
    roster = TeamRoster(last_updated=now, total_agents=0, active=0, inactive=0, role_summary=roles)
    log = CoordinationLog(session=session, started=now)
    return {
        COS_STATE: page_text(memory, COS_STATE, state),
        TEAM_ROSTER: page_text(memory, TEAM_ROSTER, roster),
        COORDINATION_LOG: page_text(memory, COORDINATION_LOG, log, entries=""),
        ACTIVE_ALERTS: page_text(memory, ACTIVE_ALERTS, ActiveAlerts(last_updated=now)),
    }
