"""Looks in which something cannot be done: it is told once, the rest is done, and it is done once that is possible."""

from __future__ import annotations

import pytest

from cosmemory.config.settings import WatchRule
from cosmemory.errors import NotSaved
from cosmemory.maintenance.watching import edits, routine
from cosmemory.memory import Memory

FULL = "The change was not saved: No space left on device."


@pytest.fixture
def full(monkeypatch):
    """Makes a call fail as on a full disk until what it gives back is called."""

    def fail(place, name):
        meant = getattr(place, name)

        def failing(*_, **__):
            raise NotSaved("The change", "No space left on device")

        monkeypatch.setattr(place, name, failing)
        return lambda: monkeypatch.setattr(place, name, meant)

    return fail


def test_a_rotation_that_failed_is_done_at_the_next_look(office, full):
    office.memory.state.set_focus("This week")
    office.look()
    free = full(routine, "rotate")
    assert FULL in office.look(after=7 * 86_400)
    assert office.look() == []  # told once as long as it lasts
    free()
    assert any("moved to" in line for line in office.look())


def test_an_edit_that_could_not_be_recorded_is_recorded_at_the_next_look(office, full):
    store = type(office.memory.store)
    free = full(store, "notice")
    office.edit("cos-state.md", "**Status:** idle", "**Status:** busy")
    assert office.look() == [FULL]
    assert office.look() == []
    free()
    assert office.look() == ["cos-state.md was edited by hand; the history has it"]
    assert office.look() == []


def test_derived_values_that_could_not_be_saved_are_mended_at_the_next_look(office, full):
    office.memory.team.join("ada", role="writer")
    office.look()
    free = full(edits, "fix")
    office.edit("team-roster.md", "Total Agents: 1", "Total Agents: 7")
    told = office.look()
    assert FULL in told
    assert any("COS501" in line for line in told)  # what is found is told all the same
    assert office.look() == []
    free()
    assert "derived values brought up to date on team-roster.md" in office.look()
    assert office.look() == []


def test_pages_that_could_not_be_checked_are_checked_at_the_next_look(office, full):
    free = full(Memory, "validate")
    office.edit("cos-state.md", "**Status:** idle", "**Status:** idel")
    assert FULL in office.look()
    free()
    assert any("COS401" in line for line in office.look())


def test_an_error_of_the_system_ends_no_look(office, monkeypatch):
    def failing(_):
        raise OSError(24, "Too many open files", "cos-state.md")

    monkeypatch.setattr(routine, "measure_in_time", failing)
    office.set(watch_checkpoint_minutes=60)
    told = office.look()
    assert "cos-state.md: Too many open files." in told
    assert told[-1].endswith(" made")
    assert office.look() == []


def test_a_slip_in_one_rule_is_told_once_and_the_others_count(office):
    office.memory.state.add_action("Ship", deadline="2026-11-20")
    office.set(watch_checkpoint_minutes=60, watch_rules={"aaa": WatchRule(warning=1)})
    told = office.look()
    assert "cosmemory.toml: watch.rules.aaa.measure: it is missing." in told
    assert "ALERT-1 raised: overdue is warning, 1 overdue actions" in told
    assert told[-1].endswith(" made")
    assert office.look() == []
