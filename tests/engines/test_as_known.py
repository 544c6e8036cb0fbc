"""Whether a page is as cosmemory wrote it last: sure of what is said, and said wherever it is plain."""

from __future__ import annotations

import random

import pytest

from cosmemory.connect import open_memory
from cosmemory.engines.files import past
from cosmemory.engines.files.as_known import is_as_known
from cosmemory.engines.files.lock import Lock
from cosmemory.kinds.coordination_log import Event
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.state import add_action, set_focus

STATE, LOG = "cos-state.md", "coordination-log.md"


@pytest.fixture
def memory(tmp_path):
    made = open_memory(str(tmp_path))
    initialise(made)
    return made


def known(memory, path=STATE) -> bool:
    return is_as_known(memory.store.root, path)


def by_hand(memory, path=STATE, more=b"\nMine.\n") -> None:
    with open(f"{memory.store.root}/{path}", "ab") as file:
        file.write(more)


def test_what_a_verb_wrote_is_known_and_what_a_person_saved_is_not(memory):
    set_focus(memory, "Cut release 4.2")
    memory.log(Event(time=memory.now(), type="focus", action="Look"))
    assert known(memory)
    assert known(memory, LOG)
    by_hand(memory)
    assert not known(memory)
    assert known(memory, LOG)
    by_hand(memory, LOG)
    assert not known(memory, LOG)


def test_an_edit_is_not_passed_over_before_somebody_has_examined_it(memory):
    by_hand(memory)
    memory.store.notice(thoroughly=True)
    assert not known(memory)
    add_action(memory, "Write the docs")
    assert known(memory)


def test_what_is_not_there_or_no_page_is_not_known(memory, tmp_path):
    assert not known(memory, "board.md")
    (tmp_path / "board.md").symlink_to(tmp_path / STATE)
    assert not known(memory, "board.md")
    (tmp_path / STATE).unlink()
    assert not known(memory)
    (tmp_path / STATE).mkdir()
    assert not known(memory)


def test_nothing_is_sure_while_a_change_is_half_done_or_the_past_is_gone(memory, tmp_path):
    own = tmp_path / ".cosmemory"
    spool = own / "spool"
    whole = spool.read_bytes()
    assert whole.endswith(b"K\n")
    spool.write_bytes(whole[:-2])
    assert not known(memory)
    spool.write_bytes(whole[:-9])
    assert not known(memory)
    spool.write_bytes(whole)
    (own / "intent").write_bytes(b"")
    assert not known(memory)
    (own / "intent").unlink()
    assert known(memory)
    spool.unlink()
    assert not known(memory)


def test_a_change_that_was_not_made_is_not_taken_for_one(memory, tmp_path):
    spool = tmp_path / ".cosmemory" / "spool"
    before = (tmp_path / STATE).read_bytes()
    set_focus(memory, "Cut release 4.2")
    after = (tmp_path / STATE).read_bytes()
    spool.write_bytes(spool.read_bytes()[:-2] + b"V\n")
    assert not known(memory)
    (tmp_path / STATE).write_bytes(before)
    assert known(memory)
    (tmp_path / STATE).write_bytes(after)
    assert not known(memory)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_called_known_is_nothing_that_would_be_noticed(seed, tmp_path, monkeypatch):
    monkeypatch.setattr(past, "FULL", 4096)  # so that the journal takes over again and again
    chosen = random.Random(seed)
    memory = open_memory(str(tmp_path))
    initialise(memory)
    ours = {path: (tmp_path / path).read_bytes() for path in (STATE, LOG)}
    for step in range(40):
        what = chosen.choice(["focus", "log", "hand", "back", "new process"])
        if what == "hand":
            by_hand(memory, chosen.choice([STATE, LOG]), f"\nNote {step}.\n".encode())
        elif what == "back":
            for path, data in ours.items():
                (tmp_path / path).write_bytes(data)
        elif what == "new process":
            memory = open_memory(str(tmp_path))
        else:
            if what == "focus":
                set_focus(memory, f"Number {step}")
            else:
                memory.log(Event(time=memory.now(), type="focus", action=f"Number {step}"))
            ours = {path: (tmp_path / path).read_bytes() for path in (STATE, LOG)}
        said = {path for path in (STATE, LOG) if known(memory, path)}
        for path in said:
            # What a log has below its last entry may be a person's, put there before an entry of ours.
            assert (tmp_path / path).read_bytes() == ours[path] or path == LOG
        held = past.Past(Lock(str(tmp_path)))
        with held.lock:
            before = dict(held.heads().revisions)
            held.look()
            noticed = {path for path in (STATE, LOG) if held.heads().revisions[path] != before[path]}
        assert not said & noticed
    memory = open_memory(str(tmp_path))
    for name in ("The end", "The very end"):  # the second one is made when every edit by hand is examined
        set_focus(memory, name)
    assert known(memory)
