"""A long page that changes together with others is written once, beside its page, and no less safely."""

from __future__ import annotations

import json
import os
from hashlib import sha256

import pytest

from cosmemory.engines.files import clearing, intent, staged
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import ReadOnly, Unsafe
from cosmemory.store import Append, Attribution, Replace
from tests.engines.cuts import booted_again, without_exchange
from tests.engines.scenarios import (
    BEFORE,
    BYSTANDER,
    LOG,
    OTHER,
    PAGE,
    SCENARIOS,
    entry,
    files_below,
    left_below,
)
from tests.engines.seams import seen

RECORD = ".cosmemory/intent"
AFTER = {PAGE: b"new state\n", OTHER: b"new roster\n", LOG: BEFORE[LOG] + entry("together")}


@pytest.fixture
def memory(root, monkeypatch):
    SCENARIOS[0].prepare(root)
    monkeypatch.setattr(staged, "LONG", 0)
    return root


def commit(store, *paths):
    with store.writing() as writer:
        changes = [
            Replace(path=each, data=AFTER[each], expected=writer.read(each).revision) for each in paths
        ]
        return writer.commit(
            [Append(path=LOG, data=entry("together")), *changes], Attribution(operation="an operation")
        )


class Died(BaseException):
    pass


def die(*_):
    raise Died


def opened(memory, monkeypatch, *paths, at=0):
    """A memory whose change was recorded by a writer that died before it made the step of that number."""
    real, taken = intent._take, []

    def take(*arguments):
        if len(taken) == at:
            raise Died
        taken.append(1)
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(intent, "_take", take)
        with pytest.raises(Died):
            commit(FilesStore(str(memory)), *paths)
    return memory


def beside(memory):
    """The staged files, by the names that the record gives them."""
    found = intent.read(str(memory))
    return [memory / step.staged for step in found.steps if step.staged]


def kept(memory):
    return [(memory / path).read_bytes() for path in files_below(memory) if "/conflicts/" in path]


def standing(memory, *paths):
    return {path: (memory / path).read_bytes() for path in paths}


def test_the_record_names_the_file_that_holds_a_long_text(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE)
    head, described, rest = (memory / RECORD).read_bytes().split(b"\n", 2)
    (place,) = beside(memory)
    assert json.loads(head)["cosmemory-intent"] == 2
    assert json.loads(described)["steps"][0] == {
        "path": PAGE,
        "before": sha256(BEFORE[PAGE]).hexdigest(),
        "appended": False,
        "staged": place.name,
        "sha256": sha256(AFTER[PAGE]).hexdigest(),
    }
    assert place.read_bytes() == AFTER[PAGE]
    assert rest == entry("together")


def test_a_short_text_stays_in_the_record_as_it_was_always_written(memory, monkeypatch):
    monkeypatch.setattr(staged, "LONG", len(AFTER[PAGE]) + 1)
    opened(memory, monkeypatch, PAGE)
    assert json.loads((memory / RECORD).read_bytes().split(b"\n")[0])["cosmemory-intent"] == 1
    assert beside(memory) == []
    assert AFTER[PAGE] in (memory / RECORD).read_bytes()


def test_the_bytes_of_a_long_page_are_written_once(memory):
    written = []

    def handler(name, call, arguments, options):
        if name == "write" and AFTER[PAGE] in bytes(arguments[1]):
            written.append(os.readlink(f"/proc/self/fd/{arguments[0]}"))
        return call(*arguments, **options)

    with seen(handler):
        commit(FilesStore(str(memory)), PAGE)
    assert len(written) == 1
    assert standing(memory, PAGE, LOG) == {path: AFTER[path] for path in (PAGE, LOG)}
    assert left_below(memory) == []


def test_readers_see_an_open_change_and_write_nothing(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE, OTHER)
    before = {path: (memory / path).read_bytes() for path in files_below(memory)}
    store = FilesStore(str(memory))
    for path, data in AFTER.items():
        assert store.read(path).data == data
        assert store.size(path) == len(data)
        with store.open_read(path) as file:
            assert file.read() == data
    assert set(store.paths()) == {*BEFORE}
    assert {path: (memory / path).read_bytes() for path in files_below(memory)} == before


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("power", [False, True], ids=["killed", "cut"])
def test_the_next_writer_finishes_it_wherever_it_ended(memory, monkeypatch, at, power):
    opened(memory, monkeypatch, PAGE, OTHER, at=at)
    store = FilesStore(str(memory))
    if power:
        with booted_again():
            store.append(LOG, entry("next"))
    else:
        store.append(LOG, entry("next"))
    assert standing(memory, *AFTER) == AFTER | {LOG: AFTER[LOG] + entry("next")}
    assert left_below(memory) == []
    assert kept(memory) == []
    assert store.notices() == ("A change that was interrupted (an operation) was finished.",)


def test_the_file_takes_the_place_of_the_page_and_is_not_copied(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE)
    number = beside(memory)[0].stat().st_ino
    FilesStore(str(memory)).append(LOG, entry("next"))
    assert (memory / PAGE).stat().st_ino == number


