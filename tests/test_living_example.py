"""The project's own memory: it validates clean on any day, and a verb keeps what people wrote on it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cosmemory.connect import open_memory
from cosmemory.document.values import seconds_of
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.operations.handoff_chains import broken
from cosmemory.operations.interrupted_session import interrupted as interrupted_sessions
from cosmemory.operations.periods import period_named
from cosmemory.operations.reports import write_report
from cosmemory.operations.state import move_action
from cosmemory.store import Store

THEN = datetime(2026, 11, 20, 16, 40, tzinfo=UTC)  # the Friday that its last event tells of
REPORT = "performance/reports/weekly-2026-W46.md"


@pytest.fixture
def folder(checkout, tmp_path) -> Path:
    return Path(shutil.copytree(checkout / "design" / "memory", tmp_path / "memory"))


def memory_on(folder: Path, day: datetime) -> Memory:
    store: Store = open_memory(str(folder)).store
    return Memory(store, now=lambda: seconds_of(day))


@pytest.mark.parametrize("day", [THEN, datetime(2031, 1, 1, tzinfo=UTC)])
def test_it_has_no_error_and_no_warning_on_any_day(folder, day):
    checked = memory_on(folder, day).validate()
    found = [
        (page.path, each.message)
        for page in checked.pages
        for each in page.diagnostics
        if each.severity != "info"
    ]
    assert found == []
    assert len(checked.pages) > 5


def test_a_verb_changes_its_own_cells_and_keeps_what_people_wrote(folder):
    before = (folder / "cos-state.md").read_text(encoding="utf-8").split("\n")
    move_action(memory_on(folder, THEN), "done", "4")
    after = (folder / "cos-state.md").read_text(encoding="utf-8").split("\n")
    assert [line for line in after if line not in before] == [
        "- **Last Updated:** 2026-11-20T16:40:00Z",
        "| 4 | Write the front door | medium | 2026-11-24T17:00:00Z | done | - |",
    ]
    assert len(before) == len(after)


def test_its_log_and_archive_are_one(folder):
    memory = memory_on(folder, THEN)
    told = [event.action for _, event in find_events(memory, types=["focus"])]
    assert told == ["Read any page without losing a byte", "Survive a kill at every instant"]


def test_its_report_says_what_the_data_says_and_keeps_the_remarks(folder):
    report = folder / "performance" / "reports" / "weekly-2026-W46.md"
    before = report.read_bytes()
    memory = memory_on(folder, THEN)
    assert write_report(memory, period_named("2026-W46", weekly=True)).revision_of(REPORT) == ""
    assert report.read_bytes() == before
    assert "One day of figures only" in memory.read(REPORT).remarks


def test_everybody_was_seen_when_the_roster_says_so(folder):
    roster = memory_on(folder, THEN).read("team-roster")
    assert all(member.last_seen.date() == roster.last_updated.date() for member in roster.active_team_members)


def test_it_shows_work_that_failed_once_was_tried_again_and_was_handed_on(folder):
    memory = memory_on(folder, THEN)
    agent, run = memory.read("agents/L2.CUTTER.1"), memory.read("runs/power-cuts")
    assert (agent.status, agent.attempts) == ("completed", 2)
    assert [each.status for each in run.executions] == ["failed", "completed"]
    assert memory.read("handoffs/files-engine-2").previous == "files-engine-1"
    assert broken(memory) == ()


def test_it_shows_a_deployment_that_was_planned_in_one_meeting_and_done_in_the_next(folder):
    memory = memory_on(folder, THEN)
    planned, done = (
        memory.read(f"meetings/{key}") for key in ("planning_20261120_092500", "execution_20261120_100500")
    )
    assert (planned.verdict, [each.action for each in planned.actions]) == (
        "GO",
        [each.action for each in done.actions],
    )
    deployment = memory.read("deployment")
    assert {each.slo: each.holds for each in deployment.slo_status} == dict.fromkeys(
        ("error_rate", "latency", "rollback_ready"), "yes"
    )
    assert [each.stage for each in deployment.stage_history] == ["shadow", "5%"]
    measured = {each.metric: each.trend for each in memory.read("performance/system-metrics").metrics}
    assert measured == {"latency": "declining", "status": "stable", "error_rate": "improving"}


def test_it_shows_a_session_that_waits_over_the_weekend_with_who_is_still_to_speak(folder):
    (found,) = interrupted_sessions(memory_on(folder, THEN))
    assert (found.completed, found.to_speak) == (
        ("files-engine",),
        ("law-tester", "reviewer", "chief-of-staff"),
    )
    assert memory_on(folder, THEN).read("sessions/session_20261120_092000").status == "completed"
