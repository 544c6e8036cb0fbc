"""Gemini CLI: names of its own, tools of other names, and a decision that allows or denies."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cosmemory.interfaces.hook.answer import Answer

EVENTS = {
    "BeforeTool": "PreToolUse",
    "AfterTool": "PostToolUse",
    "BeforeAgent": "UserPromptSubmit",
    "AfterAgent": "Stop",
    "PreCompress": "PreCompact",
}
TOOLS = {
    "write_file": "Write",
    "replace": "Edit",
    "read_file": "Read",
    "run_shell_command": "Bash",
}
CONTEXT = frozenset(["SessionStart", "BeforeAgent", "AfterTool"])
DENIED = frozenset(["BeforeTool", "AfterAgent", "AfterTool"])


def told(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with the tool called as Claude Code calls it; the keys are the same."""
    found = dict(payload)
    tool = found.get("tool_name")
    if isinstance(tool, str):
        found["tool_name"] = TOOLS.get(tool, tool)
    return found


def worded(_event: str, native: str, answer: Answer) -> dict[str, Any] | None:
    """The answer as Gemini takes it."""
    whole: dict[str, Any] = {}
    reason = answer.deny or answer.hold
    if native in DENIED and reason:
        whole["decision"] = "deny"
        whole["reason"] = reason
    if native in CONTEXT and answer.context:
        whole["hookSpecificOutput"] = {"hookEventName": native, "additionalContext": answer.context}
    return whole or None
