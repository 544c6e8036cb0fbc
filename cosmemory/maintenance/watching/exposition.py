"""Figures in the text format of Prometheus: the one door to prometheus-client."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec

from cosmemory.errors import NotSaved, UsageError
from cosmemory.maintenance.watching.figures import Figure

PREFIX = "cosmemory_"
SUFFIX = ".prom"


def refuse_unfit(place: str) -> None:
    """Refuses a place that is no file of figures, such as a page, and any where prometheus-client is not installed."""
    if not place.endswith(SUFFIX):
        raise UsageError(
            f"{place} is no place for figures.", f"Its name must end with {SUFFIX}: no other is collected."
        )
    if find_spec("prometheus_client") is None:
        raise UsageError(
            "Figures for Prometheus need prometheus-client.", "pip install 'cosmemory[prometheus]'"
        )


def write(place: str, figures: Sequence[Figure]) -> None:
    """The file at ``place`` with these figures, whole at every moment: a collector reads the old one or the new one."""
    refuse_unfit(place)
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

    registry = CollectorRegistry()
    for each in figures:
        gauge = Gauge(PREFIX + each.name, each.says, [each.label] if each.label else [], registry=registry)
        for word, value in each.rows:
            (gauge.labels(word) if each.label else gauge).set(value)
    try:
        write_to_textfile(os.path.realpath(place), registry)
    except OSError as error:
        raise NotSaved(place, error.strerror or str(error)) from error
