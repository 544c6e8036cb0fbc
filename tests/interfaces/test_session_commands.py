"""Sessions and meetings from the command line: what it prints, takes and refuses, and what a kill leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from cosmemory import open_memory
from cosmemory.__main__ import main

START = "2025-10-14T17:30:45Z"
KEY = "planning_20251014_173045"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command in a new memory; gives its exit code and what it said."""
    monkeypatch.setenv("COSMEMORY_NOW", START)
    root = tmp_path / "memory"

    def call(*arguments: str) -> SimpleNamespace:
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err, root=root)

    call("init")
    return call


def test_a_meeting_is_gone_on_with_where_it_stopped(run, monkeypatch):
    assert run("session", "start", "--agents", "ops, lead").out == "session_20251014_173045\n"
    assert run("meeting", "begin", "planning", "--agents", "lead,critic,advisor").out == f"{KEY}\n"
    assert run("meeting", "spoke", "lead", "--said", "Ship it").out == "next: critic\n"
    monkeypatch.setenv("COSMEMORY_NOW", "2025-10-14T17:45:00Z")
    assert run("session", "show").out == (
        "session_20251014_173045 active since 2025-10-14T17:30:45Z stale\n"
        f"meeting: {KEY} at 33%\n"
        "completed: lead\n"
        "still to speak: critic, advisor\n"
        "active agents: ops, lead, critic, advisor\n"
        "pending actions: 0\n"
    )
    assert "COS603" in run("validate", "--select", "COS603").out
    assert run("session", "resume").out == (
        f"session_20251014_173045 resumed\n{KEY}: still to speak: critic, advisor\n"
    )
    run("meeting", "spoke", "critic")
    assert run("meeting", "spoke", "advisor").out == "everybody has spoken\n"
    assert run("meeting", "action", "Measure", "--priority", "high", "--owner", "ops").out == "1\n"
    run("meeting", "gate", "ndcg@10", "≥ 0.72")
    assert run("meeting", "conclude", "--verdict", "GO").out == f"{KEY} concluded\n"
    assert run("meeting", "show", "--latest", "planning").out == (
        f"{KEY} concluded: GO, 1 action\n"
        "  lead: Ship it\n"
        "  critic: -\n"
        "  advisor: -\n"
        "  1 pending high ops: Measure\n"
        "  gate ndcg@10 ≥ 0.72\n"
    )


def test_what_is_shown_is_shown_as_json(run):
    run("session", "start", "--agents", "a,b", "--pending-actions", "5")
    run("meeting", "begin", "planning", "--agents", "a,b")
    run("meeting", "spoke", "a")
    shown = json.loads(run("session", "show", "--json").out)
    assert shown["kind"] == "session"
    assert (shown["stale"], shown["to_speak"], shown["pending_actions"]) == (False, ["b"], 5)
    assert shown["current_meeting"] == {
        "meeting_id": KEY,
        "team": "planning",
        "progress": 50,
        "current_agent": "b",
        "agents_completed": ["a"],
        "agents_to_speak": [],
    }
    (held,) = json.loads(run("meeting", "list", "--json").out)["meetings"]
    assert (held["meeting_id"], held["agents"]) == (KEY, ["a", "b"])
    (session,) = json.loads(run("session", "list", "--json").out)["sessions"]
    assert session["status"] == "active"
    change = json.loads(run("meeting", "verdict", "GO", "--json").out)
    assert (change["kind"], change["changes"][0]["document"]) == ("change", f"meetings/{KEY}")
    assert json.loads(run("meeting", "show", "--json").out)["verdict"] == "GO"


def test_results_are_json_or_plain_words(run):
    run("session", "start")
    key = run("meeting", "begin", "execution", "--agents", "a").out.strip()
    run("meeting", "record", "--result", "experiments_run=2", "--result", "said=all well", "--run-id", "abc")
    run("meeting", "conclude", "--metric", "ndcg@10=0.73", "--slo", "latency=true", "--executed", "3")
    assert run("meeting", "show", key).out == (
        f"{key} concluded: 3 executed, 0 failed, 0 in progress\n"
        "  experiments_run 2\n  said all well\n  ndcg@10 0.73\n  latency true\n"
    )
    assert run("meeting", "record", "--meeting", key, "--slo", "latency").code == 2


def test_objectives_of_a_meeting_are_answered_as_those_of_a_deployment(run):
    run("session", "start")
    key = run("meeting", "begin", "execution", "--agents", "a").out.strip()
    refused = run("meeting", "record", "--slo", "latency=perhaps")
    assert (refused.code, "'perhaps' is not a plain answer: one of yes, no" in refused.err) == (1, True)
    assert run("meeting", "record", "--slo", "latency=yes", "--slo", "cost=false").code == 0
    assert run("meeting", "show", key).out.endswith("  latency true\n  cost false\n")


