"""An agent's month beside the daily pages that it follows from."""

from __future__ import annotations

from datetime import date

import pytest

from cosmemory.clock import read_time
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.fixing import fix
from cosmemory.operations.metrics import Results, record
from cosmemory.operations.pages import set_value
from cosmemory.operations.periods import month_of
from cosmemory.operations.rollup import roll_up

PAGE = "performance/agent-helper-1-2026-10.md"
DAILY = "performance/metrics-2026-10-{:02d}.md"


def at(moment: str) -> int:
    read = read_time(moment)
    assert read is not None
    return read[0]


class Clock:
    moment = "2026-11-21T06:00:00Z"

    def __call__(self) -> int:
        return at(self.moment)


@pytest.fixture
def memory() -> Memory:
    held = Memory(EphemeralStore(), now=Clock())
    initialise(held)
    for day in (5, 6, 13):
        record(held, "helper-1", Results(tasks=4, on_time=3, first_pass=2), day=date(2026, 10, day))
        record(held, "helper-2", Results(tasks=8, on_time=8, first_pass=8), day=date(2026, 10, day))
    roll_up(held, month_of(date(2026, 10, 1)))
    return held


def told(memory: Memory) -> list[str]:
    (page,) = memory.validate([PAGE]).pages
    return [f"{page.text.count(chr(10), 0, each.start) + 1}: {each.message}" for each in page.diagnostics]


def test_a_month_as_it_was_rolled_up_has_no_finding(memory: Memory) -> None:
    assert told(memory) == []


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("monthly_summary.Tasks.value", "13", "Tasks: Value is 12"),
        ("monthly_summary.On-Time.value", "50%", "On-Time: Value is 75%"),
        ("monthly_summary.Quality.team_avg", "50%", "Quality: Team Avg is 83%"),
        ("weekly_breakdown.W41.tasks", "7", "W41: Tasks is 8"),
        ("weekly_breakdown.W42.quality", "51%", "W42: Quality is 50%"),
    ],
)
def test_a_figure_that_the_days_do_not_give_is_told_and_mended(
    memory: Memory, path: str, value: str, message: str
) -> None:
    before = memory.store.read(PAGE)
    set_value(memory, PAGE, path, value)
    assert [line.partition(": ")[2] for line in told(memory)] == [message]
    fix(memory, [PAGE])
    assert told(memory) == []
    assert memory.store.read(PAGE) == before


def test_a_day_recorded_late_makes_the_month_old(memory: Memory) -> None:
    record(memory, "helper-1", Results(tasks=1, on_time=1, first_pass=1), day=date(2026, 10, 14))
    assert any("Tasks: Value is 13" in line for line in told(memory))


def test_a_target_and_a_metric_of_a_persons_own_are_theirs(memory: Memory) -> None:
    set_value(memory, PAGE, "monthly_summary.Tasks.target", "99")
    text = memory.page(PAGE).tree.text
    with memory.transaction() as person:
        person.rewrite(PAGE, text.replace("| Tasks | 12 |", "| Coffee | 9 | 9 | 9 |\n| Tasks | 12 |"))
    assert told(memory) == []


def test_days_that_cannot_be_read_give_no_fix(memory: Memory) -> None:
    day = DAILY.format(5)
    text = memory.page(day).tree.text
    with memory.transaction() as person:
        person.rewrite(day, text.replace("| Tasks Completed | 4 |", "| Tasks Completed | some |"))
    (page,) = memory.validate([PAGE]).pages
    assert page.diagnostics
    assert all(each.fix is None for each in page.diagnostics)


def test_the_month_that_runs_is_rolled_up_when_it_is_over(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_value(memory, PAGE, "monthly_summary.Tasks.value", "1")
    monkeypatch.setattr(Clock, "moment", "2026-10-31T23:59:59Z")
    assert told(memory) == []
    monkeypatch.setattr(Clock, "moment", "2026-11-01T00:00:00Z")
    assert told(memory) != []


def test_a_month_kept_by_hand_without_days_is_left_alone() -> None:
    held = Memory(EphemeralStore(), now=Clock())
    initialise(held)
    text = (
        "# Agent Performance: me\n\nPeriod: 2026-10\n\n## Monthly Summary\n| Metric | Value | Team Avg | Target |\n"
        "|---|---|---|---|\n| Tasks | 5 | 5 | 5 |\n"
    )
    with held.transaction() as person:
        person.create(PAGE, text)
    (page,) = held.validate([PAGE]).pages
    assert "derived-value" not in [each.name for each in page.diagnostics]
