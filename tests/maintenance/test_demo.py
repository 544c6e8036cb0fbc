"""The month of the demo: lively, the same every time, and without a finding at any hour."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from cosmemory.document.values import seconds_of
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import Refused
from cosmemory.maintenance.demo import demo_pages, start_demo
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def month() -> Memory:
    memory = Memory(EphemeralStore(), now=lambda: seconds_of(NOW))
    start_demo(memory, EphemeralStore())
    return memory


def test_it_has_everything_that_a_month_has(month):
    events = [event for _, event in find_events(month)]
    assert 300 <= len(events) <= 600
    assert len({event.time.isocalendar()[:2] for event in events}) == 5
    assert events == sorted(events, key=lambda event: event.time)
    roster = month.read("team-roster")
    assert (len(roster.active_team_members), len(roster.inactive_team_members)) == (7, 1)
    assert {each.change for each in roster.team_changes_log} == {
        "joined", "left", "role change", "status change"}  # fmt: skip
    said = Counter(event.action for event in events if event.type.startswith("message"))
    assert said.most_common(1)[0][1] == 1  # nobody repeats themselves
    days = [path for path in month.store.paths() if path.startswith("performance/metrics-")]
    assert len(days) == 25


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 11, 16, 9, 5, tzinfo=UTC),  # a Monday morning, when the week has hardly begun
        datetime(2027, 1, 4, 0, 5, tzinfo=UTC),
        datetime(2028, 2, 29, 12, tzinfo=UTC),
    ],
)
def test_at_any_hour_it_validates_clean_and_has_every_state(now):
    pages = {path: text.encode() for path, text in demo_pages(now, EphemeralStore()).items()}
    memory = Memory(EphemeralStore(pages), now=lambda: seconds_of(now))
    found = [each for page in memory.validate().pages for each in page.diagnostics]
    assert [(each.code, each.message) for each in found] == []
    alerts, state = memory.read("active-alerts"), memory.read("cos-state")
    standing = (*alerts.critical, *alerts.warning)
    assert {each.status for each in standing} == {"active", "acknowledged", "resolving"}
    assert {each.severity for each in standing} == {"critical", "warning"}
    assert len(alerts.recently_resolved) >= 3
    assert {each.status for each in state.pending_actions} == {
        "pending", "in_progress", "blocked", "done", "cancelled"}  # fmt: skip
    assert max(event.time for _, event in find_events(memory)) <= now


def test_it_is_the_same_every_time_and_never_overwrites(month):
    assert demo_pages(NOW, EphemeralStore())["cos-state.md"].encode() == month.store.read("cos-state.md").data
    with pytest.raises(Refused, match="needs a memory without pages"):
        start_demo(month, EphemeralStore())


@pytest.mark.parametrize("path", ["performance/metrics-2025-01-02.md", "activeContext.md"])
def test_it_never_mixes_with_pages_that_it_would_not_overwrite(path):
    memory = Memory(EphemeralStore({path: b"mine\n"}), now=lambda: seconds_of(NOW))
    with pytest.raises(Refused, match=f"without pages, and {path} exists"):
        start_demo(memory, EphemeralStore())
    assert memory.store.paths() == (path,)


@pytest.mark.parametrize(
    "path", ["performance/reports/monthly-2026-11.md", "performance/reports/weekly-2026-W46.md"]
)
def test_its_reports_read_well(month, path, snapshot):
    assert month.store.read(path).data.decode() == snapshot


def test_its_charts_are_drawn(month, snapshot):
    text = month.store.read("performance/reports/monthly-2026-11-tasks.svg").data.decode()
    assert text == snapshot
