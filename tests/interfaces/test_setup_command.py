"""What `setup` writes into a project for each coding agent, tells of it, and takes out again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from cosmemory.errors import EditedMeanwhile, NotSaved
from cosmemory.frozen import replace
from cosmemory.interfaces.cli.commands.setup import NAMES
from cosmemory.interfaces.cli.setup.harnesses import HARNESSES
from cosmemory.interfaces.cli.setup.planning import carry_out, plan_setup
from cosmemory.interfaces.cli.setup.program import Program

ROOT = Path(__file__).parents[2]
SKILL = ["SKILL.md", "references/handoffs.md", "references/more.md", "references/trouble.md"]
FILES = {
    "claude": [".claude/settings.json", ".mcp.json", *(f".claude/skills/cosmemory/{name}" for name in SKILL)],
    "codex": [".codex/hooks.json", ".codex/config.toml", "AGENTS.md"],
    "gemini": [".gemini/settings.json", "GEMINI.md"],
    "cursor": [".cursor/hooks.json", ".cursor/mcp.json", "AGENTS.md"],
    "opencode": [".opencode/plugins/cosmemory.ts", "opencode.json", "AGENTS.md"],
}
SHARED = [f".agents/skills/cosmemory/{name}" for name in SKILL]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project with a memory, whose shell finds cosmemory."""
    folder = tmp_path / "project"
    (folder / "design" / "memory").mkdir(parents=True)
    program = tmp_path / "bin" / "cosmemory"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cosmemory "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("COSMEMORY_ROOT", "CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    return folder


def files(project: Path) -> dict[str, bytes]:
    found = (path for path in project.rglob("*") if path.is_file() and "design" not in path.parts)
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in found}


def folders(project: Path) -> list[str]:
    return sorted(path.name for path in project.iterdir())


@pytest.mark.parametrize("harness", NAMES)
def test_a_harness_gets_its_files_and_gives_them_back(project, harness, capsys):
    assert main(["setup", harness]) == 0
    wanted = FILES[harness] + (SHARED if harness != "claude" else [])
    assert sorted(files(project)) == sorted(wanted)
    told = capsys.readouterr().out.split("\n")
    assert sorted(told[:-2]) == sorted(f"made {path}" for path in wanted)
    once = files(project)
    assert main(["setup", harness]) == 0
    assert files(project) == once
    assert capsys.readouterr().out == f"{HARNESSES[harness].title} uses the memory already\n"
    assert main(["setup", harness, "--check"]) == 0
    assert "BAD" not in capsys.readouterr().out
    assert main(["setup", harness, "--remove"]) == 0
    assert folders(project) == ["design"]
    assert main(["setup", harness, "--check"]) == 1


def test_the_names_are_those_that_are_known():
    assert tuple(HARNESSES) == NAMES


def test_hooks_of_claude_code_need_no_shell(project):
    main(["setup", "claude"])
    hooks = json.loads((project / ".claude/settings.json").read_text())["hooks"]
    assert hooks["PreToolUse"] == [
        {
            "matcher": "Edit|Write|MultiEdit",
            "hooks": [
                {
                    "type": "command",
                    "command": "cosmemory",
                    "args": ["hook", "--harness", "claude"],
                    "timeout": 5,
                }
            ],
        }
    ]
    assert {name for name, groups in hooks.items() if "matcher" in groups[0]} == {"PreToolUse", "PostToolUse"}


def test_gemini_counts_in_milliseconds_and_cursor_says_its_version(project):
    main(["setup", "gemini"])
    main(["setup", "cursor"])
    gemini = json.loads((project / ".gemini/settings.json").read_text())
    assert {group["hooks"][0]["timeout"] for groups in gemini["hooks"].values() for group in groups} == {
        5000,
        10000,
    }
    assert gemini["mcpServers"] == {"cosmemory": {"command": "cosmemory", "args": ["mcp"]}}
    cursor = json.loads((project / ".cursor/hooks.json").read_text())
    assert cursor["version"] == 1
    assert cursor["hooks"]["preToolUse"] == [
        {"command": "cosmemory hook --harness cursor", "timeout": 5, "matcher": "Write|Edit|Delete"}
    ]
    server = json.loads((project / ".cursor/mcp.json").read_text())["mcpServers"]["cosmemory"]
    assert server == {"command": "cosmemory", "args": ["mcp", "--root", "${workspaceFolder}"]}


