"""Claude Code: the names and keys that all others are translated to."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cosmemory.interfaces.hook.answer import Answer

EVENTS: dict[str, str] = {}

# The events whose answer may hold something for the model. PreCompact, PostCompact, SessionEnd and StopFailure take
# none: an object with a hookSpecificOutput of theirs is an error to the harness.
CONTEXT = frozenset(
    {
        *("SessionStart", "Setup", "SubagentStart", "UserPromptSubmit", "PreToolUse", "PostToolUse"),
        *("PostToolUseFailure", "Notification"),
    }
)
BLOCKED = frozenset(["Stop", "SubagentStop", "PostToolUse", "UserPromptSubmit"])
WATCHING = frozenset(["SessionStart", "FileChanged", "CwdChanged"])
# These are refused by the exit code, with the reason on stderr.
BY_EXIT = frozenset(["TeammateIdle", "TaskCreated", "TaskCompleted"])


def told(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload as it is."""
    return dict(payload)


def worded(event: str, _native: str, answer: Answer) -> dict[str, Any] | None:
    """The answer as Claude Code takes it."""
    return said(event, answer, watch=event in WATCHING)


def said(event: str, answer: Answer, *, watch: bool) -> dict[str, Any] | None:
    """The answer in Claude Code's words, with the files to watch or without."""
    own: dict[str, Any] = {}
    whole: dict[str, Any] = {}
    if event in CONTEXT and answer.context:
        own["additionalContext"] = answer.context
    if watch and answer.watch:
        own["watchPaths"] = list(answer.watch)
    if event == "PreToolUse" and answer.deny:
        own["permissionDecision"] = "deny"
        own["permissionDecisionReason"] = answer.deny
    elif event in BLOCKED and (answer.hold or answer.deny):
        whole["decision"] = "block"
        whole["reason"] = answer.hold or answer.deny
    if own:
        whole["hookSpecificOutput"] = {"hookEventName": event, **own}
    return whole or None
