"""Commands of the settings, run for real for a phase of a run."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cosmemory.config.settings import Settings, Verification
from cosmemory.connect import open_memory
from cosmemory.errors import NotFound, Refused
from cosmemory.maintenance.verification import verifications, verify
from cosmemory.operations import runs
from cosmemory.operations.first_pages import initialise


def started(folder: Path, **commands: Verification):
    """A memory with these commands, and a run in its phase ``build``."""
    (folder / "memory").mkdir(parents=True)
    memory = open_memory(
        str(folder / "memory"), settings=Settings(durability="none", verification=commands), actor="kim"
    )
    initialise(memory)
    runs.create(memory, "demo", goal="Ship it", phases=["build", "release"])
    runs.start(memory, "demo")
    runs.enter_phase(memory, "demo", "build")
    return memory


def test_each_command_is_an_attempt_in_the_projects_folder_and_its_output_is_kept(tmp_path):
    memory = started(
        tmp_path,
        build=Verification(command="pwd; touch made"),
        test=Verification(command="echo two tests >&2; test -f made"),
        lint=Verification(command="false", enabled=False),
    )
    build, test = verify(memory, "DEMO", "build", project=str(tmp_path))
    assert (build.name, build.passed, build.execution, build.finding) == ("build", True, "E-1", None)
    assert Path(build.output).read_text() == f"{os.path.realpath(tmp_path)}\n"
    assert Path(build.output).relative_to(tmp_path) == Path("memory/.cosmemory/output/demo-E-1.log")
    assert Path(test.output).read_text() == "two tests\n"
    assert [(each.status, each.more.value["check"]) for each in runs.executions(memory, "demo")] == [
        ("completed", "build"),
        ("completed", "test"),
    ]
    assert runs.complete_phase(memory, "demo", "build").result.status == "completed"


def test_one_that_fails_is_a_finding_of_its_severity_until_it_passes(tmp_path):
    memory = started(
        tmp_path,
        security=Verification(command="echo 1 hole; test -f mended", severity="critical"),
    )
    (seen,) = verify(memory, "demo", "build", ["security"], project=str(tmp_path))
    assert (seen.passed, seen.finding, seen.error) == (False, "F-1", "exit code 1: 1 hole")
    (finding,) = runs.unresolved(memory, "demo")
    assert (finding.severity, finding.execution, finding.text) == (
        "critical",
        "E-1",
        "security: exit code 1: 1 hole",
    )
    assert runs.executions(memory, "demo")[0].status == "failed"
    runs.add_finding(memory, "demo", "build", severity="minor", text="of a person")
    (tmp_path / "mended").touch()
    assert verify(memory, "demo", "build", project=str(tmp_path))[0].passed
    assert [(each.id, each.resolution) for each in runs.findings(memory, "demo")] == [
        ("F-1", "passed in E-2"),
        ("F-2", None),
    ]


def test_one_that_takes_too_long_is_killed_with_what_it_started(tmp_path):
    slow = Verification(command="(sleep 2; touch late) & sleep 60", timeout=0.3)
    memory = started(tmp_path, test=slow)
    (seen,) = verify(memory, "demo", "build", project=str(tmp_path))
    assert (seen.passed, seen.error) == (False, "it took longer than 0.3 s")
    assert seen.seconds < 30
    time.sleep(2.2)
    assert not (tmp_path / "late").exists()


def test_one_that_cannot_begin_and_one_that_is_stopped_leave_no_attempt_running(tmp_path, monkeypatch):
    memory = started(tmp_path, build=Verification(command="true"))
    (seen,) = verify(memory, "demo", "build", project=str(tmp_path / "nowhere"))
    assert seen.error == "it cannot be run: No such file or directory"

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("cosmemory.maintenance.verification._ended", stopped)
    with pytest.raises(KeyboardInterrupt):
        verify(memory, "demo", "build", project=str(tmp_path))
    assert [each.status for each in runs.executions(memory, "demo")] == ["failed", "failed"]


def test_only_commands_that_are_enabled_and_a_phase_in_progress_are_verified(tmp_path):
    memory = started(
        tmp_path, build=Verification(command="true"), lint=Verification(command="true", enabled=False)
    )
    assert list(verifications(memory)) == ["build"]
    with pytest.raises(NotFound, match="biuld") as missing:
        verify(memory, "demo", "build", ["biuld"])
    assert "build" in missing.value.hint
    with pytest.raises(Refused, match="lint is not enabled"):
        verify(memory, "demo", "build", ["lint"])
    with pytest.raises(Refused, match="is pending"):
        verify(memory, "demo", "release")
    with pytest.raises(Refused, match="name no command"):
        verify(started(tmp_path / "other"), "demo", "build")


def test_one_that_fails_again_is_the_same_finding_until_it_passes(tmp_path):
    memory = started(tmp_path, lint=Verification(command="cat told; test -f mended"))
    for said in ("1 hole", "2 holes"):
        (tmp_path / "told").write_text(said)
        (seen,) = verify(memory, "demo", "build", project=str(tmp_path))
        assert (seen.passed, seen.finding) == (False, "F-1")
    (finding,) = runs.unresolved(memory, "demo")
    assert (finding.execution, finding.text) == ("E-2", "lint: exit code 1: 2 holes")
    (tmp_path / "mended").touch()
    verify(memory, "demo", "build", project=str(tmp_path))
    assert [each.resolution for each in runs.findings(memory, "demo")] == ["passed in E-3"]
    (tmp_path / "mended").unlink()
    assert verify(memory, "demo", "build", project=str(tmp_path))[0].finding == "F-2"
