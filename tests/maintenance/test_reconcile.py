"""What a person saves from an older copy of a page, brought together with what agents changed meanwhile."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.engines.files import past
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.reconcile import reconcile, stale_saves
from cosmemory.maintenance.rotation import rotate, verify
from cosmemory.operations import alerts, conflicts, state, team
from cosmemory.operations.first_pages import initialise
from tests.engines.saves import STYLES

NOW = 1_795_262_400  # 2026-11-21T12:00:00Z
TURNS = int(os.environ.get("COSMEMORY_INTERLEAVINGS", "25"))
WEEK = 7 * 24 * 3600
STATE, ROSTER, ALERTS, LOG = (
    "cos-state.md",
    "team-roster.md",
    "alerts/active-alerts.md",
    "coordination-log.md",
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(past, "AGAIN", 0.0)


class Folder:
    """A memory in a folder, changed by an agent and by a person with an editor."""

    def __init__(self, root: Path, settings: Settings | None = None) -> None:
        self.root = root
        self.now = NOW
        self.memory = open_memory(str(root), actor="agent", settings=settings)
        self.memory._now = lambda: self.now

    def pass_time(self, seconds: int) -> None:
        self.now += seconds

    def text(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def save(self, path: str, text: str, style: int = 0) -> None:
        STYLES[style](self.root / path, text.encode())

    def look(self) -> list[str]:
        """What the next verb tells."""
        del self.memory.told[:]
        self.memory.log(Event(time=self.memory.now(), type="focus", action="look"))
        with self.memory.transaction():
            pass
        return list(self.memory.told)


@pytest.fixture
def folder(tmp_path):
    return begun(tmp_path)


def begun(root: Path, **settings: str) -> Folder:
    initialise(open_memory(str(root)))
    return Folder(root, Settings(**settings))


def test_a_stale_copy_of_the_state_loses_nothing(folder):
    buffer = folder.text(STATE)
    state.add_action(folder.memory, "write the docs", priority="high")
    folder.save(STATE, buffer.replace("## Current Focus\n", "## Current Focus\n\nMy own note.\n"))
    told = folder.look()
    assert len(told) == 1
    assert told[0].startswith("An older copy of cos-state.md (of #")
    assert "My own note.\n" in folder.text(STATE)
    assert [each.action for each in folder.memory.read(STATE).pending_actions] == ["write the docs"]
    assert folder.look() == []
    assert conflicts.listed(folder.memory) == ()


def test_a_stale_copy_of_the_roster_loses_nobody(folder):
    buffer = folder.text(ROSTER)
    team.join(folder.memory, "helper-1", role="tester")
    folder.save(ROSTER, buffer.rstrip("\n") + "\n\n## My Plans\n\nHire two more.\n", style=1)
    assert len(folder.look()) == 1
    assert [each.session_name for each in folder.memory.read(ROSTER).active_team_members] == ["helper-1"]
    assert "## My Plans\n\nHire two more.\n" in folder.text(ROSTER)


def test_a_stale_copy_of_the_alerts_loses_none(folder):
    alerts.raise_alert(folder.memory, kind="CPU", severity="warning", resource="db", value="2", threshold="1")
    buffer = folder.text(ALERTS)
    alerts.raise_alert(
        folder.memory, kind="Disk", severity="warning", resource="db", value="2", threshold="1"
    )
    folder.save(ALERTS, buffer + "\n## Notes\n\nAsk the people who run db.\n", style=2)
    assert len(folder.look()) == 1
    assert [each.type for each in folder.memory.read(ALERTS).warning] == ["CPU", "Disk"]
    assert "Ask the people who run db.\n" in folder.text(ALERTS)


def entries(folder: Folder, path: str = LOG) -> list[str]:
    return [line for line in folder.text(path).split("\n") if line.startswith("**Action:**")]


def log(folder: Folder, words: str) -> None:
    folder.memory.log(Event(time=folder.memory.now(), type="focus", action=words))


def test_a_stale_copy_loses_nothing_where_a_newer_text_has_a_line_that_the_person_writes_again(folder):
    buffer = folder.text(ALERTS)
    alerts.raise_alert(folder.memory, kind="CPU", severity="warning", resource="db", value="2", threshold="1")
    folder.save(ALERTS, folder.text(ALERTS) + "\n## Monday\n\nNothing to do.\n")
    folder.look()
    folder.save(ALERTS, buffer + "\n## Tuesday\n\nNothing to do.\n")
    assert len(folder.look()) == 1
    assert [each.type for each in folder.memory.read(ALERTS).warning] == ["CPU"]


def test_a_stale_copy_loses_no_alert_where_an_alert_like_it_was_resolved_meanwhile(folder):
    alerts.raise_alert(folder.memory, kind="CPU", severity="warning", resource="db", value="2", threshold="1")
    buffer = folder.text(ALERTS)
    alerts.resolve_alert(folder.memory, "ALERT-1")
    alerts.raise_alert(
        folder.memory, kind="Disk", severity="critical", resource="db", value="2", threshold="1"
    )
    folder.save(ALERTS, buffer + "\n## Notes\n\nAsk the people who run db.\n")
    assert len(folder.look()) == 1
    assert [each.type for each in folder.memory.read(ALERTS).critical] == ["Disk"]


def test_a_stale_copy_of_the_log_loses_no_entry(folder):
    log(folder, "first")
    buffer = folder.text(LOG)
    log(folder, "second")
    folder.save(LOG, buffer.replace("first", "the very first"))
    assert len(folder.look()) == 1
    found = [line.removeprefix("**Action:** ") for line in entries(folder)]
    assert [each for each in found if each in ("first", "the very first", "second")] == [
        "the very first",
        "second",
    ]


def test_a_log_saved_over_its_rotated_self_doubles_no_entry(folder):
    log(folder, "of last week")
    folder.pass_time(WEEK)
    log(folder, "of this week")
    buffer = folder.text(LOG)
    rotate(folder.memory)
    log(folder, "after the rotation")
    folder.save(LOG, buffer.replace("of this week", "of this very week"))
    assert len(folder.look()) == 1
    live = [line.removeprefix("**Action:** ") for line in entries(folder)]
    assert [each for each in live if "week" in each or "rotation" in each] == [
        "of this very week",
        "after the rotation",
    ]
    (archive,) = [path for path in folder.memory.store.paths() if path.startswith("coordination-log-")]
    assert "**Action:** of last week" in entries(folder, archive)
    assert verify(folder.memory).faults == ()


def test_what_both_changed_stays_as_the_person_saved_it_and_is_written_down(folder):
    state.set_focus(folder.memory, "before both")
    buffer = folder.text(STATE)
    folder.pass_time(60)
    state.set_focus(folder.memory, "by the agent")
    folder.save(STATE, buffer.replace("before both", "by the person"))
    (told,) = folder.look()
    assert "which conflicts/CONFLICT-1.md shows" in told
    assert folder.memory.read(STATE).current_focus.primary_task == "by the person"
    (conflict,) = conflicts.listed(folder.memory)
    (disputed,) = conflict.disputed_values
    assert (disputed.before, disputed.kept, disputed.other) == (
        "before both",
        "by the person",
        "by the agent",
    )
    assert folder.look() == []


def test_an_edit_of_the_newest_page_is_left_alone(folder):
    state.add_action(folder.memory, "one", priority="high")
    for words in ("first", "second", "third"):
        folder.save(STATE, folder.text(STATE) + f"\nA note, the {words}.\n")
        saved = folder.text(STATE)
        assert folder.look() == []
        assert folder.text(STATE) == saved
        state.add_action(folder.memory, words, priority="low")
    assert stale_saves(folder.memory) == ()


def test_what_a_person_took_away_knowing_of_it_stays_away(folder):
    state.add_action(folder.memory, "an idea of the agent", priority="high")
    seen = folder.text(STATE)
    row = next(line for line in seen.split("\n") if "an idea of the agent" in line and "|" in line)
    folder.save(STATE, seen.replace(row + "\n", ""))
    assert folder.look() == []
    assert folder.memory.read(STATE).pending_actions == ()
    state.add_action(folder.memory, "another", priority="high")
    assert [each.action for each in folder.memory.read(STATE).pending_actions] == ["another"]


def test_who_takes_back_what_was_saved_by_hand_is_not_taken_for_an_older_copy(folder):
    state.set_focus(folder.memory, "ship the parser")
    first = folder.text(STATE)
    second = first.replace("- **CPU Load:** -", "- **CPU Load:** 3")
    third = second + "\nA note.\n"
    for text in (second, third, second, third, first, second, first):
        folder.save(STATE, text)
        assert folder.look() == []
        assert folder.text(STATE) == text
    assert stale_saves(folder.memory) == ()


def test_who_takes_it_back_and_writes_something_else_may_have_an_older_copy(folder):
    state.set_focus(folder.memory, "ship the parser")
    buffer = folder.text(STATE)
    folder.save(STATE, buffer + "\nA note of the one.\n")
    folder.look()
    folder.save(STATE, buffer.replace("- **CPU Load:** -", "- **CPU Load:** 3"))
    assert len(folder.look()) == 1
    assert "A note of the one.\n" in folder.text(STATE)
    assert "- **CPU Load:** 3" in folder.text(STATE)


def test_a_copy_from_before_a_verb_and_a_save_by_hand_gets_both_though_it_has_nothing_new(folder):
    buffer = folder.text(STATE)
    state.add_action(folder.memory, "write the docs", priority="high")
    folder.save(STATE, folder.text(STATE) + "\nA note.\n")
    folder.look()
    folder.save(STATE, buffer)
    assert len(folder.look()) == 1
    assert "A note.\n" in folder.text(STATE)
    assert [each.action for each in folder.memory.read(STATE).pending_actions] == ["write the docs"]


def test_an_entry_that_a_person_corrects_is_not_doubled(folder):
    for words in ("one", "tow", "three"):
        log(folder, words)  # all in one second, with nothing else to tell them apart
    for old, new in (("three", "THREE"), ("tow", "two")):
        folder.save(LOG, folder.text(LOG).replace(old, new))
        assert folder.look() == []
    assert [line.split(" ", 1)[1] for line in entries(folder) if "look" not in line] == [
        "one",
        "two",
        "THREE",
    ]


def test_a_copy_older_than_many_changes_still_tells_where_it_began(folder):
    buffer = folder.text(LOG)
    for number in range(250):
        log(folder, f"entry {number}")
    folder.save(LOG, buffer + "A note at the end.\n")
    assert len(folder.look()) == 1
    assert len(entries(folder)) == 251
    assert "A note at the end.\n" in folder.text(LOG)


def test_a_memory_that_only_reports_brings_nothing_back(tmp_path):
    folder = begun(tmp_path, stale_saves="report")
    buffer = folder.text(STATE)
    state.add_action(folder.memory, "write the docs", priority="high")
    folder.save(STATE, buffer + "\nMy own note.\n")
    (told,) = folder.look()
    assert told.endswith("cosmemory reconcile brings them back.")
    assert folder.memory.read(STATE).pending_actions == ()
    assert folder.look() == []
    assert [save.path for save in stale_saves(folder.memory)] == [STATE]
    with folder.memory.store.writing() as writer:
        assert len(reconcile(folder.memory, writer)) == 1
    assert [each.action for each in folder.memory.read(STATE).pending_actions] == ["write the docs"]
    assert "My own note.\n" in folder.text(STATE)


class Interleaved:
    """Agents and a person at one memory, by chance: every word is written once, so that it is known where it must be."""

    def __init__(self, root: Path, seed: int) -> None:
        self.folder = begun(root, durability="none")
        self.random = random.Random(seed)
        self.buffers: dict[str, str] = {}
        self.written: list[str] = []
        self.away: set[str] = set()  # taken off a page by a person who had seen them there
        self.found: list[str] = []

    def word(self) -> str:
        self.written.append(f"word{len(self.written)}x")
        return self.written[-1]

    def agent(self) -> None:
        memory, word = self.folder.memory, self.word()
        verb = self.random.choice(["log", "action", "focus", "alert", "join", "decide"])
        if verb == "log":
            log(self.folder, word)
        elif verb == "action":
            state.add_action(memory, word, priority="low")
        elif verb == "focus":
            state.set_focus(memory, word)
        elif verb == "alert":
            alerts.raise_alert(memory, kind=word, severity="warning", resource="r", value="2", threshold="1")
        elif verb == "join":
            team.join(memory, word, role="tester")
        else:
            state.decide(memory, word, rationale="because")

    def opens(self) -> None:
        path = self.random.choice([STATE, STATE, ROSTER, ALERTS, LOG])
        self.buffers[path] = self.folder.text(path)

    def saves(self) -> None:
        if not self.buffers:
            return
        path = self.random.choice(sorted(self.buffers))
        began, before = self.buffers.pop(path), self.folder.text(path)
        saved = self.edited(began, path)
        new = [word for word in self.written if word in saved and word not in began]
        gone = [word for word in self.written if word in began and word not in saved]
        unknown = [word for word in self.written if word in before and word not in began]
        self.folder.save(path, saved, self.random.randrange(3))
        told = self.folder.look()
        now = self.folder.text(path)
        shown = "".join(self.folder.text(each) for each in self.folder.memory.store.paths())
        stale = any(path in sentence for sentence in told)
        self.found += [f"{word} of the agent is gone from {path}" for word in unknown if word not in shown]
        self.found += [f"{word} of the person is gone from {path}" for word in new if word not in now]
        self.found += [f"{word} is back on {path}" for word in gone if word in now]
        if unknown and not stale:
            self.found.append(f"nobody noticed that {path} was stale")
        if before == began and stale:
            self.found.append(f"{path} was not stale, and was said to be: {told}")

    def edited(self, text: str, path: str) -> str:
        lines = text.split("\n")
        how = self.random.choice(["note", "note", "end", "row", "focus"])
        rows = [n for n, line in enumerate(lines) if line.startswith("| ") and "word" in line]
        if how == "row" and rows and path == STATE:
            del lines[self.random.choice(rows)]
        elif how == "focus" and path == STATE:
            at = next(n for n, line in enumerate(lines) if line.startswith("- **Primary Task:**"))
            lines[at] = f"- **Primary Task:** {self.word()}"
        elif how == "note" and path != LOG:
            headings = [n for n, line in enumerate(lines) if line.startswith("## ")]
            at = self.random.choice(headings)
            lines[at + 1 : at + 1] = ["", f"<!-- {self.word()} -->"]
        elif path != LOG:
            lines += ["", f"> {self.word()}", ""]
        else:
            ends = [n for n, line in enumerate(lines) if line.startswith("**Action:**")]
            if ends:
                lines.insert(self.random.choice(ends) + 1, f"**Notes:** {self.word()}")
        return "\n".join(lines)

    def step(self) -> None:
        # Changes of one second bear one time: what took away all that the last of them wrote looks like a copy from
        # between them, and is taken for one.
        self.folder.pass_time(self.random.choice([1, 1, 2, 60]))
        self.random.choices([self.agent, self.opens, self.saves], [5, 3, 3])[0]()

    def lost(self) -> list[str]:
        """The words that are nowhere: on no page, and in no text of the history."""
        history = self.folder.memory.store.history()
        texts = [self.folder.text(path) for path in self.folder.memory.store.paths()]
        for change in history.revisions():
            texts += [(history.text(step.path, change.number) or b"").decode() for step in change.pages]
        everything = "\n".join(texts)
        return [f"{word} is nowhere" for word in self.written if word not in everything]


@pytest.mark.parametrize("begin", range(5))
def test_whatever_a_person_and_agents_write_in_turn_nothing_is_lost(tmp_path, begin):
    found = []
    for seed in range(begin, TURNS, 5):
        root = tmp_path / str(seed)
        root.mkdir()
        both = Interleaved(root, seed)
        for _ in range(30):
            both.step()
        both.folder.look()
        found += [f"seed {seed}: {each}" for each in [*both.found, *both.lost()]]
        shutil.rmtree(root)
    assert found == []


def test_a_damaged_history_keeps_no_verb_from_its_work(folder, monkeypatch):
    monkeypatch.setattr(past, "FULL", 0)
    state.set_focus(folder.memory, "before the damage")
    monkeypatch.setattr(past, "FULL", 1 << 20)
    journal = folder.root / ".cosmemory" / "journal.sqlite"
    journal.write_bytes(journal.read_bytes()[:100] + b"\xff" * 5000)
    folder.save(STATE, folder.text(STATE) + "\nA note.\n")
    state.set_focus(folder.memory, "after the damage")
    assert folder.memory.read(STATE).current_focus.primary_task == "after the damage"
    assert folder.text(STATE).endswith("\nA note.\n")
    assert any("journal.sqlite:1 is damaged" in sentence for sentence in folder.memory.told)
    folder.look()
    assert folder.look() == []


def test_after_a_loss_of_the_history_stale_copies_are_still_noticed(folder):
    for number in range(5):
        state.set_focus(folder.memory, f"task {number}")
        folder.save(STATE, folder.text(STATE) + f"\nNote {number}.\n")
        folder.look()
    for name in ("spool", "heads", "journal.sqlite"):
        (folder.root / ".cosmemory" / name).unlink(missing_ok=True)
    folder = Folder(folder.root)
    for number in range(2):
        assert folder.look() == []
        buffer = folder.text(STATE)
        state.add_action(folder.memory, f"action {number}", priority="high")
        folder.save(STATE, buffer + f"\nA later note {number}.\n")
        assert len(folder.look()) == 1
    assert len(folder.memory.read(STATE).pending_actions) == 2
