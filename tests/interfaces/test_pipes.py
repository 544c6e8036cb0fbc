"""Pipes in the places of files: told in a sentence at once, and never waited for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cosmemory import open_memory
from cosmemory.operations import agents, runs
from cosmemory.operations.first_pages import initialise

PATIENCE = 30


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "design" / "memory"
    root.mkdir(parents=True)
    memory = open_memory(str(root), actor="kim")
    initialise(memory)
    agents.register(memory, "L2.1")
    runs.create(memory, "run-1", goal="Ship", phases=["scout"])
    return tmp_path


def said(project, *words):
    """The exit code of a command and the first line that it says; it fails where the command waits."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COSMEMORY")}
    ran = subprocess.run(
        [sys.executable, "-m", "cosmemory", *words],
        cwd=project,
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )
    return ran.returncode, (ran.stdout + ran.stderr).partition("\n")[0]


@pytest.mark.parametrize(
    "words", [("status",), ("validate",), ("config", "set", "bounds.decisions", "5"), ("config", "check")]
)
def test_settings_that_are_a_pipe_are_told_at_once(project, words):
    os.mkfifo(project / "cosmemory.toml")
    code, line = said(project, *words)
    assert code > 0
    assert line.endswith("cosmemory.toml: it is a pipe, not a file.")


def test_a_page_that_is_a_pipe_is_no_page(project):
    page = project / "design" / "memory" / "agents" / "L2.2.md"
    os.mkfifo(page)
    assert said(project, "validate")[0] == 0
    assert said(project, "agent", "list") == (0, "L2.1  (pending)")
    sentence = "error: 'agents/L2.2.md' is not a safe path: it is not a plain file."
    assert said(project, "show", "agents/L2.2") == (2, sentence)


def test_a_standard_page_that_is_a_pipe_is_refused_and_missed(project):
    page = project / "design" / "memory" / "cos-state.md"
    page.unlink()
    os.mkfifo(page)
    sentence = "error: 'cos-state.md' is not a safe path: it is not a plain file."
    assert said(project, "status") == (2, sentence)
    assert said(project, "focus", "x") == (2, sentence)
    assert "COS109 this standard page is missing" in said(project, "validate")[1]


def test_a_history_that_is_a_pipe_is_not_waited_for(project):
    spool = project / "design" / "memory" / ".cosmemory" / "spool"
    spool.unlink()
    os.mkfifo(spool)
    sentence = "error: '.cosmemory' is not a safe path: it is not a plain file in plain folders."
    assert said(project, "history") == (2, sentence)


def test_an_artifact_that_is_a_pipe_is_not_registered(project):
    os.mkfifo(project / "wheel")
    code, line = said(project, "run", "artifact", "register", "run-1", "wheel")
    assert code == 2
    assert line.endswith("wheel cannot be read: it is a pipe, not a file.")


@pytest.mark.parametrize("own", ["templates", "checks"])
def test_what_settings_name_may_not_be_a_pipe(project, own):
    (project / "own").mkdir()
    if own == "templates":
        (project / "cosmemory.toml").write_text('templates = "own"\n', encoding="utf-8")
        os.mkfifo(project / "own" / "agent.md.j2")
        code, line = said(project, "agent", "register", "L2.3")
    else:
        (project / "cosmemory.toml").write_text('[checks]\nfiles = ["own/checks.py"]\n', encoding="utf-8")
        os.mkfifo(project / "own" / "checks.py")
        code, line = said(project, "validate")
    assert code > 0
    assert "it is a pipe, not a file" in line
