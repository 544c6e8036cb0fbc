"""The JSON files of deployments and measurements: in and out without loss, by way of the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.decode import decode
from cosmemory.document.render import render
from cosmemory.frozen import replace
from cosmemory.kinds import DEPLOYMENT, SYSTEM_METRICS
from cosmemory.kinds.deployment import STAGES, Deployment
from cosmemory.kinds.system_metrics import SystemMetrics
from cosmemory.maintenance.deployment_json import DEPLOYMENT_STATE, METRICS_STATE
from cosmemory.maintenance.json_pages import json_of_page, page_of_json
from cosmemory.syntax.parse import parse

STATE: dict[str, Any] = {
    "current_version": "v1.0_lightweight",
    "stage": "5%",
    "slo_status": {
        "compliance": True,
        "latency": True,
        "error_rate": True,
        "ndcg": True,
        "availability": False,
        "rollback_ready": True,
    },
    "last_updated": "2025-10-14T18:00:00Z",
    "rollback_ready": True,
    "deployment_start": "2025-10-14T12:00:00Z",
    "time_in_stage_hours": 6.0,
    "next_stage_eligible": True,
    "metrics": {
        "compliance_current": 0.85,
        "compliance_baseline": 0.72,
        "ndcg_current": 0.73,
        "ndcg_baseline": 0.72,
        "latency_p95_ms": 42,
        "latency_baseline_ms": 45,
        "error_rate": 0.001,
    },
}
METRICS: dict[str, Any] = {
    "timestamp": "2025-10-14T18:00:00Z",
    **STATE["metrics"],
    "last_measurement": "2025-10-14T18:00:00Z",
    "ci95_bounds": {"compliance": [0.83, 0.87], "ndcg": [0.71, 0.75], "latency": [40, 44]},
    "trends": {"compliance": "improving", "ndcg": "stable", "latency": "improving"},
}


def told(held: Any) -> str:
    """The file, whatever the order of its keys; 25.0 and 25 differ."""
    return json.dumps(held, sort_keys=True)


def deployment_again(held: dict[str, Any]) -> dict[str, Any]:
    """What comes back of a file by way of the page."""
    text = render(page_of_json(DEPLOYMENT_STATE, held), DEPLOYMENT.template)
    return json_of_page(DEPLOYMENT_STATE, decode(parse(text), Deployment).document)


def metrics_again(held: dict[str, Any]) -> dict[str, Any]:
    text = render(page_of_json(METRICS_STATE, held), SYSTEM_METRICS.template)
    return json_of_page(METRICS_STATE, decode(parse(text), SystemMetrics).document)


@pytest.mark.parametrize("stage", STAGES)
def test_a_deployment_comes_back_as_it_was(stage: str) -> None:
    held = STATE | {"stage": stage}
    assert page_of_json(DEPLOYMENT_STATE, held).other_values == ()
    assert told(deployment_again(held)) == told(held)


def test_measurements_come_back_as_they_were() -> None:
    assert page_of_json(METRICS_STATE, METRICS).other_values == ()
    assert told(metrics_again(METRICS)) == told(METRICS)


def test_every_value_has_its_place_on_the_page() -> None:
    page = page_of_json(DEPLOYMENT_STATE, STATE)
    assert (page.version, page.stage, page.hours_in_stage) == ("v1.0_lightweight", "5%", 6)
    assert page.stage_start == datetime(2025, 10, 14, 12, tzinfo=UTC)
    assert [(row.slo, row.holds) for row in page.slo_status][-2:] == [
        ("availability", "no"),
        ("rollback_ready", "yes"),
    ]
    rows = [(row.metric, str(row.current), str(row.baseline), row.measured_as) for row in page.metrics]
    assert rows == [
        ("compliance", "0.85", "0.72", None),
        ("ndcg", "0.73", "0.72", None),
        ("latency", "42", "45", "latency_p95_ms"),
        ("error_rate", "0.001", "None", None),
    ]
    metrics = page_of_json(METRICS_STATE, METRICS)
    assert [(row.metric, str(row.interval), row.trend) for row in metrics.metrics][2] == (
        "latency",
        "[40, 44]",
        "improving",
    )


@pytest.mark.parametrize(
    "odd",
    [
        {"time_in_stage_hours": 6},
        {"time_in_stage_hours": 1e300},
        {"last_updated": "2025-10-14T18:00:00"},
        {"last_updated": "2025-10-14T18:00:00.123456+02:00"},
        {"stage": "canary"},
        {"current_version": None},
        {"slo_status": {"latency": None, "cost": "degraded", " x ": True, "Latency": True}},
        {"slo_status": {}},
        {"metrics": [1, 2]},
        {"metrics": {"x": 1, "x_current": 2, "x_baseline": 3, "X_current": 4}},
        {"metrics": {"x_baseline_ms": 1, "x_rate": 2.0, "": None}},
        {"owner": {"team": ["a", "b"]}, "metrics.x": 1, '["metrics", "x"]': 2},
    ],
)
def test_what_the_page_has_no_place_for_is_kept(odd: dict[str, Any]) -> None:
    assert told(deployment_again(STATE | odd)) == told(STATE | odd)


def test_a_spelling_is_kept_until_the_value_is_another() -> None:
    page = page_of_json(
        DEPLOYMENT_STATE, STATE | {"time_in_stage_hours": 6, "last_updated": "2025-10-14 18:00"}
    )
    later = replace(page, last_updated=datetime(2025, 10, 14, 19, tzinfo=UTC))
    found = json_of_page(DEPLOYMENT_STATE, later)
    assert (found["last_updated"], found["time_in_stage_hours"]) == ("2025-10-14T19:00:00Z", 6)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
NAMES = st.sampled_from(
    ["x", "X", "x_current", "x_baseline", "x_baseline_ms", "x_p95_ms", "x_ms", "y_current"]
)
FIGURES = st.dictionaries(NAMES | st.text(max_size=3), st.integers(0, 3) | VALUES, max_size=6)
OBJECTS = FIGURES | VALUES
TIMES = st.sampled_from(["2025-10-14T18:00:00Z", "2025-10-14", "never"]) | VALUES


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("last_updated", "deployment_start"), TIMES),
            **dict.fromkeys(("rollback_ready", "time_in_stage_hours", "stage", "current_version"), VALUES),
            **dict.fromkeys(("slo_status", "metrics"), OBJECTS),
        },
    ),
    FIGURES,
)
def test_any_file_of_a_deployment_comes_back(held: dict[str, Any], more: dict[str, Any]) -> None:
    both = more | held
    assert told(deployment_again(both)) == told(both)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("timestamp", "last_measurement"), TIMES),
            "ci95_bounds": OBJECTS,
            "trends": st.dictionaries(NAMES, st.sampled_from(["stable", "up"])) | OBJECTS,
        },
    ),
    FIGURES,
)
def test_any_file_of_measurements_comes_back(held: dict[str, Any], more: dict[str, Any]) -> None:
    both = more | held
    assert told(metrics_again(both)) == told(both)
