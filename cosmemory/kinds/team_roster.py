"""The team: who is active, who is not, who has which role, and what changed."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.fields import Record, column, details, heading, label, table
from cosmemory.document.sections import has_section
from cosmemory.document.values import COUNT, LIST, TEXT, TIME, Raw, enum, write_time
from cosmemory.errors import InvalidValue, NotFound, Refused, did_you_mean
from cosmemory.frozen import frozen, replace

STATUSES = ("active", "idle", "busy", "blocked", "offline", "hibernated")
STATUS = enum("member status", *STATUSES)
CHANGE = enum("change", "joined", "left", "role change", "status change")

Time = datetime | Raw | None
Word = str | Raw | None
Count = int | Raw | None

NAMES = ("Agent", "Agent Name", "Name")
SEEN = ("Last Heartbeat", "Last Active")


# What tells when the page was changed.
STAMP = ("last_updated",)


@frozen(kw_only=True)
class Details(Record):
    """What stands about a member below its own heading."""

    session_name: str | None = heading("Session Name")
    role: str | None = label("Role")
    assigned: Time = label("Assigned", TIME)
    status: str | None = label("Status")
    capabilities: tuple[str, ...] = label("Capabilities", LIST)
    notes: str | None = label("Notes")


@frozen(kw_only=True)
class Member(Record):
    """Somebody who is in the team."""

    session_name: str | None = column("Session Name", aliases=NAMES, required=True)
    role: str | None = column("Role", required=True)
    status: Word = column("Status", STATUS, required=True)
    last_seen: Time = column("Last Seen", TIME, aliases=SEEN)
    current_task: str | None = column("Current Task", aliases=("Task",))
    performance: str | None = column("Performance", TEXT)
    details: Details | None = details(Details)


@frozen(kw_only=True)
class FormerMember(Record):
    """Somebody who has left."""

    session_name: str | None = column("Session Name", aliases=NAMES, required=True)
    role: str | None = column("Role", required=True)
    last_active: Time = column("Last Active", TIME, aliases=("Last Seen", "Last Heartbeat"), required=True)
    reason: str | None = column("Reason", required=True)
    details: Details | None = details(Details)


@frozen(kw_only=True)
class RoleCount(Record):
    """How many hold a role, and how many should."""

    role: str | None = column("Role", required=True)
    assigned: Count = column("Assigned", COUNT, required=True, derived=True)
    target: Count = column("Target", COUNT, required=True)


@frozen(kw_only=True)
class TeamChange(Record):
    """One line of the team's history."""

    time: Time = column("Time", TIME, required=True)
    change: Word = column("Change", CHANGE, required=True)
    agent: str | None = column("Agent", aliases=("Session Name", "Agent Name"), required=True)
    details: str | None = column("Details", required=True)


@frozen(kw_only=True)
class TeamRoster(Record):
    """The page ``team-roster.md``."""

    last_updated: Time = label(
        "Last Updated", TIME, aliases=("Updated",), required=True, derived=True, style="{}: {}"
    )
    total_agents: Count = label("Total Agents", COUNT, derived=True, style="{}: {}")
    active: Count = label("Active", COUNT, derived=True, style="{}: {}")
    inactive: Count = label("Inactive", COUNT, derived=True, style="{}: {}")
    active_team_members: tuple[Member, ...] = table(
        "Active Team Members",
        Member,
        key="session_name",
        aliases=("Active Agents", "Team Members", "Active Members"),
        required=True,
    )
    inactive_team_members: tuple[FormerMember, ...] = table(
        "Inactive Team Members",
        FormerMember,
        key="session_name",
        aliases=("Inactive Agents", "Inactive Members"),
    )
    role_summary: tuple[RoleCount, ...] = table("Role Summary", RoleCount, key="role")
    team_changes_log: tuple[TeamChange, ...] = table("Team Changes Log", TeamChange)


