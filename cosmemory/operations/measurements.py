"""Measurements of the system: figures, baselines, intervals and trends, on their page and on the deployment's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cosmemory.document.entered import entered
from cosmemory.document.json_values import Data
from cosmemory.errors import InvalidValue, UsageError
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import DEPLOYMENT, SYSTEM_METRICS, deployment
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.deployment import Measured
from cosmemory.kinds.system_metrics import (
    TREND,
    SystemMetric,
    SystemMetrics,
    bounds_of,
    is_lower_better,
    metric_named,
    number_of,
    recorded,
    trend_of,
)
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.new_pages import page_text
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.transaction import Transaction

PAGE = SYSTEM_METRICS.path


@frozen(kw_only=True)
class Measurement:
    """What was measured of one metric; None leaves what is known as it is.

    A new current figure without an ``interval`` has none, and a ``trend`` that is not given follows from the interval
    and the baseline.
    """

    metric: str
    current: float | None = None
    baseline: float | None = None
    interval: tuple[float, float] | None = None
    trend: str | None = None
    measured_as: str | None = None


def latest(memory: Memory) -> SystemMetrics:
    """What was measured last; an empty page where nothing was."""
    if PAGE not in memory.store.paths():
        return SystemMetrics()
    found: SystemMetrics = memory.read(PAGE)
    return found


def record(
    memory: Memory,
    metric: str,
    *,
    current: float | None = None,
    baseline: float | None = None,
    interval: tuple[float, float] | None = None,
    trend: str | None = None,
    measured_as: str | None = None,
    at: datetime | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """One metric, measured ``at`` a time or now."""
    measurement = Measurement(
        metric=metric,
        current=current,
        baseline=baseline,
        interval=interval,
        trend=trend,
        measured_as=measured_as,
    )
    return record_many(memory, [measurement], at=at, expected=expected)


def record_many(
    memory: Memory,
    measurements: Sequence[Measurement],
    *,
    at: datetime | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """Several metrics of one measurement; the page is made by the first, and a deployment under way has them too."""

    def verb(transaction: Transaction) -> str:
        exists = transaction.exists(PAGE)
        page: SystemMetrics = transaction.read(PAGE) if exists else SystemMetrics()
        rows = [_row(transaction, page, each) for each in measurements]
        for row in rows:
            page = recorded(page, row, at or transaction.now)
        if exists:
            transaction.replace(PAGE, page)
        else:
            new = entered(None, replace(page, last_updated=transaction.now))
            transaction.create(PAGE, page_text(transaction.memory, SYSTEM_METRICS, new))
        _follow(transaction, rows)
        said = "; ".join(map(_said, rows))
        transaction.append(Event(time=transaction.now, type="metrics", involved=memory.actor, action=said))
        return ", ".join(row.metric or "" for row in rows)

    return memory.run(verb, expected=expected, operation="metrics measure")


def _row(transaction: Transaction, page: SystemMetrics, given: Measurement) -> SystemMetric:
    """The metric as it stands after a measurement."""
    name = normalise(given.metric)
    if is_empty(name):
        raise InvalidValue("Metric", "it is empty", "Name what was measured.")
    if given == Measurement(metric=given.metric):
        raise UsageError(
            f"Nothing was told of {name}.", "Give its current figure, or what else there is new of it."
        )
    before = metric_named(page, name) or SystemMetric(metric=name)
    row = replace(
        before,
        current=_figure(name, given.current) or before.current,
        baseline=_figure(name, given.baseline) or before.baseline,
        interval=_interval(name, given) or (before.interval if given.current is None else None),
        measured_as=before.measured_as if given.measured_as is None else given.measured_as,
    )
    if row.current is None:
        raise InvalidValue(name, "it has no current figure yet", "Give the one that was measured.")
    if given.trend is not None:
        return replace(row, trend=TREND.enter("trend", given.trend))
    lower = is_lower_better(name, transaction.memory.settings.lower_is_better)
    moved = (row.current, row.baseline, row.interval) != (before.current, before.baseline, before.interval)
    return replace(row, trend=trend_of(row, lower_is_better=lower)) if moved else row


def _figure(metric: str, value: float | None) -> Data | None:
    if value is None:
        return None
    data = Data.of(value)
    if number_of(data) is None:
        raise InvalidValue(metric, f"{value!r} is not a number")
    return data


def _interval(metric: str, given: Measurement) -> Data | None:
    if given.interval is None:
        return None
    data = Data.of(list(given.interval))
    if bounds_of(data) is None:
        raise InvalidValue(
            f"the interval of {metric}",
            f"{data} is not two numbers, the lower one first",
            "Write 0.83..0.87.",
        )
    return data


def _follow(transaction: Transaction, rows: Sequence[SystemMetric]) -> None:
    """Carries measurements over to the deployment that is under way, if one is."""
    if not transaction.exists(DEPLOYMENT.path):
        return
    page = transaction.read(DEPLOYMENT.path)
    if not deployment.under_way(page):
        return
    for row in rows:
        page = deployment.measured(page, as_measured(row))
    transaction.replace(DEPLOYMENT.path, page)


def as_measured(row: SystemMetric) -> Measured:
    """The metric as the page of a deployment has it."""
    return Measured(
        metric=row.metric, current=row.current, baseline=row.baseline, measured_as=row.measured_as
    )


def _said(row: SystemMetric) -> str:
    trend = f", {row.trend}" if row.trend else ""
    against = f" against {row.baseline}" if row.baseline is not None else ""
    return f"{row.metric} {row.current}{against}{trend}"
