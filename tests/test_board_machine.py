"""A board that several writers change in turn, held against a dict: versions only grow, nothing lost, nothing forged."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cosmemory.document.json_values import Data
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import NotFound, StaleVersion
from cosmemory.kinds.board import value_of
from cosmemory.memory import Memory
from cosmemory.operations import board
from tests.laws.documents import DATA, TEXTS

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
KEYS = st.sampled_from(["plan", "Plan", "`a|b`", "build/status", "#1"])
VERSIONS = st.none() | st.integers(0, 6)
SECONDS = st.none() | st.integers(1, 100)


class Boards(RuleBasedStateMachine):
    """What the board says, beside what it should say."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOON
        log = {"coordination-log.md": b"# Coordination Log\n\n## Events\n\n"}
        self.memory = Memory(EphemeralStore(log), now=lambda: self.at)
        self.held: dict[str, tuple[Data, str, int, int | None]] = {}
        self.highest: dict[str, int] = {}

    def standing(self, key: str) -> tuple[Data, str, int, int | None] | None:
        found = self.held.get(key.lower())
        return None if found is None or (found[3] is not None and found[3] <= self.at) else found

    def version(self, key: str) -> int:
        found = self.standing(key)
        return found[2] if found else 0

    def keep(self, key: str, data: Data, writer: str, seconds: int | None, version: Any) -> None:
        word = key.lower()
        assert version > self.highest.get(word, 0)
        self.highest[word] = version
        self.held[word] = (data, writer, version, None if seconds is None else self.at + seconds)

    @rule(key=KEYS, data=DATA, writer=TEXTS, version=VERSIONS, seconds=SECONDS)
    def set(self, key: str, data: Data, writer: str, version: int | None, seconds: int | None) -> None:
        self.memory.actor = writer
        current = self.version(key)
        try:
            entry = board.set(self.memory, key, data, if_version=version, time_to_live=seconds).result
        except StaleVersion:
            assert version not in {None, current}
            return
        assert version in {None, current}
        self.keep(key, data, writer, seconds, entry.version)

    @rule(key=KEYS, writer=TEXTS)
    def update(self, key: str, writer: str) -> None:
        self.memory.actor = writer
        before = self.standing(key)

        def more(value: Any) -> list[Any]:
            assert Data.of(value) == (before[0] if before else Data.of(None))
            return [value]

        entry = board.update(self.memory, key, more).result
        assert entry.value is not None
        self.keep(key, entry.value, writer, None, entry.version)  # type: ignore[arg-type]

    @rule(key=KEYS, version=VERSIONS)
    def remove(self, key: str, version: int | None) -> None:
        current = self.version(key)
        try:
            board.remove(self.memory, key, if_version=version)
        except StaleVersion:
            assert version not in {None, current}
        except NotFound:
            assert current == 0
        else:
            assert version in {None, current}
            del self.held[key.lower()]

    @rule(seconds=st.integers(1, 60))
    def later(self, seconds: int) -> None:
        self.at += seconds

    @rule()
    def expire(self) -> None:
        board.expire(self.memory)

    @invariant()
    def the_board_says_what_was_written(self) -> None:
        shown = {str(each.key).lower(): each for each in board.entries(self.memory)}
        assert shown.keys() == {key for key in self.held if self.standing(key)}
        for key, entry in shown.items():
            data, writer, version, _ = self.held[key]
            assert (entry.value, entry.writer, entry.version) == (data, writer, version)
            assert value_of(board.get(self.memory, key)) == data.value

    @invariant()
    def the_page_has_no_error(self) -> None:
        found = [each for page in self.memory.validate(["board.md"]).pages for each in page.diagnostics]
        assert [each.name for each in found if each.severity == "error"] == []


TestBoards = Boards.TestCase
TestBoards.settings = settings(
    max_examples=int(os.environ.get("COSMEMORY_MACHINE_EXAMPLES", "15")),
    stateful_step_count=20,
    deadline=None,
)
