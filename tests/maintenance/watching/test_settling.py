"""A page that is being written, chunk by chunk, while somebody looks: it is looked at when it is whole."""

from __future__ import annotations

import time
from threading import Thread

import pytest

from cosmemory.maintenance.watching import settling
from cosmemory.operations.state import set_focus


@pytest.fixture(autouse=True)
def waits(office, monkeypatch):
    monkeypatch.setattr(settling, "STILL", 0.5)


def written_slowly(page, text, *, pause=0.1, parts=6):
    """Writes as an editor does that truncates a page and then writes it in parts."""
    size = len(text) // parts + 1

    def write():
        with open(page, "w", encoding="utf-8") as file:
            for begin in range(0, len(text), size):
                file.write(text[begin : begin + size])
                file.flush()
                time.sleep(pause)

    thread = Thread(target=write)
    thread.start()
    time.sleep(2.5 * pause)
    return thread


def test_an_older_copy_that_is_saved_in_parts_overwrites_nothing(office):
    page = office.root / "cos-state.md"
    older = page.read_text(encoding="utf-8").replace("**Status:** idle", "**Status:** busy")
    set_focus(office.memory, "What the person did not know of")
    office.look()
    writing = written_slowly(page, older)
    told = office.look()
    writing.join()
    text = page.read_text(encoding="utf-8")
    assert "**Status:** busy" in text
    assert "What the person did not know of" in text
    assert told[0] == "cos-state.md was edited by hand; the history has it"
    assert (
        len([each for each in office.memory.store.history().revisions("cos-state.md") if each.by_hand]) == 1
    )


def test_whoever_writes_without_end_keeps_no_look_from_its_work(office, monkeypatch):
    monkeypatch.setattr(settling, "PATIENCE", 0.3)
    page = office.root / "cos-state.md"
    text = page.read_text(encoding="utf-8")
    writing = written_slowly(page, text + "\n", parts=20)
    begun = time.monotonic()
    office.look()
    assert time.monotonic() - begun < 1.5
    writing.join()


def test_a_page_that_was_renamed_into_its_place_is_not_waited_for(office, monkeypatch):
    def never(_):
        raise AssertionError("nobody writes into it")

    page = office.root / "cos-state.md"
    text = page.read_text(encoding="utf-8").replace("**Status:** idle", "**Status:** busy")
    page.with_suffix(".new").write_text(text, encoding="utf-8")
    time.sleep(0.05)  # an editor syncs it meanwhile
    page.with_suffix(".new").replace(page)
    monkeypatch.setattr(settling.time, "sleep", never)
    assert office.look() == ["cos-state.md was edited by hand; the history has it"]
