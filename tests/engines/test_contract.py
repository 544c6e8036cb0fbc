"""One contract for every engine: what `Store` and `Writer` promise, whoever keeps it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import Conflict, Locked, NotFound, NotSaved, Unsafe, UsageError
from cosmemory.store import Append, Remove, Replace, revision_of
from cosmemory.text.digest import log_revision
from tests.engines.scenarios import entry

PAGES = {
    "a.md": b"# A\n",
    "log.md": b"# Log\n\n" + entry("first"),
    "agents/one.md": b"\xef\xbb\xbfbad \xff bytes\r\n\0",
}


TAILS = [
    b"",
    b"### 2026-11-21T05:00:00Z\n**Type:** focus",
    b"### 2026-11-21T05:00:00Z\n**Type:** focus\n",
    b"### 2026-11-21T05:00:00Z\n**Type:** focus\n\n",
    b"### 2026-11-21T05:00:00Z\r\n**Type:** focus\r\n",
    b"### 2026-11-21T05:00:00Z\n**Type:** focus\n\n---",
    b"### 2026-11-21T05:00:00Z\n**Type:** focus\n\n---\n",
]


def files_store(root, timeout=0.2):
    for path, data in PAGES.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(data)
    return FilesStore(str(root), timeout=timeout)


@pytest.fixture(params=["files", "ephemeral"])
def store(request, root):
    return files_store(root) if request.param == "files" else EphemeralStore(PAGES, timeout=0.2)


def commit(store, *changes):
    with store.writing() as writer:
        return writer.commit(changes)


def content(store):
    return {path: store.read(path).data for path in store.paths()}


def test_a_page_is_read_with_its_bytes_and_their_revision(store):
    for path, data in PAGES.items():
        stored = store.read(path)
        assert (stored.path, stored.data, stored.revision) == (path, data, revision_of(data))


def test_a_page_that_is_not_there_is_none(store):
    assert store.read("none.md") is None
    assert store.read("agents/none.md") is None
    assert store.read("nobody/none.md") is None
    assert store.size("none.md") == 0
    assert store.read_tail("none.md", 10) == (b"", 0)
    with pytest.raises(NotFound):
        store.open_read("none.md")


def test_pages_are_listed_sorted_with_their_folders(store):
    assert store.paths() == ("a.md", "agents/one.md", "log.md")
    assert store.strangers() == ()


def test_archived_pages_are_listed_apart_from_the_live_ones(store):
    held = [
        ("archive/agents/one.md", b"old"),
        ("archive/checkpoints/first/a.md", b"a copy"),
        ("b.md", b"live"),
    ]
    commit(store, *(Replace(path=path, data=data, expected=None) for path, data in held))
    assert store.paths(archived=True) == ("archive/agents/one.md",)
    assert store.paths() == ("a.md", "agents/one.md", "b.md", "log.md")
    assert set(store.stamps(archived=True)) <= {"archive/agents/one.md"}


def test_a_page_in_a_linked_archive_is_nobody_s(root):
    store = files_store(root)
    (root / "archive").symlink_to(root / "agents")
    assert store.paths(archived=True) == ()
    assert store.stamps(archived=True) == {}


def test_what_is_derived_has_a_file_once_somebody_wrote_and_nowhere_else(root):
    store = files_store(root)
    assert store.derived("search") is None
    commit(store, Replace(path="b.md", data=b"", expected=None))
    place = store.derived("search")
    assert place == str(root / ".cosmemory" / "cache" / "search") == store.derived("search")
    Path(place).unlink()
    Path(place).symlink_to(root / "a.md")
    assert store.derived("search") is None
    assert EphemeralStore(PAGES).derived("search") is None


def test_a_page_is_replaced(store):
    revisions = commit(store, Replace(path="a.md", data=b"new", expected=revision_of(PAGES["a.md"])))
    assert revisions == (revision_of(b"new"),)
    assert content(store) == {**PAGES, "a.md": b"new"}


def test_a_new_page_is_made_with_its_folder(store):
    commit(store, Replace(path="log/archive.md", data=b"new", expected=None))
    assert content(store) == {**PAGES, "log/archive.md": b"new"}


def test_an_empty_page_is_a_page(store):
    commit(store, Replace(path="a.md", data=b"", expected=revision_of(PAGES["a.md"])))
    assert store.read("a.md").data == b""
    with pytest.raises(Conflict):
        commit(store, Replace(path="a.md", data=b"x", expected=None))


def test_a_page_is_removed(store):
    assert commit(store, Remove(path="a.md", expected=revision_of(PAGES["a.md"]))) == ("",)
    assert store.read("a.md") is None
    assert "a.md" not in store.paths()


@pytest.mark.parametrize(
    "change",
    [
        Replace(path="a.md", data=b"new", expected=None),
        Replace(path="a.md", data=b"new", expected=revision_of(b"stale")),
        Replace(path="none.md", data=b"new", expected=revision_of(b"gone")),
        Remove(path="a.md", expected=revision_of(b"stale")),
        Remove(path="none.md", expected=revision_of(b"gone")),
    ],
    ids=["not-new", "stale", "gone", "remove-stale", "remove-gone"],
)
def test_a_change_made_from_another_text_is_a_conflict_and_changes_nothing(store, change):
    with pytest.raises(Conflict) as caught:
        commit(store, change)
    found = PAGES.get(change.path)
    assert caught.value.found == (revision_of(found) if found is not None else None)
    assert content(store) == PAGES


def test_entries_are_appended_and_the_log_keeps_its_begin(store):
    revision = store.append("log.md", entry("second"))
    data = PAGES["log.md"] + entry("second")
    assert store.read("log.md").data == data
    assert revision == log_revision(len(data), data)
    assert commit(store, Append(path="log.md", data=entry("third"))) == (
        log_revision(len(data + entry("third")), data + entry("third")),
    )


@pytest.mark.parametrize("ending", TAILS, ids=repr)
def test_the_end_of_a_log_is_closed_before_the_next_entry_the_same_way_by_all(root, ending):
    log = PAGES["log.md"] + ending
    files = files_store(root)
    (root / "log.md").write_bytes(log)
    behind = EphemeralStore({**PAGES, "log.md": log})
    rehearsal = Rehearsal(EphemeralStore({**PAGES, "log.md": log}))
    told = {each.append("log.md", entry("next")) for each in (files, behind, rehearsal)}
    assert len(told) == 1
    held = {each.read("log.md").data for each in (files, behind, rehearsal)}
    assert len(held) == 1
    after = held.pop()
    assert after.startswith(log)
    assert b"\n---\n\n### " in after[len(log) - len(ending) - 8 :].replace(b"\r\n", b"\n")


def test_a_log_may_be_compared_by_its_length_and_end(store):
    revision = store.append("log.md", entry("second"))
    commit(store, Replace(path="log.md", data=b"rotated\n", expected=revision))
    assert store.read("log.md").data == b"rotated\n"
    with pytest.raises(Conflict):
        commit(store, Replace(path="log.md", data=b"again\n", expected=revision))


def test_no_log_is_begun_by_an_append(store):
    with pytest.raises(NotFound):
        store.append("none.md", entry("lost"))
    with pytest.raises(NotFound):
        commit(store, Append(path="none.md", data=entry("lost")))
    assert content(store) == PAGES


def test_several_changes_are_made_together(store):
    revisions = commit(
        store,
        Replace(path="a.md", data=b"new", expected=revision_of(PAGES["a.md"])),
        Replace(path="b.md", data=b"b", expected=None),
        Remove(path="agents/one.md", expected=revision_of(PAGES["agents/one.md"])),
        Append(path="log.md", data=entry("second")),
    )
    log = PAGES["log.md"] + entry("second")
    assert content(store) == {"a.md": b"new", "b.md": b"b", "log.md": log}
    assert revisions == (revision_of(b"new"), revision_of(b"b"), "", log_revision(len(log), log))


@pytest.mark.parametrize(
    ("last", "error"),
    [
        (Replace(path="b.md", data=b"b", expected=revision_of(b"gone")), Conflict),
        (Remove(path="agents/one.md", expected=revision_of(b"stale")), Conflict),
        (Append(path="none.md", data=entry("lost")), NotFound),
        (Replace(path="../b.md", data=b"b", expected=None), Unsafe),
    ],
    ids=["conflict", "stale-removal", "no-log", "unsafe"],
)
def test_of_several_changes_all_are_made_or_none(store, last, error):
    first = Replace(path="a.md", data=b"new", expected=revision_of(PAGES["a.md"]))
    with pytest.raises(error):
        commit(store, first, Append(path="log.md", data=entry("second")), last)
    assert content(store) == PAGES
    store.append("log.md", entry("after"))
    assert content(store) == {**PAGES, "log.md": PAGES["log.md"] + entry("after")}


def test_entries_may_follow_the_rewriting_of_their_log(store):
    revisions = commit(
        store,
        Replace(path="log.md", data=b"# Log\n\n", expected=revision_of(PAGES["log.md"])),
        Append(path="log.md", data=entry("one")),
        Append(path="log.md", data=entry("two")),
    )
    data = b"# Log\n\n" + entry("one") + entry("two")
    assert store.read("log.md").data == data
    assert set(revisions) == {revision_of(data)}


def test_a_page_is_not_changed_twice_at_once(store):
    change = Replace(path="a.md", data=b"new", expected=revision_of(PAGES["a.md"]))
    with pytest.raises(UsageError):
        commit(store, change, change)
    assert content(store) == PAGES


def test_no_changes_are_no_write(store):
    assert commit(store) == ()


def test_a_tail_begins_where_it_says(store):
    data = PAGES["log.md"]
    assert store.read_tail("log.md", 10) == (data[-10:], len(data) - 10)
    assert store.read_tail("log.md", 10_000) == (data, 0)
    assert store.size("log.md") == len(data)


def test_a_page_is_streamed(store):
    with store.open_read("agents/one.md") as file:
        assert file.read(3) == PAGES["agents/one.md"][:3]
        assert file.read() == PAGES["agents/one.md"][3:]


def test_a_writer_reads_what_it_wrote(store):
    with store.writing() as writer:
        writer.commit([Replace(path="b.md", data=b"one", expected=None)])
        assert writer.read("b.md").data == b"one"
        writer.commit([Replace(path="b.md", data=b"two", expected=revision_of(b"one"))])
        assert writer.read("b.md").data == b"two"
        assert writer.read("none.md") is None


def test_a_mark_is_only_ever_raised(store):
    assert store.mark("alert") == 0
    with store.writing() as writer:
        for value in (3, 2, 7, 5):
            writer.set_mark("alert", value)
        writer.set_mark("a name of words", 1)
        assert writer.mark("alert") == 7
    assert (store.mark("alert"), store.mark("a name of words"), store.mark("none")) == (7, 1, 0)


def test_a_second_writer_waits_no_longer_than_told(store):
    began = time.monotonic()
    with store.writing(), pytest.raises(Locked) as caught, store.writing(timeout=0.1):
        raise AssertionError
    assert time.monotonic() - began < 1
    assert caught.value.holder
    store.append("log.md", entry("free again"))


def test_threads_take_turns(store):
    def add():
        for _ in range(20):
            with store.writing(timeout=20) as writer:
                stored = writer.read("a.md")
                data = stored.data + b"x"
                writer.commit([Replace(path="a.md", data=data, expected=stored.revision)])

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read("a.md").data == PAGES["a.md"] + b"x" * 80


def test_nothing_is_written_without_the_lock(store):
    with store.writing() as writer:
        pass
    with pytest.raises(NotSaved):
        writer.commit([Replace(path="b.md", data=b"late", expected=None)])
    with pytest.raises(NotSaved):
        writer.set_mark("alert", 9)
    assert content(store) == PAGES


def test_a_writer_that_fails_gives_the_lock_back(store):
    with pytest.raises(ValueError, match="mine"), store.writing():
        raise ValueError("mine")
    store.append("log.md", entry("second"))


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../a.md", "a/../../b.md", "a//b.md", "./a.md", "a\0b.md", ".cosmemory/lock"]
)
def test_no_path_leads_out(store, path):
    for call in (
        lambda: store.read(path),
        lambda: store.read_tail(path, 1),
        lambda: store.open_read(path),
        lambda: store.size(path),
        lambda: store.append(path, b"x"),
        lambda: commit(store, Replace(path=path, data=b"x", expected=None)),
        lambda: commit(store, Append(path=path, data=b"x")),
    ):
        with pytest.raises(Unsafe):
            call()
    assert content(store) == PAGES


@pytest.mark.parametrize(
    "name", ["con.md", "NUL", "lpt1.txt.md", "a:b.md", "x\n.md", "dot.", "space ", "é" * 128]
)
def test_a_new_page_has_a_name_that_every_platform_can_hold(store, name):
    with pytest.raises(Unsafe):
        commit(store, Replace(path=name, data=b"x", expected=None))
    assert content(store) == PAGES


paths = st.sampled_from(["a.md", "b.md", "c/d.md"])
changes = st.one_of(
    st.tuples(st.just("replace"), paths, st.binary(max_size=30)),
    st.tuples(st.just("stale"), paths, st.binary(max_size=30)),
    st.tuples(st.just("remove"), paths, st.just(b"")),
    st.tuples(st.just("append"), st.just("log.md"), st.text(alphabet="abc", max_size=5).map(entry)),
)


def made(change, store):
    kind, path, data = change
    stored = store.read(path)
    expected = stored.revision if stored else None
    if kind == "stale":
        return Replace(path=path, data=data, expected=revision_of(b"somebody else's"))
    if kind == "append":
        return Append(path=path, data=data)
    if kind == "remove":
        return Remove(path=path, expected=expected or revision_of(b"gone"))
    return Replace(path=path, data=data, expected=expected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.lists(changes, min_size=1, max_size=3, unique_by=lambda each: each[1]), max_size=6))
def test_both_engines_are_the_same_whatever_is_done(root, commits):
    for path in [*root.rglob("*.md")]:
        path.unlink()
    stores = (files_store(root), EphemeralStore(PAGES))
    for each in commits:
        outcomes = []
        for store in stores:
            try:
                outcomes.append(commit(store, *[made(change, store) for change in each]))
            except Conflict as error:
                outcomes.append((error.path, error.expected, error.found))
        assert outcomes[0] == outcomes[1]
        assert content(stores[0]) == content(stores[1])


def test_a_glance_tells_a_changed_page_from_one_that_was_not(store):
    before = store.glance("a.md")
    assert before == store.glance("a.md") != store.glance("log.md")
    commit(
        store, Replace(path="agents/one.md", data=b"# One\n", expected=revision_of(PAGES["agents/one.md"]))
    )
    assert store.glance("a.md") == before
    seen = {before}
    for data in (b"# B\n", b"# A\n", b"# C\n"):  # as long as the page before
        commit(store, Replace(path="a.md", data=data, expected=store.read("a.md").revision))
        assert store.glance("a.md") != before
        seen.add(before := store.glance("a.md"))
    commit(store, Remove(path="a.md", expected=revision_of(b"# C\n")))
    assert store.glance("a.md") not in seen
    with pytest.raises(Unsafe):
        store.glance("../a.md")


def test_a_rehearsal_glances_at_what_would_be_written(store):
    rehearsal = Rehearsal(store)
    before = rehearsal.glance("a.md")
    assert before == store.glance("a.md")
    commit(rehearsal, Replace(path="a.md", data=b"# B\n", expected=revision_of(PAGES["a.md"])))
    assert rehearsal.glance("a.md") != before == store.glance("a.md")
