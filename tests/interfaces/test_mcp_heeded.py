"""What is said in a call is heeded or refused: nothing that a model tells is dropped behind an answer that says done."""

from __future__ import annotations

import pytest

from cosmemory.interfaces.mcp_server.calls import Place
from cosmemory.interfaces.mcp_server.server import MemoryServer
from tests.interfaces.mcp_agents import agent_at, new_memory


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return new_memory(tmp_path_factory.mktemp("office") / "memory")


@pytest.fixture(scope="module")
def agent(root):
    with agent_at(MemoryServer(Place(root=str(root)))) as found:
        found.done("upsert_action", text="Write the docs")
        found.done("raise_alert", type="CI", severity="warning", resource="r", value="2", threshold="1")
        yield found


@pytest.mark.parametrize("more", [{}, {"status": "pending"}, {"priority": "medium"}])
def test_the_notes_of_an_action_are_in_the_log_whatever_else_stands_so_already(agent, root, more):
    note = f"waits for {more}"
    done = agent.done("upsert_action", action_id="1", notes=note, **more)
    assert done["changed"]
    assert done["message"] == ("Action 1 is changed." if more else "Action 1 is noted upon.")
    assert [each["document"] for each in done["changes"]] == ["coordination-log"]
    assert (root / "coordination-log.md").read_text(encoding="utf-8").count(f"**Notes:** {note}\n") == 1


def test_a_repeat_of_a_note_under_its_key_is_done_once(agent, root):
    call = {"action_id": "1", "notes": "only once", "idempotency_key": "a note"}
    assert agent.done("upsert_action", **call)["changed"]
    assert agent.done("upsert_action", **call)["already_done"]
    assert (root / "coordination-log.md").read_text(encoding="utf-8").count("only once") == 1


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("record_metrics", {"measurements": [{"metric": "m", "current": 1, "unit": "ms"}]},
         "record_metrics: measurements.0.unit was 'ms': extra inputs are not permitted."),
        ("list_documents", {"kind": "handofs"}, "The kind 'handofs' was not found."),
        ("transition_alert", {"alert_id": "ALERT-1", "move": "note", "note": "-"}, "The note is not valid: it is empty."),
        ("record_metrics", {"agent": "x", "on_time": 5, "tasks": 1}, "On-Time is not valid: it is 5, of 1 tasks in all."),
    ],
)  # fmt: skip
def test_what_is_not_heeded_is_refused(agent, root, tool, arguments, said):
    before = {path: path.read_bytes() for path in root.rglob("*.md")}
    error = agent.refused(tool, **arguments)
    assert error["message"] == said
    assert "--" not in error["hint"]
    assert {path: path.read_bytes() for path in root.rglob("*.md")} == before


def test_the_kind_of_the_archived_log_is_one_to_list(agent):
    assert agent.done("list_documents", kind="log-archive")["total"] == 0
