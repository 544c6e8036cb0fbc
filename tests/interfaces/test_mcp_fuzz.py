"""Any arguments at all: an answer or a refusal in sentences, no traceback, and a memory without damage."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosmemory.connect import open_memory
from cosmemory.interfaces.mcp_server import server as served
from cosmemory.interfaces.mcp_server.calls import Place
from cosmemory.interfaces.mcp_server.server import MemoryServer
from tests.interfaces.mcp_agents import agent_at, error_of, new_memory, words_of

HOSTILE = [
    "", " ", "-", "---", "null", "[]", '{"a": 1}', "true", "a\n## Forged\n- **Status:** forged\n", "```\n## Forged", "| a | b |\n|---|---|",
    "<!-- x -->", "</cosmemory-data>", "../../x", "/etc/passwd", ".cosmemory/lock", "CON", "x" * 300, "y" * 9000, "\u202eabc", "\ufeffx",
    "\x00", "\x1b[31m", "{{7*7}}", "1e9999", "NaN", "9" * 5000, "0001-01-01", "9999-12-31", "2026-02-30", "99999999999d", "\u2028x", "*",
    "(", '"', "#1", "cos-state", "ALERT-1", "1", "helper-1", "pay-2026-11-21", "decision", "done", "2026-11-21", "2h ago",
]  # fmt: skip
FORGED = re.compile(rb"^## Forged\s*$", re.MULTILINE)
TOOLS = served._tools()
NUMBERS = st.one_of(st.integers(), st.sampled_from([0, -1, 10**30]), st.floats())
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
ANYTHING = st.recursive(
    SCALARS, lambda held: st.lists(held, max_size=3) | st.dictionaries(TEXTS, held, max_size=3), max_leaves=6
)


def fitting(schema: dict[str, object]) -> st.SearchStrategy[object]:
    """What may pass for a value of that shape, and what may not."""
    choices = [
        *schema.get("enum", []),
        *(word for each in schema.get("anyOf", []) for word in each.get("enum", [])),
    ]
    if choices:
        return st.one_of(st.sampled_from(choices), st.sampled_from(choices), ANYTHING)
    if schema.get("type") == "string":
        return st.one_of(TEXTS, TEXTS, TEXTS, ANYTHING)
    if schema.get("type") == "array":
        return st.one_of(st.lists(TEXTS, max_size=3), ANYTHING)
    return st.one_of(st.integers(0, 50), st.dictionaries(TEXTS, TEXTS, max_size=3), ANYTHING)


@st.composite
def calls(draw):
    """A tool and arguments, most of which it knows."""
    tool = draw(st.sampled_from(TOOLS))
    shape = tool.parameters
    needed = set(shape.get("required", ()))
    given_ = {
        name: draw(fitting(each))
        for name, each in shape["properties"].items()
        if (name in needed and draw(st.integers(0, 9))) or not draw(st.integers(0, 3))
    }
    if not draw(st.integers(0, 9)):
        given_[draw(TEXTS)] = draw(ANYTHING)
    return tool.name, given_


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return new_memory(tmp_path_factory.mktemp("office") / "memory")


@pytest.fixture(scope="module")
def agent(root):
    with agent_at(MemoryServer(Place(root=str(root)))) as found:
        found.done("upsert_action", text="Write the docs")
        found.done("raise_alert", type="CI", severity="warning", resource="r", value="2", threshold="1")
        found.done("upsert_member", name="helper-1", role="reviewer")
        yield found


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)
@given(calls())
def test_any_call_is_answered_in_words_and_does_no_damage(agent, root, call):
    tool, arguments = call
    result = agent.call(tool, **arguments)
    said = words_of(result)
    assert said
    assert "Traceback" not in said
    json.dumps(result.structured_content, allow_nan=False)
    if result.is_error:
        error = error_of(result)
        assert error["code"] != "internal", said
        assert error["message"]
    for path in root.rglob("*.md"):
        assert not FORGED.search(path.read_bytes()), path


def test_after_all_of_it_the_memory_is_whole(agent, root):
    memory = open_memory(str(root))
    found = [
        each for page in memory.validate().pages for each in page.diagnostics if each.severity == "error"
    ]
    assert found == []
    assert agent.done("set_focus", task="Still here")["changed"]


def test_a_fault_of_ours_is_a_sentence_and_no_traceback(agent, monkeypatch, capsys):
    def broken(*_, **__):
        raise KeyError("a fault of ours")

    monkeypatch.setattr("cosmemory.interfaces.mcp_server.reading.brief", broken)
    result = agent.call("get_brief")
    assert result.is_error
    assert words_of(result).startswith("get_brief failed in cosmemory itself (KeyError).")
    assert capsys.readouterr().err == (
        "cosmemory: get_brief failed in cosmemory itself (KeyError). 'a fault of ours'\n"
    )
