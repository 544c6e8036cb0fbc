"""Figures as JSON files name them, ``ndcg_current`` beside ``ndcg_baseline``, and as rows of a table; nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cosmemory.document.json_values import Data
from cosmemory.frozen import frozen
from cosmemory.maintenance.spellings import alike, is_plain
from cosmemory.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What the name of a baseline ends in, where that of the present figure does: latency_p95_ms, latency_baseline_ms.
UNITS = ("ms", "s", "us", "ns", "pct", "percent", "bytes", "kb", "mb", "gb", "usd")
_BASELINE = pattern(r"(.+?)_baseline(?:_(.+))?", re.DOTALL)
CURRENT = "_current"


@frozen(kw_only=True)
class Figures:
    """One metric: its figures, and its name where it is measured if that does not follow from the metric's."""

    metric: str
    current: Data | None = None
    baseline: Data | None = None
    measured_as: str | None = None


def keys_of(row: Figures) -> dict[str, Any]:
    """The keys that a metric has in a file, with their values."""
    found: dict[str, Any] = {}
    if row.current is not None:
        usual = f"{row.metric}{CURRENT}" if row.baseline is not None else row.metric
        found[row.measured_as or usual] = row.current.value
    if row.baseline is not None:
        unit = (row.measured_as or "").removeprefix(f"{row.metric}_").rpartition("_")[2]
        found[f"{row.metric}_baseline" + (f"_{unit}" if unit in UNITS else "")] = row.baseline.value
    return found


def figures_of(flat: Mapping[str, Any]) -> tuple[list[Figures], dict[str, Any]]:
    """The metrics of a file, and what is left of its keys: a row stands for its keys only if they follow from it."""
    bases: dict[str, str] = {}
    for key in flat:
        matched = _BASELINE.fullmatch(key)
        if matched is not None:
            bases.setdefault(matched[1], key)
    rows: list[Figures] = []
    left = dict(flat)
    known: set[str] = set()
    for metric, name, measured_as in _named(flat, bases):
        base = bases.get(metric)
        row = Figures(
            metric=metric,
            current=Data.of(flat[name]) if name is not None else None,
            baseline=Data.of(flat[base]) if base is not None else None,
            measured_as=measured_as,
        )
        wanted = {each: flat[each] for each in (name, base) if each is not None}
        plain = all(is_plain(each) for each in (metric, measured_as) if each is not None)
        if not plain or metric.lower() in known or not alike(keys_of(row), wanted):
            continue
        known.add(metric.lower())
        rows.append(row)
        for each in wanted:
            left.pop(each, None)
    return rows, left


def _named(flat: Mapping[str, Any], bases: Mapping[str, str]) -> Iterable[tuple[str, str | None, str | None]]:
    """Each metric that the keys may tell of, with the key of its figure and what the page calls that."""
    taken: set[str] = set()
    measured_as: str | None
    for key in flat:
        if key in bases.values():
            continue
        bare = key.removesuffix(CURRENT)
        metric = next((name for name in bases if key.startswith(f"{name}_")), key)
        if key.endswith(CURRENT) and bare in bases:
            metric, measured_as = bare, None
        elif metric != key and f"{metric}{CURRENT}" not in flat:
            measured_as = key
        else:
            metric, measured_as = key, key if key in bases else None
        taken.add(metric)
        yield metric, key, measured_as
    yield from ((name, None, None) for name in bases if name not in taken)
