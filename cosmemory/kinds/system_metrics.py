"""What was measured last of the system: each metric beside its baseline, with its 95 % interval and its trend."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, table
from cosmemory.document.json_values import DATA, Data
from cosmemory.document.values import TIME, Raw, enum
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.keyed_values import KeyedValue

IMPROVING, STABLE, DECLINING = "improving", "stable", "declining"
TREND = enum("trend", IMPROVING, STABLE, DECLINING)

Time = datetime | Raw | None
Word = str | Raw | None

# What tells when the page was changed.
STAMP = ("last_updated",)


@frozen(kw_only=True)
class SystemMetric(Record):
    """One metric: its figures, the bounds of its 95 % interval, and where it goes."""

    metric: str | None = column("Metric", required=True)
    current: Data | None = column("Current", DATA, required=True)
    baseline: Data | None = column("Baseline", DATA)
    interval: Data | None = column("95% Interval", DATA, aliases=("CI95", "CI95 Bounds", "Interval"))
    trend: Word = column("Trend", TREND)
    measured_as: str | None = column("Measured As")


@frozen(kw_only=True)
class SystemMetrics(Record):
    """The page ``performance/system-metrics.md``."""

    last_updated: Time = label(
        "Last Updated", TIME, aliases=("Updated", "Timestamp"), required=True, derived=True
    )
    last_measurement: Time = label("Last Measurement", TIME)
    metrics: tuple[SystemMetric, ...] = table("Metrics", SystemMetric, key="metric", required=True)
    other_values: tuple[KeyedValue, ...] = table("Other Values", KeyedValue, key="key")
    notes: str | None = prose("Notes")


def metric_named(page: SystemMetrics, name: str) -> SystemMetric | None:
    """The row of the metric ``name``, in whatever case; None where there is none."""
    return next((row for row in page.metrics if (row.metric or "").lower() == name.lower()), None)


def recorded(page: SystemMetrics, row: SystemMetric, at: datetime) -> SystemMetrics:
    """``page`` with ``row`` in the place of what it says of that metric."""
    before = metric_named(page, row.metric or "")
    rows = tuple(row if each is before else each for each in page.metrics)
    return replace(page, metrics=rows if before is not None else (*rows, row), last_measurement=at)


def number_of(data: Data | None) -> float | None:
    """The number that stands there, if one does; a truth is none."""
    value = data.value if isinstance(data, Data) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def bounds_of(interval: Data | None) -> tuple[float, float] | None:
    """The lower and the upper bound of an interval; None where it is not two numbers in that order."""
    value = interval.value if isinstance(interval, Data) else None
    if not isinstance(value, list) or len(value) != 2:
        return None
    low, high = (number_of(Data.of(each)) for each in value)
    return None if low is None or high is None or low > high else (low, high)


def is_lower_better(metric: str, words: Iterable[str]) -> bool:
    """Whether less of ``metric`` is better: its name is one of ``words``, or begins with one and ``_``."""
    name = metric.lower()
    return any(name == word.lower() or name.startswith(f"{word.lower()}_") for word in words)


def trend_of(row: SystemMetric, *, lower_is_better: bool) -> str | None:
    """Where the metric goes, as its interval tells of its baseline; None where one of the two is not known.

    A baseline within the interval may as well be the present value: that is stable.
    """
    bounds, baseline = bounds_of(row.interval), number_of(row.baseline)
    if bounds is None or baseline is None:
        return None
    low, high = bounds
    if low <= baseline <= high:
        return STABLE
    return IMPROVING if (baseline > high) == lower_is_better else DECLINING
