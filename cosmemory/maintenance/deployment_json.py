"""``deployment_state.json`` and ``metrics_state.json`` as documents and back, whatever else stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from cosmemory.document.json_values import Data
from cosmemory.kinds import DEPLOYMENT, SYSTEM_METRICS
from cosmemory.kinds.deployment import STAGE, Deployment, Measured, Objective, Stay
from cosmemory.kinds.system_metrics import TREND, SystemMetric, SystemMetrics
from cosmemory.maintenance.flat_figures import Figures, figures_of, keys_of
from cosmemory.maintenance.json_pages import Rows, Shape, Value
from cosmemory.maintenance.spellings import ANSWER, FLOAT, MOMENT, WORDS, is_number, is_plain, one_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

METRICS, BOUNDS, TRENDS = "metrics", "ci95_bounds", "trends"
OF_TREND = one_of(TREND.words)


def _read_deployment(values: dict[str, Any], held: Mapping[str, Any]) -> None:
    """The stage began as many hours ago as the file tells, up to its last update."""
    figures, _ = figures_of(_inside(held, METRICS))
    values["metrics"] = tuple(
        Measured(metric=row.metric, current=row.current, baseline=row.baseline, measured_as=row.measured_as)
        for row in figures
    )
    updated, hours = values.get("last_updated"), values.get("hours_in_stage")
    start = values.get("deployment_start")
    if updated is not None and hours is not None:
        try:
            start = (updated - timedelta(hours=hours)).replace(microsecond=0)
        except OverflowError:
            start = None
    values["stage_start"] = start
    if start is not None and "stage" in values:
        values["stage_history"] = (Stay(stage=values["stage"], entered=start),)


def _write_deployment(page: Deployment, found: dict[str, Any]) -> None:
    figures = _flat(page.metrics)
    if figures:
        found[METRICS] = figures


def _read_metrics(values: dict[str, Any], held: Mapping[str, Any]) -> None:
    numbers = {key: value for key, value in held.items() if is_number(value)}
    figures, _ = figures_of(numbers)
    rows = {row.metric: row for row in figures}
    bounds = {key: Data.of(value) for key, value in _inside(held, BOUNDS).items() if is_plain(key)}
    trends = {
        key: value
        for key, value in _inside(held, TRENDS).items()
        if is_plain(key) and OF_TREND.read(value) is not None
    }
    # One row cannot be two metrics whose names differ in case alone.
    names = {name.lower(): name for name in reversed((*rows, *bounds, *trends))}
    values["metrics"] = tuple(
        _metric(rows.get(name) or Figures(metric=name), bounds, trends)
        for name in dict.fromkeys((*rows, *bounds, *trends))
        if names[name.lower()] == name
    )


def _metric(row: Figures, bounds: Mapping[str, Data], trends: Mapping[str, str]) -> SystemMetric:
    return SystemMetric(
        metric=row.metric,
        current=row.current,
        baseline=row.baseline,
        interval=bounds.get(row.metric),
        trend=trends.get(row.metric),
        measured_as=row.measured_as,
    )


def _write_metrics(page: SystemMetrics, found: dict[str, Any]) -> None:
    measured = found.pop("last_measurement", None)
    found |= _flat(page.metrics)
    if measured is not None:
        found["last_measurement"] = measured
    bounds = {
        row.metric: row.interval.value for row in page.metrics if row.metric and row.interval is not None
    }
    trends = {row.metric: str(row.trend) for row in page.metrics if row.metric and row.trend is not None}
    found |= {BOUNDS: bounds} if bounds else {}
    found |= {TRENDS: trends} if trends else {}


def _inside(held: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = held.get(key)
    return value if isinstance(value, dict) else {}


def _flat(rows: Iterable[Measured] | Iterable[SystemMetric]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        figures = Figures(
            metric=row.metric or "",
            current=row.current,
            baseline=row.baseline,
            measured_as=row.measured_as,
        )
        found |= keys_of(figures)
    return found


DEPLOYMENT_STATE = Shape(
    kind=DEPLOYMENT,
    places={
        ("current_version",): Value("version", WORDS),
        ("stage",): Value("stage", one_of(STAGE.words)),
        ("slo_status",): Rows("slo_status", "slo", "holds", Objective, ANSWER),
        ("last_updated",): Value("last_updated", MOMENT),
        ("rollback_ready",): Value("rollback_ready", ANSWER),
        ("deployment_start",): Value("deployment_start", MOMENT),
        ("time_in_stage_hours",): Value("hours_in_stage", FLOAT),
        ("next_stage_eligible",): Value("next_stage_eligible", ANSWER),
    },
    inside=frozenset({(METRICS,)}),
    read=_read_deployment,
    write=_write_deployment,
)
METRICS_STATE = Shape(
    kind=SYSTEM_METRICS,
    places={
        ("timestamp",): Value("last_updated", MOMENT),
        ("last_measurement",): Value("last_measurement", MOMENT),
    },
    inside=frozenset({(BOUNDS,), (TRENDS,)}),
    read=_read_metrics,
    write=_write_metrics,
)
