"""What happens while the memory cannot be written is put aside, and written once, in order, with a later event."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from cosmemory.connect import open_memory
from cosmemory.engines.files.lock import Lock
from cosmemory.errors import NotSaved
from cosmemory.interfaces.hook import aside, catching_up
from cosmemory.interfaces.hook.call import Call
from cosmemory.operations.harness import team
from tests.engines.seams import Faults, seen
from tests.interfaces.hook.hooks import OF_HARNESSES, called, environment, process, recorded

ROOT = Path(__file__).parents[3]
MORNING, LATER = "2026-11-21T06:00:00Z", "2026-11-21T06:04:00Z"
SHELF = Path("design/memory/.cosmemory/hooks-waiting")
# In the order in which a harness tells of them, with what the log says of each.
FACTS = {
    "SubagentStart": "a7f3c21 (Explore) spawned",
    "TaskCreated": "Write the release notes",
    "TeammateIdle": "Status changed to idle",
    "Notification": "Notified: Permission needed",
    "SubagentStop": "a7f3c21 (Explore) completed",
    "TaskCompleted": "Write the release notes",
    "StopFailure": "A turn failed",
    "PostCompact": "Context compacted",
}
MORE = {"a second PostCompact": "Context compacted", "SessionEnd-other": "cos-20261121_060000 completed"}


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T05:00:00Z")
    for name in OF_HARNESSES:
        monkeypatch.delenv(name, raising=False)
    assert main(["init"]) == 0
    monkeypatch.setenv("COSMEMORY_NOW", MORNING)
    (tmp_path / "cosmemory.toml").write_text("[hooks]\nwait = 0.05\n")
    return tmp_path


@pytest.fixture
def call(project, monkeypatch, capfd):
    def calling(name, **more):
        return called(
            recorded("claude", name, project, **more),
            capfd=capfd,
            monkeypatch=monkeypatch,
            tmp_path=project,
            environ=environment("claude", project),
        )

    return calling


@pytest.fixture
def held(project):
    """The lock in the hands of somebody who keeps it for long."""
    return Lock(str(project / "design" / "memory"))


def waiting(project) -> list[str]:
    return sorted(each.name for each in (project / SHELF).glob("*.json"))


def told(project) -> list[tuple[str, str]]:
    """What the log says was done, and the notes of it."""
    events = open_memory(str(project / "design" / "memory")).read("coordination-log").events
    return [(each.action, each.notes or "") for each in events]


def validated(project) -> None:
    memory = open_memory(str(project / "design" / "memory"))
    assert not [each for page in memory.validate().pages for each in page.diagnostics]


def test_what_happens_while_the_lock_is_held_is_written_with_the_next_event(call, held, project, monkeypatch):
    call("SessionStart-startup")
    with held:
        for name in FACTS:
            code, out, err = call(name)
            assert (code, out, err.count("\n")) == (0, "", 1)
            assert f"This {name} is put aside, and written with a later event." in err
        assert len(told(project)) == 1
    assert len(waiting(project)) == len(FACTS)
    monkeypatch.setenv("COSMEMORY_NOW", LATER)
    assert call("UserPromptSubmit") == (0, "", "")
    assert waiting(project) == []
    assert [action for action, _ in told(project)[1:]] == list(FACTS.values())
    assert all(notes.startswith(f"Happened at {MORNING}") for _, notes in told(project)[1:])
    validated(project)


def test_pages_say_when_it_happened_and_the_log_keeps_its_order(call, held, project, monkeypatch):
    with held:
        call("SubagentStart")
    monkeypatch.setenv("COSMEMORY_NOW", LATER)
    call("SubagentStop")
    page = (project / "design/memory/agents/a7f3c21.md").read_text()
    assert f"**Started At:** {MORNING}" in page
    assert f"**Completed At:** {LATER}" in page
    log = (project / "design/memory/coordination-log.md").read_text()
    assert [line for line in log.split("\n") if line.startswith("### ")] == [f"### {LATER}"] * 2


def test_a_start_that_is_told_late_wakes_nobody_who_has_ended_since(call, held, project, monkeypatch):
    with held:
        call("SubagentStart")
    (place,) = (project / SHELF).glob("*.json")
    aside_ = place.rename(project / place.name)
    monkeypatch.setenv("COSMEMORY_NOW", LATER)
    call("SubagentStop")
    aside_.rename(place)
    call("UserPromptSubmit")
    assert waiting(project) == []
    assert "**Status:** completed" in (project / "design/memory/agents/a7f3c21.md").read_text()


def test_ten_events_at_once_while_somebody_holds_the_lock(call, held, project):
    call("SessionStart-startup")
    payloads = [recorded("claude", name.split()[-1], project) for name in (*FACTS, *MORE)]
    payloads[8]["prompt_id"] = "another"
    other = {"agent_id": "b1", "task_id": "7", "task_subject": "Read them"}
    for payload in payloads[4:6]:  # what may come in any order
        payload.update((name, value) for name, value in other.items() if name in payload)
    with held:
        running = [process(each, CLAUDE_PROJECT_DIR=str(project), COSMEMORY_NOW=MORNING) for each in payloads]
        for each in running:
            out, err = each.communicate(timeout=60)
            assert (each.returncode, out, err.count(b"\n")) == (0, b"", 1)
            assert b"is put aside" in err
    came = [json.loads((project / SHELF / name).read_bytes())["event"] for name in waiting(project)]
    assert len(came) == len(payloads)
    prompt = recorded("claude", "UserPromptSubmit", project)
    players = [process(prompt, COSMEMORY_NOW=MORNING) for _ in range(3)]
    assert [each.communicate(timeout=60)[1] for each in players] == [b""] * 3
    for _ in range(3):  # a player leaves what takes too long to the next one
        call("UserPromptSubmit")
    assert waiting(project) == []
    facts = {**FACTS, "SubagentStop": "b1 (Explore) spawned", "TaskCompleted": "Read them"}
    facts["SessionEnd"] = MORE["SessionEnd-other"]
    assert [action for action, _ in told(project)[1:]] == [facts[event] for event in came]
    assert "- **Status:** idle" in (project / "design/memory/sessions/current.md").read_text()
    validated(project)


KILLED = """
import os, signal, sys
from cosmemory.interfaces.hook import aside, catching_up
made = []
real = aside.drop
def drop(shelf, name):
    made.append(name)
    if len(made) > {before}:
        os.kill(os.getpid(), signal.SIGKILL)
    real(shelf, name)
