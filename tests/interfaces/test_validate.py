"""`cosmemory validate` from the command line: what a person and a machine see, what is mended, what it exits with."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest

from cosmemory.__main__ import main
from cosmemory.maintenance.watching.waking import Waker

ROSTER = """\
# Team Roster

Last Updated: 2026-11-21 05:59:00
Total Agents: 3

## Active Team Members

| Session Name | Role | Status |
|---|---|---|
| helper-1 | Developer | Active |
| helper-2 | Reviewer | sleeping |
"""
MENDED = (
    ROSTER.replace(" 05:59:00", "T05:59:00Z")
    .replace("Active |", "active |")
    .replace("sleeping", "idle")
    .replace("Total Agents: 3", "Total Agents: 2")
)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project whose memory has one page with findings, and the folder that commands run in."""
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(tmp_path)
    main(["init"])
    (tmp_path / "design/memory/team-roster.md").write_text(ROSTER, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(project, capfdbinary, monkeypatch):
    capfdbinary.readouterr()

    def call(*arguments: str, stdin: bytes | None = None) -> SimpleNamespace:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        code = main(["validate", *arguments])
        said = capfdbinary.readouterr()
        return SimpleNamespace(code=code, out=said.out.decode(), err=said.err.decode())

    return call


def roster(project: Path) -> Path:
    return project / "design/memory/team-roster.md"


@pytest.mark.parametrize("how", ["concise", "full", "json", "github"])
def test_findings_are_told_in_every_format(run, snapshot, how):
    ran = run("--output-format", how)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == snapshot


def test_sarif_fits_its_schema_and_names_files_from_the_project_on(run, checkout):
    log = json.loads(run("--output-format", "sarif").out)
    schema = json.loads((checkout / "tests/cases/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.validate(log, schema)
    results = log["runs"][0]["results"]
    assert {each["ruleId"] for each in results} == {"COS303", "COS402", "COS401", "COS501"}
    files = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results}
    assert files == {"design/memory/team-roster.md", "design/memory/cos-state.md"}


def test_a_clean_memory_says_so(run, project):
    roster(project).write_text(MENDED, encoding="utf-8")
    main(["set", "cos-state", "coordination_state.team_size", "2"])
    main(["set", "cos-state", "coordination_state.active_agents", "2"])
    main(["set", "cos-state", "coordination_state.last_roster_update", "2026-11-21T05:59:00Z"])
    ran = run()
    assert (ran.code, ran.out[ran.out.index("All") :], ran.err) == (0, "All checks passed.\n", "")


def test_warnings_count_when_strict_and_notes_never_do(run, project):
    roster(project).write_text(MENDED.replace("active |", "Active |"), encoding="utf-8")
    assert run("--ignore", "COS5").code == 0
    assert run("--ignore", "COS5", "--strict").code == 1
    (project / "design/memory/progress.md").write_text("# Progress\n", encoding="utf-8")
    noted = run("--select", "unknown-page", "--strict")
    assert (noted.code, noted.out.count("COS114")) == (0, 1)


def test_a_fix_changes_what_it_says_and_nothing_else(run, project):
    ran = run("--fix", "team-roster")
    assert ran.code == 1
    assert roster(project).read_text(encoding="utf-8") == MENDED.replace("idle", "sleeping")
    assert "COS401" in ran.out
    assert "Fixed 3. Found 1 error.\n" in ran.out
    before = roster(project).stat().st_mtime_ns
    assert "Fixed" not in run("--fix", "team-roster").out
    assert roster(project).stat().st_mtime_ns == before


def test_a_count_is_not_mended_while_records_are_hidden(run, project):
    hidden = ROSTER + "\n| helper-3 | Tester |\n"
    roster(project).write_text(hidden, encoding="utf-8")
    ran = run("--fix", "--select", "COS501,COS208")
    assert "team-roster.md:4:15: COS501 total agents is 2 by the tables\n" in ran.out
    assert "team-roster.md:13:1: COS208 a table ended above" in ran.out
    assert roster(project).read_text(encoding="utf-8") == hidden
    roster(project).write_text(ROSTER + "| helper-3 | Tester | idle |\n", encoding="utf-8")
    assert run("--fix", "--select", "COS501").code == 0
    assert "- **Team Size:** 3" in (project / "design/memory/cos-state.md").read_text(encoding="utf-8")


def test_a_diff_shows_the_fixes_and_changes_nothing(run, project, snapshot):
    ran = run("--diff", "design/memory/team-roster.md")
    assert ran.code == 1
    assert ran.out == snapshot
    assert roster(project).read_text(encoding="utf-8") == ROSTER
    roster(project).write_text(MENDED, encoding="utf-8")
    ran = run("--diff", "team-roster")
    assert (ran.code, ran.out) == (0, "")


def test_codes_names_and_families_are_selected_and_ignored(run):
    def codes(*options: str) -> set[str]:
        return {each["code"] for each in json.loads(run(*options, "--output-format", "json").out)}

    assert codes("--select", "COS4") == {"COS401", "COS402"}
    assert codes("--select", "unknown-enum,COS3") == {"COS303", "COS401"}
    assert codes("--select", "COS4", "--ignore", "enum-case") == {"COS401"}
    ran = run("--select", "COS777")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: There is no rule 'COS777'.\nhint: ")


def test_statistics_count_each_rule(run, snapshot):
    assert run("--statistics").out == snapshot
    counted = json.loads(run("--statistics", "--output-format", "json").out)
    assert [each["code"] for each in counted if each["count"] == 1] == ["COS303", "COS401", "COS402"]


def test_json_is_one_object_with_the_same_findings(run):
    held = json.loads(run("--json").out)
    assert (held["schema"], held["kind"], held["fixed"]) == (1, "findings", 0)
    assert held["findings"] == json.loads(run("--output-format", "json").out)
    first = next(each for each in held["findings"] if each["code"] == "COS303")
    assert first == {
        "code": "COS303",
        "name": "time-not-iso",
        "message": "Last Updated: the time is not written with T and Z",
        "severity": "warning",
        "filename": "design/memory/team-roster.md",
        "location": {"row": 3, "column": 15},
        "end_location": {"row": 3, "column": 34},
        "fix": {
            "applicability": "safe",
            "message": "write 2026-11-21T05:59:00Z",
            "edits": [
                {
                    "content": "2026-11-21T05:59:00Z",
                    "location": {"row": 3, "column": 15},
                    "end_location": {"row": 3, "column": 34},
                }
            ],
        },
    }


@pytest.mark.parametrize(
    "name",
    [
        "team-roster",
        "team-roster.md",
        "design/memory/team-roster.md",
        "./design/../design/memory/team-roster.md",
        "{project}/design/memory/team-roster.md",
    ],
)
def test_a_page_is_named_by_kind_by_page_or_by_any_path_to_its_file(run, project, name):
    found = json.loads(run(name.format(project=project), "--output-format", "json").out)
    assert {each["filename"] for each in found} == {"design/memory/team-roster.md"}


def test_a_folder_means_the_pages_below_it_and_paths_are_seen_from_here(run, project, monkeypatch):
    assert run("design/memory/alerts").code == 0
    assert run("design").code == run(".").code == run(str(project)).code == 1
    monkeypatch.chdir(project / "design/memory/alerts")
    assert run("active-alerts.md").code == 0
    assert run("..").code == run("../team-roster.md").code == 1
    assert "\nteam-roster.md:10:26: COS402" in "\n" + run("../team-roster.md").out


def test_a_name_that_means_nothing_is_an_error_and_not_a_clean_page(run, project):
    for name in ("performance/metrics-2030-01-01.md", "nobody.md", "design/memory/alerts/none.md"):
        ran = run(name)
        assert (ran.code, ran.out) == (1, ""), name
        assert "was not found." in ran.err
    (project / "README.md").write_text("# Mine\n", encoding="utf-8")
    ran = run("README.md")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: 'README.md' in the memory at ")


def test_a_missing_standard_page_is_a_finding(run, project):
    roster(project).unlink()
    assert "design/memory/team-roster.md:1:1: COS109" in run().out
    assert "COS109" in run("team-roster").out


def test_files_that_are_no_pages_are_named_and_left_alone(run, project, snapshot):
    folder = project / "design/memory"
    for name in (
        "activeContext.md",
        "progress.md",
        "patterns.md",
        "cos-state.sync-conflict-20261121-060000.md",
    ):
        (folder / name).write_bytes(b"| not | a table\r\n\xff\n")
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    ran = run("--select", "COS110,COS114", "--fix")
    assert (ran.code, ran.out) == (0, snapshot)
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    (folder / "backups").mkdir()
    (folder / "backups/team-roster.md").write_text(ROSTER, encoding="utf-8")
    ran = run("design/memory/backups/team-roster.md")
    assert (ran.code, ran.err) == (
        0, "note: design/memory/backups/team-roster.md is no live page and was not checked\n")  # fmt: skip


def test_a_text_from_stdin_is_checked_in_place_of_a_page(run, project):
    roster(project).write_text(MENDED, encoding="utf-8")
    ran = run("--stdin-filename", "design/memory/team-roster.md", "-", stdin=ROSTER.encode())
    assert ran.code == 1
    assert "design/memory/team-roster.md:10:26: COS402" in ran.out
    assert roster(project).read_text(encoding="utf-8") == MENDED
    ran = run("--stdin-filename", "team-roster", "--fix", "-", stdin=ROSTER.encode())
    assert ran.out == MENDED.replace("idle", "sleeping")
    assert "COS401" in ran.err
    assert roster(project).read_text(encoding="utf-8") == MENDED
    ran = run("--stdin-filename", "team-roster", "--diff", "-", stdin=ROSTER.encode())
    assert "+| helper-1 | Developer | active |\n" in ran.out


def test_stdin_without_a_name_and_with_other_pages_is_refused(run):
    for arguments in (["-"], ["--stdin-filename", "cos-state", "team-roster"], ["--watch", "-"]):
        ran = run(*arguments, stdin=b"")
        assert (ran.code, ran.out) == (2, ""), arguments
        assert "A page from stdin is checked alone" in ran.err


def test_watching_checks_again_when_a_page_is_saved(run, project, monkeypatch):
    looks = iter(range(10))

    def wait(waker: Waker) -> None:
        look = next(looks)
        if look == 1:
            roster(project).write_text(MENDED, encoding="utf-8")
            os.utime(roster(project), ns=(1, 1))
        if look == 3:
            waker._stop.set()

    monkeypatch.setattr(Waker, "wait", wait)
    ran = run("--watch", "team-roster")
    first, again = ran.out.split("--- 2026-11-21T06:00:00Z\n")
    assert "COS401" in first
    assert again == "All checks passed.\n"
    assert ran.code == 0


def test_watching_is_woken_by_a_save_and_ended_by_a_signal(project):
    (project / "design").mkdir(exist_ok=True)
    line = [sys.executable, "-m", "cosmemory", "validate", "--watch", "team-roster"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        line, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        try:
            while b"fixable" not in (told := process.stdout.readline()):
                assert told
            roster(project).write_text(MENDED, encoding="utf-8")
            assert process.stdout.readline().startswith(b"--- ")
            assert process.stdout.readline() == b"All checks passed.\n"
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=60)[1] == b""
            assert process.returncode == 0
        finally:
            process.kill()


def test_on_github_findings_are_annotations_unless_another_format_is_asked_for(run, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run().out.startswith("::")
    assert not run("--output-format", "concise").out.startswith("::")


def test_a_text_that_steers_a_terminal_is_shown_and_not_obeyed(run, project):
    hostile = ROSTER.replace("sleeping", "\x1b[31mred\u202e%0A::error::")
    roster(project).write_text(hostile, encoding="utf-8")
    for how in ("concise", "full", "json", "github", "sarif"):
        out = run("--output-format", how).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "\n::error::" not in out


def test_the_module_exits_as_ci_needs_it(project, checkout):
    done = subprocess.run(
        [sys.executable, "-m", "cosmemory", "validate"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "design/memory/team-roster.md:11:25: COS401" in done.stdout


def test_the_hooks_of_pre_commit_call_what_there_is(run, project, checkout):
    import yaml

    hooks = {each["id"]: each for each in yaml.safe_load((checkout / ".pre-commit-hooks.yaml").read_bytes())}
    assert set(hooks) == {"cosmemory-validate", "cosmemory-fix"}
    for hook in hooks.values():
        command, *arguments = hook["entry"].split()
        assert (command, arguments[0]) == ("cosmemory", "validate")
        # The first names no files: pages speak about each other.
        files = ["design/memory/team-roster.md"] if hook.get("pass_filenames", True) else []
        assert run(*arguments[1:], *files).code == 1
    assert roster(project).read_text(encoding="utf-8") != ROSTER
