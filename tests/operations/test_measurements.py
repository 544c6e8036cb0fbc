"""Measurements of the system: on their page, and on that of the deployment under way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cosmemory.config import Settings
from cosmemory.document.json_values import Data
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import InvalidValue
from cosmemory.kinds.deployment import Measured
from cosmemory.maintenance.deploying import begin, roll_back
from cosmemory.memory import Memory
from cosmemory.operations import measurements
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.measurements import Measurement

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
PAGE = """\
# System Metrics

- **Last Updated:** 2026-11-21T12:00:00Z
- **Last Measurement:** 2026-11-21T12:00:00Z

## Metrics
| Metric | Current | Baseline | 95% Interval | Trend | Measured As |
|--------|---------|----------|--------------|-------|-------------|
| compliance | 0.85 | 0.72 | [0.83, 0.87] | improving | - |
| latency | 42 | 45 | [40, 44] | improving | latency_p95_ms |
| error_rate | 0.001 | - | - | - | - |

## Notes

None
"""


@pytest.fixture
def memory() -> Memory:
    memory = Memory(EphemeralStore(), now=lambda: NOON, actor="ops")
    initialise(memory)
    return memory


def several() -> list[Measurement]:
    return [
        Measurement(metric="compliance", current=0.85, baseline=0.72, interval=(0.83, 0.87)),
        Measurement(
            metric="latency", current=42, baseline=45, interval=(40, 44), measured_as="latency_p95_ms"
        ),
        Measurement(metric="error_rate", current=0.001),
    ]


def test_the_first_measurement_makes_the_page(memory: Memory) -> None:
    assert measurements.latest(memory).metrics == ()
    done = measurements.record_many(memory, several())
    assert done.result == "compliance, latency, error_rate"
    stored = memory.store.read(measurements.PAGE)
    assert stored is not None
    assert stored.data.decode() == PAGE
    assert memory.validate().pages[-1].diagnostics == ()
    told = [event.action for _, event in find_events(memory) if event.type == "metrics"]
    assert told == [
        "compliance 0.85 against 0.72, improving; latency 42 against 45, improving; error_rate 0.001"
    ]


def test_a_new_figure_leaves_the_baseline_and_takes_the_old_interval_with_it(memory: Memory) -> None:
    measurements.record_many(memory, several())
    measurements.record(memory, "Compliance", current=0.7)
    row = measurements.latest(memory).metrics[0]
    assert (row.current, row.baseline, row.interval, row.trend) == (Data.of(0.7), Data.of(0.72), None, None)
    measurements.record(memory, "compliance", interval=(0.65, 0.71))
    assert measurements.latest(memory).metrics[0].trend == "declining"


def test_a_trend_that_is_given_stands(memory: Memory) -> None:
    measurements.record_many(memory, several())
    measurements.record(memory, "compliance", trend="stable")
    assert measurements.latest(memory).metrics[0].trend == "stable"
    with pytest.raises(InvalidValue, match="is not a trend"):
        measurements.record(memory, "compliance", trend="upward")


def test_the_settings_say_what_is_better_when_it_is_less(memory: Memory) -> None:
    memory.settings = Settings(lower_is_better=("cost",))
    measurements.record(memory, "cost_per_day", current=5, baseline=9, interval=(4, 6))
    measurements.record(memory, "latency", current=42, baseline=45, interval=(40, 44))
    assert [row.trend for row in measurements.latest(memory).metrics] == ["improving", "declining"]


def test_a_time_of_measurement_may_be_given(memory: Memory) -> None:
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    measurements.record(memory, "ndcg", current=0.73, at=at)
    page = measurements.latest(memory)
    assert (page.last_measurement, page.last_updated) == (at, memory.now())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"current": float("inf")}, "JSON cannot say it"),
        ({"current": True}, "is not a number"),
        ({"current": 1, "interval": (2, 1)}, "not two numbers"),
        ({"baseline": 1}, "no current figure yet"),
    ],
)
def test_what_is_no_figure_is_refused_and_nothing_is_written(memory: Memory, wrong, said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        measurements.record(memory, "ndcg", **wrong)
    assert memory.store.read(measurements.PAGE) is None


def test_the_deployment_under_way_has_what_is_measured(memory: Memory) -> None:
    measurements.record(memory, "compliance", current=0.85)
    begin(memory, "v2")
    measurements.record(memory, "latency", current=42, baseline=45, measured_as="latency_p95_ms")
    assert memory.read("deployment").metrics == (
        Measured(metric="compliance", current=Data.of(0.85)),
        Measured(metric="latency", current=Data.of(42), baseline=Data.of(45), measured_as="latency_p95_ms"),
    )
    roll_back(memory)
    before = memory.page("deployment").revision
    measurements.record(memory, "latency", current=50)
    assert memory.page("deployment").revision == before
