"""The dialects of the harnesses: how each calls its events and what is in them, and in which words it takes an answer.

Each module has the same three: ``EVENTS``, Claude Code's name of each event by the harness's own; ``told``, a payload
with Claude Code's keys; and ``worded``, an answer as that event of that harness takes it, None for nothing at all.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAMES = ("claude", "codex", "gemini", "cursor", "copilot", "opencode")
_OF_GEMINI = frozenset(
    {
        *("BeforeTool", "AfterTool", "BeforeAgent", "AfterAgent", "BeforeModel", "AfterModel"),
        *("BeforeToolSelection", "PreCompress"),
    }
)


def detected(payload: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """Which harness tells this, by the marks that it leaves in the payload or the environment."""
    event = payload.get("hook_event_name")
    if isinstance(event, str) and event in _OF_GEMINI:
        return "gemini"
    if "cursor_version" in payload or "conversation_id" in payload:
        return "cursor"
    if "sessionId" in payload:
        return "copilot"
    if "GEMINI_PROJECT_DIR" in environ and "timestamp" in payload:
        return "gemini"
    if "turn_id" in payload:
        return "codex"
    # Claude Code may name its model too, but it says always where the project is.
    if "model" in payload and "CLAUDE_PROJECT_DIR" not in environ:
        return "codex"
    return "claude"