def test_codex_gets_a_table_and_is_to_be_trusted(project, capsys):
    main(["setup", "codex"])
    told = capsys.readouterr()
    assert "trusted them in /hooks" in told.err
    held = tomllib.loads((project / ".codex/config.toml").read_text())
    assert held == {"mcp_servers": {"cosmemory": {"command": "cosmemory", "args": ["mcp"]}}}


@pytest.mark.parametrize("harness", ["claude", "codex", "gemini", "cursor"])
def test_the_call_in_the_file_hands_out_the_brief(project, harness):
    main(["init"])
    main(["focus", "Ship the login page"])
    main(["setup", harness])
    event = "sessionStart" if harness == "cursor" else "SessionStart"
    payload = {"hook_event_name": event, "session_id": "s-1", "cwd": str(project), "source": "startup"}
    line = call_in(project, harness, event)
    ran = subprocess.run(line, input=json.dumps(payload), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Ship the login page" in ran.stdout


def call_in(project: Path, harness: str, event: str) -> list[str]:
    path = next(path for path in FILES[harness] if path.endswith(("settings.json", "hooks.json")))
    entry = json.loads((project / path).read_text())["hooks"][event][0]
    entry = entry.get("hooks", [entry])[0]
    return [entry["command"], *entry["args"]] if "args" in entry else ["sh", "-c", entry["command"]]


def test_what_another_harness_reads_too_stays_until_the_last_has_gone(project, capsys):
    for harness in ("codex", "opencode"):
        main(["setup", harness])
    main(["setup", "codex", "--remove"])
    assert "note: AGENTS.md stays for OpenCode" in capsys.readouterr().err
    assert sorted(files(project)) == sorted(FILES["opencode"] + SHARED)
    main(["setup", "opencode", "--remove"])
    assert folders(project) == ["design"]


def test_gemini_reads_agents_md_where_its_settings_say_so(project):
    (project / ".gemini").mkdir()
    settings = project / ".gemini" / "settings.json"
    settings.write_text('{"context": {"fileName": ["AGENTS.md"]}}')
    main(["setup", "gemini"])
    assert (project / "AGENTS.md").exists()
    assert not (project / "GEMINI.md").exists()
    settings.write_text(settings.read_text().replace("AGENTS.md", "OTHER.md"))
    main(["setup", "gemini", "--remove"])
    assert sorted(files(project)) == [".gemini/settings.json"]


def test_opencode_keeps_the_file_that_it_has(project):
    (project / "opencode.jsonc").write_text("{\n  // mine\n}\n")
    main(["setup", "opencode"])
    assert "// mine" in (project / "opencode.jsonc").read_text()
    assert not (project / "opencode.json").exists()
    main(["setup", "opencode", "--remove"])
    assert files(project) == {"opencode.jsonc": b"{\n  // mine\n}\n"}


def test_a_dry_run_shows_the_difference_and_changes_nothing(project, capsys):
    (project / ".mcp.json").write_text('{\n  "mcpServers": {}\n}')
    before = files(project)
    main(["setup", "claude", "--dry-run"])
    out = capsys.readouterr().out
    assert '+  "mcpServers": {"cosmemory": {\n' in out
    assert "--- .mcp.json" in out
    assert files(project) == before
    main(["setup", "claude", "--dry-run", "--json"])
    held = json.loads(capsys.readouterr().out)
    assert (held["kind"], held["dry_run"]) == ("setup", True)
    assert ".mcp.json" in held["changed"]
    assert held["diff"] == out


def test_a_check_names_what_is_missing_out_of_date_or_edited(project, capsys):
    main(["setup", "claude"])
    (project / ".mcp.json").unlink()
    settings = project / ".claude/settings.json"
    settings.write_text(settings.read_text().replace('"timeout": 10', '"timeout": 11', 1))
    skill = project / ".claude/skills/cosmemory/SKILL.md"
    skill.write_text(skill.read_text().replace("# The memory", "# Our memory"))
    capsys.readouterr()
    assert main(["setup", "claude", "--check"]) == 1
    told = capsys.readouterr()
    assert told.out.split("\n")[:4] == [
        "BAD  .claude/settings.json: hooks out of date",
        "BAD  .mcp.json: MCP server missing",
        "ok   .claude/skills/cosmemory/SKILL.md: skill edited by hand",
        "ok   .claude/skills/cosmemory/references/handoffs.md: skill reference installed",
    ]
    assert told.err == "note: cosmemory setup claude puts in what is missing\n"
    assert main(["setup", "claude", "--check", "--json"]) == 1
    held = json.loads(capsys.readouterr().out)
    assert (held["good"], held["found"], held["parts"][1]["state"]) == (False, True, "missing")
    main(["setup", "claude"])
    assert "SKILL.md was edited by hand and stays" in capsys.readouterr().err
    assert main(["setup", "claude", "--check"]) == 0
    main(["setup", "claude", "--remove"])
    assert list(files(project)) == [".claude/skills/cosmemory/SKILL.md"]


def test_a_check_tells_that_all_hooks_are_switched_off(project, capsys):
    for name in ("claude", "codex"):
        main(["setup", name])
    (project / ".claude/settings.local.json").write_text('{"disableAllHooks": true} // for now')
    table = project / ".codex/config.toml"
    table.write_text(f"[features]\nhooks = false\n{table.read_text()}")
    capsys.readouterr()
    for name, told in (
        ("claude", ".claude/settings.local.json says disableAllHooks"),
        ("codex", ".codex/config.toml says hooks = false"),
    ):
        assert main(["setup", name, "--check"]) == 1
        assert f"BAD  all hooks are switched off: {told}\n" in capsys.readouterr().out
    main(["setup", "claude", "--check", "--json"])
    held = json.loads(capsys.readouterr().out)
    assert (held["good"], held["switched_off"]) == (False, ".claude/settings.local.json says disableAllHooks")


def test_where_cosmemory_is_not_on_the_path_it_is_said_and_python_is_offered(project, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["setup", "claude"]) == 0
    assert "warning: cosmemory is not on the PATH" in capsys.readouterr().err
    assert main(["setup", "claude", "--check"]) == 1
    assert "BAD  cosmemory is not on the PATH" in capsys.readouterr().out
    assert main(["setup", "claude", "--python"]) == 0
    assert "not on the PATH" not in capsys.readouterr().err
    assert main(["setup", "claude", "--check"]) == 0
    assert capsys.readouterr().err == ""
    server = json.loads((project / ".mcp.json").read_text())["mcpServers"]["cosmemory"]
    assert server == {"command": sys.executable, "args": ["-P", "-m", "cosmemory", "mcp"]}
    main(["setup", "claude", "--remove"])
    assert folders(project) == ["design"]


def test_a_memory_elsewhere_is_named_in_the_call(project, tmp_path, monkeypatch):
    elsewhere = tmp_path / "state"
    main(["--root", str(elsewhere), "init"])
    (project / ".git").mkdir()
    (project / "src").mkdir()
    monkeypatch.chdir(project / "src")
    assert main(["--root", str(elsewhere), "setup", "claude"]) == 0
    server = json.loads((project / ".mcp.json").read_text())["mcpServers"]["cosmemory"]
    assert server["args"] == ["mcp", "--root", str(elsewhere)]


def test_a_project_without_a_memory_is_told_to_make_one_and_can_still_be_cleaned(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COSMEMORY_ROOT", raising=False)
    assert main(["setup", "claude"]) == 2
    assert "cosmemory init makes one here" in capsys.readouterr().err
    (tmp_path / ".mcp.json").write_text(
        '{"mcpServers": {"cosmemory": {"command": "cosmemory", "args": ["mcp"]}}}'
    )
    assert main(["setup", "claude", "--remove"]) == 0
    assert (tmp_path / ".mcp.json").read_text() == '{"mcpServers": {}}'


def test_nothing_is_written_where_one_file_is_refused(project, capsys):
    (project / ".mcp.json").write_text('{"mcpServers": {')
    assert main(["setup", "claude"]) == 1
    told = capsys.readouterr().err
    assert told == (
        "error: .mcp.json:1:17: the text ends here.\n"
        "hint: Mend it in an editor and call setup again; nothing was changed.\n"
    )
    assert files(project) == {".mcp.json": b'{"mcpServers": {'}
    assert main(["setup", "claude", "--check"]) == 1


@pytest.mark.parametrize(
    ("more", "said"), [(["--remove"], "Leave --remove"), (["--dry-run"], "Leave --remove")]
)
def test_a_check_is_nothing_else(project, capsys, more, said):
    assert main(["setup", "claude", "--check", *more]) == 2
    assert said in capsys.readouterr().err


def test_an_unknown_harness_is_refused(project, capsys):
    assert main(["setup", "clause"]) == 2
    assert "claude" in capsys.readouterr().err


def test_a_link_inside_the_project_is_followed_and_stays_one(project):
    (project / "docs").mkdir()
    (project / "docs/AGENTS.md").write_text("# Mine\n")
    (project / "AGENTS.md").symlink_to("docs/AGENTS.md")
    main(["setup", "codex"])
    assert (project / "AGENTS.md").is_symlink()
    assert b"cosmemory:begin" in (project / "docs/AGENTS.md").read_bytes()
    main(["setup", "codex", "--remove"])
    assert (project / "docs/AGENTS.md").read_text() == "# Mine\n"


@pytest.mark.parametrize("path", [".mcp.json", ".claude"])
def test_a_link_out_of_the_project_is_refused(project, tmp_path, capsys, path):
    outside = tmp_path / "dotfiles"
    outside.mkdir()
    (outside / "x.json").write_text("{}")
    (project / path).symlink_to(outside / "x.json" if path == ".mcp.json" else outside)
    assert main(["setup", "claude"]) == 2
    assert "leads out of the project" in capsys.readouterr().err
    assert (outside / "x.json").read_text() == "{}"
    assert len(list(outside.iterdir())) == 1


def test_what_is_no_file_is_refused_before_anything_is_written(project, capsys):
    (project / ".mcp.json").mkdir()
    assert main(["setup", "claude"]) == 2
    assert "it is no plain file" in capsys.readouterr().err
    (project / ".codex").write_text("x")
    assert main(["setup", "codex"]) == 2
    assert "is no folder" in capsys.readouterr().err
    (project / "AGENTS.md").symlink_to("nowhere")
    assert main(["setup", "opencode"]) == 2
    assert "a symbolic link to nothing" in capsys.readouterr().err
    assert files(project) == {".codex": b"x"}


def test_the_mode_of_a_file_stays(project):
    (project / ".mcp.json").write_text("{}")
    (project / ".mcp.json").chmod(0o600)
    main(["setup", "claude"])
    assert (project / ".mcp.json").stat().st_mode & 0o777 == 0o600


def test_what_another_program_saves_meanwhile_stays_and_nothing_else_is_written(project):
    plan = plan_setup("claude", str(project), Program())
    last = plan.changes[-1][0]
    (project / last).parent.mkdir(parents=True, exist_ok=True)
    (project / last).write_text('{"mine": 1}')
    with pytest.raises(EditedMeanwhile):
        carry_out(plan)
    assert files(project) == {last: b'{"mine": 1}'}


@pytest.mark.parametrize("remove", [[], ["--remove"]])
@pytest.mark.parametrize("mode", [0o444, 0o400])
def test_a_file_that_somebody_made_read_only_is_refused_before_anything_is_written(
    project, capsys, mode, remove
):
    (project / ".mcp.json").write_text("{}")
    if remove:
        main(["setup", "claude"])
    (project / ".mcp.json").chmod(mode)
    before = files(project)
    capsys.readouterr()
    for more in ([], ["--dry-run"]):
        assert main(["setup", "claude", *remove, *more]) == 2
        assert capsys.readouterr().err == (
            "error: '.mcp.json' is not a safe path: it is read-only, and whoever made it so wants it to stay.\n"
            "hint: chmod u+w .mcp.json\n"
        )
    assert files(project) == before
    main(["setup", "claude", "--check"])  # looks all the same


def test_a_read_only_file_in_which_nothing_changes_is_no_obstacle(project):
    main(["setup", "claude"])
    (project / ".mcp.json").chmod(0o444)
    assert main(["setup", "claude"]) == 0


def test_a_file_of_several_names_is_refused(project, capsys):
    (project / "mine.json").write_text("{}")
    (project / ".mcp.json").hardlink_to(project / "mine.json")
    assert main(["setup", "claude"]) == 2
    assert "it has 2 names (hard links)" in capsys.readouterr().err
    assert files(project) == {"mine.json": b"{}", ".mcp.json": b"{}"}


def stages(monkeypatch, name, number):
    """Makes the call of that number of a function of the system fail, as on a full disk."""
    meant, seen = getattr(os, name), []

    def failing(*given, **more):
        seen.append(given)
        if len(seen) == number:
            raise OSError(28, "No space left on device")
        return meant(*given, **more)

    monkeypatch.setattr(os, name, failing)
    return seen


@pytest.mark.parametrize("harness", ["claude", "codex"])
@pytest.mark.parametrize("name", ["fsync", "mkdir", "link", "replace", "chmod"])
def test_wherever_it_fails_all_files_are_as_they_were(project, capsys, monkeypatch, harness, name):
    main(["setup", harness])
    main(["setup", harness, "--remove"])  # the memory has its lock now
    capsys.readouterr()
    (project / ".mcp.json").write_text("{}")
    (project / "AGENTS.md").write_text("# Mine\n")
    (project / "AGENTS.md").chmod(0o640)
    before, inode = files(project), (project / "AGENTS.md").stat().st_ino
    number = 0
    while True:
        number += 1
        with monkeypatch.context() as patched:
            seen = stages(patched, name, number)
            code = main(["setup", harness])
        told = capsys.readouterr().err
        if len(seen) < number:
            break
        if code:
            assert "No space left on device; nothing was changed.\n" in told
            assert files(project) == before
            assert folders(project) == [".mcp.json", "AGENTS.md", "design"]
            assert (project / "AGENTS.md").stat().st_ino == inode
        else:
            main(["setup", harness, "--remove"])
            (project / "AGENTS.md").chmod(0o640)
            before, inode = files(project), (project / "AGENTS.md").stat().st_ino
            capsys.readouterr()
    assert number > 1
    assert code == 0


def test_what_cannot_be_put_back_is_told_with_where_it_is(project, capsys, monkeypatch):
    (project / ".mcp.json").write_text("{}")
    (project / "AGENTS.md").write_text("# Mine\n")
    meant = os.replace

    def failing(source, target):
        if (
            target.endswith("AGENTS.md")
            and ".cosmemory-" in source
            and b"cosmemory:" not in Path(source).read_bytes()
        ):
            raise OSError(5, "Input/output error")
        if (
            target.endswith(("hooks.json", "config.toml", "SKILL.md"))
            and Path(project / "AGENTS.md").read_bytes() != b"# Mine\n"
        ):
            raise OSError(5, "Input/output error")
        return meant(source, target)

    plan = plan_setup("codex", str(project), Program())
    held = sorted(plan.changes, key=lambda each: each[0] != "AGENTS.md")
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(NotSaved) as refused:
        carry_out(replace(plan, changes=tuple(held)))
    told = str(refused.value)
    kept = told.rpartition("what it was is in ")[2].removesuffix(".")
    assert f"{project / 'AGENTS.md'} stays changed: Input/output error" in told
    assert Path(kept).read_bytes() == b"# Mine\n"


def test_two_setups_at_once_come_out_as_one_after_the_other(project):
    main(["setup", "codex"])
    main(["setup", "opencode"])
    wanted = files(project)
    for harness in ("codex", "opencode"):
        main(["setup", harness, "--remove"])
    assert folders(project) == ["design"]
    for _ in range(3):
        both = [spawn("setup", harness) for harness in ("codex", "opencode")]
        assert [each.wait() for each in both] == [0, 0]
        assert files(project) == wanted
        both = [spawn("setup", harness, "--remove") for harness in ("codex", "opencode")]
        assert [each.wait() for each in both] == [0, 0]
        assert folders(project) == ["design"]


def test_threads_of_one_process_do_not_lose_each_others_parts(project):
    doing = [threading.Thread(target=main, args=(["setup", name],)) for name in ("codex", "gemini", "cursor")]
    for each in doing:
        each.start()
    for each in doing:
        each.join()
    for name in ("codex", "gemini", "cursor"):
        assert main(["setup", name, "--check"]) == 0


def spawn(*words: str) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "cosmemory", *words], **quiet)


def test_whose_files_change_is_told_where_they_are_not_those_from_here(
    project, monkeypatch, tmp_path, capsys
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("COSMEMORY_ROOT", str(project))
    assert main(["setup", "claude"]) == 0
    said = f"the files are those of {project.resolve()}, which holds the memory"
    assert said in capsys.readouterr().err
    assert folders(elsewhere) == []
    monkeypatch.chdir(project / "design")
    assert main(["setup", "claude", "--remove"]) == 0
    assert said not in capsys.readouterr().err
