"""Whatever goes wrong, a hook exits with 0, says nothing on stdout, and at most one line on stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from cosmemory.engines.files.lock import Lock
from cosmemory.interfaces.hook import entry, events, incoming
from tests.interfaces.hook.hooks import NOW, OF_HARNESSES, called, process, recorded


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSMEMORY_NOW", NOW)
    for name in OF_HARNESSES:
        monkeypatch.delenv(name, raising=False)
    assert main(["init"]) == 0
    return tmp_path


@pytest.fixture
def call(project, monkeypatch, capfd):
    def calling(payload, *arguments):
        return called(payload, *arguments, capfd=capfd, monkeypatch=monkeypatch, tmp_path=project)

    return calling


HALF = '{"hook_event_name": "Stop", "session_id": "\\ud800x", "cwd": "%s", "prompt": "\\udfff"}'
BAD = {
    "empty": (b"", "the payload on stdin is empty"),
    "blank": (b" \n\t", "the payload on stdin is empty"),
    "no JSON": (b"{", "the payload on stdin is no JSON"),
    "no text": (b"\xff\xfe\x00{", "the payload on stdin is no JSON"),
    "two objects": (b"{}{}", "the payload on stdin is no JSON"),
    "a list": (b"[]", "the payload on stdin is no JSON object"),
    "null": (b"null", "the payload on stdin is no JSON object"),
    "deep": (b"[" * 100_000, "the payload on stdin is nested too deeply"),
    "deep objects": (b'{"a":' * 100_000, "the payload on stdin is nested too deeply"),
    "a number of many digits": (b'{"a":' + b"9" * 5000 + b"}", "the payload on stdin is no JSON"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_payload_that_is_none_is_one_line(name, call):
    payload, said = BAD[name]
    assert call(payload) == (0, "", f"cosmemory hook: {said}\n")


def test_a_payload_of_any_size_is_bounded(call, monkeypatch):
    monkeypatch.setattr(incoming, "MOST", 1 << 20)
    assert call(b'{"a": "' + b"x" * (1 << 20) + b'"}') == (
        0,
        "",
        "cosmemory hook: the payload has more than 1 MiB\n",
    )


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"hook_event_name": None},
        {"hook_event_name": ["Stop"]},
        {"hook_event_name": "NoSuchEvent"},
        {"hook_event_name": "MessageDisplay", "session_id": "s"},
        {"hook_event_name": "Stop"},
        {"hook_event_name": "Stop", "session_id": 7},
        {"hook_event_name": "SessionEnd", "session_id": "never seen", "reason": {}},
        {"hook_event_name": "UserPromptSubmit", "session_id": "never seen", "prompt": None},
        {"hook_event_name": "Stop", "session_id": "s", "cwd": 7},
        {"hook_event_name": "Stop", "session_id": "s", "cwd": "\0", "workspace_roots": [None, "\0"]},
        {"hook_event_name": "Stop", "session_id": "s", "cwd": "../.."},
    ],
)
def test_what_means_nothing_is_answered_with_nothing(payload, call, project):
    before = {path: path.read_bytes() for path in project.rglob("*.md")}
    assert call(payload) == (0, "", "")
    assert {path: path.read_bytes() for path in project.rglob("*.md")} == before


def test_half_of_a_character_is_no_obstacle(call, project):
    assert call((HALF % project).encode()) == (0, "", "")
    text = (HALF % project).replace("Stop", "SessionStart")
    code, out, err = call(text.encode())
    assert (code, err) == (0, "")
    assert json.loads(out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nope"], "'--nope' is no option"),
        (["--harness"], "--harness needs a value"),
        (["--harness="], "--harness needs a value"),
        (["--harness", "clod"], "there is no harness 'clod'"),
        (["Stop", "Stop"], "'Stop' is no option"),
        (["--json"], "'--json' is no option"),
    ],
)
def test_a_slip_on_the_command_line_does_not_stop_the_agent(arguments, said, call):
    code, out, err = call({"hook_event_name": "Stop"}, *arguments)
    assert (code, out) == (0, "")
    assert err.startswith(f"cosmemory hook: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("before", [["--json"], ["-v"], ["--root", "."], ["--root=."], ["--actor", "kim"]])
def test_options_before_its_name_do_not_either(before):
    ran = subprocess.run(
        [sys.executable, "-m", "cosmemory", *before, "hook"], input=b"", capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr.count(b"\n")) == (0, b"", 1)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("a\nbug"),
        MemoryError(),
        KeyboardInterrupt(),
        SystemExit(2),
        RecursionError("deep"),
        OSError(5, "x"),
    ],
)
def test_a_bug_of_ours_is_one_line(error, call, project, monkeypatch):
    def fail(_):
        raise error

    monkeypatch.setattr(entry, "answer_to", fail)
    code, out, err = call(recorded("claude", "Stop", project))
    assert (code, out) == (0, "")
    assert err.startswith("cosmemory hook: ")
    assert err.count("\n") == 1


def test_a_module_that_cannot_be_loaded_is_one_line(call, project, monkeypatch):
    monkeypatch.setitem(events.HANDLERS, "Stop", "cosmemory.interfaces.hook.nowhere:stop")
    code, out, err = call(recorded("claude", "Stop", project))
    assert (code, out, err.count("\n")) == (0, "", 1)


def test_where_there_is_no_memory_nothing_is_said_or_made(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    foreign = tmp_path / "p" / "design" / "memory"
    foreign.mkdir(parents=True)
    (foreign / "notes.md").write_text("Not ours.\n")
    for place in (tmp_path, tmp_path / "p", tmp_path / "gone"):
        payload = recorded("claude", "SessionStart-startup", place)
        told = called(payload, capfd=capfd, monkeypatch=monkeypatch, tmp_path=tmp_path)
        assert told == (0, "", "")
    assert [each.name for each in foreign.iterdir()] == ["notes.md"]


def test_the_memory_is_that_of_the_environment_and_not_of_the_payload(project, monkeypatch, capfd):
    other = project / "other"
    other.mkdir()
    assert main(["--root", str(other), "init"]) == 0
    monkeypatch.setenv("COSMEMORY_ROOT", str(other))
    payload = recorded("claude", "SessionStart-startup", project, root="/nowhere", COSMEMORY_ROOT="/nowhere")
    called(payload, capfd=capfd, monkeypatch=monkeypatch, tmp_path=project)
    assert (other / "sessions" / "current.md").exists()
    assert not (project / "design" / "memory" / "sessions").exists()


def test_the_brief_is_brought_where_nothing_can_be_written(call, project):
    page = project / "design" / "memory" / "sessions" / "current.md"
    page.parent.mkdir()
    page.write_bytes("# Session\n".encode("utf-16"))
    code, out, err = call(recorded("claude", "SessionStart-startup", project))
    assert code == 0
    assert "Reference data" in json.loads(out)["hookSpecificOutput"]["additionalContext"]
    assert "sessions/current.md" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("page", ["cos-state.md", "coordination-log.md", "sessions/current.md"])
@pytest.mark.parametrize("data", [b"", b"\0\xff\xfe" * 9, b"# X\n\n<<<<<<< ours\n=======\n>>>>>>> theirs\n"])
def test_a_damaged_page_stops_nobody_and_stays_as_it_is(page, data, call, project):
    place = project / "design" / "memory" / page
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    for name in (
        "SessionStart-startup",
        "UserPromptSubmit",
        "Stop",
        "PreCompact",
        "PostCompact",
        "SessionEnd-other",
    ):
        code, out, err = call(recorded("claude", name, project))
        assert (code, err.count("\n") <= 1) == (0, True)
        assert not out or json.loads(out)
    if page != "coordination-log.md":  # of a log, what is torn off at its end is kept apart
        assert data.strip() in place.read_bytes()


def test_who_holds_the_lock_is_waited_for_no_longer_than_told(call, project):
    memory = project / "design" / "memory"
    call(recorded("claude", "SessionStart-startup", project))
    (memory / "cosmemory.toml").write_text("[hooks]\nwait = 0.2\n")
    with Lock(str(memory)):
        running = process(recorded("claude", "Stop", project))
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (0, b"")
    assert b"locked by" in err
    assert err.count(b"\n") == 1


def test_a_session_ends_soon_though_somebody_holds_the_lock(call, project):
    call(recorded("claude", "SessionStart-startup", project))
    with Lock(str(project / "design" / "memory")):
        began = time.monotonic()
        running = process(recorded("claude", "SessionEnd-other", project))
        _, err = running.communicate(timeout=60)
        took = time.monotonic() - began
    assert running.returncode == 0
    assert b"after waiting 0.5 s" in err
    assert took < 30  # a busy machine is no defect; the wait itself is what is bounded


def test_nobody_reads_what_is_said(project):
    running = process(recorded("claude", "SessionStart-startup", project))
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    running.stderr.close()
    assert running.wait(timeout=60) == 0


def test_a_stdin_that_is_closed_is_one_line():
    command = f"exec {sys.executable} -m cosmemory hook <&-"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr.count(b"\n")) == (0, b"", 1)


def test_a_person_at_a_terminal_is_told_what_it_is_for(monkeypatch, capfd):
    monkeypatch.setattr(os, "isatty", lambda _: True)
    monkeypatch.setattr(sys, "stdin", open(os.devnull, "rb"))  # noqa: SIM115 - it goes with the patch
    assert main(["hook"]) == 0
    assert "a harness calls this" in capfd.readouterr().err
    sys.stdin.close()


def test_the_exit_code_refuses_only_where_a_harness_takes_nothing_else(call, project, monkeypatch):
    from cosmemory.interfaces.hook.answer import Answer

    monkeypatch.setitem(events.HANDLERS, "TeammateIdle", "x:y")
    monkeypatch.setattr(entry, "answer_to", lambda _: Answer(hold="There is more to do."))
    payload = {**recorded("claude", "Stop", project), "hook_event_name": "TeammateIdle"}
    assert call(payload) == (2, "", "There is more to do.\n")
    assert call(payload, "--harness", "codex") == (0, "", "")


def test_a_folder_that_is_gone_takes_no_brief_from_a_project_that_is_there(project):
    place = project / "worktree"
    place.mkdir()
    payload = json.dumps(recorded("claude", "SessionStart-startup", project))
    call = (
        "import os, sys; os.rmdir(os.getcwd()); from cosmemory.__main__ import main; sys.exit(main(['hook']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", call],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        input=payload.encode(),
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "additionalContext" in json.loads(ran.stdout)["hookSpecificOutput"]
