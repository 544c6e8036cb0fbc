"""The plugin folder is what the harnesses document, what setup writes, and what is shipped; its skill is true."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

import cosmemory
from cosmemory.__main__ import main
from cosmemory.interfaces.cli.setup import facts
from cosmemory.interfaces.cli.table import COMMANDS
from cosmemory.interfaces.hook.events import HANDLERS
from cosmemory.interfaces.hook.harnesses import codex, cursor, gemini
from cosmemory.resources import plugin_names, plugin_text
from tests.plugin_files import made

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "plugin"
SHAPES = ROOT / "tests" / "cases" / "shapes"
SKILLS = sorted((PLUGIN / "skills").iterdir())
TEXTS = sorted(PLUGIN.rglob("*.md"))
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
NAMED = re.compile(r"`cosmemory ([^`]*)`")

# The files of the plugin, and of a project that is set up, and the published shape of each.
SHIPPED = {
    ".claude-plugin/plugin.json": "claude-plugin",
    "hooks/hooks.json": "claude-plugin-hooks",
    ".mcp.json": "mcp",
    ".lsp.json": "lsp",
    ".codex-plugin/plugin.json": "codex-plugin",
    "hooks/codex.json": "codex-hooks",
    "gemini/gemini-extension.json": "gemini-extension",
    "gemini/hooks/hooks.json": "gemini-extension-hooks",
}
WRITTEN = {
    "claude": {".claude/settings.json": "claude-settings", ".mcp.json": "mcp"},
    "codex": {".codex/hooks.json": "codex-hooks"},
    "gemini": {".gemini/settings.json": "gemini-settings"},
    "cursor": {".cursor/hooks.json": "cursor-hooks", ".cursor/mcp.json": "mcp"},
    "opencode": {"opencode.json": "opencode"},
}


def check(path: Path, shape: str) -> None:
    schema = json.loads((SHAPES / f"{shape}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project with a new memory, whose shell calls this cosmemory."""
    program = tmp_path / "bin" / "cosmemory"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cosmemory "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("COSMEMORY_ROOT", raising=False)
    folder = tmp_path / "project"
    (folder / "design" / "memory").mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert main(["init"]) == 0
    return folder


@pytest.mark.parametrize("name", SHIPPED)
def test_a_file_of_the_plugin_has_its_published_shape(name):
    check(PLUGIN / name, SHIPPED[name])


@pytest.mark.parametrize("harness", WRITTEN)
def test_a_file_that_setup_writes_has_its_published_shape(project, harness):
    assert main(["setup", harness]) == 0
    for path, shape in WRITTEN[harness].items():
        check(project / path, shape)


def test_the_json_of_the_plugin_is_made_from_setups_facts():
    assert {name: (PLUGIN / name).read_text(encoding="utf-8") for name in made()} == made()
    there = {path.relative_to(PLUGIN).as_posix() for path in PLUGIN.rglob("*.json")}
    assert there == set(made()) == set(SHIPPED)


def test_the_plugin_has_the_version_of_the_package_and_paths_that_lead_somewhere():
    for name in (".claude-plugin/plugin.json", ".codex-plugin/plugin.json", "gemini/gemini-extension.json"):
        held = json.loads((PLUGIN / name).read_text(encoding="utf-8"))
        assert held["version"] == cosmemory.__version__
        for path in (value for value in held.values() if isinstance(value, str) and value.startswith("./")):
            assert (PLUGIN / path).exists(), path


def test_every_event_is_named_once_and_answered_in_time():
    for events in (facts.CLAUDE, facts.CODEX, facts.GEMINI, facts.CURSOR):
        assert len({each.name for each in events}) == len(events)
        assert all(0 < each.seconds <= 10 for each in events)


def test_every_event_that_the_hook_answers_is_asked_for_and_no_other_is_named_for_a_harness():
    asked = {each.name for each in facts.CLAUDE}
    assert set(HANDLERS) <= asked
    for dialect, events in ((codex, facts.CODEX), (gemini, facts.GEMINI), (cursor, facts.CURSOR)):
        assert {dialect.EVENTS.get(each.name, each.name) for each in events} <= asked


def test_a_skill_is_called_as_its_folder_and_says_what_it_is_for():
    assert [path.name for path in SKILLS] == ["cosmemory"]
    for folder in SKILLS:
        text = (folder / "SKILL.md").read_text(encoding="utf-8")
        front, _, body = text.removeprefix("---\n").partition("\n---\n")
        held = yaml.safe_load(front)
        assert set(held) <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
        assert held["name"] == folder.name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", held["name"])
        assert len(held["name"]) <= 64
        assert 0 < len(held["description"]) <= 1024
        assert len(held["compatibility"]) <= 500
        assert body.count("\n") < 120  # the published bound is 500, and all of it is read each time


def test_links_of_a_skill_lead_to_its_references_and_each_is_linked():
    for folder in SKILLS:
        links = set(re.findall(r"\]\(([^)#]+)\)", (folder / "SKILL.md").read_text(encoding="utf-8")))
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")} - {"SKILL.md"}
        assert links == there


@pytest.mark.parametrize(
    "page", [page for page in TEXTS if "skills" in page.parts], ids=lambda page: page.name
)
def test_every_command_of_a_skill_runs_in_a_new_memory(project, page):
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert blocks
    asked = "cosmemory handoff show login-1 | sed -n 's/^hash of what it says: //p'"
    script = "\n".join(blocks).replace("HASH", f'"$({asked})"')
    ran = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert main(["validate"]) == 0


