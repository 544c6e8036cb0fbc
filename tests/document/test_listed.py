"""Records kept as a list: taken away by the line, joined by a table, and no place for what a list cannot say."""

from __future__ import annotations

import pytest

from cosmemory.document.changes import changed
from cosmemory.document.paths import with_value, without
from cosmemory.errors import NotFound
from cosmemory.kinds import COS_STATE
from cosmemory.kinds.cos_state import Action, add_action
from cosmemory.kinds.page import read_document
from cosmemory.syntax.parse import parse

PATH = "cos-state.md"
PAGE = "# State\n\n## Pending Actions\n- [ ] Fix it\n- [x] Ship it\n- Go\n"


def made(page: str, change) -> str:
    tree = parse(page)
    before = read_document(COS_STATE, tree).document
    return changed(PATH, tree, before, change(before)).tree.text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("number", "line"), [(1, "- [ ] Fix it\n"), (2, "- [x] Ship it\n"), (3, "- Go\n")], ids=["1", "2", "3"]
)
def test_an_item_is_taken_away_with_its_line(number: int, line: str, newline: str) -> None:
    page = PAGE.replace("\n", newline)
    after = made(page, lambda state: without(state, f"pending_actions.#{number}"))
    assert after == PAGE.replace(line, "").replace("\n", newline)


def test_a_new_record_stands_in_a_table_below_the_list() -> None:
    action = Action(id="4", action="Rest", priority="low", status="pending")
    below = (
        "\n| ID | Action | Priority | Deadline | Status |\n|----|--------|----------|----------|--------|\n"
        "| 4 | Rest | low | - | pending |\n"
    )
    after = made(PAGE, lambda state: add_action(state, action))
    assert after == PAGE + below
    again = made(after, lambda state: add_action(state, Action(id="5", action="Sleep", status="pending")))
    assert again == PAGE + below + "| 5 | Sleep | - | - | pending |\n"


def test_what_a_list_has_no_place_for_is_refused() -> None:
    with pytest.raises(NotFound, match="A place for 'Status' in a list"):
        made(PAGE, lambda state: with_value(state, "pending_actions.#1.status", "done"))
