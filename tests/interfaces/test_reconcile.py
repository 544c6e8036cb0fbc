"""An older copy of a page saved over newer changes, as the command line tells of it and settles it."""

from __future__ import annotations

import json
import os

import pytest

from cosmemory.__main__ import main
from cosmemory.engines.files import past
from cosmemory.engines.files.recalled import FilesHistory
from cosmemory.errors import NotFound
from cosmemory.maintenance import checkpoints

NOW = "2026-11-21T06:0{}:00Z"


@pytest.fixture
def root(tmp_path):
    return tmp_path / "memory"


@pytest.fixture
def run(root, monkeypatch, capsys):
    """Runs a command, each a minute after the one before; gives its exit code and what it said."""
    minutes = iter(range(10))
    monkeypatch.setattr(past, "AGAIN", 0.0)

    def call(*arguments):
        monkeypatch.setenv("COSMEMORY_NOW", NOW.format(next(minutes)))
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    call("init")
    return call


def stale(run, root, old, new):
    """Two changes, and then a copy from between the two with an edit of its own saved over them."""
    page = root / "cos-state.md"
    run("focus", "ship the parser")
    copy = page.read_text(encoding="utf-8")
    run("action", "add", "review the lock")
    assert old in copy
    page.write_text(copy.replace(old, new), encoding="utf-8")
    return page


def test_an_older_copy_saved_over_a_change_gets_it_back_with_the_next_command(run, root):
    page = stale(run, root, "- **CPU Load:** -", "- **CPU Load:** 3")
    code, _, err = run("action", "start", "1")
    assert code == 0
    assert err == (
        "note: An older copy of cos-state.md (of #2) was saved over #3; both are on the page now.\n"
    )
    text = page.read_text(encoding="utf-8")
    assert "| 1 | review the lock | medium | - | in_progress |" in text
    assert "- **CPU Load:** 3" in text
    assert run("reconcile")[1] == "nothing was saved over anything newer\n"


def test_a_checkpoint_made_while_an_older_copy_is_saved_does_not_make_it_meant(run, root, monkeypatch):
    page = root / "cos-state.md"
    run("focus", "ship the parser")
    copy = page.read_text(encoding="utf-8")
    run("action", "add", "review the lock")
    real = checkpoints.take

    def saved_meanwhile(*arguments, **named):
        page.write_text(copy.replace("- **CPU Load:** -", "- **CPU Load:** 3"), encoding="utf-8")
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "take", saved_meanwhile)
        run("checkpoint", "create")
    run("focus", "cut the release")
    text = page.read_text(encoding="utf-8")
    assert "review the lock" in text
    assert "- **CPU Load:** 3" in text


def test_a_clock_that_goes_back_and_forth_does_not_hide_what_an_older_copy_did_not_know_of(
    run, root, monkeypatch
):
    page = root / "cos-state.md"

    def at(now, *arguments):
        monkeypatch.setenv("COSMEMORY_NOW", now)
        assert main(["--root", str(root), *arguments]) == 0
        return page.read_text(encoding="utf-8")

    early, late = "2026-11-21T06:30:00Z", "2026-11-21T07:00:00Z"
    copy = at(late, "focus", "ship the parser")
    at(early, "action", "add", "review the lock")
    at(late, "action", "add", "ask support")
    page.write_text(copy.replace("- **CPU Load:** -", "- **CPU Load:** 3"), encoding="utf-8")
    text = at(late, "focus", "cut the release")
    assert "review the lock" in text
    assert "ask support" in text
    assert "- **CPU Load:** 3" in text


def test_a_gap_further_back_in_the_history_hides_no_older_copy(run, root, monkeypatch):
    page = root / "cos-state.md"
    monkeypatch.setenv("COSMEMORY_NOW", NOW.format(0))  # so that no line tells by its time when it came
    for task in ("read", "write", "ship the parser", "cut the release"):
        assert main(["--root", str(root), "focus", task]) == 0
    copy = page.read_text(encoding="utf-8")
    assert main(["--root", str(root), "action", "add", "review the lock"]) == 0
    page.write_text(copy.replace("- **CPU Load:** -", "- **CPU Load:** 3"), encoding="utf-8")
    real = FilesHistory.text

    def gap(history, path, number):
        if number == 2:
            raise NotFound("Gone.")
        return real(history, path, number)

    monkeypatch.setattr(FilesHistory, "text", gap)
    run("focus", "rest")
    assert "review the lock" in page.read_text(encoding="utf-8")


def test_what_somebody_took_out_of_a_checkpoint_stays(run, root):
    page = root / "cos-state.md"
    run("focus", "ship the parser")
    run("checkpoint", "create")
    run("action", "add", "review the lock")
    (copy,) = root.glob("checkpoints/*/cos-state.md")
    page.write_bytes(copy.read_bytes())
    run("focus", "cut the release")
    assert "review the lock" not in page.read_text(encoding="utf-8")


def test_what_both_changed_waits_for_somebody(run, root):
    page = stale(run, root, "ship the parser", "what a person wrote")
    page.write_text(
        page.read_text(encoding="utf-8").replace("2026-11-21T06:01:00Z", "2026-11-21T06:00:30Z", 1)
    )
    text = page.read_text(encoding="utf-8")
    assert "review the lock" not in text
    run("reconcile")
    assert "review the lock" in page.read_text(encoding="utf-8")
    assert "what a person wrote" in page.read_text(encoding="utf-8")


