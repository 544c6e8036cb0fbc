"""A memory on disk with a clock of its own, for the tests of what looks after it."""

from __future__ import annotations

import pytest

from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.maintenance.processes import Machine
from cosmemory.maintenance.watching import settling
from cosmemory.maintenance.watching.eye import Eye
from cosmemory.maintenance.watching.look import look
from cosmemory.maintenance.watching.measures import Scene
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import set_value

NOON = 1_795_262_400


class Office:
    """A memory on disk with a clock of its own, looked at by one eye."""

    def __init__(self, root):
        self.root, self.at, self.eye = root, NOON, Eye()
        self.settings = Settings(watch_resource_minutes=0, watch_checkpoint_minutes=0)

    @property
    def memory(self):
        made = open_memory(str(self.root), actor="watch", settings=self.settings)
        made._now = lambda: self.at
        return made

    def look(self, *, after=0):
        self.at += after
        return [each.text for each in look(self.memory, self.eye)]

    def set(self, **settings):
        self.settings = Settings(**{"watch_resource_minutes": 0, "watch_checkpoint_minutes": 0, **settings})

    def edit(self, path, old, new):
        page = self.root / path
        text = page.read_text(encoding="utf-8")
        assert old in text
        page.with_suffix(".new").write_text(text.replace(old, new, 1), encoding="utf-8")
        page.with_suffix(".new").replace(page)


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.setattr(settling, "STILL", 0.0)  # nobody writes in parts here
    monkeypatch.setattr(Scene, "machine", Machine(memory=50.0, load=0.5))
    made = Office(tmp_path / "memory")
    made.root.mkdir()
    initialise(made.memory)
    set_value(made.memory, "cos-state", "session_info.status", "idle")  # or it would grow stale with time
    assert made.look() == []
    return made
