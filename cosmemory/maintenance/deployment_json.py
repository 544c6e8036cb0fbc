"""``deployment_state.json`` and ``metrics_state.json`` as documents and back, whatever else stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from cosmemory.document.json_values import Data, read_data, write_data
from cosmemory.document.values import Raw, read_number, read_time, write_number, write_time
from cosmemory.frozen import frozen
from cosmemory.kinds.deployment import NO, STAGE, YES, Deployment, Measured, Objective, Stay, is_yes
from cosmemory.kinds.other_values import Other
from cosmemory.kinds.system_metrics import TREND, SystemMetric, SystemMetrics
from cosmemory.maintenance.flat_figures import Figures, alike, figures_of, is_plain, keys_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Left = dict[tuple[str, ...], "Any"]


@frozen()
class Spelling:
    """How one value of a file is read as one of a page, None where it cannot be, and written back."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def _words(value: Any) -> str | None:
    return value if isinstance(value, str) and is_plain(value) else None


def _moment(value: Any) -> datetime | None:
    found = read_time(value).value if isinstance(value, str) else None
    return found if isinstance(found, datetime) else None


def _answer(value: Any) -> str | None:
    return (YES if value else NO) if isinstance(value, bool) else None


def _hours(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e9:
        return None
    return float(value) if read_number(write_number(value)).value == value else None


def _one_of(words: Iterable[str]) -> Callable[[Any], str | None]:
    known = frozenset(words)
    return lambda value: value if isinstance(value, str) and value in known else None


WORDS = Spelling(_words, str)
MOMENT = Spelling(_moment, write_time)
ANSWER = Spelling(_answer, is_yes)
HOURS = Spelling(_hours, float)
OF_STAGE = Spelling(_one_of(STAGE.words), str)
OF_TREND = Spelling(_one_of(TREND.words), str)
DEPLOYMENT_KEYS: Mapping[str, tuple[str, Spelling]] = {
    "current_version": ("version", WORDS),
    "stage": ("stage", OF_STAGE),
    "last_updated": ("last_updated", MOMENT),
    "rollback_ready": ("rollback_ready", ANSWER),
    "deployment_start": ("deployment_start", MOMENT),
    "time_in_stage_hours": ("hours_in_stage", HOURS),
    "next_stage_eligible": ("next_stage_eligible", ANSWER),
}
METRICS_KEYS: Mapping[str, tuple[str, Spelling]] = {
    "timestamp": ("last_updated", MOMENT),
    "last_measurement": ("last_measurement", MOMENT),
}
SLO_STATUS, METRICS, BOUNDS, TRENDS = "slo_status", "metrics", "ci95_bounds", "trends"


def deployment_of_json(held: Mapping[str, Any], *, minimum_hours: float | None = None) -> Deployment:
    """The page that says what a ``deployment_state.json`` does; what it has no place for stands in Other Values.

    The stage began as many hours ago as the file tells, up to its last update.
    """
    values, left = _plain(held, DEPLOYMENT_KEYS, {SLO_STATUS, METRICS})
    answers = _inside(held, SLO_STATUS, left)
    slos, odd = _rows(answers, ANSWER.read)
    figures, more = figures_of(_inside(held, METRICS, left))
    left |= {(SLO_STATUS, key): value for key, value in odd.items()}
    left |= {(METRICS, key): value for key, value in more.items()}
    start = _stage_start(values)
    stays = (Stay(stage=values["stage"], entered=start),) if start and "stage" in values else ()
    return Deployment(
        **values,
        stage_start=start,
        minimum_hours=minimum_hours,
        slo_status=tuple(Objective(slo=name, holds=answer) for name, answer in slos.items()),
        metrics=tuple(
            Measured(
                metric=row.metric, current=row.current, baseline=row.baseline, measured_as=row.measured_as
            )
            for row in figures
        ),
        stage_history=stays,
        other_values=_others(left),
    )


def _stage_start(values: Mapping[str, Any]) -> datetime | None:
    updated, hours = values.get("last_updated"), values.get("hours_in_stage")
    if updated is None or hours is None:
        return values.get("deployment_start")
    try:
        start: datetime = updated - timedelta(hours=hours)
    except OverflowError:
        return None
    return start.replace(microsecond=0)


def json_of_deployment(page: Deployment) -> dict[str, Any]:
    """What a ``deployment_state.json`` says of the page."""
    found = _typed(page, DEPLOYMENT_KEYS)
    answers = {row.slo: is_yes(row.holds) for row in page.slo_status if row.slo and row.holds is not None}
    if answers:
        found[SLO_STATUS] = answers
    figures = _flat(page.metrics)
    if figures:
        found[METRICS] = figures
    return _completed(found, page.other_values, DEPLOYMENT_KEYS)


def system_metrics_of_json(held: Mapping[str, Any]) -> SystemMetrics:
    """The page that says what a ``metrics_state.json`` does; what it has no place for stands in Other Values."""
    values, left = _plain(held, METRICS_KEYS, {BOUNDS, TRENDS})
    numbers = {key[0]: value for key, value in left.items() if len(key) == 1 and _is_number(value)}
    figures, _ = figures_of(numbers)
    for key in [key for row in figures for key in keys_of(row)]:
        del left[key,]
    bounds, odd_bounds = _rows(_inside(held, BOUNDS, left), Data.of)
    trends, odd_trends = _rows(_inside(held, TRENDS, left), OF_TREND.read)
    left |= {(BOUNDS, key): value for key, value in odd_bounds.items()}
    left |= {(TRENDS, key): value for key, value in odd_trends.items()}
    rows = {row.metric: row for row in figures}
    lower = {name.lower(): name for name in reversed((*rows, *bounds, *trends))}
    for part, told, where in ((bounds, BOUNDS, held), (trends, TRENDS, held)):
        for name in [each for each in part if lower[each.lower()] != each]:
            # One row cannot be two metrics whose names differ in case alone.
            del part[name]
            left[told, name] = where[told][name]
    names = dict.fromkeys((*rows, *bounds, *trends))
    return SystemMetrics(
        **values,
        metrics=tuple(_metric(rows.get(name) or Figures(metric=name), bounds, trends) for name in names),
        other_values=_others(left),
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


def json_of_system_metrics(page: SystemMetrics) -> dict[str, Any]:
    """What a ``metrics_state.json`` says of the page."""
    found = _typed(page, METRICS_KEYS) | _flat(page.metrics)
    bounds = {
        row.metric: row.interval.value for row in page.metrics if row.metric and row.interval is not None
    }
    trends = {row.metric: str(row.trend) for row in page.metrics if row.metric and row.trend is not None}
    found |= {BOUNDS: bounds} if bounds else {}
    found |= {TRENDS: trends} if trends else {}
    return _completed(found, page.other_values, METRICS_KEYS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(
    held: Mapping[str, Any], keys: Mapping[str, tuple[str, Spelling]], inside: set[str]
) -> tuple[dict[str, Any], Left]:
    """The values of a file that a page has a label for, and those left over; another spelling is left over too."""
    values: dict[str, Any] = {}
    left: Left = {}
    for key, value in held.items():
        if key in inside:
            continue
        attribute, spelling = keys.get(key, ("", WORDS))
        read = spelling.read(value) if attribute else None
        if read is not None:
            values[attribute] = read
        if read is None or not alike(spelling.write(read), value):
            left[key,] = value
    return values, left


def _inside(held: Mapping[str, Any], key: str, left: Left) -> Mapping[str, Any]:
    """The object that stands under ``key``; anything else there, or an empty one, is left over whole."""
    value = held.get(key)
    if isinstance(value, dict) and value:
        return value
    if key in held:
        left[key,] = value
    return {}


def _rows(held: Mapping[str, Any], read: Callable[[Any], Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What can stand in rows by its key, and what cannot."""
    rows: dict[str, Any] = {}
    odd: dict[str, Any] = {}
    for key, value in held.items():
        found = read(value)
        if found is None or not is_plain(key) or key.lower() in {each.lower() for each in rows}:
            odd[key] = value
        else:
            rows[key] = found
    return rows, odd


def _typed(page: Any, keys: Mapping[str, tuple[str, Spelling]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, (attribute, spelling) in keys.items():
        value = getattr(page, attribute)
        if value is not None:
            found[key] = value.text if isinstance(value, Raw) else spelling.write(value)
    return found


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


def _others(left: Left) -> tuple[Other, ...]:
    return tuple(Other(key=_path_text(path), value=Data.of(value)) for path, value in left.items())


def _path_text(path: tuple[str, ...]) -> str:
    """A key in words where it reads back as that, else as JSON; one within another key as a list of both."""
    return write_data(Data.of(path[0] if len(path) == 1 else list(path)))


def _path_of(text: str) -> tuple[str, ...]:
    value = read_data(text).value.value
    if isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value):
        return tuple(value)
    return (value if isinstance(value, str) else text,)


def _completed(
    found: dict[str, Any], others: Iterable[Other], keys: Mapping[str, tuple[str, Spelling]]
) -> dict[str, Any]:
    """``found`` with what stood in the file besides, and in its spelling as long as that still says the same."""
    for other in others:
        path = _path_of(other.key or "")
        value = other.value.value if other.value is not None else None
        if len(path) == 2:
            inner = found.setdefault(path[0], {})
            if isinstance(inner, dict):
                inner.setdefault(path[1], value)
            continue
        (key,) = path
        attribute, spelling = keys.get(key, ("", WORDS))
        if key not in found:
            found[key] = value
        elif attribute:
            read = spelling.read(value)
            if read is not None and alike(spelling.write(read), found[key]):
                found[key] = value
    return found
