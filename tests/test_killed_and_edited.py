"""A command is killed, a person whose editor had the page open saves it, and the next command has what both did."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from itertools import count
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from cosmemory.engines.files import intent, past
from tests.engines.scenarios import left_below
from tests.engines.seams import killed_at

PAGE, LOG = "cos-state.md", "coordination-log.md"
DECIDED = "what the agent decided"
FOCUS = "- **Primary Task:** ship the parser"
LOAD = ("- **CPU Load:** -", "- **CPU Load:** 3")
OTHER_FOCUS = (FOCUS, "- **Primary Task:** what a person wrote")

KILL = """
import os, signal, sys
from cosmemory.engines.files import intent
intent._take = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from cosmemory.__main__ import main
main(sys.argv[1:])
"""


@pytest.fixture
def run(root, monkeypatch):
    """Runs a command; what it said, notes last."""
    minutes = count()
    monkeypatch.setattr(past, "AGAIN", 0.0)

    def call(*arguments: str) -> str:
        hour, minute = divmod(next(minutes), 60)
        monkeypatch.setenv("COSMEMORY_NOW", f"2026-11-21T{hour % 24:02}:{minute:02}:00Z")
        code, told = said(root, *arguments)
        assert code == 0, told
        return told

    return call


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "memory"


@pytest.fixture
def killed(root, run, checkout):
    """A memory whose last command was killed by the system when its change was recorded, and no page had it."""
    run("init")
    run("focus", "ship the parser")
    run("action", "add", "review the lock")
    command = [sys.executable, "-c", KILL, "--root", str(root), "focus", DECIDED]
    now = {"COSMEMORY_NOW": "2026-11-21T00:02:30Z"}
    done = subprocess.run(command, env={**os.environ, **now, "PYTHONPATH": str(checkout)}, check=False)
    assert done.returncode == -9
    assert intent.read(str(root))
    assert FOCUS in text(root)
    return root


def said(root: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of a command, and what it said."""
    told = TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(told), redirect_stderr(told):
        code = main(["--root", str(root), *arguments])
    return code, told.buffer.getvalue().decode()


def text(root: Path, page: str = PAGE) -> str:
    return (root / page).read_text(encoding="utf-8")


def save(root: Path, old: str, new: str) -> None:
    """Save the page as an editor does that had it open all the time."""
    assert old in text(root)
    (root / PAGE).write_text(text(root).replace(old, new), encoding="utf-8")


def test_what_the_killed_command_changed_elsewhere_is_brought_into_what_a_person_saved(killed, run):
    save(killed, *LOAD)
    told = run("action", "start", "1")
    assert "note: A change that was interrupted (focus) was finished.\n" in told
    assert (
        "note: An older copy of cos-state.md (of #3) was saved over #4; both are on the page now.\n" in told
    )
    assert f"- **Primary Task:** {DECIDED}" in text(killed)
    assert LOAD[1] in text(killed)
    assert text(killed, LOG).count(DECIDED) == 1
    assert "no conflict is pending" in run("conflict", "list")
    assert not (killed / ".cosmemory/conflicts").exists()
    assert run("validate") == "All checks passed.\n"


def test_what_both_changed_waits_in_a_conflict_page_that_status_and_brief_name(killed, run):
    save(killed, *OTHER_FOCUS)
    assert "which conflicts/CONFLICT-1.md shows" in run("action", "start", "1")
    assert OTHER_FOCUS[1] in text(killed)
    for screen in ("status", "brief", "health"):
        assert "cosmemory conflict show CONFLICT-1" in run(screen)
    assert f"other:       {DECIDED}" in run("conflict", "show", "CONFLICT-1")
    run("conflict", "resolve", "CONFLICT-1", "--reason", "asked", "--take", "other")
    assert f"- **Primary Task:** {DECIDED}" in text(killed)


