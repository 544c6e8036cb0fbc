"""Law 6 for the search: the index finds what reading every page finds, whatever was done to the pages since."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cosmemory.config import Settings
from cosmemory.document.values import time_of
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import CosmemoryError, UsageError
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance import search_past
from cosmemory.maintenance.rotation import rotate
from cosmemory.maintenance.search import scan
from cosmemory.maintenance.search_index import Asked, ask
from cosmemory.maintenance.search_query import terms_of
from cosmemory.maintenance.search_units import PLACES
from cosmemory.maintenance.undo import undo
from cosmemory.memory import Memory
from cosmemory.operations import state, team
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import set_value

NOON = 1_795_262_400
STORIES = int(os.environ.get("COSMEMORY_SEARCHES", "6"))
WORDS = [
    "owl",
    "OWLS",
    "naïve",
    "naive",
    "parser-2",
    "a_b",
    "会议",
    "会",
    "straße",
    "Σίγμα",
    "é",
    "|",
    "##",
    '"',
    "*",
    "x\u200by",
]


def _terms(words):
    try:
        return terms_of(words)
    except UsageError:
        return terms_of("owl")


ASKED = st.builds(
    Asked,
    terms=st.lists(st.sampled_from([*WORDS, "ow*", '"owl parser"', "-owl", "-会", "the"]), min_size=1, max_size=3)
    .map(" ".join)
    .map(_terms),
    places=st.one_of(st.just(()), st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True).map(tuple)),
    kind=st.sampled_from(["", "", "cos-state", "coordination-log", "team-roster"]),
    agent=st.sampled_from(["", "", "", "helper-1", "Bob"]),
    since=st.sampled_from([None, None, NOON, NOON + 86_400]),
    until=st.sampled_from([None, None, NOON + 3 * 86_400]),
)  # fmt: skip


def words(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 5)))


def answers(store, asked):
    indexed, plain = ask(store, asked), scan(store, asked)
    return tuple(
        sorted(
            (each.path, each.unit.line, each.unit.change, each.unit.section, each.unit.text, each.actor)
            for each in found
        )
        for found in (indexed, plain)
    )


class Story:
    """A memory that lives through days of changes."""

    def __init__(self, store, seed: int, folder: Path | None = None) -> None:
        self.chance = random.Random(seed)
        self.at = NOON
        self.folder = folder
        self.memory = Memory(store, settings=Settings(), now=lambda: self.at, actor="Bob")
        initialise(self.memory)

    def step(self) -> None:
        self.at += self.chance.randint(1, 40_000)
        try:
            self.chance.choice(
                [
                    self._log,
                    self._log,
                    self._set,
                    self._person,
                    self._rotate,
                    self._undo,
                    self._hand,
                    self._move,
                ]
            )()
        except CosmemoryError:
            pass  # nothing to do of that sort now

    def _log(self):
        text = words(self.chance).replace("#", "")
        self.memory.log(
            *[Event(time=time_of(self.at), type="decision", involved="helper-1", action=text or "x")]
            * self.chance.randint(1, 3)
        )

    def _set(self):
        self.memory.message = self.chance.choice(["", "for the owl"])
        set_value(self.memory, "cos-state", "current_focus.primary_task", words(self.chance))
        state.add_action(self.memory, words(self.chance), priority="low")

    def _person(self):
        name = self.chance.choice(["helper-1", "owl"])
        if self.chance.random() < 0.5:
            team.join(self.memory, name, role=words(self.chance))
        else:
            team.leave(self.memory, name, reason=words(self.chance))

    def _rotate(self):
        rotate(self.memory)

    def _undo(self):
        undo(self.memory, "last", [])

    def _move(self):
        path = self.chance.choice(["notes.md", "archive/notes.md"])
        with self.memory.transaction() as transaction:
            if transaction.exists(path):
                transaction.move(path, "notes.md" if path.startswith("archive") else "archive/notes.md")
            else:
                transaction.create(
                    path, f"# Notes\n\n{words(self.chance)}\n\n- {words(self.chance)}\n- owl\n"
                )

    def _hand(self):
        """Somebody edits a page without us."""
        path = self.chance.choice(self.memory.store.paths())
        data = self.memory.store.read(path).data
        lines = data.split(b"\n")
        at = self.chance.randrange(len(lines))
        lines[at : at + self.chance.randint(0, 2)] = [words(self.chance).encode()] * self.chance.randint(0, 2)
        data = self.chance.choice([b"\n", b"\n", b"\r\n"]).join(lines)
        if self.folder is None:
            self.memory.store._pages[path] = data
        elif self.chance.random() < 0.1:
            (self.folder / path).unlink()
        else:
            (self.folder / path).write_bytes(data)


@settings(max_examples=STORIES)
@given(seed=st.integers(0, 10_000), asked=st.lists(ASKED, min_size=2, max_size=3), on_disk=st.booleans())
def test_the_index_finds_what_a_scan_finds_whatever_is_done(seed, asked, on_disk):
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    try:
        store = FilesStore(str(folder), durability="none") if on_disk else EphemeralStore()
        story = Story(store, seed, folder if on_disk else None)
        for _ in range(10):
            story.step()
            for each in asked:
                indexed, plain = answers(store, each)
                assert indexed == plain
    finally:
        shutil.rmtree(folder)


def test_only_the_newest_changes_are_kept_whether_the_index_grew_or_was_made_at_once(monkeypatch):
    monkeypatch.setattr(search_past, "CHANGES", 5)
    grown = Story(EphemeralStore(), 1)
    asked = Asked(terms=terms_of("owl"), places=("history",))
    for number in range(12):
        set_value(grown.memory, "cos-state", "current_focus.primary_task", f"owl {number}")
        indexed, plain = answers(grown.memory.store, asked)
        assert indexed == plain
    assert len(indexed) == 5
