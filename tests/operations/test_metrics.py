"""Metrics and reports: days recorded, months rolled up, weeks reported."""

from __future__ import annotations

from datetime import date

import pytest
from markdown_it import MarkdownIt

from cosmemory.document.values import Measure
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import InvalidValue
from cosmemory.memory import Memory
from cosmemory.operations import metrics, state
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.metrics import Results
from cosmemory.operations.pages import set_value
from cosmemory.operations.periods import month_of, period_named, week_of
from cosmemory.operations.reports import write_report
from cosmemory.operations.rollup import roll_up
from cosmemory.store import Replace

NOON = 1_795_521_600  # 2026-11-24T12:00:00Z


@pytest.fixture
def memory() -> Memory:
    memory = Memory(EphemeralStore(), now=lambda: NOON)
    initialise(memory)
    return memory


def record(memory: Memory, agent: str, day: int, tasks: int, on_time: int, first_pass: int) -> None:
    results = Results(tasks=tasks, on_time=on_time, first_pass=first_pass, response=5, issues=0)
    metrics.record(memory, agent, results, day=date(2026, 11, day))


def test_a_day_has_the_teams_sums_and_their_change(memory: Memory) -> None:
    record(memory, "helper-1", 16, 4, 4, 3)
    record(memory, "helper-1", 17, 5, 4, 5)
    record(memory, "helper-2", 17, 5, 5, 5)
    page = memory.read("performance/metrics-2026-11-17")
    rows = {row.metric: (row.value, row.previous, row.change) for row in page.team_summary}
    assert rows["Tasks Completed"] == (Measure(10), Measure(4), Measure(6))
    assert rows["On-Time Rate"] == (Measure(90, "%"), Measure(100, "%"), Measure(-10, "%"))
    assert [day.agent for day in page.individual_metrics] == ["helper-1", "helper-2"]


@pytest.mark.parametrize(
    "later",
    [
        Results(notes="fine"),
        Results(task_lines=("TASK-1: done",)),
        Results(task_lines=("TASK-1: done",), notes="fine\n\nand more"),
    ],
)
def test_notes_and_tasks_come_below_the_figures_of_an_agent_that_had_none(
    memory: Memory, later: Results
) -> None:
    record(memory, "helper-1", 17, 5, 4, 5)
    record(memory, "helper-2", 17, 3, 2, 3)
    metrics.record(memory, "helper-2", later, day=date(2026, 11, 17))
    page = memory.read("performance/metrics-2026-11-17")
    (day,) = [each for each in page.individual_metrics if each.agent == "helper-2"]
    assert (day.tasks, day.notes) == (later.task_lines, later.notes)
    assert day.figures[0].value == Measure(3)


@pytest.mark.parametrize("figure", [10**15, 10**4000, float("inf"), float("nan"), -1])
def test_a_figure_that_no_page_can_hold_is_refused(memory: Memory, figure: float) -> None:
    with pytest.raises(InvalidValue, match="response is not valid: it is no number from 0 on"):
        metrics.record(memory, "helper-1", Results(response=figure))


def test_recording_again_changes_the_counts_and_keeps_tasks_and_notes(memory: Memory) -> None:
    first = Results(tasks=2, on_time=2, first_pass=1, task_lines=("TASK-1: done at 10:00",), notes="fine")
    metrics.record(memory, "helper-1", first, day=date(2026, 11, 16))
    again = Results(tasks=3, task_lines=("TASK-2: done",))
    metrics.record(memory, "helper-1", again, day=date(2026, 11, 16))
    day = memory.read("performance/metrics-2026-11-16").individual_metrics[0]
    assert day.tasks == ("TASK-1: done at 10:00", "TASK-2: done")
    assert day.notes == "fine"
    assert day.figures[1].value == Measure(2, "", 67)


def test_what_was_not_given_is_no_zero(memory: Memory) -> None:
    metrics.record(memory, "helper-1", Results(tasks=2), day=date(2026, 11, 16))
    day = memory.read("performance/metrics-2026-11-16").individual_metrics[0]
    assert [figure.value for figure in day.figures] == [Measure(2), None, None, None, None]


