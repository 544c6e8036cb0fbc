"""The scripts as cron, systemd and people call them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cosmemory.__main__ import main

SCRIPTS = Path(__file__).parents[1] / "scripts"
ROTATE = SCRIPTS / "rotate_weekly"


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
    assert ran.stderr.startswith("rotate_weekly: error: There is no folder")
    assert ran.stderr.count("\n") == 1


def checkpoint(memory: Path, now: str = "2026-11-16T09:00:00Z") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COSMEMORY_NOW": now, "PYTHON": sys.executable}
    return subprocess.run(
        [str(SCRIPTS / "checkpoint_hourly"), str(memory)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_hourly_checkpoint_is_made_quietly_and_only_when_something_changed(memory):
    for hour in ("09", "10"):
        ran = checkpoint(memory, f"2026-11-16T{hour}:00:00Z")
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert [path.name for path in (memory / "checkpoints").iterdir()] == ["checkpoint_20261116_090000"]
    assert main(["--root", str(memory), "focus", "Something else"]) == 0
    assert checkpoint(memory, "2026-11-16T11:00:00Z").returncode == 0
    assert len(list((memory / "checkpoints").iterdir())) == 2


def test_a_damaged_newest_checkpoint_is_one_line_and_an_exit_code(memory):
    assert checkpoint(memory).returncode == 0
    page = memory / "checkpoints" / "checkpoint_20261116_090000" / "cos-state.md"
    page.write_bytes(page.read_bytes()[:-1])
    ran = checkpoint(memory, "2026-11-16T10:00:00Z")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(
        "checkpoint_hourly: fault: checkpoints/checkpoint_20261116_090000: cos-state.md has "
    )
    assert ran.stderr.count("\n") == 1


# What scripts/environment leaves set; the environment itself is the one that the tests run in.
ENVIRONMENT = """
project="{folder}" python="{python}"
stop() {{ printf 'error: %s\nhint: %s\n' "$1" "$2" >&2; exit 2; }}
"""


def demo(folder: Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    scripts = folder / "scripts"
    scripts.mkdir()
    for name in ("demo", "showing"):
        shutil.copy(SCRIPTS / name, scripts)
    (scripts / "environment").write_text(ENVIRONMENT.format(folder=folder, python=python), encoding="utf-8")
    environment = {
        **os.environ,
        "COSMEMORY_NOW": "2026-11-20T18:30:00Z",
        "PYTHONPATH": str(SCRIPTS.parent),
    }
    return subprocess.run(
        [str(scripts / "demo"), "month"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demo_works_on_its_month_from_beginning_to_end(tmp_path):
    ran = demo(tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\x1b" not in ran.stdout  # plain in a pipe
    assert "11 | - **Priority:** Critical\n   |                 ^^^^^^^^\n" in ran.stdout
    assert "Action 1 is done and cannot become in_progress" in ran.stdout
    assert "every archive is what its header says" in ran.stdout
    text = (tmp_path / "month" / "cos-state.md").read_text(encoding="utf-8")
    assert "- **Priority:** critical\n" in text
    assert text.endswith("## Notes\nRemember: the Friday call is at nine.\n")


@pytest.mark.parametrize("step", ["validate --strict", "events", "rotate"])
def test_the_demo_fails_when_a_step_does_nothing(tmp_path, step):
    idle = tmp_path / "idle"
    idle.write_text(
        f'#!/bin/sh\ncase "$*" in "-m cosmemory {step}"*) exit 0 ;; esac\nexec "{sys.executable}" "$@"\n',
        encoding="utf-8",
    )
    idle.chmod(0o755)
    ran = demo(tmp_path, str(idle))
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: Not as it should be")


def test_the_sizes_of_a_campaign_are_no_settings_of_what_it_tries(checkout):
    sizes = {"COSMEMORY_HOOK_PAYLOADS": "3", "COSMEMORY_HOOKS_AT_ONCE": "2"}
    names = ("test_hook_fuzz", "test_hook_together")
    tests = [f"tests/interfaces/hook/{name}.py" for name in names]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=checkout,
        env={**os.environ, **sizes},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