@pytest.mark.parametrize("text", [None, b"", b"new stat", b"\0" * len(AFTER[PAGE])])
def test_a_text_that_is_not_there_leaves_everything_as_it_was_and_is_told(memory, monkeypatch, text):
    opened(memory, monkeypatch, PAGE, OTHER)
    place = beside(memory)[0]
    place.unlink() if text is None else place.write_bytes(text)
    store = FilesStore(str(memory))
    assert {path: store.read(path).data for path in AFTER} == standing(memory, *AFTER)
    store.append(LOG, entry("next"))
    assert standing(memory, PAGE, OTHER) == {path: BEFORE[path] for path in (PAGE, OTHER)}
    assert (memory / LOG).read_bytes() == BEFORE[LOG] + entry("next")
    assert left_below(memory) == []
    assert kept(memory) == []
    change = "A change that was interrupted (an operation)"
    told = f"{change} was not made: its text of {PAGE} is not there, and the page is as it was."
    assert store.notices() == (told,)


def test_a_later_text_that_is_not_there_leaves_its_page_alone_and_is_told(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE, OTHER)
    beside(memory)[1].unlink()
    store = FilesStore(str(memory))
    store.append(LOG, entry("next"))
    assert standing(memory, PAGE, OTHER) == {PAGE: AFTER[PAGE], OTHER: BEFORE[OTHER]}
    assert (memory / LOG).read_bytes() == AFTER[LOG] + entry("next")
    assert store.notices()[0] == f"{OTHER} is kept as it is: what a change had for it is not there any more."
    assert left_below(memory) == []


def test_a_page_edited_since_is_kept_and_the_history_has_what_should_have_stood_there(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE)
    (memory / PAGE).write_bytes(b"a person's\n")
    store = FilesStore(str(memory))
    assert store.read(PAGE).data == b"a person's\n"
    store.append(LOG, entry("next"))
    assert (memory / PAGE).read_bytes() == b"a person's\n"
    assert (memory / LOG).read_bytes() == AFTER[LOG] + entry("next")
    assert kept(memory) == []
    (change,) = (each for each in store.history().revisions(PAGE) if not each.by_hand and each.number > 1)
    assert store.history().text(PAGE, change.number) == AFTER[PAGE]
    assert left_below(memory) == []


def test_a_page_edited_under_the_writer_is_kept_and_so_is_the_other_text(memory, monkeypatch):
    real = intent._take

    def edited(lock, step, *rest):
        if step.path == PAGE:
            (memory / PAGE).write_bytes(b"a person's\n")
        return real(lock, step, *rest)

    monkeypatch.setattr(intent, "_take", edited)
    commit(FilesStore(str(memory)), PAGE, OTHER)
    assert standing(memory, PAGE, OTHER, LOG) == AFTER | {PAGE: b"a person's\n"}
    assert kept(memory) == [AFTER[PAGE]]
    assert left_below(memory) == []


def test_a_page_that_is_a_link_gets_its_text_where_it_leads(memory, monkeypatch):
    (memory / "real").mkdir()
    (memory / PAGE).rename(memory / "real" / "state.md")
    (memory / PAGE).symlink_to("real/state.md")
    opened(memory, monkeypatch, PAGE)
    assert beside(memory)[0].parent == memory / "real"
    FilesStore(str(memory)).append(LOG, entry("next"))
    assert (memory / PAGE).is_symlink()
    assert (memory / "real" / "state.md").read_bytes() == AFTER[PAGE]
    assert left_below(memory) == []


def test_a_page_that_was_moved_meanwhile_gets_its_text_where_it_is_now(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE)
    (memory / "real").mkdir()
    (memory / PAGE).rename(memory / "real" / "state.md")
    (memory / PAGE).symlink_to("real/state.md")
    FilesStore(str(memory)).append(LOG, entry("next"))
    assert (memory / "real" / "state.md").read_bytes() == AFTER[PAGE]
    assert left_below(memory) == []


def test_it_works_where_names_cannot_be_exchanged(memory, monkeypatch):
    with without_exchange():
        opened(memory, monkeypatch, PAGE)
        FilesStore(str(memory)).append(LOG, entry("next"))
    assert (memory / PAGE).read_bytes() == AFTER[PAGE]
    assert left_below(memory) == []


def test_what_a_person_saved_at_the_last_moment_outlives_a_power_cut(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE, at=1)
    record = intent.read(str(memory))
    (memory / record.steps[0].staged).write_bytes(b"a person's\n")  # as it is between exchange and comparison
    store = FilesStore(str(memory))
    with booted_again():
        store.append(LOG, entry("next"))
    assert (memory / PAGE).read_bytes() == AFTER[PAGE]
    assert kept(memory) == [b"a person's\n"]
    assert left_below(memory) == []


