"""Verbs of the team on rosters as people keep them: the shape stays, and nothing that is not there is asked for."""

from __future__ import annotations

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import InvalidValue, NotFound, Refused
from cosmemory.memory import Memory
from cosmemory.operations import team
from cosmemory.operations.pages import add_record, remove_record

NOW = 1_795_255_200  # 2026-11-21T10:00:00Z


def memory_of(roster: str) -> Memory:
    log = b"# Coordination Log\n\n## Events\n"
    store = EphemeralStore({"team-roster.md": roster.encode(), "coordination-log.md": log})
    return Memory(store, now=lambda: NOW)


def page_of(memory: Memory) -> str:
    stored = memory.store.read("team-roster.md")
    assert stored is not None
    return stored.data.decode()


FOUR_COLUMNS = """\
# Team Roster

## Active Team Members

| Agent | Role | Assigned | Status |
|-------|------|----------|--------|
| dev-1 | Developer | 2026-11-20 | Active |
"""


def test_a_roster_without_last_seen_and_without_a_history_is_changed_as_it_stands() -> None:
    memory = memory_of(FOUR_COLUMNS)
    team.change_status(memory, "dev-1", "busy")
    team.join(memory, "dev-2", role="Tester")
    assert page_of(memory) == FOUR_COLUMNS.replace("Active |", "busy |\n| dev-2 | Tester | - | active |") + (
        "\n### dev-2\n- **Role:** Tester\n- **Assigned:** 2026-11-21T10:00:00Z\n- **Status:** active\n"
    )


def test_what_was_asked_for_and_has_no_place_is_refused() -> None:
    memory = memory_of(FOUR_COLUMNS)
    with pytest.raises(NotFound, match="The column 'Last Seen'"):
        team.see(memory, "dev-1")
    with pytest.raises(NotFound, match="The column 'Current Task'"):
        team.assign_task(memory, "dev-1", "#42")
    assert page_of(memory) == FOUR_COLUMNS


BY_PROJECT = """\
# Team Roster

## Project: alpha

| Agent Name | Role | Status | Last Active |
|---|---|---|---|
| dev-1 | Developer | active | 2026-11-20T09:00:00Z |

## Project: beta

| Role | Agent Name | Status |
|---|---|---|
| Tester | dev-2 | idle |
"""


def test_a_newcomer_goes_to_the_last_project_in_the_columns_and_with_the_details_of_that() -> None:
    memory = memory_of(
        BY_PROJECT.replace("| Role | Agent Name | Status |", "| Role | Agent Name | Status | Last Seen |")
        .replace("|---|---|---|\n| Tester", "|---|---|---|---|\n| Tester")
        .replace("idle |", "idle | - |")
    )
    before = page_of(memory)
    team.join(memory, "dev-3", role="Writer")
    assert page_of(memory) == before + (
        "| Writer | dev-3 | active | 2026-11-21T10:00:00Z |\n"
        "\n### dev-3\n- **Role:** Writer\n- **Assigned:** 2026-11-21T10:00:00Z\n- **Status:** active\n"
    )


BLOCKS = """\
# Team

## Active Team Members

### dev-1
- Role: Developer
- Status: active
- Health: Good

A word about dev-1.

### dev-2
- Role: Tester

## Inactive Team Members
- None
"""


def test_a_team_of_one_block_each_takes_a_newcomer_as_a_block() -> None:
    memory = memory_of(BLOCKS)
    team.join(memory, "dev-3", role="Writer", task="#42", capabilities="a, b")
    assert page_of(memory) == BLOCKS.replace(
        "- Role: Tester\n",
        "- Role: Tester\n\n### dev-3\n- Role: Writer\n- Status: active\n- Last Seen: 2026-11-21T10:00:00Z\n"
        "- Current Task: #42\n- Assigned: 2026-11-21T10:00:00Z\n- Capabilities: a, b\n",
    )


def test_a_role_and_a_status_of_a_block_change_the_one_label_there_is() -> None:
    memory = memory_of(BLOCKS)
    team.change_role(memory, "dev-1", "Architect")
    team.change_status(memory, "dev-1", "busy", details="until noon")
    page = page_of(memory)
    assert "- Role: Architect\n- Status: busy\n- Health: Good\n" in page
    assert page.count("Status:") == 1


