"""Killed at any step, a writer leaves every page old or new, and the next one goes on at once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cosmemory.engines.files import intent, replace, salvage, torn
from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.lock import Lock
from cosmemory.errors import EditedMeanwhile
from cosmemory.store import Remove, Replace
from tests.engines.scenarios import (
    HEAD,
    LOG,
    PAGE,
    PROBE,
    SCENARIOS,
    Scenario,
    entry,
    files_below,
    is_litter,
    judge,
)
from tests.engines.seams import killed_at

by_name = {scenario.name: scenario for scenario in SCENARIOS}


def campaign(scenario: Scenario, root: Path) -> tuple[int, list[str]]:
    """The number of steps at which a child was killed, and every violation found."""
    states = scenario.states(root)
    found: list[str] = []
    for torn_write in (False, True):
        step = 0
        died = True
        while died:
            scenario.prepare(root)
            died, acknowledged = killed_at(
                step, lambda acknowledge: scenario.perform(root, acknowledge), torn=torn_write
            )
            found += [f"step {step}: {each}" for each in judge(root, states, acknowledged)]
            shutil.rmtree(root)
            root.mkdir()
            step += 1
    return step, found


@pytest.mark.parametrize("name", by_name)
def test_a_writer_may_be_killed_at_any_step(name, root):
    steps, found = campaign(by_name[name], root)
    assert found == []
    assert steps > 3


REAL_RENAME = os.rename
HUMAN = b"# State\n\nsaved by a person at the last moment\n"


def edited_campaign(root: Path, change: bytes | None) -> list[str]:
    """Every step at which a writer may die that finds the page saved by a person just before its exchange."""

    def action(_: object) -> None:
        store = FilesStore(str(root))
        pending = [HUMAN]

        def saving(call):
            def called(*arguments, **options):
                if pending:
                    (root / "draft").write_bytes(pending.pop())
                    REAL_RENAME(root / "draft", root / PAGE)
                return call(*arguments, **options)

            return called

        with store.writing() as writer:
            stored = writer.read(PAGE)
            if change is None:
                os.rename = saving(os.rename)
                changes = [Remove(path=PAGE, expected=stored.revision)]
            else:
                replace.exchange = saving(replace.exchange)
                changes = [Replace(path=PAGE, data=change, expected=stored.revision)]
            with pytest.raises(EditedMeanwhile):
                writer.commit(changes)

    found = []
    step, died = 0, True
    while died:
        Scenario(name="edited", operations=()).prepare(root)
        died, _ = killed_at(step, action, torn=False)
        seen_by_reader = {(root / path).read_bytes() for path in files_below(root)}
        saved = HUMAN in seen_by_reader
        FilesStore(str(root)).append(LOG, PROBE)
        kept = {(root / path).read_bytes() for path in files_below(root)}
        if saved and HUMAN not in kept:
            found.append(f"step {step}: a person's text is gone")
        if saved and (root / PAGE).read_bytes() != HUMAN:
            found.append(f"step {step}: a person's text is not on the page")
        found += [f"step {step}: {path} is left" for path in files_below(root) if is_litter(path)]
        shutil.rmtree(root)
        root.mkdir()
        step += 1
    assert step > 5
    return found


@pytest.mark.parametrize("change", [b"# State\n\nours\n", None], ids=["replace", "remove"])
def test_what_a_person_saved_survives_a_writer_that_dies_with_it_in_its_hands(root, change):
    assert edited_campaign(root, change) == []


def test_human_words_after_damaged_bytes_survive_a_repair_that_dies(root):
    words = b"a person's words\n"
    log_before = HEAD + b"### 2026-11-21T05:00:00Z\n**Action:** to" + b"\0" * 30 + words
    step, died = 0, True
    while died:
        Scenario(name="words", operations=(), before={LOG: log_before}).prepare(root)
        died, _ = killed_at(
            step, lambda _: FilesStore(str(root)).append(LOG, entry("second")) and None, torn=False
        )
        FilesStore(str(root)).append(LOG, PROBE)
        text = (root / LOG).read_bytes()
        assert b"a person's words" in text, step
        assert text.endswith(b"\n---\n\n" + PROBE), step
        shutil.rmtree(root)
        root.mkdir()
        step += 1
    assert step > 10


# Each guard, taken away, is missed.


def test_without_the_note_a_dead_writer_leaves_litter(root, monkeypatch):
    monkeypatch.setattr(Lock, "note", lambda *_: None)
    assert any("is left" in each for each in campaign(by_name["replace"], root)[1])


def test_without_the_armed_note_a_persons_text_is_lost(root, monkeypatch):
    monkeypatch.setattr(salvage, "_is_armed", lambda *_: False)
    assert any("gone" in each for each in edited_campaign(root, b"ours"))


def test_without_the_repair_an_entry_joins_a_torn_one(root, monkeypatch):
    monkeypatch.setattr(torn, "repair", lambda lock, descriptor, path, length: (b"", length))
    assert any("after the next write" in each for each in campaign(by_name["append"], root)[1])


def test_without_the_intent_pages_change_one_by_one(root, monkeypatch):
    monkeypatch.setattr(intent, "_record", lambda *_: None)
    assert any("no whole state" in each for each in campaign(by_name["together"], root)[1])


def test_without_the_overlay_readers_see_half_a_change(root, monkeypatch):
    monkeypatch.setattr(FilesStore, "_intent_is_open", lambda _: False)
    assert any("before the next write" in each for each in campaign(by_name["together"], root)[1])


def test_a_page_written_in_place_is_seen_half(root, monkeypatch):
    def in_place(store_lock, path, data, before, durability):
        descriptor = os.open(f"{store_lock.root}/{path}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(descriptor, data)
        os.close(descriptor)

    monkeypatch.setattr("cosmemory.engines.files.writer.replace", in_place)
    assert any("no whole state" in each for each in campaign(by_name["replace"], root)[1])
