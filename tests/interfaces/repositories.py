"""Repositories of git for tests: real ones, which nothing of the user's own configuration reaches."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cosmemory.__main__ import main

ROOT = Path(__file__).parents[2]
NOW = "2026-11-21T06:00:00Z"
SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "true",
    "GIT_MERGE_AUTOEDIT": "no",
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_COMMITTER_NAME": "A U Thor",
    "GIT_COMMITTER_EMAIL": "author@example.org",
    "COSMEMORY_NOW": NOW,
    "COSMEMORY_ACTOR": "tester",
    "NO_COLOR": "1",
}


def isolate(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Takes every setting of git's and cosmemory's out of the environment but those of the tests."""
    for key in os.environ:
        if key.startswith(("GIT_", "COSMEMORY_", "XDG_")):
            monkeypatch.delenv(key)
    for key, value in {**SETTINGS, "HOME": str(home)}.items():
        monkeypatch.setenv(key, value)
    # The driver is another process, which finds this checkout as any program of the tests does.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


class Project:
    """A work tree with a memory: calls of git, and of cosmemory in this process."""

    def __init__(self, folder: Path, memory: str = "design/memory") -> None:
        self.folder = folder
        self.root = folder / memory if memory else folder

    def git(self, *arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """What git answers; a code other than ``code`` is a failure, None takes any."""
        ran = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
        assert code is None or ran.returncode == code, ran.stdout + ran.stderr
        return ran

    def call(self, *arguments: str, code: int = 0) -> None:
        """One command of cosmemory."""
        assert main(["--root", str(self.root), *arguments]) == code

    def commit(self, message: str = "saved") -> None:
        """Everything that has changed, committed."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def branch(self, name: str, start: str = "main") -> None:
        """A new branch from ``start``, checked out."""
        self.git("checkout", "-q", "-b", name, start)

    def text(self, page: str) -> str:
        """A page of the memory as it is in the work tree."""
        return (self.root / page).read_bytes().decode("utf-8", "surrogateescape")

    def status(self) -> str:
        """What git says of the work tree."""
        return self.git("status", "--porcelain").stdout


def new_repository(folder: Path) -> None:
    """A repository whose first branch is ``main``."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True, capture_output=True)
