"""An action changed in several of its values at once: one change of the page, one event, and none for what stands so already."""

from __future__ import annotations

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import IllegalTransition, InvalidValue
from cosmemory.office import Memory
from cosmemory.operations.first_pages import initialise

NOW = 1_795_255_200  # 2026-11-21T10:00:00Z


@pytest.fixture
def memory() -> Memory:
    made = Memory(EphemeralStore(), now=lambda: NOW)
    initialise(made)
    made.state.add_action("Write the docs")
    return made


def row_of(memory: Memory) -> str:
    page = memory.store.read("cos-state.md").data.decode()
    return next(line for line in page.split("\n") if line.startswith("| 1 |"))


def changes_in(memory: Memory) -> int:
    return len(memory.store.history().revisions())


def test_several_values_change_together_with_one_event(memory) -> None:
    before = changes_in(memory)
    memory.state.change_action(
        "1", priority="high", deadline="2026-12-01", status="in_progress", notes="asked for"
    )
    assert row_of(memory) == "| 1 | Write the docs | high | 2026-12-01 | in_progress |"
    (_, event) = list(memory.events.find_events(types=["action"]))[-1]
    assert (event.outcome, event.notes) == ("in_progress, Priority changed, Deadline changed", "asked for")
    assert changes_in(memory) == before + 1


def test_what_stands_so_already_is_no_change(memory) -> None:
    before = changes_in(memory)
    memory.state.change_action("1", priority="medium", status="pending", text="Write the docs")
    assert changes_in(memory) == before


def test_a_deadline_is_cleared_with_a_dash(memory) -> None:
    memory.state.change_action("1", deadline="2026-12-01")
    memory.state.change_action("1", deadline="-")
    assert row_of(memory) == "| 1 | Write the docs | medium | - | pending |"


def test_a_step_that_may_not_be_taken_changes_nothing_else(memory) -> None:
    memory.state.change_action("1", status="done")
    with pytest.raises(IllegalTransition):
        memory.state.change_action("1", status="blocked", priority="critical")
    with pytest.raises(InvalidValue):
        memory.state.change_action("1", text=" ")
    assert row_of(memory) == "| 1 | Write the docs | medium | - | done |"


@pytest.mark.parametrize("given", [{}, {"priority": "medium"}, {"status": "pending"}])
def test_a_note_on_what_stands_so_already_is_told_to_the_log_and_the_page_stays(memory, given) -> None:
    page = memory.store.read("cos-state.md").data
    outcome = memory.state.change_action("1", notes="waits for the review", **given)
    (_, event) = list(memory.events.find_events(types=["action"]))[-1]
    assert (event.action, event.outcome, event.notes) == ("Write the docs", "Noted", "waits for the review")
    assert event.extra == {"Action ID": "1"}
    assert memory.store.read("cos-state.md").data == page
    assert [path for path, _ in outcome.revisions] == ["coordination-log.md"]


@pytest.mark.parametrize("notes", ["", " ", "-"])
def test_a_note_that_says_nothing_is_no_change(memory, notes) -> None:
    before = changes_in(memory)
    memory.state.change_action("1", notes=notes)
    assert changes_in(memory) == before


@pytest.mark.parametrize("text", ["", " ", "-"])
def test_a_note_on_an_alert_that_says_nothing_is_refused(memory, text) -> None:
    memory.alerts.raise_alert(kind="CI", severity="warning", resource="r", value="2", threshold="1")
    before = changes_in(memory)
    with pytest.raises(InvalidValue, match="The note is not valid: it is empty"):
        memory.alerts.note_alert("ALERT-1", text)
    assert changes_in(memory) == before
