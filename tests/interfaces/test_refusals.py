"""What the command line refuses, and how: one sentence, an honest exit code, nothing changed, never a traceback."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cosmemory.__main__ import main


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command in a new memory; gives its exit code and what it said."""
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    root = tmp_path / "memory"

    def call(*arguments: str, stdin: bytes = b"") -> SimpleNamespace:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err, root=root)

    call("init")
    return call


def tree(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


FROM_JSON = [
    (b'{"type": "focus", "action": "x", "extra": "words"}', "The extra of an event is an object of texts"),
    (b'{"type": "focus", "action": "x", "extra": {"a": 1}}', "The extra of an event is an object of texts"),
    (b"[" * 100_000, "The JSON is nested too deep"),
    (b"[1]", "Each event is a JSON object"),
    (b'{"type": "focus", "action": "x"}\n{', "Line 2 is not JSON"),
    (b'\xff{"type": "focus"}', "Line 1 is not JSON"),
]


@pytest.mark.parametrize(("given", "said"), FROM_JSON, ids=[said for _, said in FROM_JSON])
def test_events_in_a_form_that_nobody_knows_are_refused_together(run, given, said):
    before = tree(run("version").root)
    ran = run("log", "--from-json", "-", stdin=given)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert tree(ran.root) == before


def test_events_may_begin_with_a_byte_order_mark_and_have_fields_of_their_own(run):
    line = '\ufeff{"type": "focus", "action": "x", "extra": {"Ticket": "42"}}'
    assert run("log", "--from-json", "-", stdin=line.encode()).code == 0
    assert json.loads(run("events", "--json").out)["events"][0]["extra"] == {"Ticket": "42"}


@pytest.mark.parametrize("also", [["focus"], ["--action", "x"], ["--field", "a=b"], ["--time", "2026-11-21"]])
def test_what_from_json_would_not_heed_is_refused(run, also):
    ran = run("log", *also, "--from-json", "-", stdin=b'{"type": "focus", "action": "y"}')
    assert (ran.code, ran.out) == (2, "")
    assert "every event stands in the file" in ran.err


@pytest.mark.parametrize(
    "arguments", [["log", "focus", "--action", "x"], ["log", "--from-json", "-"], ["rotate"]], ids="-".join
)
def test_a_stale_revision_of_the_log_is_refused(run, arguments):
    before = tree(run("version").root)
    ran = run(*arguments, "--expect", "12-0123456789abcdef", stdin=b'{"type": "focus", "action": "y"}')
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: coordination-log.md is at revision ")
    assert tree(ran.root) == before


def test_the_present_revision_of_the_log_is_heeded_too(run):
    present = json.loads(run("show", "coordination-log", "--json").out)["revision"]
    assert run("rotate", "--expect", present).code == 0
    assert run("log", "focus", "--action", "x", "--expect", present).code == 0
    assert run("log", "focus", "--action", "x", "--expect", present).code == 1


@pytest.mark.parametrize("arguments", [["init"], ["metrics", "rollup"], ["run", "clean"]], ids=" ".join)
def test_a_revision_for_a_command_about_many_pages_is_refused(run, arguments):
    ran = run(*arguments, "--expect", "0" * 64)
    assert (ran.code, ran.out) == (2, "")
    assert "is about many pages" in ran.err


def test_a_page_that_is_to_be_made_has_no_revision_to_heed(run):
    (run("version").root / "cosmemory.toml").write_text('[kinds.risk]\npath = "risks/{id}.md"\n')
    ran = run("new", "risk", "R-1", "--expect", "0" * 64)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: A page that is to be made has no revision yet.")
    assert not (ran.root / "risks").exists()


def test_a_dry_run_answers_with_one_object_where_that_was_asked_for(run):
    before = tree(run("version").root)
    told = json.loads(run("focus", "Ship it", "--dry-run", "--json").out)
    assert (told["kind"], told["dry_run"]) == ("change", True)
    assert [each["document"] for each in told["changes"]] == ["cos-state", "coordination-log"]
    assert "+- **Primary Task:** Ship it\n" in told["diff"]
    assert tree(run("version").root) == before


def test_the_difference_that_fixes_would_make_is_one_object_too(run):
    page = run("version").root / "cos-state.md"
    page.write_text(page.read_text().replace("** active", "** Active"), encoding="utf-8")
    ran = run("validate", "--diff", "--json")
    assert ran.code == 1
    assert "+- **Status:** active\n" in json.loads(ran.out)["diff"]


def test_the_demo_is_refused_where_pages_are(run):
    before = tree(run("version").root)
    ran = run("init", "--demo", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(ran.err)["code"] == "refused"
    assert tree(ran.root) == before


@pytest.mark.parametrize(
    ("arguments", "code", "meant"),
    [
        (["get", "cos-stat", "x"], 1, "cos-state"),
        (["show", "active-alert"], 1, "active-alerts"),
        (["validate", "team-rooster.md"], 1, "team-roster"),
        (["stauts"], 2, "status"),
        (["alert", "rase"], 2, "raise"),
        (["team", "jion", "x"], 2, "join"),
        (["action", "dnoe", "1"], 2, "done"),
        (["metrics", "recrod", "x"], 2, "record"),
        (["report", "weakly"], 2, "weekly"),
        (["team", "seen", "helper-on"], 1, "helper-one"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_name_that_is_nearly_one_we_know_gets_that_suggested(run, arguments, code, meant):
    run("team", "join", "helper-one", "--role", "Writer")
    ran = run(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert f"Did you mean {meant!r}?" in ran.err


def test_the_log_is_read_by_path_and_never_edited(run):
    run("log", "focus", "--action", "x", "--field", "Ticket=42")
    before = tree(run("version").root)
    assert run("get", "coordination-log", "events.#1.action").out == "x\n"
    assert run("get", "coordination-log", "events.#1.extra.Ticket").out == "42\n"
    assert json.loads(run("get", "coordination-log", "events.#1", "--json").out)["value"]["type"] == "focus"
    for arguments in (
        ["remove", "coordination-log", "events.#1"],
        ["set", "coordination-log", "events.#1.type", "run"],
    ):
        ran = run(*arguments)
        assert (ran.code, ran.out) == (1, "")
    assert tree(run("version").root) == before


def test_a_change_of_the_log_that_changes_nothing_tells_the_logs_own_revision(run):
    present = json.loads(run("show", "coordination-log", "--json").out)["revision"]
    assert run("set", "coordination-log", "session", "cos-20261121-0600").out == f"{present}\n"


@pytest.mark.parametrize("given", [b"Ship it\n", b"  Ship it  \r\n\r\n"], ids=repr)
def test_white_space_around_a_value_is_nobodys(run, given):
    assert run("focus", "-", stdin=given).out == "focus: Ship it\n"
    assert run("get", "cos-state", "current_focus.primary_task").out == "Ship it\n"
    assert run("team", "join", " helper-1 ", "--role", " Writer\n").code == 0
    assert run("get", "team-roster", "active_team_members.helper-1.role").out == "Writer\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["action", "add", " "], "Action"),
        (["action", "add", "N/A"], "Action"),
        (["decision", "x", "--rationale", "-"], "Rationale"),
        (["team", "join", "None", "--role", "x"], "Session Name"),
        (["team", "join", "x", "--role", ""], "Role"),
        (["alert", "raise", "--type", "", "--severity", "warning", "--resource", "r", "--value", "1",
          "--threshold", "2"], "Type"),
        (["metrics", "record", "", "--tasks", "1"], "Agent Name"),
        (["metrics", "team", "-", "5"], "Metric"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)  # fmt: skip
def test_a_value_that_says_nothing_is_refused_by_its_name(run, arguments, named):
    before = tree(run("version").root)
    ran = run(*arguments)
    told = f"error: {named} is not valid: it is empty.\nhint: Say it in words.\n"
    assert (ran.code, ran.out, ran.err) == (1, "", told)
    after = tree(run("version").root)
    after.pop(".cosmemory/marks", None)
    assert after == before


SETTINGS = [
    (b"\xff\xfe", "byte 0 is not UTF-8"),
    (b'[log]\nevent_types = "x"', "log.event_types: expected a list of texts, not 'x'"),
    (
        b'[storage]\nlock_timeout = "x"',
        "storage.lock_timeout: expected seconds above 0 and up to 3600, not 'x'",
    ),
    (b"[bounds]\ndecisions = 1.5", "bounds.decisions: expected a number of rows from 1 on, not 1.5"),
    (b"format = 0", "format: expected a number from 1 on"),
    (b"[target_roles]\nDev = -1", "target_roles.Dev: expected a whole number from 0 on, not -1"),
    (b"bounds = 3", "bounds: expected a table"),
    (b"nonsense", "it is not TOML"),
]


@pytest.mark.parametrize(("held", "said"), SETTINGS, ids=[said for _, said in SETTINGS])
def test_a_setting_that_cannot_be_used_is_named_as_it_stands_in_the_file(run, held, said):
    (run("version").root / "cosmemory.toml").write_bytes(held)
    for arguments in (["status"], ["log", "focus", "--action", "x"]):
        ran = run(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert f"cosmemory.toml: {said}" in ran.err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "arguments", [["log", "focus", "--action", "x"], ["show", "cos-state"]], ids=" ".join
)
def test_an_answer_that_cannot_be_written_is_one_line(run, arguments):
    line = [sys.executable, "-m", "cosmemory", "--root", str(run("version").root), *arguments]
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "error: the output: No space left on device.\n")
