"""Every harness is understood in its own words, and answered in words that it takes."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from cosmemory.interfaces.hook import harnesses
from cosmemory.interfaces.hook.answer import Answer
from cosmemory.interfaces.hook.events import HANDLERS
from tests.interfaces.hook.hooks import (
    CASES,
    NOW,
    OF_HARNESSES,
    RECORDED,
    called,
    environment,
    judge,
    recorded,
    schemas,
)


@pytest.fixture
def tell(tmp_path, monkeypatch, capfd):
    """The hook, called for a project that holds a memory; what it answers is judged by the published shape."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSMEMORY_NOW", NOW)
    for name in OF_HARNESSES:
        monkeypatch.delenv(name, raising=False)
    assert main(["init"]) == 0

    def telling(harness: str, name: str, *arguments: str, **more: object) -> object:
        payload = recorded(harness, name, tmp_path, **more)
        code, out, err = called(
            payload,
            *arguments,
            capfd=capfd,
            monkeypatch=monkeypatch,
            tmp_path=tmp_path,
            environ=environment(harness, tmp_path),
        )
        assert (code, err) == (0, "")
        return judge(harness, name.split("-", maxsplit=1)[0], out)

    return telling


def given(harness: str, name: str) -> list[str]:
    """What must be said on the command line for a harness that does not tell its event."""
    return [name] if harness == "copilot" else []


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_recorded_payload_is_answered_as_its_harness_takes_it(path, tell):
    harness, name = path.parent.name, path.stem
    chosen = ["--harness", harness] if harness == "opencode" else []
    answer = tell(harness, name, *chosen, *given(harness, name))
    brought = json.dumps(answer)
    begins = name.lower().startswith("sessionstart")
    assert ("Reference data from cosmemory: a brief" in brought) == begins


@pytest.mark.parametrize(
    ("path", "harness"),
    [(path, path.parent.name) for path in RECORDED if path.parent.name != "opencode"],
    ids=lambda value: f"{value.parent.name}-{value.stem}" if isinstance(value, Path) else "",
)
def test_a_harness_is_known_by_its_payload(path, harness):
    assert harnesses.detected(json.loads(path.read_text()), environment(harness, "/p")) == harness


FULL = Answer(context="Read this.", deny="It would break the page.", notice="", watch=("/p/cos-state.md",))
HELD = Answer(context="Read this.", hold="An alert is open.")
NATIVE = [
    (name, native)
    for name in harnesses.NAMES
    for native in sorted(
        {
            *schemas(name),
            *importlib.import_module(f"cosmemory.interfaces.hook.harnesses.{name}").EVENTS,
            *HANDLERS,
        }
    )
]


@pytest.mark.parametrize("answer", [FULL, HELD], ids=["full", "held"])
@pytest.mark.parametrize(("harness", "native"), NATIVE)
def test_whatever_is_to_be_said_has_the_shape_of_the_harness_or_is_not_said(harness, native, answer):
    dialect = importlib.import_module(f"cosmemory.interfaces.hook.harnesses.{harness}")
    event = dialect.EVENTS.get(native, native)
    said = dialect.worded(event, native, answer)
    assert judge(harness, native, json.dumps(said) if said is not None else "") == said
    assert dialect.worded(event, native, Answer()) is None


SAID = [
    ("claude", "PreToolUse", FULL, {"hookSpecificOutput": {
        "hookEventName": "PreToolUse", "additionalContext": "Read this.", "permissionDecision": "deny",
        "permissionDecisionReason": "It would break the page."}}),
    ("codex", "PreToolUse", FULL, {"hookSpecificOutput": {
        "hookEventName": "PreToolUse", "additionalContext": "Read this.", "permissionDecision": "deny",
        "permissionDecisionReason": "It would break the page."}}),
    ("gemini", "BeforeTool", FULL, {"decision": "deny", "reason": "It would break the page."}),
    ("cursor", "preToolUse", FULL, {
        "permission": "deny", "user_message": "It would break the page.", "agent_message": "It would break the page."}),
    ("copilot", "preToolUse", FULL, {
        "permissionDecision": "deny", "permissionDecisionReason": "It would break the page."}),
    ("claude", "Stop", HELD, {"decision": "block", "reason": "An alert is open."}),
    ("codex", "Stop", HELD, {"decision": "block", "reason": "An alert is open."}),
    ("gemini", "AfterAgent", HELD, {"decision": "deny", "reason": "An alert is open."}),
    ("cursor", "stop", HELD, {"followup_message": "An alert is open."}),
    ("copilot", "agentStop", HELD, {"decision": "block", "reason": "An alert is open."}),
    ("claude", "SessionStart", FULL, {"hookSpecificOutput": {
        "hookEventName": "SessionStart", "additionalContext": "Read this.", "watchPaths": ["/p/cos-state.md"]}}),
    ("codex", "SessionStart", FULL, {"hookSpecificOutput": {
        "hookEventName": "SessionStart", "additionalContext": "Read this."}}),
    ("gemini", "SessionStart", FULL, {"hookSpecificOutput": {
        "hookEventName": "SessionStart", "additionalContext": "Read this."}}),
    ("cursor", "sessionStart", FULL, {"additional_context": "Read this."}),
    ("copilot", "sessionStart", FULL, {"additionalContext": "Read this."}),
    ("cursor", "SessionStart", FULL, {"hookSpecificOutput": {
        "hookEventName": "SessionStart", "additionalContext": "Read this."}}),
    ("claude", "PreCompact", FULL, None),
    ("claude", "SessionEnd", FULL, None),
    ("codex", "Notification", FULL, None),
    ("cursor", "beforeSubmitPrompt", FULL, None),
]  # fmt: skip


@pytest.mark.parametrize(("harness", "native", "answer", "said"), SAID)
def test_an_answer_in_the_words_of_each_harness(harness, native, answer, said):
    dialect = importlib.import_module(f"cosmemory.interfaces.hook.harnesses.{harness}")
    assert dialect.worded(dialect.EVENTS.get(native, native), native, answer) == said


def test_the_tools_of_other_harnesses_are_called_as_claude_code_calls_them():
    from cosmemory.interfaces.hook.harnesses import copilot, cursor, gemini

    edited = {"hook_event_name": "afterFileEdit", "file_path": "/p/a.md", "conversation_id": "c-1"}
    assert cursor.told(edited)["tool_input"] == {"file_path": "/p/a.md", "edits": None}
    assert cursor.told(edited)["session_id"] == "c-1"
    assert gemini.told({"tool_name": "write_file"})["tool_name"] == "Write"
    made = {"sessionId": "s", "toolName": "create", "toolArgs": '{"path": "/p/a.md", "file_text": "x"}'}
    assert copilot.told(made) == {
        "session_id": "s",
        "tool_name": "Write",
        "tool_input": {"file_path": "/p/a.md", "content": "x"},
    }
    assert copilot.told({"toolName": "edit", "toolArgs": "{"})["tool_input"] == "{"


def test_the_recorded_shapes_are_schemas():
    import jsonschema

    for path in (CASES / "schemas").glob("*.json"):
        for shape in json.loads(path.read_text()).values():
            jsonschema.Draft202012Validator.check_schema(shape)
            assert shape["additionalProperties"] is False