aside.drop = drop
catching_up.catch_up(sys.argv[1], longest=60)
"""


@pytest.mark.parametrize("before", range(len(FACTS)))
def test_a_player_who_is_killed_before_he_takes_one_away_makes_none_twice(before, call, held, project):
    with held:
        for name in FACTS:
            call(name)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED.format(before=before), str(project / "design" / "memory")],
        cwd=ROOT,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL
    assert len(waiting(project)) == len(FACTS) - before
    assert call("UserPromptSubmit") == (0, "", "")
    assert waiting(project) == []
    assert [action for action, _ in told(project)] == list(FACTS.values())
    validated(project)


def test_an_idle_teammate_is_idle_once_though_the_player_was_killed_and_work_came_meanwhile(
    call, held, project
):
    with held:
        call("TeammateIdle")
    (place,) = (project / SHELF).glob("*.json")
    data = place.read_bytes()
    call("UserPromptSubmit")
    call("TaskCreated", teammate_name="researcher")  # at work again
    place.write_bytes(data)
    call("UserPromptSubmit")
    assert [action for action, _ in told(project)].count(FACTS["TeammateIdle"]) == 1
    assert waiting(project) == []


def test_one_call_that_was_told_twice_is_one_fact(call, held, project):
    with held:
        call("Notification")
        call("Notification")
    call("Notification")
    assert [action for action, _ in told(project)] == [FACTS["Notification"]]


def test_what_comes_while_others_wait_comes_after_them(call, held, project):
    with held:
        call("SubagentStart")
        code, _, err = call("SubagentStop")
        assert (code, err.count("locked by"), err.count("put aside")) == (0, 1, 1)
    call("Notification")
    assert [action for action, _ in told(project)] == [
        FACTS["SubagentStart"],
        FACTS["SubagentStop"],
        FACTS["Notification"],
    ]


def test_somebody_who_writes_what_waits_is_not_overtaken(call, held, project):
    with held:
        call("SubagentStart")
    with aside.turn(str(project / "design" / "memory"), 0) as shelf:
        assert shelf >= 0
        assert "is put aside" in call("SubagentStop")[2]
        assert call("Stop")[0] == 0
    assert len(waiting(project)) == 2
    call("UserPromptSubmit")
    assert "**Status:** completed" in (project / "design/memory/agents/a7f3c21.md").read_text()


def test_a_session_that_came_back_is_not_ended_by_the_end_before(call, held, project, monkeypatch):
    call("SessionStart-startup")
    with held:
        call("SessionEnd-other")
    places = list((project / SHELF).glob("*.json"))
    moved = [each.rename(project / each.name) for each in places]
    monkeypatch.setenv("COSMEMORY_NOW", LATER)
    call("SessionStart-resume")
    for place, each in zip(places, moved, strict=True):
        each.rename(place)
    call("UserPromptSubmit")
    assert waiting(project) == []
    assert "- **Status:** active" in (project / "design/memory/sessions/current.md").read_text()


def test_a_session_of_which_the_start_was_missed_is_told_of_at_its_end(call, held, project):
    with held:
        call("SessionStart-startup")
    call("SessionEnd-other")
    assert [action.split(" ", 1)[1] for action, _ in told(project)] == ["started", "completed"]


def test_what_is_damaged_or_old_is_dropped_and_keeps_nothing_back(call, held, project, monkeypatch):
    shelf = project / SHELF
    with held:
        call("SubagentStart")
        monkeypatch.setenv("COSMEMORY_NOW", "2026-11-27T06:00:00Z")
        call("Notification")
        call("StopFailure")
    first, second, third = sorted(shelf.glob("*.json"))
    second.write_bytes(second.read_bytes()[:-40])
    strange = {"a.json": b"", f"{'0' * 20}-{'0' * 16}.json": b"{}", "notes.txt": b"Mine.\n"}
    for name, data in strange.items():
        (shelf / name).write_bytes(data)
    left = shelf / f".cosmemory-{third.name}-1.tmp"
    left.write_bytes(b"{")
    os.utime(left, (1, 1))
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-29T06:00:00Z")
    code, out, err = call("UserPromptSubmit")
    assert (code, out, err.count("\n")) == (0, "", 1)
    assert err.count("is damaged") == 3
    assert err.count("A SubagentStart that was put aside is too old to be written.") == 1
    assert [action for action, _ in told(project)] == [FACTS["StopFailure"]]
    assert sorted(each.name for each in shelf.iterdir()) == ["notes.txt", "turn"]
    assert first.name not in os.listdir(shelf)


def test_a_full_disk_loses_nothing_as_long_as_a_small_file_has_room(call, project, monkeypatch):
    call("Notification")
    real = os.pwrite, os.write

    def full(descriptor, data, *rest):
        # Where the log grows there is no room; what is put aside stands in a file of its own.
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if path.endswith(("coordination-log.md", "spool")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real[len(rest) == 0](descriptor, data, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        patch.setattr(os, "pwrite", full)
        code, out, err = call("StopFailure")
    assert (code, out) == (0, "")
    assert "No space left on device" in err
    assert "is put aside" in err
    call("UserPromptSubmit")
    assert [action for action, _ in told(project)] == [FACTS["Notification"], FACTS["StopFailure"]]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_where_not_even_that_is_possible_it_is_said_and_nothing_is_left_behind(number, project):
    root = project / "design" / "memory"
    told_ = {"hook_event_name": "Notification", "message": "Look"}
    said = "could not be put aside either"
    at = 0
    while "either" in said:
        at += 1
        faults = Faults(at - 1, number, on=False)
        with seen(faults):
            said = aside.put(
                Call(harness="claude", event="Notification", session="s", payload=told_, root=str(root))
            )
        left = [each.name for each in (project / SHELF).iterdir()] if (project / SHELF).exists() else []
        assert [each for each in left if each != "turn"] == (waiting(project) if "either" not in said else [])
    assert at > 3
    assert len(waiting(project)) == 1


def test_what_waits_is_bounded(call, held, project, monkeypatch):
    monkeypatch.setattr(aside, "MOST", 2)
    with held:
        call("SubagentStart")
        call("Notification")
        assert "is lost: 2 events wait to be written already" in call("StopFailure")[2]
        monkeypatch.setattr(aside, "MOST", 9)
        many = {f"more {number}": "x" * 4000 for number in range(20)}
        assert "is lost: it tells too much" in call("PostCompact", **many)[2]
        assert "is put aside" in call("SubagentStop", last_assistant_message="x" * 1_000_000)[2]
    assert all(each.stat().st_size <= aside.LARGEST for each in (project / SHELF).iterdir())


def test_what_takes_long_is_left_to_the_next_event(call, held, project):
    with held:
        call("Notification")
        call("StopFailure")
    root = str(project / "design" / "memory")
    assert catching_up.catch_up(root, longest=-1.0).behind
    assert len(waiting(project)) == 2
    assert catching_up.catch_up(root).done == 2


def test_one_page_that_cannot_be_written_keeps_no_other_back(call, held, project):
    with held:
        call("SubagentStart")
        call("Notification")

    def refuse(*_):
        raise NotSaved("agents/a7f3c21.md", os.strerror(errno.EACCES))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(team, "agent_text", refuse)
        call("StopFailure")
    assert [action for action, _ in told(project)] == [FACTS["Notification"], FACTS["StopFailure"]]
    assert len(waiting(project)) == 1
    call("UserPromptSubmit")
    assert told(project)[-1][0] == FACTS["SubagentStart"]


def test_settings_that_nobody_can_use_are_waited_for(call, project):
    settings = project / "cosmemory.toml"
    settings.write_text("[hooks]\nwait = never\n")
    assert "is put aside" in call("Notification")[2]
    assert "is put aside" in call("StopFailure")[2]
    settings.write_text("")
    call("UserPromptSubmit")
    assert [action for action, _ in told(project)] == [FACTS["Notification"], FACTS["StopFailure"]]


def test_what_cannot_be_helped_by_waiting_is_not_put_aside(call, project):
    page = project / "design" / "memory" / "team-roster.md"
    page.write_bytes(b"# Team Roster\n\n<<<<<<< ours\n=======\n>>>>>>> theirs\n")
    call("TeammateIdle")
    assert not (project / SHELF).exists()


def test_an_edit_of_a_page_is_not_kept_waiting_by_what_others_left(call, held, project):
    with held:
        call("Notification")
    page = {"file_path": f"{project}/design/memory/cos-state.md", "old_string": "nowhere", "new_string": "x"}
    call("PreToolUse-Edit", tool_input=page)
    assert len(waiting(project)) == 1
    call("Stop")
    assert waiting(project) == []


def test_nobody_takes_what_waits_for_a_page(call, held, project, capfd):
    with held:
        call("Notification")
    assert main(["validate"]) == 0
    assert main(["checkpoint", "create"]) == 0
    assert main(["health"]) == 0
    assert "hooks-waiting" not in capfd.readouterr().out
    assert len(waiting(project)) == 1


def test_who_looks_after_the_memory_writes_what_waits(call, held, project, capfd):
    with held:
        for name in FACTS:
            call(name)
    main(["watch", "--once", "--dry-run"])
    assert len(waiting(project)) == len(FACTS)
    capfd.readouterr()
    main(["watch", "--once"])
    assert "8 events that hooks had put aside written down" in capfd.readouterr().out
    assert waiting(project) == []
    assert [action for action, _ in told(project)][: len(FACTS)] == list(FACTS.values())


def test_who_looks_after_the_memory_says_what_was_lost(call, held, project, capfd):
    with held:
        call("Notification")
    (place,) = (project / SHELF).glob("*.json")
    place.write_bytes(b"")
    assert main(["watch", "--once"]) == 1
    assert f"{place.name} was put aside and is damaged." in capfd.readouterr().err
    assert waiting(project) == []


def test_what_came_first_is_written_first_though_the_clock_was_set_back(call, held, project, monkeypatch):
    with held, monkeypatch.context() as patch:
        call("SubagentStart")
        present = time.time_ns()
        patch.setattr(time, "time_ns", lambda: present - 3_600_000_000_000)
        call("SubagentStop")
        call("Notification")
    call("UserPromptSubmit")
    assert waiting(project) == []
    assert [action for action, _ in told(project)] == [
        FACTS[each] for each in ("SubagentStart", "SubagentStop", "Notification")
    ]


def test_a_link_in_place_of_what_waits_keeps_no_event_from_being_written(call, project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "mine.json").write_text("{}")
    (project / SHELF).symlink_to(elsewhere)
    code, _, err = call("Notification")
    assert (code, err) == (0, "")
    assert [action for action, _ in told(project)] == [FACTS["Notification"]]
    assert [each.name for each in elsewhere.iterdir()] == ["mine.json"]


def test_a_page_that_nobody_may_write_keeps_no_later_one_waiting_for_days(call, held, project):
    with held:
        for number in range(5):
            call("SubagentStart", agent_id=f"a{number}")
        call("Notification")

    def refuse(*_):
        raise NotSaved("agents", os.strerror(errno.EACCES))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(team, "agent_text", refuse)
        main(["watch", "--once"])
    assert FACTS["Notification"] in [action for action, _ in told(project)]
    assert len(waiting(project)) == 5
