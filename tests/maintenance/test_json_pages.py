"""The JSON of any file of other systems: to a page and back, with every value, its type and its spelling."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosmemory.document.decode import decode
from cosmemory.document.render import render
from cosmemory.frozen import replace
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.kinds.meeting import derived
from cosmemory.maintenance.agent_json import AGENT_STATE
from cosmemory.maintenance.deployment_json import DEPLOYMENT_STATE, METRICS_STATE
from cosmemory.maintenance.json_pages import Shape, json_of_page, other, page_of_json, path_of
from cosmemory.maintenance.session_json import CURRENT_SESSION, EXECUTION_OUTPUT, PLANNING_OUTPUT
from cosmemory.syntax.parse import parse

SHAPES = {
    "session": CURRENT_SESSION,
    "planning": PLANNING_OUTPUT,
    "execution": EXECUTION_OUTPUT,
    "agent": AGENT_STATE,
    "deployment": DEPLOYMENT_STATE,
    "metrics": METRICS_STATE,
}
AGENT: dict[str, Any] = {
    "agent_id": "L2.2.1",
    "status": "running",
    "load_percentage": 25.0,
    "estimated_duration": 14400,
    "started_at": "2025-11-09T18:40:00",
    "progress": 0,
}
SPEAKING: dict[str, Any] = {
    "status": "active",
    "current_meeting": {"progress": "25%", "current_agent": "b", "agents_completed": ["a"]},
    "active_agents": ["a", "b", "c", "d"],
}


def told(held: Any) -> str:
    """The file, whatever the order of its keys; 25.0 and 25 differ."""
    return json.dumps(held, sort_keys=True)


def through_text(shape: Shape, page: Any) -> Any:
    return decode(parse(render(page, shape.kind.template)), shape.kind.document).document


def again(shape: Shape, held: dict[str, Any]) -> dict[str, Any]:
    """What comes back of a file by way of the page's text."""
    return json_of_page(shape, through_text(shape, page_of_json(shape, held)))


ODD = [
    "25%",
    "100.5%",
    "2025-10-14T18:00:00",
    "2025-10-14T18:00:00Z",
    "2025-10-14",
    "GO",
    "go",
    "running",
    "a",
    "A",
    "None",
    "-",
    " x ",
    "x\ny",
    "# h\n---\n```\n## Notes",
    "5",
    "<name>",
    "a, b",
    "\\",
    "|",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**30, -1, 25.0, 0.1, 1e300])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(ODD),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("aAbB") | st.text(max_size=3), inner)
    ),
    max_leaves=5,
)


def files_of(shape: Shape) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of the known keys, of any type, and others that nobody knows."""
    tree: dict[str, Any] = {}
    for path in (*shape.places, *shape.inside):
        inner = tree
        for key in path:
            inner = inner.setdefault(key, {})

    def objects(known: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        optional = {key: VALUES | objects(inner) for key, inner in known.items()}
        some = st.fixed_dictionaries({}, optional=optional)
        more = st.dictionaries(st.text(max_size=3) | st.sampled_from(["a", "A", "a / b", "[x]"]), VALUES)
        return st.builds(lambda one, two: two | one, some, more)

    return objects(tree)


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=40)
@given(data=st.data())
def test_any_object_comes_back_equal(name: str, data: st.DataObject) -> None:
    held = data.draw(files_of(SHAPES[name]))
    assert told(again(SHAPES[name], held)) == told(held)


@given(st.lists(st.text(max_size=5) | st.sampled_from(["a / b", "/", "[x]", '"', "-"]), min_size=1))
def test_the_keys_of_a_value_are_told_by_its_row(keys: list[str]) -> None:
    row = other(tuple(keys), None)
    assert path_of(row) == tuple(keys)
    page = through_text(AGENT_STATE, AGENT_STATE.kind.document(other_values=(row,)))
    assert path_of(page.other_values[0]) == tuple(keys)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("slo_status / latency", ("slo_status", "latency")),
        ('"a / b" / c', ("a / b", "c")),
        ('"not json', ('"not json',)),
        ('"a" b', ('"a" b',)),
        (None, None),
    ],
)
def test_a_row_that_a_person_wrote_names_its_keys(text: str | None, keys: tuple[str, ...] | None) -> None:
    assert path_of(KeyedValue(key=text)) == keys


def test_who_is_still_to_speak_follows_from_who_is_active() -> None:
    page = page_of_json(CURRENT_SESSION, SPEAKING)
    assert page.current_meeting.agents_to_speak == ("c", "d")
    assert page.other_values == ()
    assert told(again(CURRENT_SESSION, SPEAKING)) == told(SPEAKING)


def test_a_session_that_was_reset_has_nobody_to_speak() -> None:
    held = {"session_id": None, "status": "idle", "active_agents": ["a"]}
    page = page_of_json(CURRENT_SESSION, held)
    assert (page.status, page.current_meeting.agents_to_speak) == ("idle", ())
    assert told(again(CURRENT_SESSION, held)) == told(held)


def test_a_meeting_is_over_and_keeps_its_counts_though_no_action_is_listed() -> None:
    held = {
        "meeting_id": "planning_1",
        "verdict": "GO",
        "actions_generated": 5,
        "assigned_owners": {"ops": 3},
    }
    page = page_of_json(PLANNING_OUTPUT, held)
    assert (page.team, page.status, page.actions_generated) == ("planning", "concluded", 5)
    assert derived(page) == page


def test_only_what_is_spelled_otherwise_is_kept_aside() -> None:
    page = page_of_json(AGENT_STATE, AGENT | {"weather": "fine", "progress": 0.0})
    assert page.started_at == datetime(2025, 11, 9, 18, 40, tzinfo=UTC)
    rows = [(row.key, str(row.value)) for row in page.other_values]
    assert rows == [("started_at", "2025-11-09T18:40:00"), ("progress", "0.0"), ("weather", "fine")]


def test_a_spelling_comes_back_until_the_value_is_another() -> None:
    page = page_of_json(AGENT_STATE, AGENT)
    later = replace(page, started_at=datetime(2025, 11, 10, tzinfo=UTC), status="pending")
    found = json_of_page(AGENT_STATE, later)
    assert (found["started_at"], found["status"]) == ("2025-11-10T00:00:00Z", "pending")
    assert "started_at" not in json_of_page(AGENT_STATE, replace(page, started_at=None))


def test_keys_keep_the_order_of_such_files() -> None:
    held = {"status": "running", "agent_id": "L2", "zebra": 1}
    assert list(again(AGENT_STATE, held)) == ["agent_id", "status", "zebra"]
