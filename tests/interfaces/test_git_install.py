"""What `git install` sets, and that `git uninstall` leaves no trace of it."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosmemory.__main__ import main
from cosmemory.errors import NotSaved, Refused
from cosmemory.interfaces.cli.git_calls import repository_of
from cosmemory.interfaces.cli.git_driver import driver_command, page_path
from cosmemory.interfaces.cli.git_settings import Change, save_settings
from cosmemory.interfaces.cli.saving import save_file
from tests.interfaces.repositories import ROOT, Project, isolate, new_repository

BLOCK = """\
# >>> cosmemory >>>
# Pages are merged by meaning once 'cosmemory git install' was run in a clone; until then line by line.
*.md merge=cosmemory diff=markdown -text
# <<< cosmemory <<<
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with a new memory, and nothing committed."""
    isolate(monkeypatch, tmp_path)
    return made(tmp_path / "project")


def made(folder: Path, memory: str = "design/memory") -> Project:
    new_repository(folder)
    project = Project(folder, memory)
    assert main(["--root", str(project.root), "init"]) == 0
    return project


def tree(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def attributes(project: Project) -> Path:
    return project.root / ".gitattributes"


def merge_attribute(project: Project, page: str = "cos-state.md") -> str:
    path = str(project.root / page)
    return project.git("check-attr", "merge", "--", path).stdout.rpartition(": ")[2].strip()


def test_pages_are_named_for_a_driver_that_this_clone_has(project, capsys):
    project.call("git", "install")
    assert attributes(project).read_text(encoding="utf-8") == BLOCK
    assert merge_attribute(project, "alerts/active-alerts.md") == "cosmemory"
    assert merge_attribute(project, "performance/reports/chart.svg") == "unspecified"
    assert project.git("config", "merge.cosmemory.recursive").stdout == "cosmemory-base\n"
    capsys.readouterr()
    project.call("git", "install", "--check")
    assert capsys.readouterr().out.split("\n") == [
        "ok   pages are named for the driver",
        "ok   this clone has the driver",
        "ok   the driver merges by meaning",
        "ok   .cosmemory/ stays out of git",
        "",
    ]


def test_twice_is_once(project, capsys):
    project.call("git", "install")
    once = tree(project.folder)
    capsys.readouterr()
    project.call("git", "install")
    assert capsys.readouterr().out == "git merges pages by meaning already\n"
    assert tree(project.folder) == once


def test_it_goes_without_a_trace(project, capsys):
    before = tree(project.folder)
    project.call("git", "install")
    assert tree(project.folder) != before
    project.call("git", "uninstall")
    assert tree(project.folder) == before
    project.call("git", "uninstall")
    assert capsys.readouterr().out.endswith("git merges pages line by line already\n")


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_a_dry_run_shows_everything_and_changes_nothing(project, capsys, command):
    if command == "uninstall":
        project.call("git", "install")
    before = tree(project.folder)
    capsys.readouterr()
    project.call("git", command, "--dry-run")
    sign = "+" if command == "install" else "-"
    shown = capsys.readouterr().out.split("\n")
    assert f"{sign}*.md merge=cosmemory diff=markdown -text" in shown
    assert f'{sign}\trecursive = "cosmemory-base"' in shown
    assert tree(project.folder) == before


def test_what_was_done_is_told_as_json(project, capsys):
    capsys.readouterr()
    project.call("--json", "git", "install")
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "git"
    assert told["changed"] == [str(attributes(project)), str(project.folder / ".git" / "config")]
    project.call("git", "install", "--check", "--json")
    assert json.loads(capsys.readouterr().out)["good"] is True


any_attributes = st.lists(
    st.sampled_from(
        ["*.png binary", "* text=auto", "*.md merge=union", "# ours", "", "  ", "[attr]page text", "\ufeff"]
    )
    | st.text(st.characters(codec="utf-8", exclude_characters="\n\0"), max_size=12)
).flatmap(lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(lines).encode()))
any_settings = st.lists(
    st.sampled_from(
        [
            "[user]",
            "\tname = x",
            "# a comment",
            "",
            '[merge "union"]',
            "\tname = u",
            "[alias]",
            "\tx = !y",
            "; z",
        ]
    )
).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(["[core]", *lines]).encode())
)


@given(any_attributes, any_settings)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stood_in_the_attributes_and_the_settings_stands_there_afterwards(project, held, config):
    attributes(project).write_bytes(held)
    own = project.folder / ".git" / "config"
    own.write_bytes(config)
    project.call("git", "install")
    assert attributes(project).read_bytes().startswith(held)
    assert merge_attribute(project) == "cosmemory"
    project.call("git", "uninstall")
    assert attributes(project).read_bytes() == held
    assert own.read_bytes() == config
    attributes(project).unlink()


def test_a_block_that_somebody_edited_is_left_as_it_is(project):
    project.call("git", "install")
    edited = BLOCK.replace(" -text", " text eol=lf").replace("# <<<", "*.svg -diff\n# <<<")
    attributes(project).write_text(edited, encoding="utf-8")
    project.call("git", "install")
    assert attributes(project).read_text(encoding="utf-8") == edited
    project.call("git", "uninstall")
    assert attributes(project).read_text(encoding="utf-8") == "*.svg -diff\n"


def test_lines_of_ones_own_that_name_the_driver_are_enough(project):
    (project.folder / ".gitattributes").write_text(
        "design/memory/**/*.md merge=cosmemory\n", encoding="utf-8"
    )
    (project.folder / ".gitattributes").write_text("*.md merge=cosmemory\n", encoding="utf-8")
    project.call("git", "install")
    assert not attributes(project).exists()
    project.call("git", "install", "--check")


def test_a_colleague_takes_the_driver_out_of_one_clone_alone(project):
    project.call("git", "install")
    project.call("git", "uninstall", "--keep-attributes")
    assert attributes(project).read_text(encoding="utf-8") == BLOCK
    assert project.git("config", "merge.cosmemory.driver", code=1).stdout == ""


def test_a_driver_of_ones_own_configuration_serves_every_clone(project, tmp_path, monkeypatch):
    own = tmp_path / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    project.call("git", "install")
    config = project.folder / ".git" / "config"
    own.write_bytes(config.read_bytes())
    project.call("git", "uninstall", "--keep-attributes")
    before = config.read_bytes()
    project.call("git", "install", "--check")
    project.call("git", "install")
    assert config.read_bytes() == before


def test_a_setting_of_an_older_installation_is_brought_up_to_date(project):
    own = project.folder / ".git" / "config"
    before = own.read_bytes()
    project.call("git", "install")
    project.git("config", "merge.cosmemory.driver", "gone/python -m cosmemory")
    project.git("config", "user.name", "x")
    project.call("git", "install", "--check", code=1)
    project.call("git", "install")
    project.call("git", "install", "--check")
    project.call("git", "uninstall")
    assert own.read_bytes() == before + b"[user]\n\tname = x\n"


# ------------------------------------------------------------------------------------------------ where it works


@pytest.mark.parametrize("name", ["a b", 'it\'s "so"', "50% $HOME `x` [a]*?", "ä 猫"])
def test_any_path_will_do(tmp_path, monkeypatch, name):
    isolate(monkeypatch, tmp_path)
    project = made(tmp_path / name, f"{name}/memory")
    project.call("git", "install")
    project.call("git", "install", "--check")
    assert merge_attribute(project) == "cosmemory"


def test_a_memory_may_be_the_whole_repository(tmp_path, monkeypatch):
    isolate(monkeypatch, tmp_path)
    project = made(tmp_path / "memory", "")
    project.call("git", "install")
    project.call("git", "install", "--check")
    assert merge_attribute(project, "alerts/active-alerts.md") == "cosmemory"


def test_a_subfolder_a_work_tree_and_a_submodule_are_places_to_work_from(project, tmp_path, monkeypatch):
    project.commit()
    project.git("worktree", "add", "-q", str(tmp_path / "beside"))
    project.git("init", "-q", "-b", "main", str(tmp_path / "outer"))
    outer = Project(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(project.folder), "inner")
    for place in ("beside/design", "outer/inner/design/memory/alerts"):
        monkeypatch.chdir(tmp_path / place)
        assert main(["git", "install"]) == 0
        assert main(["git", "install", "--check"]) == 0
        assert main(["git", "uninstall"]) == 0
    assert outer.git("config", "--get-regexp", "merge", code=1).stdout == ""


@pytest.mark.parametrize("name", ["a b", 'it\'s "so" 50%A $HOME `x`;#'])
def test_the_interpreter_may_lie_anywhere(project, tmp_path, monkeypatch, name):
    folder = tmp_path / name
    folder.mkdir()
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    project.call("git", "install")
    assert program.parent.name[:3] in project.git("config", "merge.cosmemory.driver").stdout
    project.call("git", "install", "--check")


def test_an_installed_package_is_found_without_a_path_and_a_checkout_by_its_own(monkeypatch, tmp_path):
    home = str(ROOT)
    missing = subprocess.CompletedProcess([], 1, stdout="")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: missing)
    assert driver_command().startswith(f"PYTHONPATH={shlex.quote(home)} {shlex.quote(sys.executable)} -P ")
    found = subprocess.CompletedProcess([], 0, stdout=f"{home}/cosmemory/__init__.py")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: found)
    assert driver_command().startswith(f"{shlex.quote(sys.executable)} -P -m cosmemory git merge-driver ")


def test_a_hook_of_git_may_call_it(project, monkeypatch):
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.chdir(project.folder)
    assert main(["git", "install"]) == 0


# ----------------------------------------------------------------------------------------- what stands in its way


def test_without_a_repository_there_is_a_sentence(tmp_path, monkeypatch, capsys):
    isolate(monkeypatch, tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert main(["--root", str(tmp_path / "memory"), "init"]) == 0
    for arguments in (["git", "install"], ["git", "install", "--check"], ["git", "uninstall"]):
        capsys.readouterr()
        assert main(["--root", str(tmp_path / "memory"), *arguments]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith(f"error: {tmp_path / 'memory'} is in no work tree of git.\nhint: ")


def test_without_git_there_is_a_sentence(project, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(project.folder))
    capsys.readouterr()
    project.call("git", "install", code=2)
    assert capsys.readouterr().err.startswith("error: There is no git on the PATH.\nhint: ")


def test_what_git_refuses_is_told_in_its_words(project, monkeypatch, capsys):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    capsys.readouterr()
    project.call("git", "install", code=2)
    assert capsys.readouterr().err.startswith(
        f"error: git refuses to work in {project.root}: detected dubious owner"
    )


def test_a_disk_that_takes_nothing_more_leaves_everything_as_it_was(project, monkeypatch, capsys):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = tree(project.folder)
    monkeypatch.setattr(os, "fsync", full)
    project.call("git", "install", code=2)
    assert tree(project.folder) == before
    with pytest.raises(NotSaved, match="No space left"):
        save_file(str(project.root / "notes.md"), b"new")
    assert tree(project.folder) == before


def test_attributes_behind_a_link_are_refused_since_git_does_not_read_them(project, capsys):
    (project.folder / "elsewhere").write_text("*.png binary\n", encoding="utf-8")
    attributes(project).symlink_to(project.folder / "elsewhere")
    project.call("git", "install", code=2)
    assert "symbolic link" in capsys.readouterr().err
    assert (project.folder / "elsewhere").read_text(encoding="utf-8") == "*.png binary\n"


def test_a_configuration_that_somebody_else_is_changing_is_left_alone(project, capsys):
    (project.folder / ".git" / "config.lock").write_bytes(b"")
    before = tree(project.folder)
    project.call("git", "install", code=1)
    assert "is being changed by another program" in capsys.readouterr().err
    assert tree(project.folder) == before


def test_settings_that_git_would_read_otherwise_are_never_put_in_place(project):
    repository, own = repository_of(str(project.root)), project.folder / ".git" / "config"
    before = tree(project.folder)
    for after in (b"[core", b"", own.read_bytes() + b"[user]\n\tname = x\n"):
        change = Change(path=str(own), before=own.read_bytes(), after=after)
        with pytest.raises(Refused, match="would not read"):
            save_settings(repository, change)
    with pytest.raises(Refused, match="was changed meanwhile"):
        save_settings(repository, Change(path=str(own), before=b"", after=b""))
    assert tree(project.folder) == before


def test_a_check_names_what_is_missing(project, capsys):
    capsys.readouterr()
    project.call("git", "install", "--check", code=1)
    said = capsys.readouterr()
    assert "BAD  this clone has no driver: git merges line by line\n" in said.out
    assert said.err == "hint: cosmemory git install sets what is missing.\n"


def test_a_check_runs_the_driver_and_tells_why_it_does_not(project, capsys):
    project.call("git", "install")
    project.git("config", "merge.cosmemory.driver", "/nowhere/python %O %A %B; exit 1")
    capsys.readouterr()
    project.call("git", "install", "--check", code=1)
    assert "BAD  the driver does not work: " in capsys.readouterr().out


def test_a_check_tells_of_an_own_folder_that_got_into_git(project, capsys):
    project.call("git", "install")
    (project.root / ".cosmemory" / ".gitignore").write_bytes(b"")
    for said in (
        "is not ignored by git: write * into .cosmemory/.gitignore",
        "is in git: git rm -r --cached takes",
    ):
        capsys.readouterr()
        project.call("git", "install", "--check", code=1)
        told = capsys.readouterr()
        assert f"BAD  .cosmemory/ {said}" in told.out
        assert told.err == ""
        project.git("add", "design/memory/.cosmemory")


# ------------------------------------------------------------------------------------------------- bytes of pages


def test_pages_keep_their_line_ends_whatever_the_settings_are(project):
    page = project.root / "team-roster.md"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    held = page.read_bytes()
    (project.folder / ".gitattributes").write_text("* text=auto eol=lf\n", encoding="utf-8")
    project.call("git", "install")
    project.commit()
    page.unlink()
    project.git("-c", "core.autocrlf=input", "checkout", "--", ".")
    assert page.read_bytes() == held


def test_pages_whose_line_ends_git_changes_already_are_left_to_the_settings(project, capsys):
    page = project.root / "team-roster.md"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    (project.folder / ".gitattributes").write_text("* text=auto\n", encoding="utf-8")
    project.commit()
    project.call("git", "install")
    assert attributes(project).read_text(encoding="utf-8") == BLOCK.replace(" -text", "")
    assert "team-roster.md has other line ends" in capsys.readouterr().err
    project.git("add", "-A")
    assert project.status() == "A  design/memory/.gitattributes\n"


def test_a_difference_names_the_heading_above_it(project):
    project.call("git", "install")
    page = project.root / "notes.md"
    page.write_text(
        "# Notes\n\n" + "one\n" * 9 + "\n## Later\n\n" + "two\n" * 9 + "three\n", encoding="utf-8"
    )
    project.commit()
    page.write_text(page.read_text(encoding="utf-8").replace("three", "four"), encoding="utf-8")
    assert "@@ ## Later\n" in project.git("diff").stdout


# ------------------------------------------------------------------------------------------------ names of pages


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("design/memory/cos-state.md", "cos-state.md"),
        ("a/design/memory/design/memory/alerts/active-alerts.md", "alerts/active-alerts.md"),
        ("own/place/alerts/active-alerts.md", "alerts/active-alerts.md"),
        ("own/performance/agent-a-2026-11.md", "performance/agent-a-2026-11.md"),
        ("./coordination-log-2026-W46.md", "coordination-log-2026-W46.md"),
        ("notes/a b.md", "notes/a b.md"),
    ],
)
def test_a_path_tells_which_page_it_is(tmp_path, path, page):
    assert page_path(path, str(tmp_path)) == page


def test_the_memory_that_holds_it_tells_which_page_a_file_is(tmp_path):
    (tmp_path / "state" / "notes").mkdir(parents=True)
    (tmp_path / "state" / "cos-state.md").write_text("", encoding="utf-8")
    assert page_path("state/notes/team-roster.md", str(tmp_path)) == "notes/team-roster.md"