def test_a_block_that_leaves_takes_all_that_stands_in_it_along() -> None:
    memory = memory_of(BLOCKS)
    team.leave(memory, "dev-1", reason="over")
    assert page_of(memory) == (
        "# Team\n\n## Active Team Members\n\n### dev-2\n- Role: Tester\n\n## Inactive Team Members\n"
        "| Session Name | Role | Last Active | Reason |\n|--------------|------|-------------|--------|\n"
        "| dev-1 | Developer | 2026-11-21T10:00:00Z | over |\n\n"
        "### dev-1\n- Role: Developer\n- Status: active\n- Health: Good\n\nA word about dev-1.\n"
    )


def test_a_block_that_is_removed_leaves_a_persons_words() -> None:
    memory = memory_of(BLOCKS)
    remove_record(memory, "team-roster", "active_team_members.dev-1")
    assert page_of(memory).startswith(
        "# Team\n\n## Active Team Members\n\nA word about dev-1.\n\n### dev-2\n"
    )


BLOCKS_ALONE = """\
# Team Roster

## Active Team Members

### anna
- **Role:** Developer
- **Status:** active
"""


def test_a_record_added_to_a_team_of_blocks_is_a_block_too() -> None:
    memory = memory_of(BLOCKS_ALONE)
    given = {"session_name": "bert", "role": "Tester", "status": "idle"}
    assert add_record(memory, "team-roster", "active_team_members", given).result == "bert"
    assert page_of(memory) == BLOCKS_ALONE + "\n### bert\n- **Role:** Tester\n- **Status:** idle\n"
    remove_record(memory, "team-roster", "active_team_members.bert")
    assert page_of(memory).rstrip("\n") == BLOCKS_ALONE.rstrip("\n")


SIX_COLUMNS = """\
# Team Roster

## Active Team Members

| Session Name | Role | Status | Last Seen | Current Task | Performance |
|--------------|------|--------|-----------|--------------|-------------|
| dev-1 | Developer | idle | 2026-11-20T10:00:00Z | #1 | good |
"""


def test_a_member_is_told_of_as_a_whole_whether_they_were_there_or_not() -> None:
    memory = memory_of(SIX_COLUMNS)
    team.upsert(memory, "dev-1", role="Reviewer", task="#42", status="busy", capabilities="python, sql")
    team.upsert(memory, "Dev-2", role="Tester", status="idle")
    page = page_of(memory)
    assert "| dev-1 | Reviewer | busy | 2026-11-21T10:00:00Z | #42 | good |" in page
    assert "- **Capabilities:** python, sql" in page
    assert "| Dev-2 | Tester | idle | 2026-11-21T10:00:00Z | - | - |" in page
    log = memory.store.read("coordination-log.md").data.decode()
    assert "**Action:** Role: Reviewer; Task: #42; Status: busy; Details changed" in log
    assert "**Action:** Joined team as Tester; Status: idle" in log


def test_what_is_not_told_of_a_member_stays() -> None:
    memory = memory_of(SIX_COLUMNS)
    team.upsert(memory, "DEV-1", task="#42")
    assert "| dev-1 | Developer | idle | 2026-11-21T10:00:00Z | #42 | good |" in page_of(memory)


def test_a_roster_that_tells_of_no_last_look_takes_members_all_the_same() -> None:
    memory = memory_of(FOUR_COLUMNS)
    team.upsert(memory, "dev-1")
    assert page_of(memory) == FOUR_COLUMNS


def test_nobody_joins_without_a_role() -> None:
    memory = memory_of(SIX_COLUMNS)
    with pytest.raises(InvalidValue, match="dev-9 is not in the team yet"):
        team.upsert(memory, "dev-9", task="#42")
    assert page_of(memory) == SIX_COLUMNS


LEFT = """\
# Team Roster

## Active Team Members
| Session Name | Role | Status |
|--------------|------|--------|
| helper-8 | tester | idle |

## Inactive Team Members
| Session Name | Role | Last Active | Reason |
|--------------|------|-------------|--------|
| helper-7 | reviewer | 2026-11-20T10:00:00Z | done here |
"""


def test_of_one_who_has_left_it_is_said_that_they_have():
    with pytest.raises(Refused, match=r"helper-7 left the team at 2026-11-20T10:00:00Z\.") as refused:
        team.see(memory_of(LEFT), "HELPER-7")
    assert refused.value.hint == "cosmemory team join takes somebody back."


def test_members_and_those_who_have_left_are_told_apart_and_narrowed():
    memory = memory_of(LEFT)
    assert [each.session_name for each in team.listed(memory, role="Tester", status="idle")] == ["helper-8"]
    assert team.listed(memory, status="busy") == ()
    assert [each.reason for each in team.former(memory)] == ["done here"]
    assert team.get(memory, "Helper-8").role == "tester"