def test_a_page_that_waits_for_the_next_session_is_not_listed_as_one(run):
    assert run("session", "list").out == "there was no session yet\n"
    run("session", "start", "night")
    run("session", "complete")
    assert [line.split()[0] for line in run("session", "list").out.splitlines()] == ["night"]


def test_a_failed_session_is_looked_into_and_reset(run):
    run("session", "start", "night")
    run("session", "fail", "no\x1b[31m space")
    shown = run("session", "show")
    assert shown.out.split("\n")[:2] == [
        f"night error since {START} until {START}",
        "error: no\x1b[31m space",
    ]
    refused = run("session", "start")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        "error: The session night is error and cannot become active; it can become idle.\n"
        "hint: cosmemory session reset puts it away, with its error.\n"
    )
    assert run("session", "reset", "--reason", "looked into").out == "night reset\n"
    assert run("session", "show").out.startswith("no session is under way\n")
    assert run("session", "list").out.startswith(f"night error since {START} until {START}\n")


@pytest.mark.parametrize(
    "line",
    [
        ["session", "start"],
        ["meeting", "begin", "planning", "--agents", "a"],
        ["meeting", "spoke", "b"],
        ["session", "complete"],
        ["meeting", "show", "nobody"],
        ["meeting", "show", "--latest", "execution"],
        ["session", "show", "yesterday"],
    ],
)
def test_what_is_refused_changes_nothing_and_exits_with_1(run, line):
    run("session", "start")
    run("meeting", "begin", "planning", "--agents", "a,b")
    run("meeting", "spoke", "b")
    before = {path: path.read_bytes() for path in run("status").root.rglob("*.md")}
    ran = run(*line)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert {path: path.read_bytes() for path in ran.root.rglob("*.md")} == before


def test_a_rehearsal_shows_what_would_change_and_an_old_revision_is_refused(run):
    run("session", "start")
    shown = run("meeting", "begin", "planning", "--agents", "a", "--dry-run")
    assert f"+- **Meeting ID:** {KEY}" in shown.out
    assert run("meeting", "list").out == "there was no meeting yet\n"
    assert run("session", "pause", "--expect", "0" * 64).code == 1
    run("meeting", "begin", "planning", "--agents", "a")
    assert run("meeting", "verdict", "GO", "--expect", "0" * 64).code == 1
    revision = json.loads(run("get", f"meetings/{KEY}", "team", "--json").out)["revision"]
    assert run("meeting", "verdict", "go", "--expect", revision).out == f"{KEY}: GO\n"


def test_old_pages_go_to_the_archive(run, monkeypatch):
    run("session", "start")
    run("meeting", "begin", "planning", "--agents", "a")
    run("meeting", "abandon")
    run("session", "complete")
    monkeypatch.setenv("COSMEMORY_NOW", "2025-12-01T00:00:00Z")
    assert run("meeting", "prune").out == "nothing to move\n"
    assert run("session", "prune", "--dry-run").out.startswith("--- ")
    assert run("session", "prune").out == "session_20251014_173045 moved to the archive\n"
    run("session", "start")
    run("meeting", "begin", "planning", "--agents", "a")
    run("meeting", "abandon")
    assert run("meeting", "prune", "--keep", "1").out == f"{KEY} moved to the archive\n"


MEETING = """
import sys
from cosmemory import open_memory
memory = open_memory(sys.argv[1])
memory.sessions.start()
memory.meetings.begin("planning", agents=[f"agent-{n}" for n in range(200)])
for n in range(200):
    memory.meetings.spoke(f"agent-{n}", said=f"word {n}")
    print(n, flush=True)
"""


@pytest.mark.parametrize("heard", [1, 7])
def test_after_a_kill_in_a_meeting_what_was_acknowledged_is_there_and_the_others_follow(tmp_path, heard):
    root = tmp_path / "memory"
    main(["--root", str(root), "init"])
    kept = {key: value for key, value in os.environ.items() if not key.startswith("COSMEMORY")}
    process = subprocess.Popen(
        [sys.executable, "-c", MEETING, str(root)], stdout=subprocess.PIPE, text=True, env=kept
    )
    said = [int(process.stdout.readline()) for _ in range(heard)]
    process.send_signal(signal.SIGKILL)
    said += [int(line) for line in process.stdout.read().split("\n") if line]
    process.stdout.close()
    process.wait()
    memory = open_memory(str(root))
    (found,) = memory.sessions.interrupted()
    # The one that was being written may have landed and not been told any more.
    assert len(said) <= len(found.completed) <= len(said) + 1
    every = [f"agent-{number}" for number in range(200)]
    assert [*found.completed, *found.to_speak] == every
    words = [each.said for each in memory.meetings.get().contributions]
    assert words == [f"word {number}" for number in range(len(found.completed))]
    memory.sessions.resume()
    assert memory.meetings.spoke(found.to_speak[0]).result == found.to_speak[1]