def test_a_conflict_is_listed_shown_and_settled(run, root):
    page = root / "cos-state.md"
    run("focus", "ship the parser")
    copy = page.read_text(encoding="utf-8")
    run("focus", "what the agent wrote")
    page.write_text(copy.replace("ship the parser", "what a person wrote"), encoding="utf-8")
    code, out, _ = run("reconcile")
    assert code == 0
    assert out == (
        "An older copy of cos-state.md (of #2) was saved over #3; both are on the page now, but what both changed, "
        "which conflicts/CONFLICT-1.md shows.\n"
        "CONFLICT-1 pending cos-state.md: current_focus.primary_task\n"
    )
    assert "what a person wrote" in page.read_text(encoding="utf-8")
    assert run("conflict", "show", "CONFLICT-1")[1] == (
        "CONFLICT-1 pending cos-state.md: current_focus.primary_task\n"
        "current_focus.primary_task\n"
        "  before:      ship the parser\n"
        "  on the page: what a person wrote\n"
        "  other:       what the agent wrote\n"
    )
    (listed,) = json.loads(run("--json", "conflict", "list")[1])["conflicts"]
    assert (listed["id"], listed["status"]) == ("CONFLICT-1", "pending")
    assert run("conflict", "resolve", "CONFLICT-1", "--reason", "asked", "--take", "other")[0] == 0
    assert "what the agent wrote" in page.read_text(encoding="utf-8")
    assert run("conflict", "list")[1] == "no conflict is pending\n"


def test_with_report_it_is_only_told(run, root):
    page = stale(run, root, "- **CPU Load:** -", "- **CPU Load:** 3")
    (root / "cosmemory.toml").write_text('[storage]\nstale_saves = "report"\n', encoding="utf-8")
    _, _, err = run("resources", "--memory", "9")
    assert err == (
        "note: An older copy of cos-state.md (of #2) was saved over #3; cosmemory reconcile brings them back.\n"
    )
    assert "review the lock" not in page.read_text(encoding="utf-8")
    before = page.read_bytes()
    dry = run("reconcile", "--dry-run")[1]
    assert dry.startswith("An older copy of cos-state.md (of #2) was saved over #3.\n--- cos-state.md\n")
    assert "+| 1 | review the lock | medium | - | pending |\n" in dry
    assert json.loads(run("reconcile", "--dry-run", "--json")[1])["diff"] == dry.partition("\n")[2]
    assert page.read_bytes() == before
    assert run("reconcile")[0] == 0
    text = page.read_text(encoding="utf-8")
    assert "review the lock" in text
    assert "- **CPU Load:** 3" in text
    assert "- **Memory:** 9%" in text


def test_a_page_that_lies_still_is_not_read_again(run, root, monkeypatch):
    os.utime(root / "cos-state.md", (1, 1))
    run("reconcile")
    assert run("reconcile")[1] == "nothing was saved over anything newer\n"


def test_health_tells_a_stale_save_and_status_and_health_a_conflict(run, root):
    page = root / "cos-state.md"
    run("focus", "ship the parser")
    copy = page.read_text(encoding="utf-8")
    run("focus", "what the agent wrote")
    page.write_text(copy.replace("ship the parser", "what a person wrote"), encoding="utf-8")
    _, out, _ = run("health")
    assert "warning: An older copy of cos-state.md (of #2) was saved over #3.\n  cosmemory reconcile\n" in out
    run("reconcile")
    said = "CONFLICT-1 waits for somebody: cos-state.md, current_focus.primary_task."
    _, out, _ = run("health")
    assert f"warning: {said}\n  cosmemory conflict show CONFLICT-1\n" in out
    assert "An older copy" not in out
    assert f"\nWarning: {said}  (cosmemory conflict show CONFLICT-1)\n" in run("status")[1]
    assert json.loads(run("status", "--json")[1])["health"] == [
        {
            "check": "conflict",
            "severity": "warning",
            "said": said,
            "command": "cosmemory conflict show CONFLICT-1",
        }
    ]


def test_a_conflict_that_is_not_there_is_no_lost_page_and_one_may_be_named_by_its_page(run, root):
    page = root / "cos-state.md"
    run("focus", "ship the parser")
    copy = page.read_text(encoding="utf-8")
    run("focus", "what the agent wrote")
    page.write_text(copy.replace("ship the parser", "what a person wrote"), encoding="utf-8")
    run("reconcile")
    assert run("conflict", "show", "CONFLICT-2")[2] == (
        "error: The conflict 'CONFLICT-2' was not found.\nhint: Did you mean 'CONFLICT-1'?\n"
    )
    assert run("conflict", "show", "conflicts/CONFLICT-1")[0] == 0


def test_init_brings_a_lost_page_back_as_it_was(run, root):
    run("focus", "ship the parser")
    before = (root / "cos-state.md").read_text(encoding="utf-8")
    (root / "cos-state.md").unlink()
    code, out, err = run("init")
    assert (code, err) == (0, "note: cos-state.md was lost, and is back as it was.\n")
    assert out.endswith("\n  cos-state.md\n")
    assert (root / "cos-state.md").read_text(encoding="utf-8") == before


def test_init_makes_again_what_an_undo_took_away(run, root):
    run("undo", "1", "cos-state", "--force")
    assert not (root / "cos-state.md").exists()
    assert run("init")[0] == 0
    assert (root / "cos-state.md").exists()
