"""Dotted paths into a document: what they name, and how a slip in one is told."""

from __future__ import annotations

from typing import Any

import pytest

from cosmemory.document.decode import decode
from cosmemory.document.paths import parse_path, value_at, with_value, without
from cosmemory.errors import CosmemoryError, InvalidValue, NotFound, UsageError
from cosmemory.kinds.cos_state import CosState
from cosmemory.kinds.team_roster import TeamRoster
from cosmemory.syntax.parse import parse

STATE = """\
# Chief of Staff State

## Current Focus
- **Primary Task:** ship it
- **Mood:** good

## Pending Actions
| ID | Action | Priority | Deadline | Status |
|----|--------|----------|----------|--------|
| 1 | review | high | - | pending |
| 2 | ask | low | - | pending |
| 2 | ask again | low | - | pending |
| v1.2 | release | low | - | pending |
"""
TEAM = """\
# Team Roster

## Active Team Members
| Session Name | Role | Status |
|--------------|------|--------|
| anna | Developer | active |

### anna
- **Role:** Developer
- **Notes:** likes tests
"""


@pytest.fixture
def state() -> CosState:
    read: CosState = decode(parse(STATE), CosState).document
    return read


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("a.b", ["a", "b"]),
        ('a."b.c"', ["a", "b.c"]),
        ('"a ""b"""', ['a "b"']),
        ("#1", ["#1"]),
    ],
)
def test_a_part_that_holds_a_dot_is_quoted(path: str, parts: list[str]) -> None:
    assert parse_path(path) == parts


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", '"a', 'a"b"', '"a"b'])
def test_what_is_no_path_is_told(path: str) -> None:
    with pytest.raises(UsageError, match="is not a path"):
        parse_path(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("current_focus.primary_task", "ship it"),
        ("Current Focus.Primary Task", "ship it"),
        ("focus.primary_task", "ship it"),
        ("current_focus.extra.mood", "good"),
        ("pending_actions.1.priority", "high"),
        ("pending_actions.#3.action", "ask again"),
        ('pending_actions."v1.2".action', "release"),
    ],
)
def test_a_path_names_one_value(state: CosState, path: str, value: Any) -> None:
    assert value_at(state, path) == value


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("curent_focus.primary_task", "'curent_focus' in the path 'curent_focus.primary_task'"),
        ("pending_actions.9.status", "'9' in the path"),
        ("pending_actions.#9.status", "Record #9 in the path"),
        ("pending_actions.2.status", "2 records are called '2'"),
        ("current_focus.extra.colour", "'colour' in the path"),
    ],
)
def test_a_slip_in_a_path_is_told(state: CosState, path: str, told: str) -> None:
    with pytest.raises(CosmemoryError) as refused:
        value_at(state, path)
    assert told in str(refused.value)


def test_a_name_that_is_nearly_right_gets_a_hint(state: CosState) -> None:
    with pytest.raises(NotFound) as refused:
        value_at(state, "current_focus.primary_tusk")
    assert refused.value.hint == "Did you mean 'primary_task'?"


def test_a_value_is_exchanged_and_nothing_else(state: CosState) -> None:
    after = with_value(state, "pending_actions.#3.status", "Done")
    assert [action.status for action in after.pending_actions] == ["pending", "pending", "done", "pending"]
    assert with_value(after, "pending_actions.#3.status", "pending") == state


def test_a_row_that_gets_another_key_keeps_its_block() -> None:
    roster = decode(parse(TEAM), TeamRoster).document
    after = with_value(roster, "active_team_members.anna.session_name", "berta")
    (member,) = after.active_team_members
    assert (member.session_name, member.details.notes) == ("berta", "likes tests")


def test_a_record_is_taken_away_and_a_value_is_not(state: CosState) -> None:
    assert [each.id for each in without(state, "pending_actions.1").pending_actions] == ["2", "2", "v1.2"]
    with pytest.raises(InvalidValue, match="names no record"):
        without(state, "current_focus.priority")
