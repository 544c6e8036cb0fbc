"""The scripts as cron, systemd and people call them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cosmemory.__main__ import main

ROTATE = Path(__file__).parents[1] / "scripts" / "rotate_weekly"


@pytest.fixture
def memory(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-02T06:00:00Z")
    root = tmp_path / "memory"
    assert main(["--root", str(root), "init"]) == 0
    for day in ("02", "09", "16"):
        moment = f"2026-11-{day}T08:00:00Z"
        assert main(["--root", str(root), "log", "focus", "--action", day, "--time", moment]) == 0
    return root


def rotate(memory: Path, now: str = "2026-11-16T09:00:00Z") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COSMEMORY_NOW": now, "PYTHON": sys.executable}
    return subprocess.run(
        [str(ROTATE), str(memory)], env=environment, capture_output=True, text=True, check=False
    )


def test_rotation_is_quiet_when_all_is_well_and_may_run_twice(memory):
    for _ in range(2):
        ran = rotate(memory)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert sorted(path.name for path in memory.glob("coordination-log-*.md")) == [
        "coordination-log-2026-W45.md",
        "coordination-log-2026-W46.md",
    ]
    assert (memory / "coordination-log.md").read_text(encoding="utf-8").count("### ") == 1


def test_a_damaged_archive_is_one_line_and_an_exit_code(memory):
    assert rotate(memory).returncode == 0
    archive = memory / "coordination-log-2026-W46.md"
    archive.write_text(archive.read_text(encoding="utf-8").replace("09", "10", 1), encoding="utf-8")
    ran = rotate(memory, "2026-11-17T09:00:00Z")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("rotate_weekly: ")
    assert "coordination-log-2026-W46.md" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_no_memory_is_one_line_and_an_exit_code(tmp_path):
    ran = rotate(tmp_path / "none")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("rotate_weekly: error: there is no folder")
    assert ran.stderr.count("\n") == 1
