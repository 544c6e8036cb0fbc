"""Recovery of every sort from the command line: told, asked for, handed out, put away."""

from __future__ import annotations

import json

import pytest

from cosmemory.__main__ import main


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """A call of the command line on a memory of its own: exit code, what it said, what it complained of."""
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    root = tmp_path / "design" / "memory"

    def call(*words):
        code = main(["--root", str(root), *words])
        out, err = capsys.readouterr()
        return code, out, err

    call("init")
    call("session", "start", "session_1")
    call("meeting", "begin", "planning", "--agents", "leader,critic", "--id", "planning_1")
    call("meeting", "spoke", "leader", "--said", "Ship\x1b[2Jit")
    call("run", "create", "run-1", "--goal", "Ship", "--phase", "scout")
    call("run", "start", "run-1")
    call("handoff", "create", "pay", "--from", "a", "--to", "b", "--id", "pay-1")
    return call


def test_each_sort_has_a_line_and_says_what_can_be_done(run):
    code, out, _ = run("recover", "check")
    assert code == 0
    assert out.split("\n")[:4] == [
        "The session session_1 is active, in planning_1 at 50%: still to speak is critic.",
        "1 run has not ended: run-1 is executing in scout.",
        "1 handoff waits for an acknowledgement: pay-1 for b.",
        "What can be done:",
    ]
    held = json.loads(run("recover", "check", "--json")[1])
    assert held["kind"] == "recovery"
    assert held["interrupted"]["sessions"][0]["to_speak"] == ["critic"]
    assert [each["run"] for each in held["interrupted"]["runs"]] == ["run-1"]


def test_one_is_handed_out_by_its_name_and_nothing_else_is(run):
    code, out, _ = run("recover", "resume", "--session")
    assert (code, out.split("\n")[0]) == (1, "session session_1")
    assert out.endswith("nothing was done; cosmemory recover resume --session --yes does it\n")
    code, out, _ = run("recover", "resume", "--session", "--run", "RUN-1", "--yes")
    assert code == 0
    assert "session session_1\n    Why: it is active\n" in out
    assert "    To speak: critic\n" in out
    assert "\x1b" not in out
    assert "run run-1\n    Why: it is executing in scout\n" in out
    assert "pay-1" not in out
    assert "'run-9' among what was interrupted" in run("recover", "resume", "--run", "run-9")[2]


def test_what_was_handed_out_is_left_alone_until_it_is_asked_for_again(run):
    run("recover", "resume", "--yes")
    code, out, _ = run("recover", "resume", "--yes")
    assert code == 0
    assert out == (
        "session session_1 is left alone: it was handed out before, and nobody has gone on with it since\n"
        "run run-1 is left alone: it was handed out before, and nobody has gone on with it since\n"
        "handoff pay-1 is left alone: it was handed out before, and nobody has gone on with it since\n"
        "--again hands it out once more, where whoever got it is gone\n"
    )
    code, out, err = run("recover", "resume", "--run", "run-1", "--yes")
    assert (code, out) == (1, "")
    assert err.startswith(
        "error: The run run-1 was handed out before, and nobody has gone on with it since.\n"
    )
    assert "run run-1\n    Why: it is executing" in run("recover", "resume", "--yes", "--again")[1]
    assert "session_1 resumed" in run("session", "resume", "--again")[1]
    assert "run-1 goes on in scout" in run("run", "recover", "run-1", "--again")[1]
    assert json.loads(run("recover", "list", "--json")[1])["runs"][0]["handed_out"] is True


def test_what_was_handed_out_before_another_was_refused_is_told(run):
    run("recover", "resume", "--session", "--yes")
    code, out, err = run("recover", "resume", "--run", "run-1", "--handoff", "pay-1", "--session", "--yes")
    assert code == 1
    assert "session_1 was handed out before" in err
    assert out == ""  # the session is the first of all, and nothing was handed out
    run("session", "update", "--pending", "3")
    run("recover", "resume", "--handoff", "pay-1", "--yes")
    code, out, err = run("recover", "resume", "--run", "run-1", "--handoff", "pay-1", "--yes")
    assert (code, out.split("\n")[0]) == (1, "run run-1")
    assert err.startswith("error: The handoff pay-1 was handed out before")


def test_a_rehearsal_hands_everything_out_and_changes_nothing(run):
    before = run("events", "--json")[1]
    held = json.loads(run("recover", "resume", "--dry-run", "--json")[1])
    assert [len(held[name]) for name in ("sessions", "runs", "handoffs", "agents")] == [1, 1, 1, 0]
    told = run("recover", "resume", "--session", "--dry-run")[1]
    assert told.endswith("that would be handed out; nothing was changed\n")
    told = run("recover", "clear", "--session", "--dry-run")[1]
    assert told == "session_1 would be moved to archive/sessions/session_1.md\n"
    assert run("events", "--json")[1] == before


def test_handoffs_are_cleared_by_name_alone(run):
    assert run("recover", "clear", "--yes")[1] == (
        "session_1 moved to archive/sessions/session_1.md\nrun-1 moved to archive/runs/run-1.md\n"
    )
    said = "nothing to do; cosmemory recover list shows what is left alone\n"
    assert run("recover", "clear", "--yes")[1] == said
    assert (
        run("recover", "clear", "--handoff", "pay-1", "--yes")[1]
        == "pay-1 moved to archive/handoffs/pay-1.md\n"
    )
    assert run("recover", "clear", "--yes")[1] == "nothing was interrupted\n"


def test_a_handoff_is_rebuilt_with_its_file(run, tmp_path):
    run("meeting", "spoke", "critic")
    run("meeting", "action", "Measure", "--owner", "ops")
    run("meeting", "conclude", "--verdict", "GO", "--handoff-file", "handoff.json")
    assert run("recover", "check")[0] == 1
    code, out, _ = run("meeting", "rebuild-handoff", "--file")
    assert (code, out) == (0, "planning_1-2026-11-21\nhandoff.json written\n")
    assert json.loads((tmp_path / "handoff.json").read_text())["actions_count"] == 1
    assert "next_steps" in run("handoff", "show", "planning_1-2026-11-21", "--json")[1]
