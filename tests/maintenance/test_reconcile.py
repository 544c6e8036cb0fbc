"""What a person saves from an older copy of a page, brought together with what agents changed meanwhile."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.engines.files import past
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.reconcile import stale_saves
from cosmemory.maintenance.rotation import rotate
from cosmemory.operations import alerts, state, team
from cosmemory.operations.conflicts import conflicts
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import set_value
from tests.engines.saves import STYLES

STATE, ROSTER, ALERTS, LOG = "cos-state.md", "team-roster.md", "alerts/active-alerts.md", "coordination-log.md"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(past, "AGAIN", 0.0)


class Folder:
    """A memory in a folder, changed by an agent and by a person with an editor."""

    def __init__(self, root: Path, settings: Settings | None = None) -> None:
        self.root = root
        self.memory = open_memory(str(root), actor="agent", settings=settings)

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
    initialise(open_memory(str(tmp_path)))
    return Folder(tmp_path)


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
    assert conflicts(folder.memory) == ()
