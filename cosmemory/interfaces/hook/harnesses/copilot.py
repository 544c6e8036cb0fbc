"""Copilot: events and keys in camelCase and an answer without a frame, or all as in Claude Code.

Which of the two it is depends on how the project's configuration spells the events. In camelCase the payload does
not say which event it is: the call says it then, ``cosmemory hook sessionStart``.
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
    "userPromptSubmitted": "UserPromptSubmit",
    "preToolUse": "PreToolUse",
    "postToolUse": "PostToolUse",
    "postToolUseFailure": "PostToolUseFailure",
    "preCompact": "PreCompact",
    "agentStop": "Stop",
    "subagentStart": "SubagentStart",
    "subagentStop": "SubagentStop",
    "errorOccurred": "StopFailure",
    "notification": "Notification",
}
KEYS = {
    "sessionId": "session_id",
    "transcriptPath": "transcript_path",
    "toolName": "tool_name",
    "toolArgs": "tool_input",
    "toolResult": "tool_response",
    "agentId": "agent_id",
    "agentName": "agent_type",
    "notificationType": "notification_type",
}
SOURCES = {"new": "startup"}
TOOLS = {"create": "Write", "edit": "Edit", "view": "Read", "bash": "Bash", "powershell": "Bash"}
PATHS = {"path": "file_path", "file_text": "content", "old_str": "old_string", "new_str": "new_string"}
CONTEXT = frozenset(["sessionStart", "postToolUse", "notification", "subagentStart"])


def told(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with Claude Code's keys, sources and names of tools."""
    found = {KEYS.get(name, name): value for name, value in payload.items()}
    error = found.get("error")
    if isinstance(error, dict):
        found["error"], found["error_details"] = error.get("message"), error.get("name")
    source, tool = found.get("source"), found.get("tool_name")
    if isinstance(source, str):
        found["source"] = SOURCES.get(source, source)
    if isinstance(tool, str):
        found["tool_name"] = TOOLS.get(tool, tool)
    given = found.get("tool_input")
    if isinstance(given, str) and "toolArgs" in payload:
        given = _decoded(given)
    if isinstance(given, dict) and tool in TOOLS:
        found["tool_input"] = {PATHS.get(name, name): value for name, value in given.items()}
    elif given is not None:
        found["tool_input"] = given
    return found


def _decoded(text: str) -> Any:
    """The arguments of a tool, which come as JSON within JSON."""
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text


def worded(event: str, native: str, answer: Answer) -> dict[str, Any] | None:
    """The answer as Copilot takes it."""
    reason = answer.deny or answer.hold
    if native not in EVENTS:
        return claude.said(event, answer, watch=False)
    if native == "preToolUse" and reason:
        return {"permissionDecision": "deny", "permissionDecisionReason": reason}
    if native in ("agentStop", "subagentStop") and reason:
        return {"decision": "block", "reason": reason}
    if native in CONTEXT and (answer.context or reason):
        return {"additionalContext": answer.context or reason}
    return None
