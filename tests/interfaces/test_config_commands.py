"""The commands about settings: what they show, what they refuse, and what they leave as it was."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from cosmemory.config.settings import FILE, LOCAL
from cosmemory.interfaces.cli import saving, settings_file


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    (tmp_path / "design" / "memory").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    return tmp_path


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["config", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def told(capsys, *arguments: str) -> dict:
    code, out, _ = run(capsys, *arguments, "--json")
    assert code in (0, 1)
    return json.loads(out)


def test_one_value_is_shown_bare_and_a_table_by_its_lines(project, capsys):
    (project / FILE).write_text('templates = ""\n[bounds]\ndecisions = 30\n')
    assert run(capsys, "show", "bounds.decisions") == (0, "30\n", "")
    assert run(capsys, "show", "storage.durability")[1] == "full\n"
    assert run(capsys, "show", "bounds")[1].split("\n")[:2] == [
        "bounds.decisions = 30",
        "bounds.ended_actions = 20",
    ]


def test_each_value_is_shown_with_who_says_it(project, capsys, monkeypatch):
    (project / FILE).write_text('[verification.build]\ncommand = "make"\n')
    (project / LOCAL).write_text("[bounds]\ndecisions = 7\n")
    monkeypatch.setenv("COSMEMORY_BOUNDS_TEAM_CHANGES", "9")
    origins = told(capsys, "show")["origins"]
    assert origins["bounds.decisions"] == str(project / LOCAL)
    assert origins["bounds.team_changes"] == "COSMEMORY_BOUNDS_TEAM_CHANGES"
    assert origins["bounds.ended_actions"] == "default"
    assert origins["verification.build.command"] == str(project / FILE)
    assert origins["verification.build.timeout"] == "default"
    assert f"bounds.decisions = 7  # {project / LOCAL}\n" in run(capsys, "show", "--origin")[1]


def test_a_name_that_is_nearly_right_gets_a_hint(project, capsys):
    code, out, err = run(capsys, "show", "bounds.decision")
    assert (code, out) == (1, "")
    assert "Did you mean 'bounds.decisions'?" in err


def test_a_value_is_set_where_the_project_keeps_its_settings(project, capsys):
    assert run(capsys, "set", "bounds.decisions", "30")[0] == 0
    assert (project / FILE).read_text() == "[bounds]\ndecisions = 30\n"
    assert run(capsys, "set", "targets.On-Time Rate", "95")[0] == 0
    assert run(capsys, "set", "log.event_types", "release, review")[0] == 0
    found = told(capsys, "show")["settings"]
    assert found["targets"] == {"On-Time Rate": 95.0}
    assert found["log"]["event_types"] == ["release", "review"]


@pytest.mark.parametrize(("value", "held"), [("-5", -5), ("-0.5", -0.5), ("-1e3", -1000.0)])
@pytest.mark.parametrize("more", [[], ["--"]])
def test_a_number_below_nothing_is_set_like_any_other(project, capsys, value, held, more):
    assert main(["config", "set", "extra.low", *more, value]) == 0
    assert tomllib.loads((project / "cosmemory.toml").read_text())["extra"]["low"] == held
    assert main(["config", "set", "extra.low", "-y"]) == 2
    assert "No such option '-y'" in capsys.readouterr().err


def test_the_mode_of_the_file_stays_and_a_link_to_it_too(project, capsys):
    (project / "real.toml").write_text("# ours\n")
    (project / "real.toml").chmod(0o640)
    (project / FILE).symlink_to("real.toml")
    assert run(capsys, "set", "bounds.decisions", "30")[0] == 0
    assert (project / FILE).is_symlink()
    assert (project / "real.toml").stat().st_mode & 0o777 == 0o640
    assert (project / "real.toml").read_text() == "# ours\n\n[bounds]\ndecisions = 30\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bounds.decisions", "many"), "bounds.decisions: expected a number of rows from 1 on, not 'many'"),
        (("bounds.decision", "3"), "bounds.decision: no such setting"),
        (("verification.build.timeout", "5"), "verification.build.command: it is missing"),
        (("templates", "nowhere"), "templates: there is no folder"),
        (("bounds", "5"), "bounds: expected a table"),
        (("artifacts.folder", "design/memory/cos-state.md"), "is no folder"),
    ],
)
def test_what_would_be_wrong_is_refused_before_it_is_written(project, capsys, arguments, said):
    (project / FILE).write_text("# ours\n[log]\n")
    code, out, err = run(capsys, "set", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert (project / FILE).read_text() == "# ours\n[log]\n"


def test_what_the_local_file_hides_must_be_right_too(project, capsys):
    (project / LOCAL).write_text("[bounds]\ndecisions = 7\n")
    assert run(capsys, "set", "bounds.decisions", "0")[0] == 2
    assert not (project / FILE).exists()
    code, _, err = run(capsys, "set", "bounds.decisions", "9")
    assert code == 0
    assert f"warning: {project / LOCAL} says it too, and counts." in err


def test_a_file_with_mistakes_can_be_mended_one_by_one(project, capsys):
    (project / FILE).write_text("[bounds]\ndecisions = 0\nteam_changes = 0\n")
    assert run(capsys, "set", "bounds.decisions", "0")[0] == 2
    assert run(capsys, "set", "bounds.decisions", "9")[0] == 0
    assert run(capsys, "unset", "bounds.team_changes")[0] == 0
    assert run(capsys, "check") == (0, f"sound: {project / FILE}\n", "")


def test_a_file_that_is_no_toml_is_left_alone(project, capsys):
    (project / FILE).write_text("[bounds\n")
    code, _, err = run(capsys, "set", "bounds.decisions", "9")
    assert code == 2
    assert "it is not TOML" in err
    assert (project / FILE).read_text() == "[bounds\n"


def test_a_dry_run_shows_the_difference_and_writes_nothing(project, capsys):
    code, out, _ = run(capsys, "set", "bounds.decisions", "9", "--dry-run")
    assert code == 0
    assert "+decisions = 9" in out
    assert not (project / FILE).exists()


def test_a_file_that_somebody_saves_meanwhile_keeps_their_text(project, capsys, monkeypatch):
    (project / FILE).write_text("[bounds]\ndecisions = 5\n")
    refuse = settings_file._refuse_wrong

    def saved_meanwhile(*arguments):
        refuse(*arguments)
        (project / FILE).write_text("[bounds]\ndecisions = 6 # theirs\n")

    monkeypatch.setattr(settings_file, "_refuse_wrong", saved_meanwhile)
    assert run(capsys, "set", "bounds.decisions", "9")[0] == 1
    assert (project / FILE).read_text() == "[bounds]\ndecisions = 6 # theirs\n"


def test_git_ignores_a_local_file_from_before_it_is_there(project, capsys):
    subprocess.run(["git", "init", "-q"], check=True, cwd=project)
    (project / ".gitignore").write_text("*.tmp\n")
    assert run(capsys, "set", "--local", "logging.level", "debug")[0] == 0
    status = subprocess.run(
        ["git", "status", "--short"], capture_output=True, text=True, check=True, cwd=project
    )
    assert LOCAL not in status.stdout
    assert (project / ".gitignore").read_text().startswith("*.tmp\n")
    (project / ".gitignore").unlink()
    assert "git does not ignore it" in told(capsys, "check")["warnings"][0]


def test_a_check_tells_everything_at_once(project, capsys, monkeypatch):
    (project / FILE).write_text("[bounds]\ndecisions = 0\nteam_change = 3\n")
    (project / LOCAL).write_text("[bounds\n")
    (project / "design" / "memory" / LOCAL).write_text("")
    monkeypatch.setenv("COSMEMORY_BOUNDS_ENDED_ACTIONS", "few")
    monkeypatch.setenv("COSMEMORY_BOUND_DECISIONS", "3")
    code, out, err = run(capsys, "check")
    assert code == 1
    lines = out.split("\n")
    assert f"{project / LOCAL}: it is not TOML" in lines[0]
    assert lines[1].endswith(
        "bounds.decisions: expected a number of rows from 1 on, not 0. 20 is the default."
    )
    assert lines[2].endswith("bounds.team_change: no such setting. Did you mean bounds.team_changes?")
    assert lines[3].startswith(
        "COSMEMORY_BOUNDS_ENDED_ACTIONS: expected a number of rows from 1 on, not 'few'."
    )
    assert "is not read" in err
    assert "COSMEMORY_BOUND_DECISIONS is no setting. Did you mean 'COSMEMORY_BOUNDS_DECISIONS'?" in err
    assert [each["key"] for each in told(capsys, "check")["errors"]] == [
        "",
        "bounds.decisions",
        "bounds.team_change",
        "",
    ]


def test_folders_that_settings_name_are_made_when_that_is_wished(project, capsys):
    (project / FILE).write_text('[artifacts]\nfolder = "made/artifacts"\n[logging]\nfile = "logs/x.log"\n')
    assert "is not there" in run(capsys, "check")[2]
    assert told(capsys, "check", "--make")["made"] == [str(project / "made/artifacts"), str(project / "logs")]
    assert (project / "made" / "artifacts").is_dir()
    assert run(capsys, "check")[2] == ""


def test_an_import_names_every_value_and_a_dry_run_writes_none(project, capsys):
    (project / "o.yaml").write_text("execution: {max_retries: 4}\nrag: {chunk_size: 1000, other: null}\n")
    report = told(capsys, "import", "o.yaml", "--dry-run")
    assert [(each["name"], each["key"], each["kept"]) for each in report["values"]] == [
        ("execution.max_retries", "runs.retries", False),
        ("rag.chunk_size", "extra.rag.chunk_size", True),
        ("rag.other", None, False),
    ]
    assert not (project / FILE).exists()
    code, out, _ = run(capsys, "import", "o.yaml")
    assert code == 0
    assert "took execution.max_retries as runs.retries\nkept rag.chunk_size as extra.rag.chunk_size" in out
    assert (project / FILE).read_text() == "[runs]\nretries = 4\n\n[extra.rag]\nchunk_size = 1000\n"
    assert run(capsys, "import", "o.yaml")[1].endswith("nothing to change\n")


def test_a_configuration_that_is_not_there_or_no_yaml_is_told(project, capsys):
    assert "o.yaml was not found" in run(capsys, "import", "o.yaml")[2]
    (project / "o.yaml").write_text("a: [\n")
    code, _, err = run(capsys, "import", "o.yaml")
    assert code == 2
    assert "cannot be read at line" in err


def test_a_configuration_that_holds_itself_is_refused(project, capsys):
    (project / "o.yaml").write_text("a: &a [*a]\n")
    code, out, err = run(capsys, "import", "o.yaml")
    assert (code, out) == (2, "")
    assert "o.yaml: The file cannot be read at line 1: a value holds itself." in err
    assert not (project / FILE).exists()


def test_a_kind_that_cannot_be_is_found_by_the_check_and_never_set(project, capsys):
    code, out, err = run(capsys, "set", "kinds.risk.path", "5")
    assert (code, out) == (2, "")
    assert "kinds.risk.path: expected a text." in err
    assert not (project / FILE).exists()
    (project / FILE).write_text("[kinds.risk]\npath = 5\n")
    assert run(capsys, "check")[:2] == (
        1,
        "cosmemory.toml: kinds.risk.path: expected a text. Correct the value.\n",
    )
    assert run(capsys, "set", "kinds.risk", '{path = "risks/{id}.md", fields = ["ID"]}')[0] == 0
    assert run(capsys, "check")[0] == 0


def test_a_byte_order_mark_is_read_over_and_stays(project, capsys):
    (project / FILE).write_bytes(b"\xef\xbb\xbf[bounds]\r\ndecisions = 7 # few\r\n")
    assert run(capsys, "show", "bounds.decisions")[1] == "7\n"
    assert run(capsys, "set", "bounds.decisions", "9")[0] == 0
    assert (project / FILE).read_bytes() == b"\xef\xbb\xbf[bounds]\r\ndecisions = 9 # few\r\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_told_with_the_name_of_the_file(project, capsys, monkeypatch):
    monkeypatch.setattr(saving.os, "fsync", lambda _: os.write(os.open("/dev/full", os.O_WRONLY), b"x"))
    code, _, err = run(capsys, "set", "bounds.decisions", "9")
    assert (code, err) == (2, f"error: {project / FILE} was not saved: No space left on device.\n")
    assert [path.name for path in project.iterdir()] == ["design"]


def test_whoever_cannot_write_the_file_is_told(project, capsys):
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    project.chmod(0o500)
    try:
        assert run(capsys, "set", "bounds.decisions", "9")[0] == 2
    finally:
        project.chmod(0o700)
