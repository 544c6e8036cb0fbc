"""The harnesses that can be set up: the parts of each, and what there is to say about it."""

from __future__ import annotations

import json
import os
import tomllib

from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.saving import read_file
from cosmemory.interfaces.cli.setup import facts
from cosmemory.interfaces.cli.setup.jsonc import NotJson, read
from cosmemory.interfaces.cli.setup.parts import BOM, Hooks, Server
from cosmemory.interfaces.cli.setup.texts import Block, Table, Whole
from cosmemory.resources import plugin_names, plugin_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cosmemory.interfaces.cli.setup.parts import Part
    from cosmemory.interfaces.cli.setup.program import Program

SKILL = "cosmemory"
AGENTS, GEMINI_FILE = "AGENTS.md", "GEMINI.md"
CODEX_FILE = ".codex/config.toml"
OPENCODE_FILES = ("opencode.jsonc", "opencode.json")
_PROGRAM = 'const COMMAND = ["cosmemory", "hook", "--harness", "opencode"]'


@frozen(kw_only=True)
class Harness:
    """A harness: what it is called, its parts in a project, and what its user has to do besides."""

    title: str
    parts: Callable[[str, Program], list[Part]]
    note: str = ""


def parts_of(name: str, project: str, program: Program) -> list[Part]:
    """Everything that is put into a project for a harness."""
    return HARNESSES[name].parts(project, program)


def _claude(_: str, program: Program) -> list[Part]:
    return [
        Hooks(path=".claude/settings.json", entries=facts.claude_hooks(program.hook("claude"))),
        Server(path=".mcp.json", at=("mcpServers", facts.SERVER), entry=facts.server(program.server())),
        *_skill(".claude/skills", shared=False),
    ]


def _codex(_: str, program: Program) -> list[Part]:
    return [
        Hooks(path=".codex/hooks.json", entries=facts.codex_hooks(program.hook("codex"))),
        Table(
            path=CODEX_FILE,
            at=("mcp_servers", facts.SERVER),
            entry=facts.server(program.server()),
        ),
        *_skill(".agents/skills", shared=True),
        section(AGENTS),
    ]


def _gemini(project: str, program: Program) -> list[Part]:
    path = ".gemini/settings.json"
    return [
        Hooks(path=path, entries=facts.gemini_hooks(program.hook("gemini"))),
        Server(path=path, at=("mcpServers", facts.SERVER), entry=facts.server(program.server())),
        *_skill(".agents/skills", shared=True),
        section(AGENTS if _reads_agents(os.path.join(project, path)) else GEMINI_FILE),
    ]


def _cursor(_: str, program: Program) -> list[Part]:
    # Cursor starts servers wherever it was started itself.
    words = program.server("${workspaceFolder}")
    return [
        Hooks(
            path=".cursor/hooks.json",
            entries=facts.cursor_hooks(program.hook("cursor")),
            grouped=False,
            version=1,
        ),
        Server(path=".cursor/mcp.json", at=("mcpServers", facts.SERVER), entry=facts.server(words)),
        *_skill(".agents/skills", shared=True),
        section(AGENTS),
    ]


def _opencode(project: str, program: Program) -> list[Part]:
    there = [each for each in OPENCODE_FILES if os.path.lexists(os.path.join(project, each))]
    shim = plugin_text("opencode/cosmemory.ts")
    words = json.dumps(program.hook("opencode"), ensure_ascii=False)
    return [
        Whole(
            path=".opencode/plugins/cosmemory.ts",
            text=shim.replace(_PROGRAM, f"const COMMAND = {words}"),
            name="plugin",
        ),
        Server(
            path=there[0] if there else OPENCODE_FILES[-1],
            at=("mcp", facts.SERVER),
            entry=facts.opencode_server(program.server()),
        ),
        *_skill(".agents/skills", shared=True),
        section(AGENTS),
    ]


HARNESSES = {
    "claude": Harness(title="Claude Code", parts=_claude),
    "codex": Harness(
        title="Codex",
        parts=_codex,
        note="Codex runs these hooks once you have trusted them in /hooks, and reads .codex/config.toml once "
        "the project is trusted",
    ),
    "gemini": Harness(
        title="Gemini CLI",
        parts=_gemini,
        note="Gemini CLI reads the settings of a project once its folder is trusted",
    ),
    "cursor": Harness(
        title="Cursor",
        parts=_cursor,
        note="Cursor asks for your consent before it starts the MCP server",
    ),
    "opencode": Harness(title="OpenCode", parts=_opencode),
}


def _skill(folder: str, *, shared: bool) -> list[Part]:
    return [
        Whole(
            path=f"{folder}/{SKILL}/{name}",
            text=plugin_text(f"skills/{SKILL}/{name}"),
            name="skill" if name == "SKILL.md" else "skill reference",
            shared=shared,
        )
        for name in plugin_names(f"skills/{SKILL}")
    ]


def section(path: str) -> Block:
    """The section that tells an agent of the memory, in a file that it reads."""
    return Block(path=path, text=plugin_text("section.md"), shared=path == AGENTS)


def switched_off(name: str, project: str) -> str:
    """Where somebody has switched all hooks of a harness off, as far as its files in the project tell."""
    for path in (".claude/settings.json", ".claude/settings.local.json") if name == "claude" else ():
        if _said(os.path.join(project, path), ("disableAllHooks",)) is True:
            return f"{path} says disableAllHooks"
    if name == "codex":
        try:
            held = tomllib.loads((read_file(os.path.join(project, CODEX_FILE)) or b"").decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            held = {}
        features = held.get("features")
        if isinstance(features, dict) and False in (features.get("hooks"), features.get("codex_hooks")):
            return f"{CODEX_FILE} says hooks = false"
    return ""


def _reads_agents(path: str) -> bool:
    """Whether Gemini's settings say that it reads AGENTS.md."""
    named = _said(path, ("context", "fileName"))
    return AGENTS in (named if isinstance(named, list) else [named])


def _said(path: str, at: tuple[str, ...]) -> Any:
    """What a file of JSON says at a place; None where it says nothing, or nothing that can be read."""
    try:
        root = read((read_file(path) or b"").removeprefix(BOM).decode("utf-8"))
    except (NotJson, UnicodeDecodeError):
        return None
    found = root.at(at) if root is not None else None
    return found.value if found is not None else None
