"""The verbs of the team, as pure steps from one document to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cosmemory.errors import InvalidValue, NotFound
from cosmemory.kinds import team_roster
from cosmemory.kinds.team_roster import Details, FormerMember, Member, RoleCount, TeamChange, TeamRoster

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 18, tzinfo=UTC)
ANNA = Member(session_name="anna", role="Developer", status="active")
SKILLS = Details(role="Developer", status="active", capabilities=("python",), notes="prefers mornings")


def team_of(*members: Member) -> TeamRoster:
    return TeamRoster(active_team_members=members)


def test_who_joins_stands_in_the_team_with_details_and_a_line_in_its_log() -> None:
    after = team_roster.join(TeamRoster(), ANNA, SKILLS, NOON)
    assert after.active_team_members == (replace(ANNA, last_seen=NOON, details=SKILLS),)
    assert after.team_changes_log == (
        TeamChange(time=NOON, change="joined", agent="anna", details="Developer"),
    )


def test_nobody_joins_twice() -> None:
    with pytest.raises(InvalidValue, match="Anna is in the team already"):
        team_roster.join(team_of(ANNA), replace(ANNA, session_name="Anna"), SKILLS, NOON)


def test_who_leaves_and_comes_back_finds_what_stood_about_them() -> None:
    there = team_roster.join(TeamRoster(), replace(ANNA, extra={"desk": "4"}), SKILLS, NOON)
    gone = team_roster.leave(there, "ANNA", "holidays", NOON)
    assert gone.active_team_members == ()
    (former,) = gone.inactive_team_members
    assert former == FormerMember(
        session_name="anna", role="Developer", last_active=NOON, reason="holidays", details=former.details
    )
    back = team_roster.join(gone, ANNA, Details(role="Reviewer", status="active"), LATER)
    assert back.inactive_team_members == ()
    (member,) = back.active_team_members
    assert member.details is not None
    assert (member.details.notes, member.details.capabilities) == ("prefers mornings", ("python",))
    assert (member.details.role, member.details.assigned) == ("Reviewer", LATER)


def test_a_role_changes_in_row_and_details_and_is_noted() -> None:
    after = team_roster.change_role(team_of(replace(ANNA, details=SKILLS)), "anna", "Reviewer", LATER)
    (member,) = after.active_team_members
    assert member.details is not None
    assert (member.role, member.details.role, member.last_seen) == ("Reviewer", "Reviewer", LATER)
    assert after.team_changes_log[-1].details == "Developer -> Reviewer"


def test_a_status_says_what_was_said_of_it() -> None:
    after = team_roster.change_status(
        team_of(replace(ANNA, details=SKILLS)), "anna", "blocked", "no disk", LATER
    )
    (member,) = after.active_team_members
    assert member.details is not None
    assert (member.status, member.details.status) == ("blocked", "no disk")
    assert after.team_changes_log[-1].details == "active -> blocked: no disk"


def test_a_task_or_a_sign_of_life_is_no_change_of_the_team() -> None:
    after = team_roster.assign_task(team_roster.see(team_of(ANNA), "anna", NOON), "anna", "the parser", LATER)
    assert after == team_of(replace(ANNA, current_task="the parser", last_seen=LATER))


def test_two_of_one_name_cannot_be_told_apart() -> None:
    with pytest.raises(InvalidValue, match="2 members are called anna"):
        team_roster.see(team_of(ANNA, ANNA), "anna", NOON)
    with pytest.raises(NotFound, match="The team member 'bert'"):
        team_roster.see(team_of(ANNA), "bert", NOON)


def test_the_counts_follow_from_the_tables() -> None:
    roster = TeamRoster(
        active_team_members=(ANNA, replace(ANNA, session_name="bert", role="developer")),
        inactive_team_members=(FormerMember(session_name="carl", role="Tester"),),
        role_summary=(RoleCount(role="Developer", assigned=7), RoleCount(role="Tester", assigned=1)),
    )
    after = team_roster.derived(roster)
    assert (after.total_agents, after.active, after.inactive) == (3, 2, 1)
    assert [row.assigned for row in after.role_summary] == [2, 0]


def test_the_oldest_changes_are_handed_over_by_a_bound() -> None:
    changes = tuple(TeamChange(agent=str(n)) for n in range(5))
    after, pushed = team_roster.bounded(TeamRoster(team_changes_log=changes), 2)
    assert (after.team_changes_log, pushed) == (changes[3:], changes[:3])
