"""What the page about git shows beside its examples: a workflow for hosts without drivers, and a merge done again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.interfaces.repositories import ROOT, Project, isolate, new_repository

PAGE = (ROOT / "docs" / "git.md").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(re.search(r"<!-- workflow -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
AGAIN = re.search(r"by meaning:\n\n```sh\n(cosmemory git install\n.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A clone without the driver, of a repository whose attributes name it, with a program called cosmemory."""
    isolate(monkeypatch, tmp_path)
    program = tmp_path / "bin" / "cosmemory"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cosmemory "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    new_repository(tmp_path / "project")
    project = Project(tmp_path / "project")
    project.call("init")
    project.call("git", "install")
    project.call("git", "uninstall", "--keep-attributes")
    project.commit("Begin")
    project.branch("feature")
    work(project, "tea")
    project.git("checkout", "-q", "main")
    work(project, "coffee")
    return project


def work(project: Project, name: str) -> None:
    project.call("team", "join", name, "--role", "reviewer")
    project.call("log", "focus", "--action", f"Drink {name}")
    project.commit(name)


def shell(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script as CI runs it: it ends with the first command that fails."""
    line = ["bash", "-e", "-c", script]
    environment = {**os.environ, **variables}
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run_workflow(folder: Path) -> subprocess.CompletedProcess[str]:
    """The steps of the workflow that are scripts, with a pull request from feature to main."""
    (job,) = WORKFLOW["jobs"].values()
    scripts = [step for step in job["steps"] if "run" in step]
    assert scripts[0]["run"].startswith("python -m pip install ")
    (step,) = scripts[1:]
    assert step["env"] == {"BASE": "${{ github.base_ref }}"}
    return shell(folder, step["run"], BASE="main")


def host(project: Project, folder: Path) -> Project:
    """A bare repository, which knows no drivers, and a clone of it as CI has it, on the branch feature."""
    project.git("clone", "-q", "--bare", ".", str(folder / "host.git"))
    project.git("clone", "-q", "-b", "feature", str(folder / "host.git"), str(folder / "ci"))
    return Project(folder / "ci")


def test_after_the_workflow_the_host_merges_without_a_driver(project, tmp_path):
    ran = run_workflow(host(project, tmp_path).folder)
    assert ran.returncode == 0, ran.stderr
    bare = Project(tmp_path / "host.git", "")
    assert bare.git("merge-tree", "--write-tree", "main", "feature").returncode == 0
    project.git("pull", "-q", "--no-rebase", str(bare.folder), "feature")
    assert [project.text("coordination-log.md").count(f"Drink {name}\n") for name in ("tea", "coffee")] == [
        1,
        1,
    ]
    project.call("validate", "--strict")


def test_a_dispute_fails_the_workflow_and_leaves_the_branch_as_it_was(project, tmp_path):
    for name in ("main", "feature"):
        project.git("checkout", "-q", name)
        project.call("focus", f"The focus of {name}")
        project.commit(name)
    ci = host(project, tmp_path)
    before = project.git("rev-parse", "feature").stdout
    assert run_workflow(ci.folder).returncode == 1
    assert Project(tmp_path / "host.git", "").git("rev-parse", "feature").stdout == before


def test_a_merge_that_was_begun_without_the_driver_is_done_again_with_it(project):
    project.git("merge", "feature", code=1)
    assert "UU design/memory/coordination-log.md\n" in project.status()
    ran = shell(project.folder, AGAIN)
    assert ran.returncode == 0, ran.stderr
    assert "UU" not in project.status()
    project.git("commit", "-q", "--no-edit")
    assert [project.text("coordination-log.md").count(f"Drink {name}\n") for name in ("tea", "coffee")] == [
        1,
        1,
    ]
    project.call("validate", "--fix")
    project.call("validate", "--strict")


def test_a_side_that_git_is_told_to_prefer_is_not_told_to_the_driver(project):
    project.call("git", "install")
    project.git("merge", "-q", "-X", "ours", "feature")
    assert [project.text("coordination-log.md").count(f"Drink {name}\n") for name in ("tea", "coffee")] == [
        1,
        1,
    ]
