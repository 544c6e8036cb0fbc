"""Conflicts: what two sides changed differently stands side by side until somebody settles it."""

from __future__ import annotations

import pytest

from cosmemory.clock import read_time
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import IllegalTransition, NotFound
from cosmemory.memory import Memory
from cosmemory.merge.strategies import Dispute
from cosmemory.operations.conflicts import listed, open_conflict, resolve_conflict
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import set_value

NOW = read_time("2026-11-21T06:00:00Z")[0]
FOCUS = "current_focus.primary_task"
PAGE = """\
# Conflict CONFLICT-1

- **ID:** CONFLICT-1
- **Document:** cos-state.md
- **Created:** 2026-11-21T06:00:00Z
- **Status:** pending
- **Strategy:** manual
- **Resolved:** -
- **Resolved By:** -
- **Reason:** -

## Disputed Values
| Value | Before | On The Page | Other |
|-------|--------|-------------|-------|
| current_focus.primary_task | ship it | what a person wrote | what the agent wrote |

## Notes

None
"""


@pytest.fixture
def memory():
    memory = Memory(EphemeralStore(), now=lambda: NOW, actor="kim")
    initialise(memory)
    set_value(memory, "cos-state", FOCUS, "what a person wrote")
    return memory


def disputed(memory):
    dispute = Dispute(where=FOCUS, base="ship it", ours="what the agent wrote", theirs="what a person wrote")
    return memory.run(lambda transaction: open_conflict(transaction, "cos-state.md", [dispute])).result


def test_a_conflict_is_a_page_to_read(memory):
    path = disputed(memory)
    assert path == "conflicts/CONFLICT-1.md"
    assert memory.store.read(path).data.decode() == PAGE
    assert [each.id for each in listed(memory)] == ["CONFLICT-1"]
    errors = [d for page in memory.validate().pages for d in page.diagnostics if d.severity == "error"]
    assert errors == []


@pytest.mark.parametrize(
    ("take", "stands"), [("kept", "what a person wrote"), ("other", "what the agent wrote")]
)
def test_a_settled_conflict_leaves_the_values_that_were_taken(memory, take, stands):
    disputed(memory)
    resolve_conflict(memory, "conflict-1", reason="asked Kim", take=take)
    assert memory.read("cos-state").current_focus.primary_task == stands
    (settled,) = listed(memory, pending=False)
    assert (settled.status, settled.resolved_by, settled.reason) == ("resolved", "kim", "asked Kim")
    assert listed(memory) == ()
    told = [(event.action, event.outcome, event.notes) for _, event in find_events(memory)]
    assert told == [
        ("CONFLICT-1 opened about cos-state.md", FOCUS, None),
        ("CONFLICT-1 resolved", f"{take} values stand", "asked Kim"),
    ]


def test_a_conflict_is_settled_once(memory):
    disputed(memory)
    resolve_conflict(memory, "CONFLICT-1", reason="done")
    with pytest.raises(IllegalTransition):
        resolve_conflict(memory, "CONFLICT-1", reason="again")


def test_a_conflict_that_is_not_there_is_not_settled(memory):
    with pytest.raises(NotFound, match="CONFLICT-9"):
        resolve_conflict(memory, "CONFLICT-9", reason="what?")


def test_no_number_is_given_twice(memory):
    first = disputed(memory)
    del memory.store._pages[first]
    assert disputed(memory) == "conflicts/CONFLICT-2.md"
