"""Checkpoints and backups from the command line: what they print, refuse and leave behind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from cosmemory.__main__ import main

NOW = "2026-11-21T06:00:00Z"
NAME = "checkpoint_20261121_060000"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command on a memory; gives its exit code and what it said."""
    monkeypatch.setenv("COSMEMORY_NOW", NOW)
    root = tmp_path / "memory"

    def call(*arguments: str) -> SimpleNamespace:
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err, root=root)

    call("init")
    return call


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cosmemory" not in path.parts
    }


def test_a_checkpoint_is_made_found_and_restored(run):
    assert run("checkpoint", "create", "--notes", "Before it all", "--phase", "beta").out == f"{NAME}\n"
    assert run("checkpoint", "list").out == f"checkpoints/{NAME}  4 pages  1606 bytes  Before it all\n"
    assert run("checkpoint", "verify").out == f"checkpoints/{NAME} is sound\n"
    assert run("focus", "Something else").code == 0
    ran = run("checkpoint", "restore", "latest")
    assert ran.out == f"restored cos-state.md\nthe pages as they were before are in {NAME}-2\n"
    assert run("checkpoint", "restore", "latest").out == f"the pages are as {NAME} holds them\n"
    assert run("get", "cos-state", "current_focus.primary_task").out == "\n"
    assert "before checkpoint restore" in run("checkpoint", "list").out


def test_json_tells_of_a_checkpoint_what_its_manifest_says(run):
    run("team", "join", "helper-1", "--role", "reviewer")
    made = json.loads(
        run("checkpoint", "create", "--message", "why", "--phase", "beta", "--json", "--actor", "cos").out
    )
    size = made.pop("bytes")
    assert size > 1000
    assert made == {
        "schema": 1,
        "kind": "checkpoint",
        "name": NAME,
        "path": f"checkpoints/{NAME}",
        "created": NOW,
        "pages": 4,
        "actor": "cos",
        "status": "active",
        "phase": "beta",
        "agents": 1,
        "before": None,
        "notes": "why",
        "made": True,
        "dry_run": False,
    }
    (told,) = json.loads(run("checkpoint", "list", "--json").out)["checkpoints"]
    assert (told["name"], told["bytes"], told["notes"]) == (NAME, size, "why")


