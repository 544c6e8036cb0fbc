"""A change of several pages has happened from the instant it is recorded, whoever makes it, and loses no other text."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from cosmemory.engines.files import intent
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import Unsafe
from cosmemory.store import Append, Attribution, Remove, Replace
from tests.engines.scenarios import BEFORE, GONE, LOG, OTHER, PAGE, SCENARIOS, entry, files_below

AFTER = {
    PAGE: b"new state\n",
    OTHER: b"new roster\n",
    LOG: BEFORE[LOG] + entry("together"),
    "new.md": b"new\n",
}


@pytest.fixture
def memory(root):
    SCENARIOS[0].prepare(root)
    return root


def commit(store):
    with store.writing() as writer:
        return writer.commit(
            [
                *(
                    Replace(path=path, data=AFTER[path], expected=writer.read(path).revision)
                    for path in (PAGE, OTHER)
                ),
                Replace(path="new.md", data=b"new\n", expected=None),
                Remove(path=GONE, expected=writer.read(GONE).revision),
                Append(path=LOG, data=entry("together")),
            ],
            Attribution(operation="an operation"),
        )


@pytest.fixture
def left_open(memory, monkeypatch):
    """A memory whose change was recorded by a writer that died before it made any of it."""

    class Died(BaseException):
        pass

    def die(*_):
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(intent, "_take", die)
        with pytest.raises(Died):
            commit(FilesStore(str(memory)))
    return memory


def kept(memory):
    return [(memory / path).read_bytes() for path in files_below(memory) if "/conflicts/" in path]


def test_readers_see_an_open_change_and_write_nothing(left_open):
    store = FilesStore(str(left_open))
    before = {path: (left_open / path).read_bytes() for path in files_below(left_open)}
    for path, data in AFTER.items():
        assert store.read(path).data == data
        assert store.size(path) == len(data)
        with store.open_read(path) as file:
            assert file.read() == data
    assert store.read_tail(LOG, 9) == (AFTER[LOG][-9:], len(AFTER[LOG]) - 9)
    assert store.read(GONE) is None
    assert "new.md" in store.paths()
    assert GONE not in store.paths()
    assert {path: (left_open / path).read_bytes() for path in files_below(left_open)} == before


def test_the_next_writer_finishes_it_first(left_open):
    store = FilesStore(str(left_open))
    with store.writing() as writer:
        assert writer.read(PAGE).data == AFTER[PAGE]
    assert {path: (left_open / path).read_bytes() for path in AFTER} == AFTER
    assert not (left_open / GONE).exists()
    assert not (left_open / ".cosmemory/intent").exists()
    assert any("an operation" in notice for notice in store.notices())


def text_in_history(store, operation):
    """What the change of an operation made of the page, as the history tells it."""
    history = store.history()
    (change,) = (each for each in history.revisions(PAGE) if each.attribution.operation == operation)
    return history.text(PAGE, change.number)


def test_a_page_edited_since_is_kept_and_the_history_has_what_should_have_stood_there(left_open):
    (left_open / PAGE).write_bytes(b"a person's\n")
    store = FilesStore(str(left_open))
    assert store.read(PAGE).data == b"a person's\n"
    store.append(LOG, entry("next"))
    assert (left_open / PAGE).read_bytes() == b"a person's\n"
    assert (left_open / OTHER).read_bytes() == AFTER[OTHER]
    assert kept(left_open) == []
    assert text_in_history(store, "an operation") == AFTER[PAGE]
    assert f"{PAGE} was saved by hand since; the history has both texts." in store.notices()


def test_what_the_history_cannot_take_in_is_put_aside(left_open):
    (left_open / PAGE).write_bytes(b"a person's\n")
    (left_open / ".cosmemory/spool").unlink()
    (left_open / ".cosmemory/spool").mkdir()
    FilesStore(str(left_open)).append(LOG, entry("next"))
    assert (left_open / PAGE).read_bytes() == b"a person's\n"
    assert kept(left_open) == [AFTER[PAGE]]


def test_a_history_that_a_power_cut_took_is_told_the_whole_of_it(left_open):
    (left_open / PAGE).write_bytes(b"a person's\n")
    (left_open / ".cosmemory/spool").unlink()
    store = FilesStore(str(left_open))
    store.append(LOG, entry("next"))
    assert kept(left_open) == []
    assert text_in_history(store, "an operation") == AFTER[PAGE]


def test_a_log_edited_since_gets_the_entries_once_and_alone(left_open):
    (left_open / LOG).write_bytes(b"# a person's\n\n### begun\n**Action:** x")
    FilesStore(str(left_open)).append(LOG, entry("next"))
    expected = b"# a person's\n\n### begun\n**Action:** x\n\n---\n\n" + entry("together") + entry("next")
    assert (left_open / LOG).read_bytes() == expected


def test_a_page_that_can_no_longer_be_written_keeps_nobody_from_writing(left_open):
    (left_open / LOG).unlink()
    (left_open / PAGE).unlink()
    (left_open / PAGE).mkdir()
    store = FilesStore(str(left_open))
    with store.writing():
        pass
    assert sorted(kept(left_open)) == sorted([AFTER[PAGE], entry("together")])
    assert (left_open / OTHER).read_bytes() == AFTER[OTHER]


def test_a_change_whose_first_page_refuses_never_happens(memory, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(intent, "replace", refuse)
        with pytest.raises(Exception, match="No space"):
            commit(FilesStore(str(memory)))
    store = FilesStore(str(memory))
    assert {path: store.read(path).data for path in BEFORE} == dict(BEFORE)
    assert not (memory / ".cosmemory/intent").exists()


def test_what_the_disk_refuses_of_a_change_that_has_happened_is_told_in_plain_words(memory, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    store = FilesStore(str(memory))
    with monkeypatch.context() as patched:
        patched.setattr(intent, "_append", refuse)
        commit(store)
    assert store.notices() == (
        "The change is recorded, and the next one finishes it: No space left on device.",
    )
    assert store.read(LOG).data == AFTER[LOG]


@pytest.mark.parametrize("cut", [0, 10, 200, -1])
def test_a_record_that_is_not_whole_says_nothing(left_open, cut):
    place = left_open / ".cosmemory/intent"
    place.write_bytes(place.read_bytes()[:cut])
    store = FilesStore(str(left_open))
    assert store.read(PAGE).data == BEFORE[PAGE]
    store.append(LOG, entry("next"))
    assert (left_open / LOG).read_bytes() == BEFORE[LOG] + entry("next")
    assert not place.exists()


@pytest.mark.parametrize("path", ["../outside.md", "a/../../outside.md", ".cosmemory/lock"])
def test_a_record_from_elsewhere_does_not_lead_out(memory, path):
    step = {"path": path, "before": None, "after": 4, "appended": False, "length": 0, "closing": 0}
    rest = json.dumps({"operation": "", "actor": "", "steps": [step]}).encode() + b"\nevil"
    head = {"cosmemory-intent": 1, "bytes": len(rest), "sha256": sha256(rest).hexdigest()}
    (memory / ".cosmemory/intent").write_bytes(json.dumps(head).encode() + b"\n" + rest)
    with pytest.raises(Unsafe):
        FilesStore(str(memory)).append(LOG, entry("next"))
    assert not (memory.parent / "outside.md").exists()


# Each guard, taken away, is missed.


def test_without_comparing_again_a_persons_page_is_overwritten(left_open, monkeypatch):
    (left_open / PAGE).write_bytes(b"a person's\n")

    def careless(lock, step, durability):
        intent.replace(lock, step.path, step.after, intent.current(lock.root, step.path, None), durability)

    monkeypatch.setattr(
        intent, "_leave_edited", lambda lock, edited, **_: [careless(lock, step, "full") for step in edited]
    )
    FilesStore(str(left_open)).append(LOG, entry("next"))
    assert b"a person's\n" not in [(left_open / path).read_bytes() for path in files_below(left_open)]