def test_until_the_next_command_it_is_told_that_the_page_lacks_the_change(killed, run):
    recorded = "A change (focus) of cos-state.md, coordination-log.md is recorded and not finished; "
    assert f"{recorded}readers see it whole, and the next command finishes it." in run("status")
    save(killed, *LOAD)
    for screen in ("status", "brief", "health"):
        both = "cos-state.md was saved by hand since, and the next command brings both together."
        assert recorded + both in run(screen)


def test_the_history_has_both_as_what_they_are(killed, run):
    save(killed, *LOAD)
    run("reconcile")
    told = run("history")
    assert f'focus  Primary Task: "ship the parser" -> "{DECIDED}"' in told
    assert "by hand" in told


def test_a_change_that_the_history_cannot_take_in_is_put_aside_and_told(killed, run):
    (killed / ".cosmemory/spool").unlink()
    (killed / ".cosmemory/spool").mkdir()
    save(killed, *LOAD)
    told = run("action", "start", "1")
    (kept,) = (killed / ".cosmemory/conflicts").iterdir()
    assert f"what should have stood there is in .cosmemory/conflicts/{kept.name}." in told
    assert DECIDED in kept.read_text(encoding="utf-8")


def test_a_page_written_all_anew_stays_and_the_history_has_the_other(killed, run):
    (killed / PAGE).write_text("# Mine\n\nnothing of it is left\n", encoding="utf-8")
    assert "cos-state.md was saved by hand since; the history has both texts." in run(
        "log", "note", "--action", "next"
    )
    assert text(killed) == "# Mine\n\nnothing of it is left\n"
    assert DECIDED in run("show", "cos-state", "--at", "4")


def prepared(root: Path, run) -> None:
    shutil.rmtree(root, ignore_errors=True)
    run("init")
    run("focus", "ship the parser")


def command(root: Path, *arguments: str):
    """The command as an action of a child, which says nothing."""

    return lambda _: said(root, *arguments)


def wrong(root: Path, run) -> list[str]:
    """What is not as it should be, once somebody has run the next command."""
    run("log", "note", "--action", "the next command")
    run("reconcile")
    page, log = text(root), text(root, LOG)
    found = [f"{each} lies about" for each in left_below(root)]
    if LOAD[1] not in page:
        found.append("what the person saved is gone")
    if (DECIDED in log) != (DECIDED in page):
        found.append("the log and the page differ about the command")
    if log.count(DECIDED) > 1:
        found.append("the event stands twice")
    if (root / ".cosmemory/conflicts").exists() or (root / "conflicts").exists():
        found.append("there is a conflict")
    return found


def test_whenever_the_command_is_killed_the_next_one_has_both_or_the_persons_alone(root, run):
    step, died, found, both = 0, True, [], 0
    while died:
        prepared(root, run)
        died, _ = killed_at(step, command(root, "focus", DECIDED), torn=False)
        save(root, *LOAD)
        found += [f"step {step}: {each}" for each in wrong(root, run)]
        both += DECIDED in text(root)
        step += 1
    assert found == []
    assert both > 5
    assert both < step


def test_whenever_the_recovery_is_killed_the_next_command_has_both(root, run):
    prepared(root, run)
    step = 0
    while not intent.read(str(root)):
        prepared(root, run)
        killed_at(step, command(root, "focus", DECIDED), torn=False)
        step += 1
    save(root, *LOAD)
    begun = root.with_name("begun")
    shutil.copytree(root, begun)
    step, died, found = 0, True, []
    while died:
        shutil.rmtree(root)
        shutil.copytree(begun, root)
        died, _ = killed_at(step, command(root, "reconcile"), torn=step % 2 == 1)
        found += [f"step {step}: {each}" for each in wrong(root, run)]
        if DECIDED not in text(root):
            found.append(f"step {step}: what was decided is gone")
        step += 1
    assert found == []
    assert step > 10


# The guard, taken away, is missed.


def test_without_the_history_what_was_decided_is_not_brought_back(root, run, monkeypatch):
    monkeypatch.setattr(past.Past, "finished", lambda *_: True)
    with pytest.raises(AssertionError):
        test_whenever_the_recovery_is_killed_the_next_command_has_both(root, run)
