"""Work killed at any moment comes back as it was acknowledged, and recovery says what to go on with.

COSMEMORY_KILLS says how often each sort of work is killed; the moments follow from a seed.
"""

from __future__ import annotations

import functools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cosmemory import EphemeralStore, Memory, open_memory
from cosmemory.config import Settings
from cosmemory.errors import Refused
from cosmemory.kinds.session import to_speak
from cosmemory.maintenance import recovery, watching
from cosmemory.maintenance.deploying import roll_back
from cosmemory.maintenance.processes import described
from cosmemory.operations import agents, handoffs, meetings, runs
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.interrupted_session import current
from tests import recovery_steps as steps

ROOT = Path(__file__).parents[1]
KILLS = int(os.environ.get("COSMEMORY_KILLS", "2"))
# What is of the moment and of the machine, and no part of what was acknowledged.
_PASSING = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?|cos-\d{8}-\d{4}|checkpoint_\d{8}_\d{6}(?:-\d+)?|[0-9a-f]{64}|"
    r"(?<=- \*\*PID:\*\* )\d+|(?<=- \*\*Mark:\*\* ).*|(?<=process )\d+|(?<=- \*\*Hours In Stage:\*\* )[\d.]+"
)


def moments(name):
    """When the work is killed: after so many lines, and so many seconds later."""
    random_ = random.Random(f"kill {name}")
    return [(random_.randrange(1, 30), random_.uniform(0, 0.02)) for _ in range(KILLS)]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "design" / "memory"
    place.mkdir(parents=True)
    initialise(open_memory(str(place), settings=Settings(durability="none"), actor="coordinator"))
    return place


