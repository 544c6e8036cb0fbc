"""A page that was clean and has not changed is not read again, and what is found is the same as without that."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from cosmemory.connect import open_memory
from cosmemory.engines.files import listing
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.metrics import Results, record
from cosmemory.operations.periods import month_of
from cosmemory.operations.rollup import roll_up
from cosmemory.operations.state import set_focus


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    monkeypatch.setattr(listing, "SETTLED", 0)
    folder = tmp_path / "memory"
    folder.mkdir()
    memory = open_memory(str(folder))
    initialise(memory)
    today = memory.now().date()
    for day in range(2, 9):
        record(memory, "helper-1", Results(tasks=day, on_time=day), day=today.replace(day=day))
    roll_up(memory, month_of(today))
    return folder


def findings(memory: Memory) -> list[tuple[str, str, str, int]]:
    return [
        (page.path, each.code, each.message, each.start)
        for page in memory.validate().pages
        for each in page.diagnostics
    ]


def without_memory_of_it(root: Path) -> list[tuple[str, str, str, int]]:
    cache = root / ".cosmemory" / "cache" / "validated"
    kept = cache.read_bytes()
    cache.unlink()
    found = findings(open_memory(str(root)))
    cache.write_bytes(kept)
    return found


def pages_read(memory: Memory, monkeypatch) -> list[str]:
    read = []
    real = memory.store.read
    monkeypatch.setattr(memory.store, "read", lambda path: read.append(path) or real(path))
    memory.validate()
    return [path for path in read if path.startswith("performance/")]


def test_pages_that_were_clean_are_not_read_again(root, monkeypatch):
    assert len(pages_read(open_memory(str(root)), monkeypatch)) >= 8
    assert pages_read(open_memory(str(root)), monkeypatch) == []
    changed = root / "performance" / "metrics-2026-11-04.md"
    changed.write_text(changed.read_text(encoding="utf-8") + "\nA note.\n", encoding="utf-8")
    # The day itself, the day before that it is held against, and the day after that is held against it.
    assert pages_read(open_memory(str(root)), monkeypatch) == [
        "performance/metrics-2026-11-04.md",
        "performance/metrics-2026-11-03.md",
        "performance/metrics-2026-11-05.md",
    ]


@pytest.mark.parametrize("now", ["2026-11-21T06:00:00Z", "2026-12-01T00:00:00Z"])
def test_what_is_found_is_the_same_after_any_change(root, monkeypatch, now):
    # In December the agent's November is held against its days.
    monkeypatch.setenv("COSMEMORY_NOW", now)
    memory = open_memory(str(root))
    chosen = random.Random(3)
    for _ in range(40):
        page = root / chosen.choice(sorted(memory.store.paths()))
        text = page.read_text(encoding="utf-8")
        old, new = chosen.choice(
            [(": ", ":  "), ("| 4 |", "| 5 |"), ("100%", "90%"), ("## ", "## "), ("2026", "2025")]
        )
        page.write_text(text.replace(old, new, 1), encoding="utf-8")
        if chosen.random() < 0.2:
            page.write_text(text, encoding="utf-8")
        assert findings(open_memory(str(root))) == without_memory_of_it(root)


def test_other_settings_and_a_finding_are_looked_at_again(root, monkeypatch):
    open_memory(str(root)).validate()
    (root / "cosmemory.toml").write_text("[bounds]\ndecisions = 3\n", encoding="utf-8")
    assert len(pages_read(open_memory(str(root)), monkeypatch)) >= 8


def test_a_page_saved_just_now_is_looked_at_again(root, monkeypatch):
    monkeypatch.setattr(listing, "SETTLED", 2_000_000_000)
    open_memory(str(root)).validate()
    assert len(pages_read(open_memory(str(root)), monkeypatch)) >= 8


@pytest.mark.parametrize("damage", [b"", b"\xff\x00", b"0.1.0 other\nx\tperformance/metrics-2026-11-04.md\n"])
def test_a_damaged_memory_of_it_is_forgotten(root, damage):
    memory = open_memory(str(root))
    memory.validate()
    (root / ".cosmemory" / "cache" / "validated").write_bytes(damage)
    page = root / "performance" / "metrics-2026-11-04.md"
    page.write_text(page.read_text(encoding="utf-8").replace("100%", "50%", 1), encoding="utf-8")
    assert findings(memory) == without_memory_of_it(root) != []


def test_a_tree_that_nobody_wrote_to_or_that_cannot_be_written_stays_as_it_is(root, tmp_path):
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "cos-state.md").write_bytes((root / "cos-state.md").read_bytes())
    open_memory(str(plain)).validate()
    assert os.listdir(plain) == ["cos-state.md"]


def test_a_verb_is_seen_at_once(root):
    memory = open_memory(str(root))
    memory.validate()
    set_focus(memory, "x")
    assert findings(memory) == without_memory_of_it(root)
