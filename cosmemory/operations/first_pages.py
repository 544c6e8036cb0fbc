"""The pages that a memory starts with."""

from __future__ import annotations

from cosmemory.kinds import ACTIVE_ALERTS, COORDINATION_LOG, COS_STATE, TEAM_ROSTER, Kind
from cosmemory.kinds.active_alerts import ActiveAlerts
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.kinds.cos_state import Coordination, CosState, SessionInfo
from cosmemory.kinds.team_roster import RoleCount, TeamRoster
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.new_pages import page_text
from cosmemory.reader import Reader
from cosmemory.transaction import Transaction


def initialise(memory: Memory) -> Outcome[tuple[str, ...]]:
    """The standard pages that are missing; one that exists is never touched. Gives the paths created."""

    def verb(transaction: Transaction) -> tuple[str, ...]:
        pages = starting_pages(memory)
        missing = {kind.path: text for kind, text in pages.items() if not transaction.exists(kind.path)}
        for path, text in missing.items():
            transaction.create(path, text)
        return tuple(missing)

    return memory.run(verb, operation="init")


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
