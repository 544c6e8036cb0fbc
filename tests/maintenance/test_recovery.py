"""What was interrupted comes back as it was acknowledged: real processes, killed with no warning."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cosmemory import EphemeralStore, Memory
from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.errors import NotFound, Refused
from cosmemory.maintenance import recovery, watching
from cosmemory.maintenance.glance import glance
from cosmemory.operations import agents
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise

ROOT = Path(__file__).parents[2]
NOW = 1_795_262_400
GONE = 2**30  # more than any system numbers its processes


class Clock:
    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory(clock):
    made = Memory(EphemeralStore(), now=clock, actor="kim")
    initialise(made)
    return made


def said(memory, type_):
    return [(event.action, event.outcome) for _, event in find_events(memory) if event.type == type_]


def deployed(memory, key="L2.1", **more):
    agents.spawn(memory, key, **{"name": "Tester", "kind": "L2", "prompt": "Test it.", "pid": GONE, **more})


def cleared(memory, *keys):
    return [each.key for each in recovery.clear(memory, *keys)]


def test_an_agent_is_handed_out_once_with_everything_it_needs(memory):
    deployed(memory, metadata={"files": ["a.py"]}, parent="L1.1", model="haiku", load=25, duration=60)
    agents.progress(memory, "L2.1", 20, message="one", data={"part": 1})
    agents.progress(memory, "L2.1", 40, message="two", data={"part": 2}, tokens=9)
    done = recovery.resume(memory, "l2.1")
    assert done.data == {
        "agent_id": "L2.1",
        "agent_name": "Tester",
        "agent_type": "L2",
        "parent_agent_id": "L1.1",
        "model": "haiku",
        "prompt": "Test it.",
        "load_percentage": 25,
        "estimated_duration": 60,
        "attempts": 1,
        "tokens": 9,
        "cost": None,
        "resumed_at": "2026-11-21T12:00:00Z",
        "metadata": {"files": ["a.py"]},
        "resume_from": {
            "time": "2026-11-21T12:00:00Z",
            "progress": 40,
            "message": "two",
            "data": {"part": 2},
        },
        "output": None,
        "reason": f"process {GONE} is gone",
    }
    agent = memory.read("agents/L2.1")
    assert (agent.status, agent.process.pid, agent.progress.percent) == ("pending", None, 40)
    assert said(memory, "recovery") == [
        ("L2.1 (Tester) handed out to be resumed", f"from 40%: two; process {GONE} is gone")
    ]
    agents.spawn(memory, "L2.1", pid=GONE)
    assert memory.read("agents/L2.1").attempts == 2
    agents.complete(memory, "L2.1")
    assert agents.summary(memory).recovered == 1


def test_who_is_at_work_is_neither_handed_out_nor_put_away(memory):
    deployed(memory, pid=os.getpid())
    with pytest.raises(Refused, match="is at work"):
        recovery.resume(memory, "L2.1")
    with pytest.raises(Refused, match="is at work"):
        recovery.clear(memory, ["L2.1"])
    assert recovery.clear(memory) == ()
    assert memory.read("agents/L2.1").status == "running"


def test_two_who_resume_at_once_are_not_both_given_the_work(memory, monkeypatch):
    deployed(memory)
    resume = agents.resume

    def second(*given, **more):
        monkeypatch.setattr(agents, "resume", resume)
        recovery.resume(memory, "L2.1")
        return resume(*given, **more)

    monkeypatch.setattr(agents, "resume", second)
    with pytest.raises(Refused, match=r"Somebody else went on with the agent L2\.1 meanwhile\."):
        recovery.resume(memory, "L2.1")
    assert len(said(memory, "recovery")) == 1


def test_an_agent_that_waits_is_handed_out_once_however_soon_somebody_else_asks(memory):
    agents.register(memory, "L2.1")
    recovery.resume(memory, "L2.1")
    for resume in (recovery.resume, agents.resume):
        with pytest.raises(Refused) as refused:
            resume(memory, "L2.1")
        assert str(refused.value) == "Agent L2.1 was handed out before, and nobody has gone on with it since."
        assert "cosmemory agent spawn L2.1 goes on with it; --again" in refused.value.hint
    assert recovery.resume_all(memory) == ()
    (item,) = recovery.items(memory)
    assert (item.handed, item.left) == (True, recovery.HANDED)
    assert len(said(memory, "recovery")) == 1


def test_an_agent_is_handed_out_again_when_it_broke_off_again_or_when_that_is_wished(memory):
    deployed(memory)
    recovery.resume(memory, "L2.1")
    assert recovery.resume(memory, "L2.1", again=True).data["agent_id"] == "L2.1"
    agents.spawn(memory, "L2.1", pid=GONE)
    assert [each.data["agent_id"] for each in recovery.resume_all(memory)] == ["L2.1"]
    assert recovery.resume_all(memory) == ()
    assert len(recovery.resume_all(memory, again=True)) == 1


def test_what_is_cleared_is_kept_in_the_archive(memory):
    for key in ("L2.1", "L2.2", "L2.3"):
        deployed(memory, key)
    agents.complete(memory, "L2.3")
    before = memory.store.read("agents/L2.1.md").data
    assert cleared(memory, ["l2.1"]) == ["L2.1"]
    assert memory.store.read("archive/agents/L2.1.md").data == before
    assert cleared(memory) == ["L2.2"]
    assert [each.agent_id for each in agents.listed(memory)] == ["L2.3"]
    with pytest.raises(Refused, match=r"L2\.3 ended"):
        recovery.clear(memory, ["L2.3"])
    with pytest.raises(NotFound):
        recovery.clear(memory, ["L2.9"])
    assert said(memory, "recovery")[-1] == ("L2.2 moved to the archive", "archive/agents/L2.2.md")


def test_a_glance_warns_of_agents_that_lost_their_process_or_tell_nothing(memory, clock):
    assert [each for each in glance(memory) if each.check == "interrupted"] == []
    deployed(memory, pid=os.getpid())
    (found,) = [each for each in glance(memory) if each.check == "interrupted"]
    assert (found.severity, found.said) == ("info", "1 agent has not ended: running 1; L2 1.")
    clock.at += 30 * 60
    (found,) = [each for each in glance(memory) if each.check == "interrupted"]
    assert found.severity == "warning"
    deployed(memory, "L2.2")
    (found,) = [each for each in glance(memory) if each.check == "interrupted"]
    assert found.said == "2 agents have not ended: running 2; L2 2; the process of 1 is gone."


def test_a_watcher_tells_of_a_dead_agent_once(memory):
    deployed(memory)
    told = list(watching.watch(memory))
    assert told == [f"ALERT-1 raised: agent L2.1 is dead, process {GONE} is gone"]
    assert list(watching.watch(memory)) == []
    (alert,) = memory.read("active-alerts").critical
    assert (alert.type, alert.resource, alert.threshold) == ("Agent dead", "L2.1", "a process that lives")
    agent = memory.read("agents/L2.1")
    assert (agent.status, agent.alert, agent.alerted) == ("running", "ALERT-1", "dead")
    told = [event.type for _, event in find_events(memory, agent="L2.1")]
    assert told[-1] == "alert_triggered"
    recovery.resume(memory, "L2.1")
    agents.spawn(memory, "L2.1", pid=GONE)
    assert [line.partition(" ")[0] for line in watching.watch(memory)] == ["ALERT-2"]


def test_a_watcher_tells_of_an_agent_that_went_stale_and_again_when_it_dies(memory, clock):
    deployed(memory, pid=os.getpid())
    agents.progress(memory, "L2.1", 10)
    clock.at += 29 * 60
    assert list(watching.watch(memory)) == []
    clock.at += 60
    assert len(list(watching.watch(memory))) == 1
    clock.at += 3600
    assert list(watching.watch(memory)) == []
    (alert,) = memory.read("active-alerts").warning
    assert (alert.type, alert.value) == ("Agent stale", "told nothing since 2026-11-21T12:00:00Z")
    with memory.transaction() as transaction:
        transaction.set("agents/L2.1", "process.pid", str(GONE))
        transaction.set("agents/L2.1", "process.mark", "-")
    assert [line.partition(",")[0] for line in watching.watch(memory)] == [
        "ALERT-2 raised: agent L2.1 is dead"
    ]


# The scenarios of the persistence layer that kept JSON files: each with processes of its own, on a disk.

COORDINATOR = """
import os, sys, time
sys.path.insert(0, {root!r})
from cosmemory import open_memory
from cosmemory.maintenance.processes import described
from cosmemory.operations import agents