def member_named(roster: TeamRoster, name: str) -> Member:
    """The one active member ``name``.

    Raises NotFound when there is none, Refused for one who has left, InvalidValue when two share the name.
    """
    found = [
        member for member in roster.active_team_members if (member.session_name or "").lower() == name.lower()
    ]
    if not found:
        left = next(
            (e for e in roster.inactive_team_members if (e.session_name or "").lower() == name.lower()), None
        )
        if left is not None:
            since = f" at {write_time(left.last_active)}" if isinstance(left.last_active, datetime) else ""
            raise Refused(
                f"{left.session_name} left the team{since}.", "cosmemory team join takes somebody back."
            )
        known = (member.session_name or "" for member in roster.active_team_members)
        hint = did_you_mean(name, known, "cosmemory team list shows the team.")
        raise NotFound(f"The team member {name!r}", hint)
    if len(found) > 1:
        raise InvalidValue(
            "Session Name", f"{len(found)} members are called {name}", "Give each a name of its own."
        )
    return found[0]


def join(roster: TeamRoster, member: Member, details_: Details, at: datetime) -> TeamRoster:
    """``roster`` with one more active member; one who had left comes back with what stood about them.

    Raises InvalidValue when somebody of that name is active.
    """
    name = (member.session_name or "").lower()
    if any((each.session_name or "").lower() == name for each in roster.active_team_members):
        raise InvalidValue(
            "Session Name",
            f"{member.session_name} is in the team already",
            "cosmemory team task, role or status changes what is said of a member.",
        )
    former = next((e for e in roster.inactive_team_members if (e.session_name or "").lower() == name), None)
    block = details_
    if former is not None and former.details is not None:
        known = former.details
        block = replace(
            known,
            role=details_.role,
            assigned=at,
            status=details_.status,
            capabilities=details_.capabilities or known.capabilities,
            notes=details_.notes or known.notes,
        )
    gone = tuple(each for each in roster.inactive_team_members if each is not former)
    joined = replace(
        roster,
        active_team_members=(
            *roster.active_team_members,
            replace(_seen(roster, member, at), details=block, extra=former.extra if former else {}),
        ),
        inactive_team_members=gone,
    )
    return _noted(
        joined, TeamChange(time=at, change="joined", agent=member.session_name, details=member.role)
    )


def leave(roster: TeamRoster, name: str, reason: str, at: datetime) -> TeamRoster:
    """``roster`` with ``name`` among those who have left; what stands about them goes along."""
    member = member_named(roster, name)
    row = FormerMember(
        session_name=member.session_name,
        role=member.role,
        last_active=at,
        reason=reason,
        details=member.details,
        extra=member.extra,
    )
    kept = tuple(
        each
        for each in roster.inactive_team_members
        if (each.session_name or "").lower() != (member.session_name or "").lower()
    )
    left = replace(
        roster,
        active_team_members=tuple(each for each in roster.active_team_members if each is not member),
        inactive_team_members=(*kept, row),
    )
    return _noted(left, TeamChange(time=at, change="left", agent=member.session_name, details=reason))


def _exchanged(roster: TeamRoster, old: Member, new: Member) -> TeamRoster:
    members = tuple(new if each is old else each for each in roster.active_team_members)
    return replace(roster, active_team_members=members)


def _noted(roster: TeamRoster, change: TeamChange) -> TeamRoster:
    # The log has it too: a roster that a person keeps without its history can still be changed.
    if not has_section(roster, "team_changes_log"):
        return roster
    return replace(roster, team_changes_log=(*roster.team_changes_log, change))


def _seen(roster: TeamRoster, member: Member, at: datetime) -> Member:
    """``member`` seen at ``at``, unless the team stands in tables that tell that of nobody."""
    rows = [each.origin for each in roster.active_team_members if each.origin and each.origin.row]
    told = not rows or any("last_seen" in origin.places for origin in rows)
    return replace(member, last_seen=at) if told else member


