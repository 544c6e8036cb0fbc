"""The team: joins, leaves, roles, tasks and statuses, on the roster, on cos-state and in the log together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cosmemory.document.data import plain
from cosmemory.document.labels import Labelled
from cosmemory.document.values import LIST
from cosmemory.errors import InvalidValue
from cosmemory.kinds import TEAM_ROSTER, team_roster
from cosmemory.kinds.coordination_log import Event, kept
from cosmemory.kinds.team_roster import STATUS, Details, FormerMember, Member, TeamChange, TeamRoster
from cosmemory.memory import Memory, Outcome
from cosmemory.syntax.escape import normalise
from cosmemory.transaction import Transaction

PAGE = TEAM_ROSTER.path


def _change(
    memory: Memory,
    operation: str,
    name: str,
    expected: dict[str, str] | None,
    change: Callable[[TeamRoster, Transaction], TeamRoster],
    said: tuple[str, str | None, str | None],
) -> Outcome[str]:

    def verb(transaction: Transaction) -> str:
        roster: TeamRoster = transaction.read(PAGE)
        _land(memory, transaction, roster, change(roster, transaction), name, said)
        return name

    return memory.run(verb, expected=expected, operation=operation)


def _land(
    memory: Memory,
    transaction: Transaction,
    roster: TeamRoster,
    changed: TeamRoster,
    name: str,
    said: tuple[str, str | None, str | None],
) -> None:
    """``changed`` in the place of ``roster``, with what it pushes out of its history, and the event of it."""
    after, pushed = team_roster.bounded(changed, memory.settings.team_changes)
    transaction.append(*(pushed_out(row, transaction.now) for row in pushed))
    transaction.replace(PAGE, after)
    action, outcome, notes = said
    event = Event(
        time=transaction.now,
        type="team_change",
        involved=name,
        action=action,
        outcome=outcome,
        notes=notes,
        extra=_words_with(roster, after),
    )
    transaction.append(event)


def pushed_out(row: TeamChange, now: datetime) -> Event:
    """The event that keeps a line which newer ones pushed out of the Team Changes Log."""
    return Event(
        time=now,
        type="team_change",
        involved=row.agent,
        action=f"Moved out of the Team Changes Log: {row.change}",
        outcome=row.details,
        extra={"Changed": str(plain(row.time) or "-"), **kept(row.extra)},
    )


def _words_with(old: TeamRoster, new: TeamRoster) -> dict[str, str]:
    """What a person put in columns of their own in rows that are gone: the other table may have no such column."""
    left = {id(row.origin) for row in (*new.active_team_members, *new.inactive_team_members)}
    gone = [r for r in (*old.active_team_members, *old.inactive_team_members) if id(r.origin) not in left]
    words = Labelled()
    for row in gone:
        for name, text in kept(row.extra).items():
            words.keep(name, text)
    return words.extra


def join(
    memory: Memory,
    name: str,
    *,
    role: str,
    task: str | None = None,
    capabilities: str | None = None,
    notes: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """``name`` in the team, with a row, a block of details, counts, a line of history and an event."""

    def change(roster: TeamRoster, transaction: Transaction) -> TeamRoster:
        return _joined(roster, transaction.now, name, role, task, capabilities, notes)

    return _change(memory, "team join", name, expected, change, (f"Joined team as {role}", "Joined", notes))


def _joined(
    roster: TeamRoster,
    now: datetime,
    name: str,
    role: str,
    task: str | None,
    capabilities: str | None,
    notes: str | None,
) -> TeamRoster:
    member = Member(session_name=name, role=role, status="active", current_task=task)
    block = Details(
        session_name=name,
        role=role,
        assigned=now,
        status="active",
        capabilities=LIST.read(capabilities).value if capabilities else (),
        notes=notes,
    )
    return team_roster.join(roster, member, block, now)


def upsert(
    memory: Memory,
    name: str,
    *,
    role: str | None = None,
    task: str | None = None,
    status: str | None = None,
    capabilities: str | None = None,
    notes: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """``name`` in the team as it is told, whether they were in it or not; all of it together, and seen just now.

    What is not given stays. Raises InvalidValue for somebody new without a role.
    """
    word = STATUS.enter("status", status) if status else None
    able = LIST.read(capabilities).value if capabilities else ()

    def verb(transaction: Transaction) -> str:
        now = transaction.now
        roster: TeamRoster = transaction.read(PAGE)
        names = [(each.session_name or "").lower() for each in roster.active_team_members]
        said: list[str] = []
        after = roster
        if normalise(name).lower() not in names:
            if not role:
                raise InvalidValue("Role", f"{name} is not in the team yet", "Give the role they join in.")
            after = _joined(roster, now, name, role, task, capabilities, notes)
            said.append(f"Joined team as {role}")
        before = team_roster.member_named(after, name)
        if role and before.role != role:
            after = team_roster.change_role(after, name, role, now)
            said.append(f"Role: {role}")
        if task and before.current_task != task:
            after = team_roster.assign_task(after, name, task, now)
            said.append(f"Task: {task}")
        if word and before.status != word:
            after = team_roster.change_status(after, name, word, None, now)
            said.append(f"Status: {word}")
        described = team_roster.describe(after, name, able, notes, now)
        said += ["Details changed"] if described is not after else []
        after = described if said else team_roster.touch(after, name, now)
        outcome = "Changed" if said else None
        _land(memory, transaction, roster, after, name, ("; ".join(said) or "Seen", outcome, notes))
        return name

    return memory.run(verb, expected=expected, operation="team upsert")


def leave(memory: Memory, name: str, *, reason: str, expected: dict[str, str] | None = None) -> Outcome[str]:
    """``name`` among those who have left, with the reason."""
    return _change(
        memory,
        "team leave",
        name,
        expected,
        lambda roster, t: team_roster.leave(roster, name, reason, t.now),
        ("Left team", reason, None),
    )


def see(memory: Memory, name: str, *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """``name`` seen just now."""
    return _change(
        memory,
        "team seen",
        name,
        expected,
        lambda roster, t: team_roster.see(roster, name, t.now),
        ("Seen", None, None),
    )


def assign_task(
    memory: Memory, name: str, task: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """``name`` working on ``task``."""
    return _change(
        memory,
        "team task",
        name,
        expected,
        lambda roster, t: team_roster.assign_task(roster, name, task, t.now),
        (f"Task: {task}", "Assigned", None),
    )


def change_role(
    memory: Memory, name: str, role: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """``name`` in another role."""
    return _change(
        memory,
        "team role",
        name,
        expected,
        lambda roster, t: team_roster.change_role(roster, name, role, t.now),
        (f"Role changed to {role}", "Changed", None),
    )


def change_status(
    memory: Memory,
    name: str,
    status: str,
    *,
    details: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """``name`` at another status."""
    word = STATUS.enter("status", status)
    return _change(
        memory,
        "team status",
        name,
        expected,
        lambda roster, t: team_roster.change_status(roster, name, word, details, t.now),
        (f"Status changed to {word}", "Changed", details),
    )


def get(memory: Memory, name: str) -> Member:
    """The member ``name``.

    Raises NotFound.
    """
    return team_roster.member_named(memory.read(PAGE), name)


def listed(memory: Memory, *, role: str | None = None, status: str | None = None) -> tuple[Member, ...]:
    """The members of the team; of those the ones that are as it says."""
    roster: TeamRoster = memory.read(PAGE)
    return tuple(
        each for each in roster.active_team_members if status in (None, each.status) and _has(each, role)
    )


def former(memory: Memory, *, role: str | None = None) -> tuple[FormerMember, ...]:
    """Those who have left; of those the ones in a role."""
    roster: TeamRoster = memory.read(PAGE)
    return tuple(each for each in roster.inactive_team_members if _has(each, role))


def _has(each: Member | FormerMember, role: str | None) -> bool:
    return role is None or (each.role or "").lower() == role.lower()
