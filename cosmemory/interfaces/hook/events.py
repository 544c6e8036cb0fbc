"""Which function answers to which event, loaded when it happens."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cosmemory.interfaces.hook.answer import Answer
    from cosmemory.interfaces.hook.call import Call

_HERE = "cosmemory.interfaces.hook"
# event: module and function
HANDLERS: dict[str, str] = {
    "SessionStart": f"{_HERE}.sessions:session_start",
    "SessionEnd": f"{_HERE}.sessions:session_end",
    "Stop": f"{_HERE}.sessions:stop",
    "UserPromptSubmit": f"{_HERE}.prompts:user_prompt_submit",
    "PreCompact": f"{_HERE}.compaction:pre_compact",
    "PostCompact": f"{_HERE}.compaction:post_compact",
    "Notification": f"{_HERE}.notices:notification",
    "StopFailure": f"{_HERE}.notices:stop_failure",
    "SubagentStart": f"{_HERE}.team:subagent_start",
    "SubagentStop": f"{_HERE}.team:subagent_stop",
    "TeammateIdle": f"{_HERE}.team:teammate_idle",
    "TaskCreated": f"{_HERE}.team:task_created",
    "TaskCompleted": f"{_HERE}.team:task_completed",
    "PreToolUse": f"{_HERE}.tools:pre_tool_use",
    "PostToolUse": f"{_HERE}.tools:post_tool_use",
    "FileChanged": f"{_HERE}.files:file_changed",
}
# What happened and would be lost where it cannot be written at once: it is put aside, and written with a later event.
KEPT = frozenset(
    [
        *("SubagentStart", "SubagentStop", "TeammateIdle", "TaskCreated", "TaskCompleted"),
        *("PostCompact", "Notification", "StopFailure", "SessionEnd"),
    ]
)
# Where it waits. An edit must not wait for what others write, so all but that one write first what waits there.
SHELF = ".cosmemory/hooks-waiting"
HASTY = "PreToolUse"


def handler_of(event: str) -> Callable[[Call], Answer] | None:
    """The function that answers to an event, None where there is none."""
    module, _, name = HANDLERS.get(event, "").partition(":")
    if not module:
        return None
    from importlib import import_module

    found: Callable[[Call], Answer] = getattr(import_module(module), name)
    return found