def see(roster: TeamRoster, name: str, at: datetime) -> TeamRoster:
    """``roster`` with ``name`` seen at ``at``."""
    member = member_named(roster, name)
    return _exchanged(roster, member, replace(member, last_seen=at))


def touch(roster: TeamRoster, name: str, at: datetime) -> TeamRoster:
    """``roster`` with ``name`` seen at ``at``, where it tells that of anybody."""
    member = member_named(roster, name)
    return _exchanged(roster, member, _seen(roster, member, at))


def describe(
    roster: TeamRoster, name: str, capabilities: tuple[str, ...], notes: str | None, at: datetime
) -> TeamRoster:
    """``roster`` with other details of ``name``; what is not given stays."""
    member = member_named(roster, name)
    known = member.details or Details(session_name=member.session_name)
    block = replace(known, capabilities=capabilities or known.capabilities, notes=notes or known.notes)
    if block == known:
        return roster
    return _exchanged(roster, member, replace(_seen(roster, member, at), details=block))


def assign_task(roster: TeamRoster, name: str, task: str | None, at: datetime) -> TeamRoster:
    """``roster`` with ``name`` working on ``task``."""
    member = member_named(roster, name)
    return _exchanged(roster, member, replace(_seen(roster, member, at), current_task=task))


def change_role(roster: TeamRoster, name: str, role: str, at: datetime) -> TeamRoster:
    """``roster`` with ``name`` in another role, in row, details and changes log."""
    member = member_named(roster, name)
    block = member.details and replace(member.details, role=role, assigned=at)
    changed = _exchanged(roster, member, replace(_seen(roster, member, at), role=role, details=block))
    said = f"{member.role} -> {role}"
    return _noted(changed, TeamChange(time=at, change="role change", agent=member.session_name, details=said))


def change_status(roster: TeamRoster, name: str, status: str, said: str | None, at: datetime) -> TeamRoster:
    """``roster`` with ``name`` at another status, ``said`` in the details."""
    member = member_named(roster, name)
    one_label = member.origin is not None and member.origin.row is None
    block = member.details and replace(member.details, status=status if one_label else said or status)
    changed = _exchanged(roster, member, replace(_seen(roster, member, at), status=status, details=block))
    before = member.status.text if isinstance(member.status, Raw) else member.status
    line = f"{before} -> {status}" + (f": {said}" if said else "")
    return _noted(
        changed, TeamChange(time=at, change="status change", agent=member.session_name, details=line)
    )


def show(roster: TeamRoster, name: str, status: str, task: str | None, at: datetime) -> TeamRoster:
    """``roster`` with ``name`` seen at ``status`` and on ``task``; no line of history, for what changes all day long."""
    member = member_named(roster, name)
    block = member.details and replace(member.details, status=status)
    seen = _seen(roster, member, at)
    return _exchanged(roster, member, replace(seen, status=status, current_task=task, details=block))


def bounded(roster: TeamRoster, limit: int) -> tuple[TeamRoster, tuple[TeamChange, ...]]:
    """``roster`` with at most ``limit`` changes, and the oldest that this pushed out."""
    spare = max(0, len(roster.team_changes_log) - limit)
    if not spare:
        return roster, ()
    return replace(roster, team_changes_log=roster.team_changes_log[spare:]), roster.team_changes_log[:spare]


def derived(roster: TeamRoster) -> TeamRoster:
    """``roster`` with its counts as its tables give them, where they stand on the page."""
    active, inactive = len(roster.active_team_members), len(roster.inactive_team_members)
    counts: dict[str, int] = {}
    for member in roster.active_team_members:
        counts[(member.role or "").lower()] = counts.get((member.role or "").lower(), 0) + 1
    summary = tuple(
        row
        if row.assigned == counts.get((row.role or "").lower(), 0)
        else replace(row, assigned=counts.get((row.role or "").lower(), 0))
        for row in roster.role_summary
    )
    return replace(
        roster, total_agents=active + inactive, active=active, inactive=inactive, role_summary=summary
    )