def test_commands_named_in_passing_are_there():
    for page in TEXTS:
        for words in NAMED.findall(page.read_text(encoding="utf-8")):
            first, *more = words.split()
            if first == "lsp" and page.name == "README.md":
                continue  # which says that it is not there yet
            asked = [first, *[each for each in more[:1] if each.islower() and each.isalpha()], "--help"]
            if first != "--help":
                assert first in COMMANDS, (page.name, words)
                assert main(asked) == 0, (page.name, words)


@pytest.mark.parametrize(
    "option",
    sorted(
        {
            option
            for page in TEXTS
            for option in re.findall(r"`cosmemory [a-z ]*?(\w+ --[a-z-]+)`", page.read_text(encoding="utf-8"))
        }
    ),
)
def test_options_named_in_passing_are_there(option, capsys):
    command, name = option.split()
    assert main([command, "--help"]) == 0
    assert f"{name} " in capsys.readouterr().out


def test_the_section_for_agents_is_short():
    assert plugin_text("section.md").count("\n") < 20
    assert "<!--" not in plugin_text("section.md")


def test_the_files_of_the_skill_are_found_by_name():
    assert plugin_names("skills/cosmemory") == (
        "SKILL.md",
        "references/handoffs.md",
        "references/more.md",
        "references/trouble.md",
    )


# What OpenCode does is told by hand here: its plugin is run by node, and answers of cosmemory are real.
STORY = """
import { Cosmemory } from PLUGIN
const hooks = await Cosmemory({ directory: process.cwd() })
const say = (name, value) => console.log(JSON.stringify([name, value]))
const message = async (text) =>
  hooks["chat.message"]({ sessionID: "s1", messageID: text }, { parts: [{ type: "text", text }] })
const told = async () => {
  const output = { system: [] }
  await hooks["experimental.chat.system.transform"]({ sessionID: "s1" }, output)
  return output.system.join("\\n")
}
await hooks.event({ event: { type: "session.idle", properties: { sessionID: "s1" } } })
await message("hello")
say("first", await told())
await hooks["experimental.session.compacting"]({ sessionID: "s1" }, { context: [] })
await hooks.event({ event: { type: "session.compacted", properties: { sessionID: "s1" } } })
say("compacted", await told())
const output = { title: "", output: "done", metadata: {} }
const args = { filePath: process.cwd() + "/src/x.py", content: "x" }
await hooks["tool.execute.before"]({ tool: "write", sessionID: "s1", callID: "c1" }, { args })
await hooks["tool.execute.after"]({ tool: "write", sessionID: "s1", callID: "c1", args }, output)
say("written", output.output)
await hooks.event({ event: { type: "session.idle", properties: { sessionID: "s1" } } })
await hooks.dispose()
"""


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    version = (
        subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        if found
        else ""
    )
    if not version or int(version.strip("v\n").split(".")[0]) < 18:
        pytest.skip("there is no node that runs modules")
    return found


def play(node: str, project: Path, story: str) -> dict[str, str]:
    # Node before 23 takes no types; the plugin has none, so that it is a module as it stands.
    plugin = project / "plugin.mjs"
    shutil.copy(project / ".opencode/plugins/cosmemory.ts", plugin)
    (project / "story.mjs").write_text(story.replace("PLUGIN", json.dumps(plugin.as_uri())))
    ran = subprocess.run([node, "story.mjs"], cwd=project, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return dict(json.loads(line) for line in ran.stdout.splitlines())


def test_the_plugin_of_opencode_tells_cosmemory_and_takes_its_answers(project, node, capsys):
    main(["focus", "Ship the login page"])
    main(["setup", "opencode", "--python"])
    told = play(node, project, STORY)
    assert "Ship the login page" in told["first"]
    assert "Ship the login page" in told["compacted"]
    assert told["written"] == "done"
    capsys.readouterr()
    main(["events", "--json"])
    types = [
        event["action"]
        for event in json.loads(capsys.readouterr().out)["events"]
        if event["type"] == "session"
    ]
    assert len(types) >= 2
    main(["session", "show", "--json"])
    assert '"active"' not in capsys.readouterr().out


def test_the_plugin_of_opencode_does_nothing_where_cosmemory_is_not_found(project, node):
    main(["setup", "opencode"])
    path = project / ".opencode/plugins/cosmemory.ts"
    path.write_text(path.read_text().replace('"cosmemory", "hook"', '"/no/such/program", "hook"'))
    assert play(node, project, STORY) == {"first": "", "compacted": "", "written": "done"}


def test_the_plugin_of_opencode_refuses_a_tool_with_the_reason(project, node):
    main(["setup", "opencode"])
    path = project / ".opencode/plugins/cosmemory.ts"
    answer = {"hookSpecificOutput": {"permissionDecision": "deny", "permissionDecisionReason": "no table"}}
    (project / "deny.sh").write_text(f"cat > asked.json; echo '{json.dumps(answer)}'\n")
    path.write_text(
        path.read_text().replace('["cosmemory", "hook", "--harness", "opencode"]', '["sh", "deny.sh"]')
    )
    story = """
import { Cosmemory } from PLUGIN
const hooks = await Cosmemory({ directory: process.cwd() })
const args = { filePath: "/p/design/memory/cos-state.md", oldString: "a", newString: "b", replaceAll: true }
try {
  await hooks["tool.execute.before"]({ tool: "edit", sessionID: "s1", callID: "c1" }, { args })
} catch (error) {
  console.log(JSON.stringify(["refused", error.message]))
}
"""
    assert play(node, project, story) == {"refused": "no table"}
    asked = json.loads((project / "asked.json").read_text())
    assert asked == {
        "cwd": str(project),
        "hook_event_name": "PreToolUse",
        "session_id": "s1",
        "tool_name": "Edit",
        "tool_use_id": "c1",
        "tool_input": {
            "file_path": "/p/design/memory/cos-state.md",
            "old_string": "a",
            "new_string": "b",
            "replace_all": True,
        },
    }
