"""Two calls under one idempotency_key: the same call is done once, and another is refused, whatever its arguments."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosmemory.connect import open_memory
from cosmemory.interfaces.mcp_server.calls import Place
from cosmemory.interfaces.mcp_server.server import CHANGES, MemoryServer
from tests.interfaces.mcp_agents import agent_at, error_of, new_memory, stdio_agent, words_of

HANDOFF = {"project": "pay", "from_agent": "helper-1", "to_agent": "helper-2"}
ALERT = {"type": "CI", "severity": "warning", "resource": "r", "value": "2", "threshold": "1"}
NUMBERS = count()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return new_memory(tmp_path_factory.mktemp("office") / "memory")


@pytest.fixture(scope="module")
def agent(root):
    with agent_at(MemoryServer(Place(root=str(root)))) as found:
        yield found


def log_of(root) -> str:
    """What the coordination log says."""
    return (root / "coordination-log.md").read_text(encoding="utf-8")


def test_another_fact_under_a_used_key_is_refused_and_what_to_do_is_said(agent):
    agent.done("record_decision", decision="Use A", rationale="fast", idempotency_key="one key")
    error = agent.refused("record_decision", decision="Use B", rationale="cheap", idempotency_key="one key")
    assert error["code"] == "key-used"
    assert error["message"] == (
        "The key one key was used for another call already (decision); nothing was changed."
    )
    assert error["hint"] == "Use a fresh key for this one."
    again = agent.done("record_decision", decision="Use A", rationale="fast", idempotency_key="one key")
    assert again["already_done"]


def test_a_key_that_one_tool_used_is_used_for_every_tool(agent):
    agent.done("upsert_action", text="Tests", idempotency_key="for an action")
    assert agent.refused("set_focus", task="Tests", idempotency_key="for an action")["code"] == "key-used"


@pytest.mark.parametrize(
    ("tool", "first", "again"),
    [
        ("upsert_action", {"text": "Same"}, {"text": "Same", "deadline": "", "priority": None, "action_id": ""}),
        ("log_event", {"type": "decision", "action": "Same"}, {"action": "Same", "type": "decision", "extra": {}}),
        ("create_handoff", HANDOFF, {**HANDOFF, "move": "create", "next_steps": [], "data": {}}),
        ("create_handoff", {**HANDOFF, "data": {"a": 1, "b": 2}}, {**HANDOFF, "data": {"b": 2, "a": 1}}),
        ("raise_alert", {**ALERT, "value": "2"}, {**ALERT, "value": 2}),
        ("record_metrics", {"measurements": [{"metric": "m", "current": 1}]},
         {"measurements": [{"metric": "m", "current": 1.0, "baseline": None}], "agent": ""}),
    ],
)  # fmt: skip
def test_a_call_that_says_the_same_in_another_way_is_the_same_call(agent, tool, first, again):
    key = f"same {next(NUMBERS)}"
    assert agent.done(tool, **first, idempotency_key=key)["changed"]
    assert agent.done(tool, **again, idempotency_key=key)["already_done"]


def test_the_revision_that_a_call_expects_is_no_part_of_what_it_says(agent):
    read = agent.done("read_document", document="cos-state")["revision"]
    call = {"text": "Guarded", "idempotency_key": "guarded"}
    done = agent.done("upsert_action", **call, expected_revision=read)
    assert agent.done("upsert_action", **call)["already_done"]
    assert agent.done("upsert_action", **call, expected_revision=done["revision"])["already_done"]


def test_a_key_that_was_used_before_calls_were_told_apart_is_done_as_it_was(agent, root):
    open_memory(str(root)).once("from before").state.add_action("Long ago")
    assert agent.done("upsert_action", text="Long ago", idempotency_key="from before")["already_done"]


def test_of_two_calls_at_two_servers_under_one_key_one_lands_and_the_other_is_told(tmp_path):
    root = new_memory(tmp_path / "memory")
    with (
        stdio_agent(root, tmp_path / "one") as one,
        stdio_agent(root, tmp_path / "two") as two,
        ThreadPoolExecutor(2) as threads,
    ):
        for number in range(8):
            both = [
                threads.submit(
                    agent.call,
                    "log_event",
                    type="decision",
                    action=f"{name} {number}",
                    idempotency_key=f"{number}",
                )
                for name, agent in (("one", one), ("two", two))
            ]
            results = [each.result(timeout=60) for each in both]
            (refused,) = [each for each in results if each.is_error]
            assert error_of(refused)["code"] == "key-used"
            assert log_of(root).count(f" {number}\n") == 1


# Calls that change something whenever they are made, each with a mark of its own to be found by.
MARKED = {
    "set_focus": ({}, "task"),
    "upsert_action": ({}, "text"),
    "record_decision": ({"rationale": "because"}, "decision"),
    "log_event": ({"type": "decision"}, "action"),
    "upsert_member": ({"name": "helper-1", "role": "reviewer"}, "task"),
    "raise_alert": (ALERT, "resource"),
    "record_metrics": ({"agent": "helper-1", "tasks": 1}, "notes"),
    "create_handoff": (HANDOFF, "context"),
}


@st.composite
def marked_calls(draw):
    """A tool, its arguments, and the words in them that nothing else says."""
    tool = draw(st.sampled_from(sorted(MARKED)))
    held, name = MARKED[tool]
    more = {"priority": draw(st.sampled_from(["low", "high"]))} if tool == "upsert_action" else {}
    return tool, {**held, **more}, name


def test_every_tool_that_changes_takes_part_in_the_law_or_needs_what_is_there():
    assert {each.__name__ for each in CHANGES} - {"transition_alert"} == set(MARKED)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(marked_calls(), marked_calls(), st.booleans())
def test_of_any_two_calls_under_one_key_one_lands_and_the_other_is_an_error(agent, root, one, two, alike):
    key = f"law {next(NUMBERS)}"
    both = []
    for tool, held, name in (one, two):
        mark = f"mark{next(NUMBERS)}z" if not (alike and both) else both[0][2]
        both.append((tool, {**held, name: mark}, mark))
    (tool, first, mark), (other, second, more) = both
    assert agent.done(tool, **first, idempotency_key=key)["changed"]
    before = {path: path.read_bytes() for path in root.rglob("*.md")}
    result = agent.call(other, **second, idempotency_key=key)
    same = (tool, json.dumps(first, sort_keys=True)) == (other, json.dumps(second, sort_keys=True))
    if same:
        assert result.structured_content["already_done"]
    else:
        assert result.is_error, words_of(result)
        assert error_of(result)["code"] == "key-used"
    assert {path: path.read_bytes() for path in root.rglob("*.md")} == before
    pages = "".join(text.decode() for text in before.values())
    assert mark in pages
    assert more == mark or more not in pages
