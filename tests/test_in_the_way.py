"""What a verb says of a record that it does not find on a page that a merge left in two versions."""

from __future__ import annotations

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import NotFound
from cosmemory.memory import Memory
from cosmemory.operations import alerts

PAGE = """\
# Active Alerts

Last Updated: 2026-11-21T06:00:00Z

## Critical
{}
## Warning

## Recently Resolved
| Alert ID | Type | Duration | Resolved At |
|----------|------|----------|-------------|
"""
CONFLICT = "<<<<<<< HEAD\n=======\n>>>>>>> other\n"


def hint_of(between: str) -> str:
    store = EphemeralStore({"alerts/active-alerts.md": PAGE.format(between).encode()})
    with pytest.raises(NotFound) as refused:
        alerts.move_alert(Memory(store), "ack", "ALERT-1")
    return refused.value.hint


def test_the_marks_of_a_merge_are_named_where_a_record_is_not_found():
    assert hint_of(CONFLICT) == (
        "A merge conflict was left on line 6 of alerts/active-alerts.md: settle it there, or by cosmemory repair."
    )


def test_without_such_marks_the_hint_is_the_verbs_own():
    assert hint_of("") == "cosmemory alert list shows the open alerts."