memory = open_memory({memory!r}, actor="coordinator")
for number in range(1, 5):
    agents.spawn(
        memory, f"L2.2.{{number}}", name=f"Worker {{number}}", kind="L2", parent="L1.OVERWATCH.2", model="haiku",
        prompt="Fix part {{number}}", load=25.0, duration=14400, process=described(os.getpid()),
    )
    print(f"spawned L2.2.{{number}}", flush=True)
count = 0
while True:
    count += 1
    key = f"L2.2.{{count % 4 + 1}}"
    agents.progress(memory, key, count % 101, message=f"step {{count}}", data={{"step": count}})
    print(f"progress {{key}} {{count}}", flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "design" / "memory"
    place.mkdir(parents=True)
    initialise(open_memory(str(place), settings=Settings(durability="none")))
    return place


def acknowledged(folder: Path, lines: int, number: int) -> list[str]:
    """What a coordinator with four agents was told to be saved before a signal ended it at once."""
    code = COORDINATOR.format(root=str(ROOT), memory=str(folder))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    told = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(number)
    told += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    return [line.strip() for line in told if line.endswith("\n")]


def cosmemory(folder: Path, *words: str) -> tuple[int, str]:
    line = [sys.executable, "-m", "cosmemory", "--root", str(folder), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


@pytest.mark.parametrize("lines", [4, 5, 11, 20])
def test_what_was_acknowledged_before_a_kill_comes_back(folder, lines):
    told = acknowledged(folder, lines, signal.SIGKILL)
    code, out = cosmemory(folder, "recover", "check", "--json")
    held = json.loads(out)
    assert (code, held["agents"]["total"], held["agents"]["orphans"]) == (1, 4, 4)
    assert held["agents"]["by_status"] == {"running": 4}
    assert held["agents"]["by_type"] == {"L2": 4}
    # The last change may have been saved and not been told any more.
    steps = [line.split()[1:] for line in told if line.startswith("progress")]
    last = {key: int(step) for key, step in steps}
    unheard = len(steps) + 1
    for each in held["interrupted"]["agents"]:
        step = (each["data"] or {"step": None})["step"]
        assert step in {last.get(each["agent_id"]), unheard}
        assert step is None or (each["progress"], each["message"]) == (step % 101, f"step {step}")
    assert {each["agent_id"] for each in held["interrupted"]["agents"]} == {f"L2.2.{n}" for n in range(1, 5)}


def test_after_a_shutdown_the_tool_lists_hands_out_and_clears(folder):
    acknowledged(folder, 8, signal.SIGTERM)
    code, out = cosmemory(folder, "recover", "check")
    assert code == 1
    assert out.startswith(
        "4 agents have not ended: running 4; L2 4; the process of 4 is gone.\n"
        "  Status: running 4\n  Type: L2 4\n  Process: gone 4\nWhat can be done:\n"
    )
    code, out = cosmemory(folder, "recover", "list")
    assert (code, out.count("Status: running, attempt 1")) == (0, 4)
    assert out.startswith("[1] L2.2.1  Worker 1\n    Type: L2, parent L1.OVERWATCH.2, model haiku\n")
    assert "Warning: 4 agents have not ended" in cosmemory(folder, "status")[1]
    assert cosmemory(folder, "recover", "resume", "--agent", "L2.2.1")[0] == 1
    assert cosmemory(folder, "recover", "resume", "--agent", "L2.2.1", "--yes")[0] == 0
    assert (
        json.loads(cosmemory(folder, "agent", "show", "L2.2.1", "--json")[1])["agent"]["status"] == "pending"
    )
    assert cosmemory(folder, "recover", "clear", "--agent", "L2.2.2", "--yes") == (
        0,
        "L2.2.2 moved to archive/agents/L2.2.2.md\n",
    )
    assert cosmemory(folder, "recover", "clear")[0] == 1
    assert cosmemory(folder, "recover", "clear", "--yes")[0] == 0
    assert cosmemory(folder, "recover", "check") == (0, "nothing was interrupted\n")


def test_clean_up_removes_what_is_done_and_preserves_what_runs(folder):
    acknowledged(folder, 4, signal.SIGKILL)
    cosmemory(folder, "agent", "complete", "L2.2.1")
    assert cosmemory(folder, "agent", "cleanup", "--days", "0") == (0, "L2.2.1 moved to the archive\n")
    assert sorted(path.name for path in (folder / "agents").iterdir()) == [
        "L2.2.2.md",
        "L2.2.3.md",
        "L2.2.4.md",
    ]
    assert (folder / "archive" / "agents" / "L2.2.1.md").exists()
