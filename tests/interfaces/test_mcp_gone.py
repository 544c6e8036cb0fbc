"""Who goes away in the middle of a call: by cancelling it, by closing a pipe, or because the server was killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial

import anyio
import pytest

from cosmemory.connect import open_memory
from cosmemory.interfaces.mcp_server.calls import Place
from cosmemory.interfaces.mcp_server.server import CHANGES, MemoryServer
from tests.engines.seams import killed_at
from tests.interfaces.mcp_agents import agent_at, environment, new_memory, stdio_agent
from tests.interfaces.test_mcp_http import ended, started, tell

posix = pytest.mark.skipif(os.name != "posix", reason="processes fork and are killed as on POSIX")
EVERY = int(os.environ.get("COSMEMORY_KILLS", "19"))  # at every so manieth step a server is killed
MARK = "mark-of-this-call"
HANDOFF = {"project": "pay", "from_agent": "helper-1", "to_agent": "helper-2"}
ALERT = {"type": "CI", "severity": "warning", "resource": "r", "value": "2", "threshold": "1"}
CALLS = {
    "set_focus": {"task": MARK},
    "upsert_action": {"text": MARK},
    "record_decision": {"decision": MARK, "rationale": "because"},
    "log_event": {"type": "decision", "action": MARK},
    "upsert_member": {"name": "helper-1", "role": MARK},
    "raise_alert": {**ALERT, "resource": MARK},
    "transition_alert": {"alert_id": "ALERT-1", "move": "note", "note": MARK},
    "record_metrics": {"agent": MARK, "tasks": 3},
    "create_handoff": {**HANDOFF, "context": MARK},
}
KILLED_BEFORE_THE_PAGES = """
import os, signal, sys
from cosmemory.engines.files import intent
intent._take = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from cosmemory.__main__ import main
main(sys.argv[1:])
"""


def texts(root) -> dict[str, str]:
    """Every page."""
    found = sorted(root.rglob("*.md"))
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}


def focus_of(root) -> str | None:
    return open_memory(str(root)).read("cos-state").current_focus.primary_task


def calling(number: int, task: str) -> dict[str, object]:
    params = {"name": "set_focus", "arguments": {"task": task}}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


@pytest.fixture
def root(tmp_path):
    return new_memory(tmp_path / "memory")


# ------------------------------------------------------------------------------------------------ a call cancelled


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_call_that_is_cancelled_while_it_waits_for_the_lock_is_not_done_later(root, tmp_path, mode):
    async def given_up(agent):
        with anyio.move_on_after(0.3) as scope:
            await agent.client.call_tool("set_focus", {"task": "given up"})
        assert scope.cancelled_caught

    with stdio_agent(root, tmp_path / "errors", mode=mode) as agent:
        agent.done("set_focus", task="before")
        with open_memory(str(root)).store.writing():
            agent.ask(partial(given_up, agent))
            agent.done("read_document", document="cos-state")  # so that the server has heard of it
        agent.done("set_focus", task="after")
        agent.done("record_decision", decision="the end", rationale="it waited longest")
    assert focus_of(root) == "after"
    assert "given up" not in (root / "coordination-log.md").read_text(encoding="utf-8")


def test_a_cancelled_call_has_not_used_its_key(root, tmp_path):
    call = {"task": "with a key", "idempotency_key": "one"}

    async def given_up(agent):
        with anyio.move_on_after(0.3):
            await agent.client.call_tool("set_focus", call)

    with stdio_agent(root, tmp_path / "errors") as agent:
        with open_memory(str(root)).store.writing():
            agent.ask(partial(given_up, agent))
            agent.done("read_document", document="cos-state")  # so that the server has heard of it
        done = agent.done("set_focus", **call)
        assert (done["changed"], done["already_done"]) == (True, False)
        assert agent.done("set_focus", **call)["already_done"]
    assert (root / "coordination-log.md").read_text(encoding="utf-8").count("with a key") == 1


def test_calls_that_wait_for_the_lock_keep_nobody_from_reading(root):
    (root / "cosmemory.toml").write_text("[storage]\nlock_timeout = 4\n", encoding="utf-8")

    async def read_beside(agent, waiting):
        began = time.monotonic()
        async with anyio.create_task_group() as group:
            for number in range(waiting):
                group.start_soon(agent.client.call_tool, "set_focus", {"task": f"waits {number}"})
            await anyio.sleep(0.2)
            for _ in range(20):
                assert not (await agent.client.call_tool("read_document", {"document": "cos-state"})).is_error
            took = time.monotonic() - began
            group.cancel_scope.cancel()
        return took

    with agent_at(MemoryServer(Place(root=str(root)))) as agent, open_memory(str(root)).store.writing():
        assert agent.ask(partial(read_beside, agent, 30)) < 3
    assert "waits" not in "".join(texts(root).values())


# --------------------------------------------------------------------------------------------- the client gone away


@posix
def test_what_was_begun_when_stdin_ends_is_saved_and_answered(root):
    process = started(root)
    with open_memory(str(root)).store.writing():
        tell(process, calling(2, "asked last"))
        process.stdin.close()
        time.sleep(0.3)
        assert process.poll() is None
    answers = [json.loads(line) for line in process.stdout]
    assert ended(process) == (0, "", "")
    assert [(each["id"], each["result"]["isError"]) for each in answers] == [(2, False)]
    assert focus_of(root) == "asked last"


def test_messages_from_a_file_are_all_answered(root):
    process = started(root)
    for number in range(2, 12):
        tell(process, {**calling(number, "x"), "params": {"name": "log_event", "arguments": {"type": "decision", "action": f"line {number}"}}})  # fmt: skip
    process.stdin.close()
    answers = [json.loads(line) for line in process.stdout]
    assert ended(process) == (0, "", "")
    assert sorted(each["id"] for each in answers) == list(range(2, 12))
    log = (root / "coordination-log.md").read_text(encoding="utf-8")
    assert [log.count(f"**Action:** line {number}\n") for number in range(2, 12)] == [1] * 10


@posix
def test_a_client_that_hears_no_more_ends_the_server_without_a_traceback(root):
    process = started(root)
    process.stdout.close()
    tell(process, calling(2, "nobody hears"))
    until = time.monotonic() + 20
    while focus_of(root) != "nobody hears" and time.monotonic() < until:
        time.sleep(0.02)
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    assert process.stderr.read() == ""
    process.stderr.close()
    assert focus_of(root) == "nobody hears"


# -------------------------------------------------------------------------------------------------- the server killed


def test_every_tool_that_changes_is_killed_somewhere():
    assert {each.__name__ for each in CHANGES} == set(CALLS)


@posix
@pytest.mark.parametrize("tool", CALLS)
def test_a_call_whose_server_was_killed_in_the_middle_is_done_once_by_the_next(tmp_path, tool):
    origin = new_memory(tmp_path / "origin")
    with agent_at(MemoryServer(Place(root=str(origin)))) as agent:
        agent.done("raise_alert", **ALERT)
    whole = shutil.copytree(origin, tmp_path / "whole")

    def asked(root, acknowledge=lambda: None):
        with agent_at(MemoryServer(Place(root=str(root)))) as agent:
            done = agent.done(tool, **CALLS[tool], idempotency_key="one")
            acknowledge()
            return done

    asked(whole)
    wanted = {path: text.count(MARK) for path, text in texts(whole).items()}
    assert sum(wanted.values())
    step, died = sum(map(ord, tool)) % EVERY, True  # not the same steps for every tool
    while died:
        root = shutil.copytree(origin, tmp_path / "killed")
        died, acknowledged = killed_at(step, partial(asked, root), torn=step % 2 == 0)
        again = asked(root)
        assert again["changed"] or again["already_done"], (step, again)
        assert again["already_done"] or not acknowledged, (step, again)
        assert {path: text.count(MARK) for path, text in texts(root).items()} == wanted, step
        assert asked(root)["already_done"]
        found = [each for page in open_memory(str(root)).validate().pages for each in page.diagnostics]
        assert [each for each in found if each.severity == "error"] == [], step
        shutil.rmtree(root)
        step += EVERY


@posix
def test_a_server_killed_by_the_system_leaves_the_next_one_nothing_to_do_twice(root, tmp_path):
    call = {"text": "killed on the way", "idempotency_key": "the call"}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_BEFORE_THE_PAGES, "--root", str(root), "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    with process:
        client = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}  # fmt: skip
        tell(process, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client})
        assert process.stdout.readline()
        tell(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        params = {"name": "upsert_action", "arguments": call}
        tell(process, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params})
        assert process.wait(timeout=20) == -signal.SIGKILL
        assert process.stdout.read() == ""
    with stdio_agent(root, tmp_path / "errors") as agent:
        done = agent.done("upsert_action", **call)
        assert (done["already_done"], done["key"]) == (True, "1")
    assert texts(root)["cos-state.md"].count("killed on the way") == 1
    assert texts(root)["coordination-log.md"].count("killed on the way") == 1
