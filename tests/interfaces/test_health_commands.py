"""Health, repair and rebuild from the command line: what they print, ask, write and exit with."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cosmemory.__main__ import main
from cosmemory.engines.files import intent
from cosmemory.interfaces.cli.commands import repair as repair_command

NOW = "2026-11-21T06:00:00Z"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command in a new memory; gives its exit code and what it said."""
    monkeypatch.setenv("COSMEMORY_NOW", NOW)
    root = tmp_path / "memory"

    def call(*arguments: str) -> SimpleNamespace:
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err, root=root)

    call("init")
    call("team", "join", "helper-1", "--role", "developer", "--task", "the parser")
    call("focus", "Ship the parser")
    return call


def page(ran: SimpleNamespace, name: str) -> Path:
    return Path(ran.root, name)


def cut(path: Path) -> bytes:
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"| helper-1 ") + 20])
    return path.read_bytes()


def steady(text: str) -> str:
    """The screen without the figures of this disk."""
    return re.sub(r"\d+ pages.*journal [^;]*", "4 pages, used, free; journal", text)


def files(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_screen_of_a_memory_that_is_well(run, snapshot):
    ran = run("health")
    assert (ran.code, ran.err) == (0, "")
    assert steady(ran.out) == snapshot


def test_the_screen_of_a_memory_that_is_not_well(run, snapshot, monkeypatch):
    roster = page(run("version"), "team-roster.md")
    cut(roster)
    (roster.parent / "alerts/active-alerts.md").unlink()
    (roster.parent / "cos-state.md~").write_text("old", encoding="utf-8")
    with (roster.parent / "coordination-log.md").open("a", encoding="utf-8") as log:
        log.write("### 2026-11-21T05:00:00Z\n**Type:** foc")
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T07:00:00Z")
    ran = run("health")
    assert (ran.code, ran.err) == (1, "")
    assert steady(ran.out) == snapshot


def test_a_screen_shows_four_findings_of_a_sort_and_counts_the_rest(run, monkeypatch):
    for number in range(2, 9):
        run("team", "join", f"helper-{number}", "--role", "developer", "--task", "the parser")
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:06:00Z")
    told = run("health").out
    assert told.count("has a task and was not seen") == 4
    assert "error: 4 more of this sort (team).\n  cosmemory health --json\n" in told
    assert len(json.loads(run("health", "--json").out)["findings"]) == 9


def test_health_as_json(run):
    ran = run("health", "--json")
    told = json.loads(ran.out)
    assert (told["schema"], told["kind"], told["healthy"], told["pages"]) == (1, "health", True, 4)
    assert [sorted(each) for each in told["findings"]] == [["check", "command", "said", "severity"]]


def test_health_writes_nothing_and_needs_no_right_to_write(run):
    root = run("version").root
    before = files(root)
    for folder in (root, root / "alerts", root / ".cosmemory"):
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        ran = run("health")
    finally:
        for folder in (root, root / "alerts", root / ".cosmemory"):
            folder.chmod(0o755)
    assert (ran.code, ran.err) == (0, "")
    assert files(root) == before


def test_a_lock_that_is_held_is_told_with_its_holder(run, checkout):
    root = run("version").root
    program = (
        "import sys\nfrom cosmemory.engines.files.engine import FilesStore\n"
        "with FilesStore(sys.argv[1]).writing():\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(root)]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        told = run("health").out
        holder.communicate()
    if not os.access("/proc/locks", os.R_OK):
        pytest.skip("this system tells nothing of its locks")
    assert f"info: The lock is held by process {holder.pid}, `" in told
    assert "lock free" in run("health").out


def test_repair_shows_what_it_would_do_and_changes_nothing(run, snapshot):
    roster = page(run("version"), "team-roster.md")
    backup = roster.parent / "backups/20261122-000000"  # newer than anything that is remembered
    backup.mkdir(parents=True)
    (backup / "team-roster.md").write_bytes(roster.read_bytes())
    damaged = cut(roster)
    ran = run("repair", "--dry-run", "team-roster")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == snapshot
    assert run("repair").out.endswith("nothing was changed; cosmemory repair --yes makes these repairs\n")
    assert roster.read_bytes() == damaged


def test_repair_mends_on_yes_and_keeps_what_stood_there(run):
    roster = page(run("version"), "team-roster.md")
    damaged = cut(roster)
    ran = run("repair", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("repaired team-roster.md\n")
    (kept,) = (roster.parent / "archive/damaged").iterdir()
    assert kept.read_bytes() == damaged
    again = run("repair", "--yes")
    assert (again.code, again.out) == (0, "nothing is damaged\n")
    assert run("validate").code == 0


def test_a_repaired_page_is_not_taken_for_an_older_copy_by_the_next_command(run):
    roster = page(run("version"), "team-roster.md")
    older = roster.read_bytes()
    run("team", "join", "helper-2", "--role", "reviewer")
    newest = roster.read_bytes()
    roster.write_bytes(older[: older.index(b"| helper-1 ") + 20])
    assert run("repair", "--yes").code == 0
    assert roster.read_bytes() == newest
    seen = run("team", "seen", "helper-2")
    assert (seen.code, seen.err) == (0, "")
    assert run("validate").code == 0


def test_repair_asks_where_somebody_can_answer(run, monkeypatch):
    roster = page(run("version"), "team-roster.md")
    damaged = cut(roster)
    asked = []
    monkeypatch.setattr(repair_command, "agreed", lambda question: bool(asked.append(question)))
    assert run("repair").code == 1
    assert (asked, roster.read_bytes()) == (["Repair 1 page?"], damaged)
    monkeypatch.setattr(repair_command, "agreed", lambda _: True)
    assert run("repair").code == 0


def test_repair_as_json_tells_place_evidence_mend_and_loss(run):
    cut(page(run("version"), "team-roster.md"))
    ran = run("repair", "--json")
    (told,) = json.loads(ran.out)["pages"]
    assert ran.code == 1
    assert told["damage"] == [
        {"sort": "truncated", "line": 12, "evidence": "the last line is '| helper-1 | develop'"}
    ]
    assert (told["repaired"], told["lacks"]) == (False, ["| helper-1 | develop"])
    assert json.loads(run("repair", "--json", "--yes").out)["pages"][0]["repaired"] is True


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_repair_finishes_what_a_dead_writer_left_half_done(run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(intent, "_take", interrupted)
        assert run("focus", "Half done").code == 130
    assert "is recorded and not finished" in run("health").out
    assert run("repair", "--yes").code == 0
    assert run("get", "cos-state", "current_focus.primary_task").out == "Half done\n"
    assert "is recorded and not finished" not in run("health").out


def test_what_cannot_be_mended_is_a_finding_and_stays(run):
    archive = page(run("version"), "coordination-log-2026-W46.md")
    archive.write_text("# Coordination Log Archive\n\nWeek: 2026-W46\n", encoding="utf-8")
    ran = run("repair", "--yes")
    assert ran.code == 1
    assert "no mend: no copy of the archive is known that its header vouches for" in ran.out


def test_rebuild_shows_the_difference_and_writes_on_yes(run, snapshot):
    run("set", "team-roster", "active_team_members.helper-1.role", "astronaut")
    ran = run("rebuild", "roster")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == snapshot
    assert run("rebuild", "roster", "--yes").code == 0
    assert run("get", "team-roster", "active_team_members.helper-1.role").out == "developer\n"
    assert run("rebuild", "roster").code == 0


def test_rebuild_as_json(run):
    page(run("version"), "alerts/active-alerts.md").unlink()
    told = json.loads(run("rebuild", "alerts", "--json", "--yes").out)
    assert (told["kind"], told["document"], told["written"]) == ("rebuild", "alerts/active-alerts", True)
    assert page(run("version"), "alerts/active-alerts.md").exists()


def test_only_three_pages_can_be_rebuilt(run):
    ran = run("rebuild", "coordination-log")
    assert ran.code == 1
    assert ran.err == (
        "error: A way to rebuild 'coordination-log' was not found.\n"
        "hint: roster, alerts and cos-state can be rebuilt.\n"
    )


def test_a_page_is_rebuilt_under_any_of_its_names(run):
    for name in ("team-roster", "team-roster.md", "roster"):
        assert "team-roster.md, by 2 events:" in run("rebuild", name).out
    refused = run("rebuild", "roster", "--expect", "abc")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("error: team-roster.md is at revision ")


def test_checkpoints_behind_a_link_are_told_and_not_looked_at(run, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (run("health").root / "checkpoints").symlink_to(tmp_path / "elsewhere")
    ran = run("health")
    assert ran.code == 1
    assert "There are no checkpoints: 'checkpoints' is not a safe path" in ran.out
