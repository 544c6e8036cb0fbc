"""Deployments and measurements from the command line: what is printed, refused and told as JSON."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cosmemory.__main__ import main

NOW = "2026-11-21T12:00:00Z"
ROOT = Path(__file__).parents[2]


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
    return call


def test_a_step_that_must_wait_says_for_what(run, monkeypatch):
    assert run("deploy", "begin", "v2", "--slo", "latency").out == (
        "v2 begun in shadow, after checkpoint_20261121_120000\n"
    )
    assert run("deploy", "status").out == (
        "v2 at shadow for 0 h\nbefore 5%:\n- latency does not hold\n- the rollback is not ready\n"
        "- 6 h are missing\nthe way back: checkpoint_20261121_120000\n"
    )
    ran = run("deploy", "advance")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: v2 stays at shadow: latency does not hold, the rollback is not ready")
    run("deploy", "slo", "latency=yes", "rollback_ready=Yes")
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T18:00:00Z")
    assert run("deploy", "status").out == (
        "v2 at shadow for 6 h\nready for 5%\nthe way back: checkpoint_20261121_120000\n"
    )
    assert run("deploy", "advance").out == "at 5%\n"


def test_the_status_as_json(run):
    run("deploy", "begin", "v2", "--slo", "latency")
    found = json.loads(run("deploy", "status", "--json").out)
    assert found == {
        "schema": 1,
        "kind": "deployment-status",
        "version": "v2",
        "stage": "shadow",
        "hours_in_stage": 0.0,
        "minimum_hours": 6,
        "next_stage": "5%",
        "next_stage_eligible": False,
        "failing_slos": ["latency"],
        "rollback_ready": False,
        "hours_missing": 6.0,
        "checkpoint": "checkpoint_20261121_120000",
    }


def test_a_rollback_says_what_it_put_back(run):
    run("metrics", "measure", "latency=45")
    run("deploy", "begin", "v2")
    run("metrics", "measure", "latency=90")
    assert run("deploy", "rollback", "--dry-run").out.count("+- **Stage:** rolled back") == 1
    assert run("deploy", "rollback", "--reason", "slow").out == (
        "v2 rolled back from shadow\n"
        "performance/system-metrics.md is as checkpoint_20261121_120000 holds it\n"
        "the present was kept as checkpoint_20261121_120000-2\n"
    )
    assert run("metrics", "system").out == "latency: 45\n"
    ran = run("deploy", "rollback")
    assert (ran.code, ran.err.split("\n")[0]) == (1, "error: The deployment of v2 is rolled back already.")
    assert run("deploy", "show").out.startswith("v2 rolled back\nshadow  2026-11-21T12:00:00Z")


def test_metrics_are_measured_several_at_once(run):
    ran = run(
        *["metrics", "measure", "compliance=0.85", "latency=42", "--baseline", "compliance=0.72"],
        *[
            "--interval",
            "compliance=0.83..0.87",
            "--trend",
            "latency=stable",
            "--as",
            "latency=latency_p95_ms",
        ],
    )
    assert ran.out == "recorded compliance, latency\n"
    assert run("metrics", "system").out == (
        "compliance: 0.85, against 0.72, improving\nlatency: 42, stable\n"
    )
    found = json.loads(run("metrics", "system", "--json").out)["system_metrics"]["metrics"]
    assert found[0] == {
        "metric": "compliance",
        "current": 0.85,
        "baseline": 0.72,
        "interval": [0.83, 0.87],
        "trend": "improving",
        "measured_as": None,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deploy", "slo", "latency"], "'latency' is not NAME=yes or NAME=no."),
        (["deploy", "advance", "--force"], "--force needs a --reason."),
        (["deploy", "metric", "latency", "--current", "fast"], "'fast' is no number."),
        (["metrics", "measure"], "Nothing was measured."),
        (["metrics", "measure", "latency"], "'latency' is not METRIC=VALUE."),
        (["metrics", "measure", "latency=true"], "'true' is no number."),
        (["metrics", "measure", "latency=1", "--interval", "latency=1-2"], "'1-2' is not LOW..HIGH."),
    ],
)
def test_what_was_meant_otherwise_is_told(run, arguments, said):
    run("deploy", "begin", "v2")
    ran = run(*arguments)
    assert (ran.code, ran.out, ran.err.split("\n")[0]) == (2, "", f"error: {said}")


KILLED = """
import os, signal, sys
from cosmemory.connect import open_memory
from cosmemory.maintenance.deploying import advance, begin
memory = open_memory(sys.argv[1])
begin(memory, "v2")
for stage in sys.argv[2:]:
    advance(memory, force=True, reason="drill")
print(memory.read("deployment").stage, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_deployment_cut_off_by_a_crash_is_rolled_back_to_the_checkpoint_before_it(run):
    run("metrics", "measure", "latency=45")
    before = text_of(run, "performance/system-metrics.md")
    root = str(run("version").root)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, root, "5%", "20%"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "20%\n")
    run("metrics", "measure", "latency=90")
    assert json.loads(run("deploy", "status", "--json").out)["stage"] == "20%"
    assert run("deploy", "rollback", "--reason", "the process died").code == 0
    assert text_of(run, "performance/system-metrics.md") == before
    assert "- **Stage:** rolled back\n" in text_of(run, "deployment.md")


def text_of(run, path: str) -> str:
    return Path(run("version").root, path).read_text(encoding="utf-8")
