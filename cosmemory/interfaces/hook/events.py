"""Which function answers to which event, loaded when it happens."""

from __future__ import annotations

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
