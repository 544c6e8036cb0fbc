"""The everyday verbs from the command line: what they print, write, refuse and exit with."""

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

NOW = "2026-11-21T06:00:00Z"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command in a new memory; gives its exit code and what it said."""
    monkeypatch.setenv("COSMEMORY_NOW", NOW)
    root = tmp_path / "memory"

    def call(*arguments: str, stdin: str | None = None) -> SimpleNamespace:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin.encode())))
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err, root=root)

    call("init")
    return call


def text(ran: SimpleNamespace, path: str) -> str:
    return Path(ran.root, path).read_text(encoding="utf-8")


def test_a_day_of_a_chief_of_staff(run, snapshot):
    for line in (
        ["focus", "Ship the parser", "--priority", "high"],
        ["action", "add", "Review the lock", "--priority", "critical", "--deadline", "2026-11-20"],
        ["action", "add", "Write the docs", "--priority", "low"],
        ["action", "start", "2", "--notes", "with helper-2"],
        ["decision", "Keep one lock", "--rationale", "simpler to reason about"],
        ["resources", "--memory", "62", "--cpu", "1.4"],
        ["team", "join", "helper-1", "--role", "implementer", "--task", "parser", "--capabilities", "python,c"],
        ["team", "join", "helper-2", "--role", "reviewer"],
        ["team", "task", "helper-2", "the docs"],
        ["team", "status", "helper-2", "busy", "--details", "until noon"],
        ["alert", "raise", "--type", "Memory", "--severity", "warning", "--resource", "db", "--value", "91%",
         "--threshold", "90%"],
        ["alert", "ack", "ALERT-1", "--note", "looking"],
        ["alert", "escalate", "ALERT-1", "--severity", "critical"],
        ["team", "leave", "helper-1", "--reason", "done here"],
        ["log", "message_sent", "--involved", "helper-2", "--action", "Asked for a review"],
    ):  # fmt: skip
        ran = run(*line)
        assert (ran.code, ran.err) == (0, ""), line
    assert run("validate").code == 0
    for page in ("cos-state.md", "team-roster.md", "alerts/active-alerts.md", "coordination-log.md"):
        assert text(ran, page) == snapshot(name=page)
    assert run("status").out == snapshot(name="status")
    assert json.loads(run("status", "--json").out)["findings"] == {"error": 0, "warning": 0, "info": 0}


def test_set_prints_the_new_revision_and_get_the_value(run):
    changed = run("set", "cos-state", "current_focus.priority", "high")
    shown = json.loads(run("get", "cos-state", "current_focus.priority", "--json").out)
    assert changed.out.strip() == shown["revision"]
    assert shown["value"] == "high"
    assert run("get", "cos-state.md", "current_focus.priority").out == "high\n"


def test_a_change_tells_every_page_it_touched_the_named_one_first(run):
    told = json.loads(run("team", "join", "a", "--role", "r", "--json").out)
    assert (told["schema"], told["kind"]) == (1, "change")
    assert [each["document"] for each in told["changes"]] == ["team-roster", "cos-state", "coordination-log"]
    assert told["changes"][0]["key"] == "a"


def test_values_come_from_stdin_where_a_dash_stands(run):
    assert run("set", "cos-state", "notes", "-", stdin="One.\n\nTwo.\n").code == 0
    assert text(run("version"), "cos-state.md").endswith("## Notes\nOne.\n\nTwo.\n")
    assert run("log", "focus", "--action", "x", "--notes", "-", stdin="from | stdin\n").code == 0
    assert json.loads(run("events", "--json").out)["events"][-1]["notes"] == "from | stdin"


def test_a_value_may_begin_with_a_dash(run):
    assert run("log", "focus", "--action", "x", "--notes", "---").code == 0
    assert json.loads(run("events", "--json").out)["events"][-1]["notes"] == "---"
    assert run("set", "cos-state", "current_focus.primary_task", "--help me").code == 0
    assert run("get", "cos-state", "current_focus.primary_task").out == "--help me\n"


@pytest.mark.parametrize("source", ['[{"type": "focus", "action": "a"}, {"type": "run", "action": "b"}]',
                                    '{"type": "focus", "action": "a"}\n\n{"type": "run", "action": "b"}\n'])  # fmt: skip
def test_many_events_are_appended_at_once(run, source):
    assert run("log", "--from-json", "-", stdin=source).out == "logged 2 events\n"
    assert [each["type"] for each in json.loads(run("events", "--json").out)["events"]] == ["focus", "run"]


def test_a_dry_run_shows_the_difference_and_changes_nothing(run):
    before = text(run("version"), "cos-state.md")
    ran = run("focus", "Ship it", "--dry-run")
    assert ran.code == 0
    assert "-- **Primary Task:** -\n" in ran.out
    assert "+- **Primary Task:** Ship it\n" in ran.out
    assert text(ran, "cos-state.md") == before


def test_a_stale_revision_is_refused_and_nothing_changes(run):
    old = run("set", "cos-state", "current_focus.priority", "high").out.strip()
    assert run("set", "cos-state", "current_focus.priority", "low", "--expect", old).code == 0
    before = text(run("version"), "cos-state.md")
    ran = run("set", "cos-state", "current_focus.priority", "medium", "--expect", old)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: cos-state.md is at revision ")
    assert text(ran, "cos-state.md") == before


@pytest.mark.parametrize(
    ("arguments", "code", "kind", "said"),
    [
        (["get", "cos-stat", "x"], 1, "not-found", "cos-stat"),
        (["get", "cos-state", "current_focus.nothing"], 1, "not-found", "nothing"),
        (["set", "cos-state", "current_focus.priority", "urgent"], 1, "invalid-value", "critical, high, medium, low"),
        (["set", "cos-state", "resource_status.memory", "much"], 1, "invalid-value", "much"),
        (["action", "done", "99"], 1, "not-found", "99"),
        (["alert", "ack", "ALERT-9"], 1, "not-found", "ALERT-9"),
        (["team", "seen", "nobody"], 1, "not-found", "nobody"),
        (["log", "focus"], 2, "usage", "--action"),
        (["log", "focus", "--action", "x", "--time", "10:00"], 1, "invalid-value", "10:00"),
        (["log", "focus", "--action", "x", "--field", "Type=y"], 1, "invalid-value", "Type"),
        (["log", "--from-json", "-"], 2, "usage", "Line 1"),
        (["rule", "COS999"], 1, "not-found", "COS999"),
        (["validate", "nowhere.md"], 1, "not-found", "nowhere.md"),
        (["set", "cos-state", "a"], 2, "usage", "VALUE"),
        (["nothing"], 2, "usage", "nothing"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_sentence_with_its_code(run, arguments, code, kind, said):
    ran = run(*arguments, stdin="{broken")
    assert ran.code == code
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert said in ran.err
    assert all(line.startswith(("error: ", "hint: ", "warning: ")) for line in ran.err.strip().split("\n"))
    told = json.loads(run(*arguments, "--json", stdin="{broken").err)
    assert (told["schema"], told["kind"], told["code"]) == (1, "error", kind)
    assert said in told["message"] + told["hint"]


def test_an_illegal_step_names_the_legal_ones(run):
    run("action", "add", "x")
    run("action", "done", "1")
    ran = run("action", "start", "1")
    assert ran.code == 1
    assert "done" in ran.err
    assert "pending" in ran.err


def test_json_and_root_stand_before_or_after_the_command(run):
    root = str(run("version").root)
    for line in (
        ["--json", "--root", root, "show", "cos-state"],
        ["show", "cos-state", "--json", "--root", root],
        ["show", "--json", "cos-state"],
    ):
        shown = json.loads(run(*line).out)
        assert (shown["kind"], shown["path"]) == ("document", "cos-state.md")
        assert shown["data"]["session_info"]["session_id"] == "cos-20261121-0600"


def test_events_are_filtered(run):
    for number in range(5):
        run(
            "log",
            "focus" if number % 2 else "run",
            "--action",
            f"step {number}",
            "--involved",
            f"helper-{number}",
        )
    listed = json.loads(run("events", "--type", "focus", "-n", "1", "--json").out)["events"]
    assert [each["action"] for each in listed] == ["step 3"]
    assert run("events", "--agent", "helper-2").out == "2026-11-21T06:00:00Z  run [helper-2]  step 2\n"
    assert run("events", "--since", "2026-11-22").out == ""


def test_nothing_on_a_page_reaches_a_terminal_raw(run, monkeypatch):
    run("focus", "red \x1b[31m alert \u202e")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    for line in (
        ["show", "cos-state"],
        ["status"],
        ["get", "cos-state", "current_focus.primary_task"],
        ["events"],
    ):
        ran = run(*line)
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out
        assert "\\x1b" in ran.out


def test_a_memory_that_is_newer_is_only_read(run):
    (run("version").root / "cosmemory.toml").write_text("format = 2\n", encoding="utf-8")
    assert run("show", "cos-state").code == 0
    ran = run("focus", "x")
    assert (ran.code, ran.out) == (2, "")
    assert "its format is 2" in ran.err


def test_a_wrong_setting_is_named_with_its_place(run):
    (run("version").root / "cosmemory.toml").write_text("[storage]\ndurabilty = 'full'\n", encoding="utf-8")
    ran = run("focus", "x")
    assert ran.code == 2
    assert "storage.durabilty" in ran.err
    assert "Did you mean storage.durability?" in ran.err


def test_init_makes_what_is_missing_and_touches_nothing_else(run):
    root = run("version").root
    (root / "cos-state.md").write_text("# Mine\n", encoding="utf-8")
    (root / "team-roster.md").unlink()
    assert run("init").out.split("\n")[1:] == ["  team-roster.md", ""]
    assert text(run("version"), "cos-state.md") == "# Mine\n"
    assert run("init").out.startswith("nothing is missing")


def test_what_had_to_be_repaired_is_told(run):
    log = run("version").root / "coordination-log.md"
    log.write_bytes(log.read_bytes() + b"### 2026-11-21T05:00:00Z\n**Type:** focus\n**Action:** torn")
    for line in (["log", "focus", "--action", "next"], ["focus", "again"]):
        ran = run(*line)
        assert ran.code == 0
    assert [each["action"] for each in json.loads(run("events", "--json").out)["events"]] == [
        "torn",
        "next",
        "again",
    ]
    log.write_bytes(log.read_bytes() + b"### 2026-11-21T05:00:00Z\n**Type:** focus\n**Action:** torn too")
    ran = run("log", "focus", "--action", "next")
    assert ran.err == "note: coordination-log.md: the last entry, at byte 283, had no end and was closed.\n"


def test_who_asks_hears_what_is_done(run, tmp_path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COSMEMORY")}
    line = [sys.executable, "-m", "cosmemory", "-v", "--root", str(run("version").root), "focus", "x"]
    ran = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    assert "changed cos-state.md, coordination-log.md" in ran.stderr


def test_the_log_has_one_revision_whoever_tells_it(run):
    told = json.loads(run("log", "focus", "--action", "x", "--json").out)["changes"][0]["revision"]
    shown = json.loads(run("show", "coordination-log", "--json").out)["revision"]
    length = (run("version").root / "coordination-log.md").stat().st_size
    assert told == shown
    assert told.startswith(f"{length}-")
    assert run("set", "coordination-log", "session", "mine", "--expect", told).code == 0
    assert run("set", "coordination-log", "session", "theirs", "--expect", told).code == 1