def test_no_second_one_is_made_of_the_same_pages_where_that_is_asked_for(run):
    run("checkpoint", "create")
    assert run("checkpoint", "create", "--if-changed").out == f"{NAME} holds the same pages\n"
    assert json.loads(run("checkpoint", "create", "--if-changed", "--json").out)["made"] is False
    run("focus", "Something else")
    assert run("checkpoint", "create", "--if-changed").out == f"{NAME}-2\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["checkpoint", "create"],
        ["checkpoint", "restore", "latest"],
        ["checkpoint", "prune"],
        ["backup", "elsewhere"],
    ],
)
def test_a_dry_run_changes_nothing(run, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    for task in ("One thing", "Another"):
        run("checkpoint", "create")
        run("focus", task)
    (tmp_path / "memory" / "cosmemory.toml").write_text("[checkpoints]\nkeep = 1\ndays = 0\n")
    before = tree(tmp_path)
    ran = run(*arguments, "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out
    assert json.loads(run(*arguments, "--dry-run", "--json").out)["dry_run"] is True
    assert tree(tmp_path) == before


def test_a_dry_run_of_a_restore_shows_the_difference(run):
    run("checkpoint", "create")
    run("focus", "Something else")
    out = run("checkpoint", "restore", "latest", "cos-state", "--dry-run").out
    assert "-- **Primary Task:** Something else\n+- **Primary Task:** -\n" in out


def test_damage_is_named_and_exits_with_one(run):
    run("checkpoint", "create")
    place = run("version").root / "checkpoints" / NAME
    (place / "cos-state.md").write_text("x")
    (place / "alerts" / "active-alerts.md").unlink()
    (place / "mine.md").write_text("x")
    ran = run("checkpoint", "verify", NAME)
    where = f"fault: checkpoints/{NAME}"
    assert (ran.code, ran.out.split("\n")) == (
        1,
        [
            f"{where}: alerts/active-alerts.md is missing.",
            f"{where}: cos-state.md has 1 bytes where the manifest tells of 774.",
            f"{where}: mine.md is not in the manifest.",
            "",
        ],
    )
    told = json.loads(run("checkpoint", "verify", "--json").out)
    assert [len(each["faults"]) for each in told["checkpoints"]] == [3]
    ran = run("checkpoint", "restore", NAME)
    assert (ran.code, ran.out) == (1, "")
    assert "alerts/active-alerts.md is missing (and 2 more)" in ran.err


def test_cp_alone_restores_a_page_and_all_pages(run):
    run("checkpoint", "create")
    root = run("version").root
    before = {path: data for path, data in tree(root).items() if not path.startswith("checkpoints")}
    kept = root / "checkpoints" / NAME
    run("focus", "Something else")
    for path in tree(kept):
        if path != "manifest.md":
            shutil.copy(kept / path, root / path)
    after = {path: data for path, data in tree(root).items() if not path.startswith("checkpoints")}
    log = "coordination-log.md"
    assert {**after, log: b""} == {**before, log: b""}
    assert before[log].startswith(after[log])  # but for the event that told of the checkpoint
    assert run("validate").code == 0
    assert run("focus", "On we go").code == 0


def test_old_ones_go_to_the_archive_and_are_listed_there(run):
    for _ in range(3):
        run("checkpoint", "create")
    (run("version").root / "cosmemory.toml").write_text("[checkpoints]\nkeep = 1\ndays = 0\n")
    assert run("checkpoint", "prune").out == (
        f"moved {NAME}-2 to archive/checkpoints\nmoved {NAME} to archive/checkpoints\n"
        "1 checkpoint stays at hand\n"
    )
    assert run("checkpoint", "prune").out == "1 checkpoint stays at hand\n"
    assert len(run("checkpoint", "list").out.split("\n")) == 2
    assert f"archive/checkpoints/{NAME} " in run("checkpoint", "list", "--archived").out
    assert run("checkpoint", "restore", NAME).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["checkpoint", "restore", "latest"], 1, "A checkpoint was not found"),
        (["checkpoint", "restore", "no-such"], 1, "'no-such' was not found"),
        (["checkpoint", "verify", "no-such"], 1, "'no-such' was not found"),
        (["checkpoint", "restore"], 2, "NAME"),
        (["checkpoint", "prune", "--expect", "abc"], 2, "--expect names one"),
        (["backup"], 2, "DEST"),
        (["backup", "memory/mine"], 2, "inside the memory"),
        (["backup", "memory"], 2, "inside the memory"),
        (["backup", "no/such/place"], 2, "none can be made there"),
        (["backup", "--verify", "."], 1, "A backup in . was not found"),
        (["backup", "--verify", "none"], 1, "A backup in none was not found"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(run, tmp_path, monkeypatch, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    before = tree(tmp_path)
    ran = run(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err.split("\n")[0]
    assert tree(tmp_path) == before


# Backups.


def test_a_backup_goes_to_a_folder_of_its_own_or_gets_a_dated_one(run, tmp_path):
    pages = {path: data for path, data in tree(run("version").root).items() if path.endswith(".md")}
    assert run("backup", str(tmp_path / "own")).out == f"copied 4 pages to {tmp_path}/own\n"
    (tmp_path / "many").mkdir()
    for name in ("backup_20261121_060000", "backup_20261121_060000-2"):
        assert run("backup", str(tmp_path / "many")).out == f"copied 4 pages to {tmp_path}/many/{name}\n"
    for place in ("own", "many/backup_20261121_060000", "many/backup_20261121_060000-2"):
        held = tree(tmp_path / place)
        assert held.pop("manifest.md")
        assert held == pages
    assert run("backup", "--verify", str(tmp_path / "many")).out.count("is sound") == 2
    assert run("backup", "--verify", str(tmp_path / "own")).out == "own is sound\n"


def test_no_backup_is_written_over(run, tmp_path):
    run("backup", str(tmp_path / "own"))
    before = tree(tmp_path / "own")
    run("focus", "Something else")
    ran = run("backup", str(tmp_path / "own"))
    assert (ran.code, ran.out) == (1, "")
    assert "own is a backup already." in ran.err
    assert tree(tmp_path / "own") == before


def test_a_damaged_backup_is_named(run, tmp_path):
    run("backup", str(tmp_path / "own"))
    (tmp_path / "own" / "cos-state.md").write_text("x")
    ran = run("backup", "--verify", str(tmp_path / "own"))
    assert (ran.code, ran.out) == (
        1,
        "fault: own: cos-state.md has 1 bytes where the manifest tells of 774.\n",
    )


def test_a_backup_leads_back_when_its_folder_is_put_among_the_checkpoints(run, tmp_path):
    (tmp_path / "many").mkdir()
    name = json.loads(run("backup", str(tmp_path / "many"), "--json").out)["name"]
    run("focus", "Something else")
    root = run("version").root
    shutil.copytree(tmp_path / "many" / name, root / "checkpoints" / name)
    assert run("checkpoint", "restore", name).out.startswith("restored cos-state.md\n")
    assert run("get", "cos-state", "current_focus.primary_task").out == "\n"


def test_a_backup_through_a_link_into_the_memory_is_refused(run, tmp_path):
    root = run("version").root
    (tmp_path / "way-in").symlink_to(root)
    ran = run("backup", str(tmp_path / "way-in" / "mine"))
    assert (ran.code, "inside the memory" in ran.err) == (2, True)


def test_where_there_is_no_checkpoint_that_is_said(run):
    for words in (["checkpoint", "list"], ["checkpoint", "verify"]):
        assert run(*words).out == "there is no checkpoint\n"


def test_a_place_that_takes_no_backup_is_no_lost_page(run):
    ran = run("backup", "/proc/none")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: none was not saved: ")


def test_a_backup_that_is_only_tried_leaves_no_trace(run, tmp_path):
    root = run("version").root
    (root / "ideas.md").write_text("a boat\n")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert run("backup", str(tmp_path / "own"), "--dry-run").out.startswith("would copy 5 pages to ")
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "own").exists()
