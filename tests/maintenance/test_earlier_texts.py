"""Earlier texts of a page: found wherever they were kept, newest first."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files.copies import FilesCopies
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import NotRead
from cosmemory.maintenance.checkpoints import create
from cosmemory.maintenance.copies import copies_of
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.state import set_focus

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
STATE = "cos-state.md"


def sources(memory: Memory) -> list[str]:
    return [each.source for each in copies_of(memory, STATE)]


def test_history_checkpoints_and_backups_are_one_row_newest_first() -> None:
    clock = [NOON]
    memory = Memory(EphemeralStore(), now=lambda: clock[0])
    initialise(memory)
    clock[0] += 60
    made = create(memory)
    clock[0] += 60
    set_focus(memory, "Ship")
    with memory.store.writing():
        memory.store.copies("backups").keep("20261121-120030", [(STATE, io.BytesIO(b"# Mine\n"))])
        memory.store.copies("backups").keep("mine", [(STATE, io.BytesIO(b"# Older\n"))])
        memory.store.copies("checkpoints").move(made.name, "archive/checkpoints")
    assert sources(memory) == [
        "change #3",
        f"archive/checkpoints/{made.name}/{STATE}",
        f"backups/20261121-120030/{STATE}",
        "change #1",
        f"backups/mine/{STATE}",
    ]


def test_a_clock_that_went_back_makes_no_older_text_the_newest() -> None:
    clock = [NOON]
    memory = Memory(EphemeralStore(), now=lambda: clock[0])
    initialise(memory)
    made = create(memory)
    clock[0] += 60
    set_focus(memory, "Ship")
    clock[0] -= 3_600
    set_focus(memory, "Sail")
    assert sources(memory) == ["change #4", "change #3", "change #1", f"checkpoints/{made.name}/{STATE}"]


def test_a_shelf_that_leads_elsewhere_is_passed_over(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "20261121-120000").mkdir(parents=True)
    (elsewhere / "20261121-120000" / STATE).write_bytes(b"# Not ours\n")
    root = tmp_path / "memory"
    root.mkdir()
    (root / "backups").symlink_to(elsewhere)
    memory = Memory(FilesStore(str(root)), now=lambda: NOON)
    initialise(memory)
    assert sources(memory) == ["change #1"]


def test_a_copy_that_cannot_be_read_now_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory(FilesStore(str(tmp_path)), now=lambda: NOON)
    initialise(memory)
    create(memory)

    def refused(*_: object) -> None:
        raise NotRead(STATE, "Input/output error")

    monkeypatch.setattr(FilesCopies, "open_read", refused)
    with pytest.raises(NotRead):
        sources(memory)
