"""Two processes that resume everything in the same moment: each thing is handed to one of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cosmemory import open_memory
from cosmemory.maintenance import recovery
from cosmemory.operations import agents, handoffs, onboardings, runs, sessions
from cosmemory.operations.first_pages import initialise

RESUME = """
import json, sys
from cosmemory import open_memory
from cosmemory.config import Settings
from cosmemory.maintenance import recovery
memory = open_memory(sys.argv[1], settings=Settings(lock_timeout=60, durability="none"))
print("ready", flush=True)
sys.stdin.readline()
done = recovery.resume_all(memory)
print(json.dumps([[each.kind, each.data.get("agent_id")] for each in done]))
"""


@pytest.fixture
def memory(tmp_path):
    made = open_memory(str(tmp_path), actor="kim")
    initialise(made)
    sessions.start(made)
    runs.create(made, "run-1", goal="Ship", phases=["scout"])
    runs.start(made, "run-1")
    handoffs.create(made, "payments", from_agent="a", to_agent="b")
    onboardings.begin(made, "helper", role="Developer")
    for number in range(10):
        agents.register(made, f"L2.{number}")
    return made


def test_two_processes_that_resume_at_once_share_what_there_is(memory, tmp_path):
    sides = [
        subprocess.Popen(
            [sys.executable, "-c", RESUME, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [side.stdout.readline() for side in sides] == ["ready\n"] * 2
    for side in sides:
        side.stdin.write("go\n")
        side.stdin.flush()
    told = [json.loads(side.communicate()[0]) for side in sides]
    assert [side.returncode for side in sides] == [0, 0]
    every = sorted(map(tuple, [*told[0], *told[1]]), key=str)
    wanted = [("agent", f"L2.{number}") for number in range(10)]
    assert every == [*wanted, ("handoff", None), ("onboarding", None), ("run", None), ("session", None)]
    assert recovery.resume_all(memory) == ()