def begun(name, folder, *last):
    line = [sys.executable, "-m", "tests.recovery_steps", name, str(folder), *map(str, last)]
    environment = {**os.environ, "COSMEMORY_DURABILITY": "none"}
    return subprocess.Popen(line, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def killed_after(name, folder, last):
    """The work with nothing in flight after its ``last`` step, where SIGKILL ended the process that did it."""
    assert acknowledged(name, folder, last, 0, last) == last


def acknowledged(name, folder, lines, delay, *last):
    """How many steps were told to be done before SIGKILL ended the process that did them."""
    process = begun(name, folder, *last)
    told = [process.stdout.readline() for _ in range(lines)]
    time.sleep(delay)
    process.kill()
    told += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    return max(int(line) for line in told if line.endswith("\n"))


def cosmemory(folder, *words):
    """A call of the command in a process of its own: exit code and what it said."""
    line = [sys.executable, "-m", "cosmemory", "--root", str(folder), *words]
    ran = subprocess.run(
        line, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert ran.stderr == ""
    return ran.returncode, json.loads(ran.stdout) if "--json" in words else ran.stdout


@functools.cache
def expected(name, number):
    """The pages after so many steps that nobody interrupted."""
    memory = Memory(EphemeralStore(), actor="coordinator", settings=Settings(durability="none"))
    initialise(memory)
    for each in range(number):
        steps.STEPS[name](memory, each)
    return pages_of(memory)


def pages_of(memory):
    return {path: _PASSING.sub("…", memory.store.read(path).data.decode()) for path in memory.store.paths()}


@pytest.fixture(params=[(name, each) for name in steps.STEPS for each in moments(name)], ids=str)
def interrupted(request, folder):
    """A memory whose worker was killed, with the name of the work and how many of its steps it holds."""
    name, (lines, delay) = request.param
    done = acknowledged(name, folder, lines, delay)
    memory = open_memory(str(folder), actor="successor")
    return name, memory, done


def test_what_comes_back_is_what_was_acknowledged_and_at_most_the_step_in_flight(interrupted):
    name, memory, done = interrupted
    cosmemory(memory.store.root, "status", "--json")  # the first command finishes what was half done
    found = pages_of(memory)
    if found != expected(name, done):
        wanted = expected(name, done + 1)
        assert {path: text for path, text in found.items() if text != wanted.get(path)} == {}
        assert sorted(found) == sorted(wanted)
    said = recovery.check(memory)
    {"planning": _meeting, "deploying": _stage, "workers": _workers, "phases": _phase}.get(name, _nothing)(
        memory, said
    )


def _nothing(memory, said):
    assert isinstance(recovery.sentences(said), tuple)


def _meeting(memory, said):
    (one,) = said["sessions"]
    held = current(memory).current_meeting
    assert (one.status, one.meeting, one.to_speak) == ("active", held.meeting_id, to_speak(held))
    if one.meeting:
        team = steps.PLANNERS if one.team == "planning" else steps.EXECUTORS
        spoken = meetings.get(memory, one.meeting).contributions
        assert [each.agent for each in spoken] == list(one.completed) == list(team[: len(one.completed)])
        assert one.to_speak == team[len(one.completed) :]


def _stage(memory, said):
    stage = memory.read("deployment").stage if memory.store.read("deployment.md") else None
    assert len(said["deployments"]) == (stage in {"5%", "20%", "50%"})
    for one in said["deployments"]:
        assert (one.stage, one.checkpoint) == (stage, memory.read("deployment").checkpoint)


def _workers(memory, said):
    assert {each.process for each in said["agents"]} <= {"gone", "other"}
    assert len(said["agents"]) == len(agents.incomplete(memory)) > 0


def _phase(memory, said):
    open_runs = [each for each in runs.listed(memory) if each.status == "executing"]
    assert [each.run for each in said["runs"]] == [each.run_id for each in open_runs]
    for one in said["runs"]:
        held = runs.get(memory, one.run)
        at = next((each for each in held.phases if each.status != "completed"), None)
        assert one.phase == (at.phase if at else None)
        if one.phase == "build":
            assert one.context == {"scout": int(one.run.removeprefix("run-"))}


# Reference scenarios: a crash in a planning meeting, in a deployment, and a handoff file that was lost.


def test_a_planning_meeting_goes_on_with_those_who_have_not_spoken(folder):
    killed_after("planning", folder, 4)
    code, held = cosmemory(folder, "recover", "list", "--json")
    (one,) = held["sessions"]
    assert (code, one["status"]) == (0, "active")
    assert (one["completed"], one["to_speak"]) == (list(steps.PLANNERS[:2]), list(steps.PLANNERS[2:]))
    assert cosmemory(folder, "recover", "resume", "--session")[0] == 1
    code, held = cosmemory(folder, "recover", "resume", "--session", "--yes", "--json")
    (one,) = held["sessions"]
    assert (code, one["meeting"], one["team"]) == (0, "planning_0", "planning")
    memory = open_memory(str(folder), actor="successor")
    for agent in one["to_speak"]:
        meetings.spoke(memory, agent)
    meetings.conclude(memory, verdict="GO")
    spoken = memory.read("meetings/planning_0").contributions
    assert [each.agent for each in spoken] == list(steps.PLANNERS)
    assert any("session_1 resumed" in str(event.action) for _, event in find_events(memory))


def test_a_deployment_is_rolled_back_to_the_checkpoint_from_before_it(folder):
    killed_after("deploying", folder, 5)
    memory = open_memory(str(folder), actor="successor")
    (one,) = cosmemory(folder, "recover", "list", "--json")[1]["deployments"]
    assert (one["version"], one["stage"]) == ("v0", "20%")
    code, held = cosmemory(folder, "recover", "resume", "--deployment", "--yes", "--json")
    assert (code, held["deployments"][0]["checkpoint"]) == (0, one["checkpoint"])
    done = roll_back(memory).result
    assert (done.checkpoint, memory.read("deployment").stage) == (one["checkpoint"], "rolled back")
    assert cosmemory(folder, "recover", "check")[0] == 0


@pytest.mark.parametrize("damage", [None, '{"meeting_id": "pla'])
def test_a_lost_handoff_file_is_made_again_from_the_last_planning_meeting(folder, damage):
    killed_after("lost", folder, 10)
    memory = open_memory(str(folder), actor="successor")
    held = meetings.latest(memory, "planning")
    file = folder.parents[1] / steps.FILE
    file.write_text(damage) if damage else file.unlink()
    code, said = cosmemory(folder, "recover", "check")
    assert code == 1
    assert f"{held.meeting_id} names the handoff {steps.FILE}: it " in said
    code, said = cosmemory(folder, "meeting", "rebuild-handoff", "--file")
    key, written = said.splitlines()
    assert (code, written) == (0, f"{steps.FILE} written")
    page, told = handoffs.get(memory, key), json.loads(file.read_text())
    assert (told["meeting_id"], told["actions_count"]) == (held.meeting_id, 2)
    assert [each["action"] for each in told["actions"]] == [each.action for each in held.actions]
    assert [each.partition(" (")[0] for each in page.next_steps] == [each.action for each in held.actions]
    assert recovery.check(memory)["lost_handoffs"] == ()


# Reference scenarios: a laptop shut down with four workers, a coordinator that crashed, a shutdown on purpose.


def sleepers(memory):
    """Four workers in processes of their own, on record."""
    made = []
    for number in range(1, 5):
        process = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
        )
        agents.spawn(memory, f"L2.2.{number}", kind="L2", prompt="Work.", process=described(process.pid))
        agents.progress(memory, f"L2.2.{number}", 10 * number, data={"part": number})
        made.append(process)
    return made


def ended(processes):
    for each in processes:
        each.kill()
        each.wait()


def test_the_workers_of_a_laptop_that_shut_down_go_on_from_their_checkpoints(folder):
    memory = open_memory(str(folder), actor="coordinator")
    ended(sleepers(memory))
    code, held = cosmemory(folder, "recover", "check", "--json")
    assert (code, held["agents"]["by_status"], held["agents"]["orphans"]) == (1, {"running": 4}, 4)
    code, held = cosmemory(folder, "recover", "resume", "--yes", "--json")
    assert code == 0
    assert [each["resume_from"]["data"]["part"] for each in held["agents"]] == [1, 2, 3, 4]
    again = open_memory(str(folder), actor="coordinator")
    for each in held["agents"]:
        agents.spawn(again, each["agent_id"])
        agents.started(again, each["agent_id"], pid=os.getpid())
        agents.complete(again, each["agent_id"])
    assert cosmemory(folder, "recover", "check") == (0, "nothing was interrupted\n")


def test_workers_that_outlive_their_coordinator_are_left_alone_until_they_die(folder):
    memory = open_memory(str(folder), actor="coordinator")
    processes = sleepers(memory)
    try:
        assert cosmemory(folder, "recover", "check")[0] == 0
        with pytest.raises(Refused, match="is at work"):
            recovery.resume(memory, "L2.2.1")
        assert recovery.resume_all(memory) == ()
        ended(processes[:1])
        assert [line.partition(",")[0] for line in watching.watch(memory)] == [
            "ALERT-1 raised: agent L2.2.1 is dead"
        ]
        assert [each.key for each in recovery.items(memory) if not each.left] == ["L2.2.1"]
    finally:
        ended(processes[1:])


def test_after_a_shutdown_on_purpose_one_sees_what_was_in_progress(folder):
    process = begun("planning", folder)
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.stdout.read()
    process.wait()
    process.stdout.close()
    code, said = cosmemory(folder, "recover", "list")
    assert code == 0
    assert said.startswith("session session_1\n    Session: session_1\n    Status: active\n")
    code, said = cosmemory(folder, "recover", "clear", "--session", "--yes")
    assert (code, said) == (0, "session_1 moved to archive/sessions/session_1.md\n")
    assert cosmemory(folder, "recover", "check") == (0, "nothing was interrupted\n")


def test_a_worker_that_was_deployed_has_its_page_at_once(folder):
    assert cosmemory(folder, "agent", "spawn", "L2.9", "--type", "L2", "--pid", str(os.getpid()))[0] == 0
    assert (folder / "agents" / "L2.9.md").exists()
    held = cosmemory(folder, "agent", "show", "L2.9", "--json")[1]["agent"]
    assert (held["agent_id"], held["status"], held["process"]["pid"]) == ("L2.9", "running", os.getpid())
    assert held["started_at"] is not None
