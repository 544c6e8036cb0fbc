"""Eight processes and a person at one memory: nothing lost, nothing torn, every exit code honest."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cosmemory.connect import open_memory
from cosmemory.engines.files.staged import LONG
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.periods import daily_pages, month_of
from cosmemory.operations.state import add_action, set_focus
from cosmemory.store import is_revision_of, revision_of
from tests.benchmarks.runs import long_run

WRITERS = 8
STEPS = int(os.environ.get("COSMEMORY_TOGETHER", "12"))

WRITER = """
import random, sys
from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.kinds.coordination_log import Event
from cosmemory.operations import alerts, metrics, state, team
from cosmemory.operations.pages import set_value

root, number, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
memory = open_memory(root, settings=Settings(lock_timeout=60))  # on a busy machine it is somebody else's turn
name = f"helper-{number}"
chosen = random.Random(number)
team.join(memory, name, role="tester")
print(f"join {name}", flush=True)
for step in range(steps):
    mark = f"{name}/{step}"
    verb = chosen.choice(["log", "action", "set", "decide", "alert", "task", "record"])
    if verb == "log":
        memory.log(Event(time=memory.now(), type="focus", action=mark))
    elif verb == "action":
        state.add_action(memory, mark, priority="low")
    elif verb == "set":
        set_value(memory, "team-roster", f"active_team_members.{name}.performance", f"{step}%")
    elif verb == "decide":
        state.decide(memory, mark, rationale="because")
    elif verb == "alert":
        alerts.raise_alert(memory, kind=mark, severity="warning", resource="r", value="2", threshold="1")
    elif verb == "task":
        team.assign_task(memory, name, mark)
    else:
        metrics.record(memory, name, metrics.Results(tasks=step + 1))
    print(f"{verb} {mark}", flush=True)
"""


@pytest.fixture
def root(tmp_path) -> Path:
    folder = tmp_path / "memory"
    folder.mkdir()
    initialise(open_memory(str(folder)))
    return folder


def writers(root: Path) -> list[subprocess.Popen[str]]:
    return [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root), str(number), str(STEPS)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]


def read_until_done(root: Path, running: list[subprocess.Popen[str]]) -> int:
    """Reads every page again and again while others write; a page is always whole."""
    memory = open_memory(str(root))
    reads = 0
    while any(process.poll() is None for process in running):
        for path in memory.store.paths():
            stored = memory.store.read(path)
            assert stored is not None
            assert stored.revision == revision_of(stored.data)
            assert stored.data.startswith(b"# ")
            assert stored.data.endswith(b"\n")
            if path != "coordination-log.md":
                memory.page(path)
            reads += 1
    return reads


def test_eight_writers_lose_nothing_while_a_reader_looks_on(root):
    running = writers(root)
    assert read_until_done(root, running) > 0
    said = [process.communicate()[0].split("\n")[:-1] for process in running]
    assert [process.returncode for process in running] == [0] * WRITERS
    memory = open_memory(str(root))
    assert not [
        each for page in memory.validate().pages for each in page.diagnostics if each.severity == "error"
    ]
    acknowledged = [line for lines in said for line in lines]
    assert len(acknowledged) == WRITERS * (STEPS + 1)
    log = memory.read("coordination-log").events
    state, alerts, roster = memory.read("cos-state"), memory.read("active-alerts"), memory.read("team-roster")
    told = {event.action for event in log}
    told |= {event.extra.get("Decision", "") for event in log}
    by_verb = {verb: [line.split(" ", 1)[1] for line in acknowledged if line.startswith(verb)]
               for verb in ("log", "action", "decide", "alert", "join")}  # fmt: skip
    assert sorted(event.action for event in log if event.type == "focus") == sorted(by_verb["log"])
    assert sorted(each.action for each in state.pending_actions) == sorted(by_verb["action"])
    assert len({each.id for each in state.pending_actions}) == len(by_verb["action"])
    assert set(by_verb["decide"]) <= told | {each.decision for each in state.recent_decisions}
    assert sorted(each.type for each in alerts.warning) == sorted(by_verb["alert"])
    assert len({each.id for each in alerts.warning}) == len(by_verb["alert"])
    assert {row.alert_id for row in state.active_alerts} == {each.id for each in alerts.warning}
    assert sorted(each.session_name for each in roster.active_team_members) == sorted(by_verb["join"])
    assert roster.total_agents == state.coordination_state.team_size == WRITERS
    assert len([path for path in root.rglob("*") if path.name.endswith((".tmp", ".part"))]) == 0
    assert not (root / ".cosmemory" / "intent").exists()


FINDER = """
import sys
from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.operations.runs import add_finding
root, name, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
memory = open_memory(root, settings=Settings(lock_timeout=60.0))  # on a busy machine too
for step in range(steps):
    found = add_finding(memory, "long", "phase 2", severity="minor", text=f"{name}/{step}").result
    print(f"{found} {name}/{step}", flush=True)