@pytest.mark.parametrize(
    "cells",
    ["1.3 avg | <2 | 50%", "eight minutes | a few | all", "5 | - | 1 (12%)"],
    ids=["avg", "words", "bare"],
)
def test_words_that_a_person_wrote_for_a_figure_stay_until_it_is_given(memory: Memory, cells: str) -> None:
    metrics.record(memory, "helper-1", Results(tasks=2), day=date(2026, 11, 16))
    path = "performance/metrics-2026-11-16.md"
    response, issues, on_time = cells.split(" | ")
    stored = memory.store.read(path)
    assert stored is not None
    page = stored.data.decode()
    for metric, cell in (("Avg Response Time", response), ("Issues", issues), ("On-Time", on_time)):
        page = page.replace(f"| {metric} | - |", f"| {metric} | {cell} |")
    with memory.store.writing() as writer:
        writer.commit([Replace(path=path, data=page.encode(), expected=stored.revision)])
    metrics.record(memory, "helper-1", Results(first_pass=1), day=date(2026, 11, 16))
    after = memory.store.read(path).data.decode()
    wanted = page.replace("| First-Pass | - |", "| First-Pass | 1 (50%) |")
    assert [row for row in after.split("\n") if "Rate" not in row] == [
        row for row in wanted.split("\n") if "Rate" not in row
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_notes_stand_apart_from_the_list_above_them(memory: Memory, at_once: bool) -> None:
    record(memory, "helper-1", 16, 1, 1, 1)
    told = Results(tasks=1, task_lines=("TASK-1: done",), notes="waited" if at_once else None)
    metrics.record(memory, "helper-2", told, day=date(2026, 11, 16))
    metrics.record(memory, "helper-2", Results(notes="waited"), day=date(2026, 11, 16))
    text = memory.store.read("performance/metrics-2026-11-16.md").data.decode()
    assert "- TASK-1: done\n\n**Notes:**\nwaited\n" in text
    assert "<li>TASK-1: done</li>" in MarkdownIt().render(text)


def test_the_days_of_a_full_month_have_short_labels(memory: Memory) -> None:
    record(memory, "helper-1", 2, 3, 3, 3)
    record(memory, "helper-1", 16, 4, 4, 4)
    monthly = write_report(memory, month_of(date(2026, 11, 16))).result
    assert 'title "On time, 2026-11"\n    x-axis ["02", "16"]\n' in memory.read(monthly).trend
    weekly = write_report(memory, week_of(date(2026, 11, 16))).result
    assert 'title "On time, 2026-W47"\n    x-axis ["11-16"]\n' in memory.read(weekly).trend


def test_a_day_without_tasks_is_no_day_on_which_all_were_late(memory: Memory) -> None:
    record(memory, "helper-1", 19, 4, 4, 4)
    metrics.record(memory, "helper-1", Results(issues=1), day=date(2026, 11, 20))
    monthly = write_report(memory, month_of(date(2026, 11, 20))).result
    tasks, on_time = memory.read(monthly).trend.split("\n\n")
    assert 'x-axis ["19", "20"]' in tasks
    assert 'x-axis ["19"]' in on_time


def test_more_on_time_than_tasks_is_refused(memory: Memory) -> None:
    with pytest.raises(InvalidValue, match="of 1 tasks in all"):
        metrics.record(memory, "helper-1", Results(tasks=1, on_time=2))
    assert memory.store.read("performance/metrics-2026-11-24.md") is None


def test_a_month_is_rolled_up_and_remarks_stay(memory: Memory) -> None:
    for day in (2, 3, 9, 10):
        record(memory, "helper-1", day, 4, 3, 4)
        record(memory, "Helper 2", day, 2, 2, 1)
    paths = roll_up(memory, month_of(date(2026, 11, 1))).result
    assert paths == ("performance/agent-%48elper%202-2026-11.md", "performance/agent-helper-1-2026-11.md")
    set_value(memory, paths[1], "strengths", "steady")
    record(memory, "helper-1", 11, 10, 10, 10)
    roll_up(memory, month_of(date(2026, 11, 1)))
    page = memory.read(paths[1])
    assert page.strengths == ("steady",)
    assert page.monthly_summary[0].value == Measure(26)
    assert [row.week for row in page.weekly_breakdown] == ["W45", "W46"]


def test_a_report_says_what_the_week_was_and_keeps_remarks(memory: Memory) -> None:
    record(memory, "helper-1", 16, 4, 4, 3)
    record(memory, "helper-2", 17, 6, 5, 6)
    state.decide(memory, "ship it", "all tests pass")
    week = week_of(date(2026, 11, 16))
    path = write_report(memory, week).result
    report = memory.read(path)
    assert report.period == "2026-W47"
    assert [row.agent for row in report.top_performers] == ["helper-2", "helper-1"]
    assert "xychart-beta" in report.trend
    set_value(memory, path, "remarks", "A good week.")
    before = memory.page(path).revision
    write_report(memory, week)
    assert memory.page(path).revision == before
    record(memory, "helper-1", 18, 9, 9, 9)
    write_report(memory, week)
    again = memory.read(path)
    assert again.remarks == "A good week."
    assert again.overview[0].value == Measure(19)
    assert memory.store.read("performance/reports/weekly-2026-W47-tasks.svg") is not None


@pytest.mark.parametrize("text", ["2026-W54", "2026-13", "2026-W00", "26-W01", "week 3"])
def test_a_period_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        period_named(text, weekly="W" in text)
