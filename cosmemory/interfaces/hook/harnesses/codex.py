"""Codex CLI: Claude Code's names and keys, and an error for every key that it does not know."""

from __future__ import annotations

from cosmemory.interfaces.hook.harnesses.claude import said, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.interfaces.hook.answer import Answer

__all__ = ["EVENTS", "told", "worded"]

EVENTS: dict[str, str] = {}
# The events whose output has a schema that we fill in.
ANSWERED = frozenset(
    {
        *("SessionStart", "SubagentStart", "UserPromptSubmit", "PreToolUse", "PostToolUse"),
        *("Stop", "SubagentStop"),
    }
)


def worded(event: str, _native: str, answer: Answer) -> dict[str, Any] | None:
    """The answer as Codex takes it: it watches no files, and has no other keys than these."""
    return said(event, answer, watch=False) if event in ANSWERED else None