"""


def test_findings_of_several_processes_in_one_long_run_are_all_there_and_told_once(root):
    """The page is one whose text is staged beside it; some writers are killed at it, and readers see whole pages."""
    page = root / "runs" / "long.md"
    page.parent.mkdir()
    page.write_bytes(long_run(3, 1_000))
    assert page.stat().st_size > LONG
    given = [sys.executable, "-c", FINDER, str(root)]
    lasting = [
        subprocess.Popen([*given, f"helper-{n}", str(STEPS)], stdout=subprocess.PIPE, text=True)
        for n in (0, 1)
    ]
    memory, chosen, said, killed = open_memory(str(root)), random.Random(5), [], 0
    while any(process.poll() is None for process in lasting):
        doomed = subprocess.Popen([*given, f"doomed-{killed}", "1000"], stdout=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 0.6 + chosen.random()
        while time.monotonic() < deadline:
            stored = memory.store.read("runs/long.md")
            assert stored is not None
            assert stored.data.endswith(b"\n\n## Last Change\n\n- **Last Updated:** " + stored.data[-21:])
        doomed.kill()
        said += doomed.communicate()[0].split("\n")[:-1]
        killed += 1
    for process in lasting:
        said += process.communicate()[0].split("\n")[:-1]
    assert [process.returncode for process in lasting] == [0, 0]
    memory.store.append("coordination-log.md", b"")  # whoever writes next finishes what the last one left
    findings = {each.id: each.text for each in memory.read("runs/long").findings}
    told = [event.action for event in memory.read("coordination-log").events if event.type == "run"]
    assert len(findings) == len(memory.read("runs/long").findings)
    assert {line.split(" ")[0]: line.split(" ")[1] for line in said}.items() <= findings.items()
    assert sorted(told) == sorted(f"long: finding {each} in phase 2" for each in list(findings)[1_000:])
    assert not [path for path in root.rglob("*") if path.name.endswith((".tmp", "intent"))]


def test_a_person_saving_in_the_middle_keeps_every_line(root):
    """Reads, adds a line, and saves by renaming, as most editors do, while verbs change the same page."""
    page = root / "cos-state.md"
    verbs = subprocess.Popen(
        [sys.executable, "-c", VERBS, str(root), str(STEPS * 4)], stdout=subprocess.PIPE, text=True
    )
    lines = []
    chosen = random.Random(7)
    while verbs.poll() is None:
        line = f"A person's line {len(lines)}.\n"
        save(page, line)
        lines.append(line)
        time.sleep(chosen.random() * 0.03)
    done = verbs.communicate()[0].count("\n")
    assert verbs.returncode == 0
    assert lines
    text = page.read_text(encoding="utf-8")
    assert 0 < done <= STEPS * 4
    assert [line for line in lines if line not in text] == []
    assert open_memory(str(root)).read("cos-state").current_focus.primary_task.startswith("task ")


VERBS = """
import sys
from cosmemory.connect import open_memory
from cosmemory.errors import EditedMeanwhile
from cosmemory.operations.state import set_focus
memory = open_memory(sys.argv[1])
for step in range(int(sys.argv[2])):
    try:
        set_focus(memory, f"task {step}")
    except EditedMeanwhile:
        continue  # on a busy machine the person saves more often than a verb can begin again
    print(step, flush=True)
