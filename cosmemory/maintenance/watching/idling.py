"""Members who should be at work and give no sign: marked idle, with the event that tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cosmemory.document.values import write_time
from cosmemory.frozen import replace
from cosmemory.kinds import AGENT, TEAM_ROSTER, team_roster
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.team_roster import Member, TeamRoster
from cosmemory.maintenance.watching.told import DONE, Told
from cosmemory.memory import Memory
from cosmemory.operations.agents import listed as agents_listed
from cosmemory.operations.events import find_events
from cosmemory.operations.team import pushed_out
from cosmemory.transaction import Transaction

PAGE = TEAM_ROSTER.path
WORKING = ("active", "busy")


def mark_idle(memory: Memory) -> Iterator[Told]:
    """Members at work of whom nothing was seen or heard for ``[health] idle_seconds``."""
    if not memory.settings.watch_idle or memory.store.read(PAGE) is None:
        return
    limit = memory.now() - timedelta(seconds=memory.settings.idle_seconds)
    quiet = [each for each in _unseen(memory.read(PAGE), limit) if not _heard(memory, each, limit)]
    names = {str(each.session_name) for each in quiet}
    if not names:
        return

    def verb(transaction: Transaction) -> list[Told]:
        roster: TeamRoster = transaction.read(PAGE)
        still = [each for each in _unseen(roster, limit) if str(each.session_name) in names]
        for member in still:
            roster = _idle(transaction, roster, member)
        if still:
            roster, pushed = team_roster.bounded(roster, memory.settings.team_changes)
            transaction.append(*(pushed_out(row, transaction.now) for row in pushed))
            transaction.replace(PAGE, roster)
        return [Told(sort=DONE, text=f"{each.session_name} is idle: {_reason(each)}") for each in still]

    yield from memory.run(verb, operation="watch").result


def _unseen(roster: TeamRoster, limit: datetime) -> list[Member]:
    """Those at work whose last sign on the roster is too old; of one without any nothing is known."""
    names = [(each.session_name or "").lower() for each in roster.active_team_members]
    return [
        each
        for each, name in zip(roster.active_team_members, names, strict=True)
        if each.status in WORKING
        and isinstance(each.last_seen, datetime)
        and each.last_seen < limit
        and names.count(name) == 1
    ]


def _heard(memory: Memory, member: Member, limit: datetime) -> bool:
    """Whether the page of an agent of that name, or the log, tells of a later sign."""
    name = str(member.session_name)
    if any(find_events(memory, since=limit, agent=name, last=1)):
        return True
    if not any(AGENT.pattern.fullmatch(path) for path in memory.store.paths()):
        return False
    return any(
        isinstance(each.last_updated, datetime) and each.last_updated >= limit
        for each in agents_listed(memory)
        if name.lower() in {str(each.agent_id).lower(), str(each.agent_name).lower()}
    )


def _reason(member: Member) -> str:
    assert isinstance(member.last_seen, datetime)
    return f"not seen since {write_time(member.last_seen)}"


def _idle(transaction: Transaction, roster: TeamRoster, member: Member) -> TeamRoster:
    name, reason = str(member.session_name), _reason(member)
    changed = team_roster.change_status(roster, name, "idle", reason, transaction.now)
    marked = team_roster.member_named(changed, name)
    # Whoever is marked idle was not seen by that.
    members = tuple(
        replace(each, last_seen=member.last_seen) if each is marked else each
        for each in changed.active_team_members
    )
    transaction.append(
        Event(
            time=transaction.now,
            type="team_change",
            involved=name,
            action="Status changed to idle",
            outcome="Changed",
            notes=reason,
        )
    )
    return replace(changed, active_team_members=members)