@pytest.mark.parametrize("killed", ["rename", "fsync"])
def test_a_file_whose_record_never_came_to_be_is_taken_away(memory, monkeypatch, killed):
    with monkeypatch.context() as patched:
        patched.setattr(staged.os if killed == "fsync" else intent.os, killed, die)
        patched.setattr(intent, "_forget", die)  # the writer is dead
        with pytest.raises(Died):
            commit(FilesStore(str(memory)), PAGE)
    assert any(path.endswith(".tmp") for path in left_below(memory))
    FilesStore(str(memory)).append(LOG, entry("next"))
    assert left_below(memory) == []
    assert (memory / PAGE).read_bytes() == BEFORE[PAGE]


@pytest.mark.parametrize(
    "place", ["../outside.tmp", "a/../../.cosmemory-1-1.tmp", ".cosmemory/lock", BYSTANDER]
)
def test_a_record_from_elsewhere_names_no_file_but_a_temporary_one_inside(memory, place):
    step = {"path": PAGE, "before": sha256(BEFORE[PAGE]).hexdigest(), "appended": False}
    step |= {"staged": place, "sha256": sha256(BEFORE[BYSTANDER]).hexdigest()}
    rest = json.dumps({"operation": "", "actor": "", "steps": [step]}).encode() + b"\n"
    head = {"cosmemory-intent": 2, "bytes": len(rest), "sha256": sha256(rest).hexdigest()}
    (memory / RECORD).write_bytes(json.dumps(head).encode() + b"\n" + rest)
    with pytest.raises(Unsafe):
        FilesStore(str(memory)).append(LOG, entry("next"))
    assert standing(memory, PAGE, BYSTANDER) == {path: BEFORE[path] for path in (PAGE, BYSTANDER)}


def test_a_record_of_a_later_release_is_left_to_it(memory):
    rest = b"{}\n"
    head = {"cosmemory-intent": 3, "bytes": len(rest), "sha256": sha256(rest).hexdigest()}
    record = json.dumps(head).encode() + b"\n" + rest
    (memory / RECORD).write_bytes(record)
    (memory / ".cosmemory-1-1-0.tmp").write_bytes(b"its text")
    for use in (lambda: FilesStore(str(memory)).read(PAGE), lambda: FilesStore(str(memory)).append(LOG, b"")):
        with pytest.raises(ReadOnly, match="later release"), booted_again():
            use()
    assert (memory / RECORD).read_bytes() == record
    assert (memory / ".cosmemory-1-1-0.tmp").exists()


def test_a_record_of_an_earlier_release_is_finished(memory):
    """As such a release wrote it: every text inside, nothing beside its page."""
    steps = [
        {"path": PAGE, "before": sha256(BEFORE[PAGE]).hexdigest(), "after": 10, "appended": False},
        {"path": LOG, "before": None, "after": len(entry("old")), "appended": True},
    ]
    steps[0] |= {"length": 0, "closing": 0}
    steps[1] |= {"length": len(BEFORE[LOG]), "closing": 0}
    described = {"operation": "an operation", "actor": "", "message": "", "at": 0, "steps": steps}
    rest = json.dumps(described).encode() + b"\n" + AFTER[PAGE] + entry("old")
    head = {"cosmemory-intent": 1, "bytes": len(rest), "sha256": sha256(rest).hexdigest()}
    (memory / RECORD).write_bytes(json.dumps(head).encode() + b"\n" + rest)
    assert FilesStore(str(memory)).read(PAGE).data == AFTER[PAGE]
    FilesStore(str(memory)).append(LOG, entry("next"))
    assert (memory / PAGE).read_bytes() == AFTER[PAGE]
    assert (memory / LOG).read_bytes() == BEFORE[LOG] + entry("old") + entry("next")
    assert left_below(memory) == []


# Each guard, taken away, is missed.


def test_without_sparing_it_a_sweep_takes_the_text_of_an_open_change(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE)
    monkeypatch.setattr(clearing, "places", lambda _: frozenset())
    with booted_again():
        FilesStore(str(memory)).append(LOG, entry("next"))
    assert (memory / PAGE).read_bytes() == BEFORE[PAGE]


def test_without_comparing_its_digest_a_torn_text_becomes_the_page(memory, monkeypatch):
    opened(memory, monkeypatch, PAGE)
    beside(memory)[0].write_bytes(b"torn")
    monkeypatch.setattr(staged, "_text_of", lambda root, path, _: staged._plain(root, path).data)
    FilesStore(str(memory)).append(LOG, entry("next"))
    assert (memory / PAGE).read_bytes() == b"torn"


def test_without_the_record_first_a_dead_writer_leaves_a_text_that_nobody_finds(memory, monkeypatch):
    monkeypatch.setattr(clearing, "forget", lambda *_: None)
    with monkeypatch.context() as patched:
        patched.setattr(intent.os, "rename", die)
        patched.setattr(intent, "_forget", die)
        with pytest.raises(Died):
            commit(FilesStore(str(memory)), PAGE)
    FilesStore(str(memory)).append(LOG, entry("next"))
    assert left_below(memory) != []