"""


def save(page: Path, line: str) -> None:
    temporary = page.with_suffix(".md.editor")
    temporary.write_text(page.read_text(encoding="utf-8") + line, encoding="utf-8")
    os.replace(temporary, page)


CHANGER = """
import sys
from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.engines.files import past
from cosmemory.kinds.coordination_log import Event
from cosmemory.operations import state
root, name, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
past.FULL, past.AGAIN = 4_000, 0.0
memory = open_memory(root, actor=name, settings=Settings(lock_timeout=60.0))  # on a busy machine too
for step in range(steps):
    memory.message = f"{name}/{step}"
    if step % 2:
        memory.log(Event(time=memory.now(), type="focus", action=memory.message))
    else:
        state.add_action(memory, memory.message, priority="low")
    print(memory.message, flush=True)
"""


def test_the_history_tells_every_change_once_with_who_made_it_while_a_person_edits(root):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", CHANGER, str(root), f"agent {number}", str(STEPS)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    page, saves = root / "team-roster.md", 0
    while any(process.poll() is None for process in running):
        save(page, f"A person's line {saves}.\n")
        saves += 1
        time.sleep(0.05)
    said = [line for process in running for line in process.communicate()[0].split("\n")[:-1]]
    assert [process.returncode for process in running] == [0] * 4
    memory = open_memory(str(root))
    memory.store.notice(thoroughly=True)
    history = memory.store.history()
    changes = history.revisions()
    assert [change.number for change in changes] == list(range(len(changes), 0, -1))
    told = [change.attribution for change in changes if not change.by_hand and change.attribution.message]
    assert sorted(each.message for each in told) == sorted(said)
    assert all(each.message.startswith(f"{each.actor}/") for each in told)
    by_hand = [change for change in changes if change.by_hand]
    assert by_hand
    assert all(change.step("team-roster.md") for change in by_hand)
    for change in changes:
        for step in change.pages:
            assert is_revision_of(step.after, history.text(step.path, change.number))
    for path in memory.store.paths():
        assert history.text(path, changes[0].number) == (root / path).read_bytes()


def test_a_verb_begins_again_when_an_editor_saved_under_it(root, monkeypatch):
    memory = open_memory(str(root))
    page = root / "cos-state.md"
    real = memory.store.writing
    saves = iter(["- one\n", "- two\n"])

    def interrupted(timeout=None):
        manager = real(timeout)

        class Interrupted:
            def __enter__(self):
                writer = manager.__enter__()
                commit = writer.commit

                def late(*arguments):
                    line = next(saves, None)
                    if line:
                        page.write_text(page.read_text(encoding="utf-8") + line, encoding="utf-8")
                    return commit(*arguments)

                self.writer = writer
                return Writer(writer, late)

            def __exit__(self, *error):
                return manager.__exit__(*error)

        return Interrupted()

    class Writer:
        def __init__(self, writer, commit):
            self._writer, self.commit = writer, commit

        def __getattr__(self, name):
            return getattr(self._writer, name)

    monkeypatch.setattr(memory.store, "writing", interrupted)
    set_focus(memory, "the one verb")
    text = page.read_text(encoding="utf-8")
    assert text.endswith("- one\n- two\n")
    assert "- **Primary Task:** the one verb\n" in text
    assert add_action(memory, "and another").result == "1"
    assert daily_pages(memory, month_of(memory.now().date())) == {}
