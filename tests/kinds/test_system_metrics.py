"""Trends and intervals of what is measured of the system."""

from __future__ import annotations

import pytest

from cosmemory.document.json_values import Data
from cosmemory.kinds.system_metrics import SystemMetric, bounds_of, is_lower_better, trend_of


@pytest.mark.parametrize(
    ("baseline", "interval", "lower", "trend"),
    [
        (0.72, [0.83, 0.87], False, "improving"),
        (0.72, [0.71, 0.75], False, "stable"),
        (45, [40, 44], True, "improving"),
        (39, [40, 44], True, "declining"),
        (0.9, [0.83, 0.87], False, "declining"),
        (0.83, [0.83, 0.87], False, "stable"),
        (0.72, None, False, None),
        (None, [0.83, 0.87], False, None),
    ],
)
def test_a_trend_follows_from_where_the_baseline_lies(baseline, interval, lower, trend) -> None:
    row = SystemMetric(
        metric="m",
        baseline=None if baseline is None else Data.of(baseline),
        interval=None if interval is None else Data.of(interval),
    )
    assert trend_of(row, lower_is_better=lower) == trend


@pytest.mark.parametrize("value", [[1], [1, 2, 3], [2, 1], ["1", 2], [True, 2], "1..2", None, {"low": 1}])
def test_an_interval_is_two_numbers_in_their_order(value) -> None:
    assert bounds_of(Data.of(value)) is None


def test_less_is_better_by_the_whole_name_or_its_first_words() -> None:
    assert is_lower_better("latency_p95", ("latency",))
    assert is_lower_better("Latency", ("latency",))
    assert not is_lower_better("latencyfree", ("latency",))
