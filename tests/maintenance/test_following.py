"""Real processes that are started for agents, followed, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.errors import IllegalTransition, NotSaved, Refused, UsageError
from cosmemory.maintenance.following import follow, pause_before
from cosmemory.maintenance.interrupted_agents import interrupted_agents
from cosmemory.maintenance.outputs import Output, last_lines
from cosmemory.operations import agents
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise

ROOT = Path(__file__).parents[2]
PATIENCE = 30


@pytest.fixture
def memory(tmp_path):
    made = open_memory(str(tmp_path), settings=Settings(durability="none"), actor="kim")
    initialise(made)
    return made


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def said(memory):
    return [event.action for _, event in find_events(memory) if event.type == "agent"]


def until(ready) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)


def test_a_process_that_does_its_work_completes_its_agent(memory):
    done = follow(memory, "L2.1", python("import os; print(os.environ['COSMEMORY_AGENT'])"), kind="L2")
    assert (done.exit_code, done.restarts, done.completed) == (0, 0, True)
    agent = memory.read("agents/L2.1")
    assert (agent.status, agent.agent_type, agent.process.exit_code) == ("completed", "L2", 0)
    assert agent.process.pid
    assert Path(agent.process.output).read_text(encoding="utf-8") == "L2.1\n"
    assert oct(os.stat(agent.process.output).st_mode & 0o777) == "0o600"
    assert [path for path in memory.store.paths() if "output" in path] == []


def test_a_process_that_fails_fails_its_agent_with_its_last_words(memory):
    code = "import sys; print('halfway'); sys.exit('no such route')"
    done = follow(memory, "L2.1", python(code))
    assert (done.exit_code, done.completed) == (1, False)
    assert memory.read("agents/L2.1").error == "exit code 1: no such route"


def test_a_process_that_was_killed_is_told_by_its_signal(memory):
    follow(memory, "L2.1", python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    agent = memory.read("agents/L2.1")
    assert (agent.error, agent.process.exit_code) == ("ended by SIGKILL", -9)


def test_a_command_that_is_not_there_fails_its_agent(memory):
    done = follow(memory, "L2.1", ["no-such-command-anywhere"])
    assert done.exit_code == 127
    assert memory.read("agents/L2.1").status == "failed"


def test_a_process_is_started_again_until_it_does_its_work(memory, tmp_path):
    mark = tmp_path / "tries"
    code = f"import sys; open({str(mark)!r}, 'a').write('x'); sys.exit(len(open({str(mark)!r}).read()) < 3)"
    done = follow(memory, "L2.1", python(code), restarts=5, backoff=0.01)
    assert (done.exit_code, done.restarts) == (0, 2)
    agent = memory.read("agents/L2.1")
    assert (agent.status, agent.attempts, agent.process.restarts) == ("completed", 3, 2)
    assert said(memory).count("L2.1 failed") == 2


def test_restarts_are_bounded_and_pause_longer_each_time(memory):
    began = time.monotonic()
    done = follow(memory, "L2.1", python("raise SystemExit(7)"), restarts=2, backoff=0.2)
    assert (done.exit_code, done.restarts) == (7, 2)
    assert time.monotonic() - began >= 0.2 + 0.4
    assert memory.read("agents/L2.1").status == "failed"


def test_the_pauses_between_starts_are_those_of_the_settings():
    said = Settings(retry_delay=3.0, retry_backoff=1.5, retry_longest=5.0)
    assert [pause_before(said, again) for again in range(3)] == [3.0, 4.5, 5.0]
    assert [pause_before(said, again, 1.0) for again in range(3)] == [1.0, 1.5, 2.25]
    assert [pause_before(Settings(), again) for again in (0, 1, 9, 10**6)] == [1.0, 2.0, 60.0, 60.0]
    assert pause_before(Settings(retry_delay=0.0), 10**6) == 0


def test_a_restart_waits_as_long_as_the_settings_say(tmp_path):
    waits = Settings(durability="none", retry_delay=0.3, retry_backoff=1.0, retry_longest=0.3)
    memory = open_memory(str(tmp_path), settings=waits)
    initialise(memory)
    began = time.monotonic()
    assert follow(memory, "L2.1", python("raise SystemExit(7)"), restarts=2).restarts == 2
    assert time.monotonic() - began >= 0.6


def test_an_agent_that_tells_itself_how_it_ended_is_believed(memory):
    code = (
        "import os; from cosmemory import open_memory; from cosmemory.operations import agents;"
        "agents.progress(open_memory(), os.environ['COSMEMORY_AGENT'], 80, message='nearly');"
        "agents.complete(open_memory(), os.environ['COSMEMORY_AGENT'], tokens=7)"
    )
    told: list[str] = []
    done = follow(
        memory, "L2.1", python(f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"), tell=told.append
    )
    assert (done.completed, told) == (True, [])
    assert (memory.read("agents/L2.1").status, memory.read("agents/L2.1").tokens) == ("completed", 7)


def test_the_work_is_done_where_no_page_can_be_written(memory, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise NotSaved("agents/L2.1.md", "no space left on device")

    monkeypatch.setattr(memory, "run", refuse)
    told: list[str] = []
    mark = tmp_path / "done"
    done = follow(memory, "L2.1", python(f"open({str(mark)!r}, 'w').close()"), tell=told.append)
    assert done.completed
    assert mark.exists()
    assert set(told) == {"L2.1 is not on record: agents/L2.1.md was not saved: no space left on device."}


def test_an_agent_that_completed_is_not_run_again_and_one_that_failed_is(memory):
    follow(memory, "a", python("pass"))
    with pytest.raises(IllegalTransition):
        follow(memory, "a", python("pass"))
    follow(memory, "b", python("raise SystemExit(1)"))
    assert follow(memory, "b", python("pass")).completed
    assert memory.read("agents/b").attempts == 2


FOLLOWER = """
import sys
sys.path.insert(0, {root!r})
from cosmemory.__main__ import main
sys.exit(main(["--root", {memory!r}, "agent", "run", "L2.1", "--", *{command!r}]))
"""


WORK = "import signal, time; print('at work', flush=True); time.sleep(60)"
# Neither it nor its child heeds what it is asked; the child says its number.
STUBBORN = """
import signal, subprocess, sys, time
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({child!r}, "w").write(str(child.pid))
print("at work", flush=True)
time.sleep(60)
"""


@pytest.fixture
def followed(memory, tmp_path, request):
    """An agent at work below a process that follows it, both of them ended in the end."""
    work = getattr(request, "param", WORK).replace("{child!r}", repr(str(tmp_path / "child")))
    code = FOLLOWER.format(root=str(ROOT), memory=str(tmp_path), command=python(work))
    follower = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: "agents/L2.1.md" in memory.store.paths() and memory.read("agents/L2.1").status == "running")
    pid = memory.read("agents/L2.1").process.pid
    until(lambda: Path(memory.read("agents/L2.1").process.output).read_bytes() == b"at work\n")
    yield follower, pid
    for number in (follower.pid, pid):
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            pass
    follower.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_passed_on_to_the_process(memory, followed, number):
    follower, pid = followed
    follower.send_signal(number)
    assert follower.wait(PATIENCE) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    agent = memory.read("agents/L2.1")
    assert agent.status == "failed"
    assert agent.error.startswith(("ended by SIGTERM", "ended by SIGINT", "exit code"))


def told_to_wait(tmp_path, seconds):
    (tmp_path / "cosmemory.toml").write_text(f"[agents]\ngrace = {seconds}\n", encoding="utf-8")


def gone(pid):
    """Whether a process has ended, whoever is to be told of it."""
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True


@pytest.fixture
def brief(tmp_path):
    told_to_wait(tmp_path, 0.3)


@pytest.fixture
def patient(tmp_path):
    told_to_wait(tmp_path, 600)


@pytest.mark.parametrize("followed", [STUBBORN], indirect=True)
def test_a_process_that_does_not_end_when_asked_is_killed_with_its_children(
    brief, memory, followed, tmp_path
):
    follower, pid = followed
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    assert not gone(child)
    began = time.monotonic()
    follower.send_signal(signal.SIGTERM)
    assert follower.wait(PATIENCE) == 1
    assert time.monotonic() - began >= 0.3
    until(lambda: gone(pid) and gone(child))
    error = memory.read("agents/L2.1").error
    assert error == "ended by SIGKILL, for it did not end after SIGTERM: at work"


@pytest.mark.parametrize("followed", [STUBBORN], indirect=True)
def test_a_second_ctrl_c_kills_at_once(patient, memory, followed):
    follower, pid = followed
    follower.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert follower.poll() is None
    assert not gone(pid)
    follower.send_signal(signal.SIGINT)
    assert follower.wait(PATIENCE) == 1
    assert gone(pid)
    assert memory.read("agents/L2.1").error == "ended by SIGKILL, for it did not end after SIGINT: at work"


def test_the_process_goes_on_when_its_follower_is_killed_and_recovery_knows(memory, followed):
    follower, pid = followed
    follower.kill()
    follower.wait()
    (seen,) = interrupted_agents(memory)
    assert (seen.agent_id, seen.pid, seen.process, seen.orphan) == ("L2.1", pid, "alive", False)
    with pytest.raises(Refused, match="is at work"):
        follow(memory, "L2.1", python("pass"))
    os.kill(pid, signal.SIGKILL)
    until(lambda: interrupted_agents(memory)[0].process != "alive")
    (seen,) = interrupted_agents(memory)
    assert (seen.process, seen.orphan) == ("gone", True)
    with pytest.raises(Refused, match=f"is running, process {pid} is gone"):
        follow(memory, "L2.1", python("pass"))


def test_a_process_does_not_begin_before_its_page_tells_of_it(memory, tmp_path, monkeypatch):
    mark = tmp_path / "begun"
    seen = []
    started = agents.started

    def late(*given, **more):
        time.sleep(0.3)
        seen.append(mark.exists())
        return started(*given, **more)

    monkeypatch.setattr(agents, "started", late)
    assert follow(memory, "L2.1", python(f"open({str(mark)!r}, 'w').close()")).completed
    assert (seen, mark.exists()) == ([False], True)


def test_output_is_rotated_by_its_size(tmp_path):
    output = Output(str(tmp_path / "output" / "a.log"), 10, 2)
    assert not output.rotate()
    for text in ("one", "two", "three", "four"):
        descriptor = output.open()
        os.write(descriptor, text.encode() + b" and more of it\n")
        os.close(descriptor)
        assert output.rotate()
    held = {path.name: path.read_text() for path in (tmp_path / "output").iterdir()}
    assert held == {"a.log": "", "a.log.1": "four and more of it\n", "a.log.2": "three and more of it\n"}


def test_a_process_that_prints_much_goes_on_in_an_emptied_file(tmp_path):
    settings = Settings(durability="none", agent_output_bytes=1000)
    (tmp_path / "memory").mkdir()
    memory = open_memory(str(tmp_path / "memory"), settings=settings)
    initialise(memory)
    output = tmp_path / "output.log"
    code = (
        f"import os, time\nwhile not os.path.exists('{output}.1'):\n print('x' * 99, flush=True); time.sleep(0.01)\n"
        "time.sleep(0.1); print('last')"
    )
    follow(memory, "a", python(code), output=str(output))
    assert os.stat(f"{output}.1").st_size >= 1000
    assert output.read_text(encoding="utf-8").endswith("last\n")
    assert output.stat().st_size < 1000


@pytest.mark.parametrize("name", ["cos-state.md", "agents/new.log", ".cosmemory/lock", ""])
def test_what_a_process_prints_never_lands_among_the_pages(memory, tmp_path, name):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.md")}
    with pytest.raises(UsageError, match="output is no page"):
        follow(memory, "L2", python("print('hi')"), output=str(tmp_path / name))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.md")} == before


def test_a_device_or_a_pipe_has_no_last_lines(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert last_lines("/dev/zero", 20) == last_lines(str(tmp_path / "pipe"), 20) == []


@pytest.mark.parametrize(
    ("verb", "code", "status", "exit_code", "restarts"),
    [("complete", 3, "completed", 3, 0), ("mark_failed", 0, "failed", 0, 1)],
)
def test_what_an_agent_says_of_its_end_counts_more_than_its_exit_code(
    memory, verb, code, status, exit_code, restarts
):
    given = "error='no tokens'" if verb == "mark_failed" else "tokens=7"
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import os; from cosmemory import open_memory;"
        f"open_memory().agents.{verb}(os.environ['COSMEMORY_AGENT'], {given}); raise SystemExit({code})"
    )
    told: list[str] = []
    done = follow(memory, "L2.1", python(script), restarts=1, backoff=0, tell=told.append)
    assert (done.status, done.completed, told) == (status, status == "completed", [])
    assert (done.exit_code, done.restarts) == (exit_code, restarts)
    assert memory.read("agents/L2.1").status == status
