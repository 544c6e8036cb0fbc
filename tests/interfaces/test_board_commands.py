"""The board as the command line shows it, and what its commands answer to scripts."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from cosmemory.__main__ import main


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    root = tmp_path / "memory"
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    monkeypatch.setenv("COSMEMORY_ACTOR", "planner")

    def call(*arguments):
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    call("init")
    call.root = root
    return call


def test_a_value_is_set_and_shown(run):
    assert run("board", "set", "plan", "green") == (0, "plan is at version 1\n", "")
    assert run("board", "get", "plan") == (0, "green\n", "")
    assert run("board", "set", "plan", '{"a": [1]}', "--ttl", "60")[0] == 0
    assert json.loads(run("board", "get", "plan", "--json")[1]) == {
        "schema": 1,
        "kind": "board-entry",
        "key": "plan",
        "value": {"a": [1]},
        "writer": "planner",
        "version": 2,
        "updated": "2026-11-21T06:00:00Z",
        "time_to_live": 60,
        "expires": "2026-11-21T06:01:00Z",
    }


def test_a_change_says_which_key_it_was_about(run):
    (first, *_) = json.loads(run("board", "set", "plan", "1", "--json")[1])["changes"]
    assert (first["document"], first["key"]) == ("board", "plan")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (["get", "nothing"], 1, "error: The key 'nothing' on the board was not found.\n"),
        (["remove", "nothing"], 1, "error: The key 'nothing' on the board was not found.\n"),
        (["set", "plan", "x", "--if-version", "7"], 1, "error: plan on the board is at version 1, but"),
        (["set", "plan", "x", "--if-version", ""], 2, "error: "),
        (["set", "plan", "x", "--ttl", "0"], 2, "error: "),
        (["wait", "late", "--timeout", "0.05"], 1, "error: late on the board did not come within 0.05 s.\n"),
        (["wait", "late", "--timeout", "soon"], 2, "error: "),
        (["history", "nothing"], 1, "error: The key 'nothing' on the board was not found.\n"),
    ],
)
def test_what_is_refused_changes_nothing_and_tells_by_its_exit_code(run, line, code, said):
    run("board", "set", "plan", "1")
    before = (run.root / "board.md").read_bytes()
    found, out, err = run("board", *line)
    assert (found, out) == (code, "")
    assert err.startswith(said)
    assert (run.root / "board.md").read_bytes() == before


def test_keys_are_listed_and_their_past_is_told(run):
    assert run("board", "list")[1] == "nothing stands there\n"
    run("board", "set", "plan-a", "one")
    run("board", "set", "plan-a", "two", "--actor", "builder")
    run("board", "set", "other", "x")
    assert run("board", "list", "plan-*")[1] == "plan-a  2  builder  2026-11-21T06:00:00Z  two\n"
    listed = json.loads(run("board", "list", "--writer", "planner", "--json")[1])
    assert [each["key"] for each in listed["entries"]] == ["other"]
    run("board", "remove", "plan-a")
    assert run("board", "history", "plan-a")[1] == (
        "2026-11-21T06:00:00Z  planner  removed\n"
        "2026-11-21T06:00:00Z  builder  version 2  two\n"
        "2026-11-21T06:00:00Z  planner  version 1  one\n"
    )
    told = json.loads(run("board", "history", "plan-a", "-n", "1", "--json")[1])
    assert told["changes"] == [{"at": "2026-11-21T06:00:00Z", "actor": "planner", "entry": None}]


def test_a_dry_run_shows_the_line_and_writes_none(run):
    run("board", "set", "plan", "1")
    out = run("board", "set", "plan", "2", "--dry-run")[1]
    assert "+| plan | 2 | planner | 2 | 2026-11-21T06:00:00Z | - |" in out
    assert run("board", "get", "plan")[1] == "1\n"


def test_what_no_longer_holds_is_swept(run, monkeypatch):
    run("board", "set", "lease", "mine", "--ttl", "1")
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:01Z")
    assert run("board", "get", "lease")[0] == 1
    assert run("board", "expire")[1] == "1 taken away\n"
    assert "lease" not in (run.root / "board.md").read_text()


def test_a_command_that_waits_shows_what_comes(run):
    waiting = subprocess.Popen(
        [sys.executable, "-m", "cosmemory", "--root", str(run.root), "board", "wait", "late"],
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(0.2)
    run("board", "set", "late", "now")
    out, _ = waiting.communicate(timeout=30)
    assert (waiting.returncode, out) == (0, "now\n")
