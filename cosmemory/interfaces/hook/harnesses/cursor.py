"""Cursor: events in camelCase, conversations in place of sessions, and an answer of other keys for each event.

It runs hooks that were written for Claude Code too; those are told and answered as there.
"""

from __future__ import annotations

from cosmemory.interfaces.hook.harnesses import claude

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cosmemory.interfaces.hook.answer import Answer

EVENTS = {
    "sessionStart": "SessionStart",
    "sessionEnd": "SessionEnd",
    "beforeSubmitPrompt": "UserPromptSubmit",
    "preToolUse": "PreToolUse",
    "postToolUse": "PostToolUse",
    "postToolUseFailure": "PostToolUseFailure",
    "afterFileEdit": "PostToolUse",
    "preCompact": "PreCompact",
    "stop": "Stop",
    "subagentStart": "SubagentStart",
    "subagentStop": "SubagentStop",
}


def told(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with Claude Code's keys."""
    found = dict(payload)
    native = found.get("hook_event_name")
    found["session_id"] = found.get("session_id") or found.get("conversation_id")
    roots = found.get("workspace_roots")
    if "cwd" not in found and isinstance(roots, list) and roots:
        found["cwd"] = roots[0]
    if native == "afterFileEdit":
        found["tool_name"] = "Edit"
        found["tool_input"] = {"file_path": found.get("file_path"), "edits": found.get("edits")}
    if native == "stop":
        count = found.get("loop_count")
        found["stop_hook_active"] = isinstance(count, int) and count > 0
    if native in ("subagentStart", "subagentStop"):
        found["agent_id"] = found.get("subagent_id") or found.get("agent_id")
        found["agent_type"] = found.get("subagent_type") or found.get("agent_type")
    return found


def worded(event: str, native: str, answer: Answer) -> dict[str, Any] | None:
    """The answer as Cursor takes it."""
    reason = answer.deny or answer.hold
    if native not in EVENTS:
        return claude.said(event, answer, watch=False)
    if native == "preToolUse" and reason:
        return {"permission": "deny", "user_message": reason, "agent_message": reason}
    if native in ("sessionStart", "postToolUse") and (answer.context or reason):
        return {"additional_context": answer.context or reason}
    if native in ("stop", "subagentStop") and reason:
        return {"followup_message": reason}
    return None
