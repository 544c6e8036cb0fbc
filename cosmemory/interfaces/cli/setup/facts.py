"""What each harness is told: the events, the files and the shapes, as the harnesses document them."""

from __future__ import annotations

from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.setup.program import shell_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.interfaces.cli.setup.program import Program

SERVER = "cosmemory"
# Only these tools change a page by its path.
CLAUDE_EDITS = "Edit|Write|MultiEdit"


@frozen()
class Event:
    """An event that is answered: within so many seconds, and only for what ``matcher`` matches."""

    name: str
    seconds: int
    matcher: str = ""


CLAUDE = (
    Event("SessionStart", 10),
    Event("UserPromptSubmit", 5),
    Event("PreToolUse", 5, CLAUDE_EDITS),
    Event("PostToolUse", 10, CLAUDE_EDITS),
    Event("PreCompact", 10),
    Event("PostCompact", 5),
    Event("SubagentStart", 5),
    Event("SubagentStop", 5),
    Event("TeammateIdle", 5),
    Event("TaskCreated", 5),
    Event("TaskCompleted", 5),
    Event("Stop", 10),
    Event("StopFailure", 5),
    # Without a time of its own it would have a second and a half for all hooks together.
    Event("SessionEnd", 5),
    # No matcher: one would name more files to watch. SessionStart names them.
    Event("FileChanged", 10),
    Event("Notification", 5),
)
CODEX = (
    Event("SessionStart", 10),
    Event("UserPromptSubmit", 5),
    Event("PreToolUse", 5, "apply_patch|Edit|Write"),
    Event("PostToolUse", 10, "apply_patch|Edit|Write"),
    Event("PreCompact", 10),
    Event("PostCompact", 5),
    Event("SubagentStart", 5),
    Event("SubagentStop", 5),
    Event("Stop", 10),
    Event("StopFailure", 5),
    Event("SessionEnd", 5),
)
GEMINI = (
    Event("SessionStart", 10),
    Event("BeforeAgent", 5),
    Event("BeforeTool", 5, "write_file|replace"),
    Event("AfterTool", 10, "write_file|replace"),
    Event("PreCompress", 10),
    Event("AfterAgent", 10),
    Event("SessionEnd", 5),
    Event("Notification", 5),
)
CURSOR = (
    Event("sessionStart", 10),
    Event("beforeSubmitPrompt", 5),
    Event("preToolUse", 5, "Write|Edit|Delete"),
    Event("postToolUse", 10, "Write|Edit|Delete"),
    Event("preCompact", 10),
    Event("subagentStart", 5),
    Event("subagentStop", 5),
    Event("stop", 10),
    Event("sessionEnd", 5),
)


def claude_hooks(words: list[str]) -> dict[str, Any]:
    """The hooks of Claude Code, started without a shell: a path needs no quotes on any system."""
    command, *args = words
    return {
        each.name: _group(
            each, {"type": "command", "command": command, "args": args, "timeout": each.seconds}
        )
        for each in CLAUDE
    }


def codex_hooks(words: list[str]) -> dict[str, Any]:
    """The hooks of Codex."""
    line = shell_line(words)
    return {
        each.name: _group(each, {"type": "command", "command": line, "timeout": each.seconds})
        for each in CODEX
    }


def gemini_hooks(words: list[str]) -> dict[str, Any]:
    """The hooks of Gemini CLI, which counts milliseconds."""
    line = shell_line(words)
    return {
        each.name: _group(
            each, {"name": SERVER, "type": "command", "command": line, "timeout": each.seconds * 1000}
        )
        for each in GEMINI
    }


def cursor_hooks(words: list[str]) -> dict[str, Any]:
    """The hooks of Cursor, which knows no groups."""
    line = shell_line(words)
    return {
        each.name: {
            "command": line,
            "timeout": each.seconds,
            **({"matcher": each.matcher} if each.matcher else {}),
        }
        for each in CURSOR
    }


def _group(event: Event, handler: dict[str, Any]) -> dict[str, Any]:
    return {**({"matcher": event.matcher} if event.matcher else {}), "hooks": [handler]}


def server(words: list[str]) -> dict[str, Any]:
    """An MCP server as all but OpenCode describe it."""
    return {"command": words[0], "args": words[1:]}


def opencode_server(words: list[str]) -> dict[str, Any]:
    """An MCP server as OpenCode describes it."""
    return {"type": "local", "command": words, "enabled": True}


def plugin_files(program: Program, version: str) -> dict[str, Any]:
    """The JSON files of the plugin folder, by their path in it."""
    about = {
        "name": SERVER,
        "version": version,
        "description": "A memory that outlives the context: plain Markdown, kept by hooks, an MCP server and a skill",
        "author": {"name": "The cosmemory authors"},
        "license": "MIT",
        "keywords": ["agents", "coordination", "markdown", "memory", "state"],
    }
    servers = {"mcpServers": {SERVER: server(program.server())}}
    lsp = {"command": program.words[0], "args": ["lsp"], "extensionToLanguage": {".md": "markdown"}}
    told = "Keeps the memory of the project through compactions, crashes and ends of sessions"
    return {
        ".claude-plugin/plugin.json": about,
        "hooks/hooks.json": {"description": told, "hooks": _listed(claude_hooks(program.hook("claude")))},
        ".mcp.json": servers,
        ".lsp.json": {SERVER: lsp},
        # Codex would read the hooks of Claude Code, which need no shell, if it were not shown its own.
        ".codex-plugin/plugin.json": {
            **about,
            "skills": "./skills/",
            "hooks": "./hooks/codex.json",
            "mcpServers": "./.mcp.json",
        },
        "hooks/codex.json": {"description": told, "hooks": _listed(codex_hooks(program.hook("codex")))},
        # Gemini reads hooks/hooks.json too: its extension needs a folder of its own.
        "gemini/gemini-extension.json": {
            "name": SERVER,
            "version": version,
            "description": about["description"],
            **servers,
        },
        "gemini/hooks/hooks.json": {"hooks": _listed(gemini_hooks(program.hook("gemini")))},
    }


def _listed(hooks: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [entry] for name, entry in hooks.items()}
