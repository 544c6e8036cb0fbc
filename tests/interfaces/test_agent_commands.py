"""The commands for agents, recovery and watching, as scripts use them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cosmemory.__main__ import main

ROOT = Path(__file__).parents[2]
GONE = str(2**30)


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """A call of the command line on a memory of its own: exit code, what it said, what it complained of."""
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")

    def call(*words):
        code = main(["--root", str(tmp_path), *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    call("init")
    return call


def held(answer):
    _, out, err = answer
    assert err == ""
    return json.loads(out)


def test_a_page_that_cannot_be_written_does_not_stop_the_spawning(run, tmp_path):
    (tmp_path / "agents").touch()
    for words in (["spawn", "L2.1"], ["spawn", "L2.1", "--json"], ["run", "L2.1", "--", "true"]):
        code, out, err = run("agent", *words)
        assert code == 0
        assert out
        assert err.startswith("warning: L2.1 is not on record: ")
        assert err.count("\n") == 1


def test_agents_are_listed_as_text_and_as_json(run):
    run("agent", "spawn", "L2.1", "--name", "Tester", "--type", "L2", "--pid", GONE, "--metadata", "n=[1, 2]")
    run("agent", "progress", "L2.1", "40%", "--message", "half", "--data", '{"part": 2}')
    assert run("agent", "list") == (0, "L2.1  Tester  (L2, running, 40%)\n", "")
    (agent,) = held(run("agent", "list", "--json"))["agents"]
    assert agent["metadata"] == [{"key": "n", "value": [1, 2]}]
    assert agent["checkpoints"][0]["data"] == {"part": 2}
    assert run("agent", "list", "--status", "failed") == (0, "there is no such agent\n", "")
    assert run("agent", "list", "--status", "failde")[0] == 1
    assert run("get", "agents/L2.1", "progress.message") == (0, "half\n", "")
    assert held(run("agent", "summary", "--json"))["incomplete_by_type"] == {"L2": 1}
    assert held(run("agent", "tree", "--json"))["agents"] == [
        {"depth": 0, "agent_id": "L2.1", "status": "running"}
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["progress", "L2.1", "half"], "error: PERCENT is not valid: 'half' is not a number."),
        (["progress", "L2.1", "101"], "error: progress is not valid: 101 is no share of a whole."),
        (["spawn", "a/b"], "error: the id of the agent is not valid: 'a/b' cannot be one."),
        (["spawn", "x", "--load", "300"], "error: the load is not valid: 300 is no share of a whole."),
        (["spawn", "x", "--metadata", "n"], "error: --metadata is not valid: 'n' names no value."),
        (["run", "x", "--dry-run", "--", "true"], "error: A process cannot be run for trial."),
        (
            ["retry", "L2.1"],
            "error: Agent L2.1 is running and cannot become pending; it can become completed, failed.",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(run, words, said):
    run("agent", "spawn", "L2.1", "--pid", GONE)
    code, out, err = run("agent", *words)
    assert (code > 0, out, err.split("\n")[0]) == (True, "", said)


def test_resuming_asks_first_and_hands_out_once_agreed(run):
    run("agent", "spawn", "L2.1", "--type", "L2", "--prompt", "Do this.\n\nThen that.", "--pid", GONE)
    run("agent", "progress", "L2.1", "40", "--message", "half", "--data", '{"part": 2}')
    code, out, _ = run("recover", "resume")
    assert code == 1
    assert out.endswith("nothing was done; cosmemory recover resume --yes does it\n")
    assert held(run("recover", "resume", "--json"))["done"] is False
    assert held(run("recover", "resume", "--json", "--dry-run"))["agents"][0]["agent_id"] == "L2.1"
    assert held(run("agent", "show", "L2.1", "--json"))["agent"]["status"] == "running"
    code, out, _ = run("recover", "resume", "--yes")
    assert code == 0
    assert out == (
        "L2.1  -\n"
        f"    Why: process {GONE} is gone\n"
        "    Type: L2\n    Parent: -\n    Model: -\n"
        "    Resume from: 40%, half (at 2026-11-21T06:00:00Z)\n"
        '    Data: {"part": 2}\n'
        "    Attempts so far: 1\n"
        "    Prompt:\n      Do this.\n\n      Then that.\n"
    )
    assert "handed out to be resumed" in run("events", "--type", "recovery")[1]


def test_clearing_asks_first_and_keeps_what_it_clears(run, tmp_path):
    run("agent", "spawn", "L2.1", "--pid", GONE)
    page = (tmp_path / "agents" / "L2.1.md").read_bytes()
    assert run("recover", "clear")[0] == 1
    assert run("recover", "clear", "--agent", "l2.1", "--yes") == (
        0,
        "L2.1 moved to archive/agents/L2.1.md\n",
        "",
    )
    assert (tmp_path / "archive" / "agents" / "L2.1.md").read_bytes() == page
    assert run("recover", "clear", "--yes") == (0, "nothing was interrupted\n", "")


def test_watching_once_tells_what_it_raised_by_its_exit_code(run):
    run("agent", "spawn", "L2.1", "--pid", GONE)
    assert held(run("watch", "--once", "--dry-run", "--json"))["raised"] == [
        f"ALERT-1 raised: agent L2.1 is dead, process {GONE} is gone"
    ]
    assert run("watch", "--once")[0] == 1
    assert run("watch", "--once") == (0, "all is well\n", "")


def test_watching_goes_on_until_it_is_interrupted(run, tmp_path):
    line = [sys.executable, "-m", "cosmemory", "--root", str(tmp_path), "watch", "--interval", "0.1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=environment) as watcher:
        try:
            run("agent", "spawn", "L2.1", "--pid", GONE)
            raised = next(told for told in watcher.stdout if told.startswith("ALERT"))
            assert raised == f"ALERT-1 raised: agent L2.1 is dead, process {GONE} is gone\n"
            watcher.send_signal(signal.SIGINT)
            assert watcher.wait(30) == 0
        finally:
            watcher.kill()
