"""An entry stands alone at the end of its log, whatever a crash or a person left there before it."""

from __future__ import annotations

import os

import pytest

from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import Damaged, Unsafe
from tests.engines.saves import atomically, in_place
from tests.engines.scenarios import HEAD, LOG, SCENARIOS, entry, files_below

OPEN = b"### 2026-11-21T05:00:00Z\n**Action:** to"
NEXT = entry("next")


@pytest.fixture
def memory(root):
    SCENARIOS[0].prepare(root)
    return root


def after_append(memory, before, data=NEXT):
    (memory / LOG).write_bytes(before)
    store = FilesStore(str(memory))
    store.append(LOG, data)
    return (memory / LOG).read_bytes(), store


def quarantined(memory):
    return [(memory / path).read_bytes() for path in files_below(memory) if "/quarantine/" in path]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, HEAD),
        (b"", b""),
        (b"# Log", b"# Log\n\n"),
        (HEAD + OPEN, HEAD + OPEN + b"\n\n---\n\n"),
        (HEAD + OPEN + b"\n", HEAD + OPEN + b"\n\n---\n\n"),
        (HEAD + OPEN + b"\n\n", HEAD + OPEN + b"\n\n---\n\n"),
        (HEAD + OPEN + b"\n\n---", HEAD + OPEN + b"\n\n---\n\n"),
        (HEAD.replace(b"\n", b"\r\n"), HEAD.replace(b"\n", b"\r\n")),
        (
            (HEAD + OPEN).replace(b"\n", b"\r\n"),
            (HEAD + OPEN).replace(b"\n", b"\r\n") + b"\r\n\r\n---\r\n\r\n",
        ),
    ],
    ids=["whole", "empty", "title", "torn", "no-end", "blank", "no-newline", "crlf", "crlf-torn"],
)
def test_nothing_joins_the_next_entry(memory, before, after):
    text, _ = after_append(memory, before)
    assert text == after + (NEXT.replace(b"\n", b"\r\n") if b"\r" in after else NEXT)
    assert quarantined(memory) == []


@pytest.mark.parametrize("bad", [b"\0" * 40, b"\0", b"\xff\xfe\xfd", b"\xe2\x82", b"\0\xff\0"])
def test_only_damaged_bytes_are_put_aside(memory, bad):
    text, store = after_append(memory, HEAD + OPEN + bad)
    assert text == HEAD + OPEN + b"\n\n---\n\n" + NEXT
    assert quarantined(memory) == [bad]
    assert any("quarantine" in notice for notice in store.notices())


def test_words_after_damaged_bytes_stay(memory):
    text, _ = after_append(memory, HEAD + OPEN + b"\0\0\0 and a person's words\n")
    assert text == HEAD + OPEN + b" and a person's words\n\n---\n\n" + NEXT


def test_damage_in_closed_entries_stays_where_it_is(memory):
    before = HEAD + OPEN + b"\xff\0\n\n---\n\n"
    text, _ = after_append(memory, before)
    assert text == before + NEXT


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("rest", [b"lost begin\n\n---\n\n", b"begin\n\n---\n\n" + entry("whole")])
def test_nuls_in_the_place_of_the_begin_of_entries_are_put_aside(memory, rest, newline):
    before, rest = (text.replace(b"\n", newline) for text in (HEAD, rest))
    text, _ = after_append(memory, before + b"\0" * 5_000 + rest)
    assert text == before + rest + NEXT.replace(b"\n", newline)
    assert len(quarantined(memory)) == 1


def test_a_page_in_another_encoding_is_refused(memory):
    before = "# Log\n\n### an entry\n".encode("utf-16")
    with pytest.raises(Damaged):
        after_append(memory, before)
    assert (memory / LOG).read_bytes() == before


def test_a_long_open_entry_is_closed(memory):
    text, _ = after_append(memory, HEAD + OPEN + b"x\n" * 20_000)
    assert text == HEAD + OPEN + b"x\n" * 20_000 + b"\n---\n\n" + NEXT


def test_quarantine_is_bounded(memory):
    for number in range(60):
        after_append(memory, HEAD + OPEN + b"\xff" * (number + 1))
    assert len(quarantined(memory)) == 50
    assert b"\xff" * 60 in quarantined(memory)


def test_a_log_replaced_between_two_appends_gets_the_second(memory):
    store = FilesStore(str(memory))
    store.append(LOG, entry("one"))
    (memory / "draft").write_bytes(b"# a person's\n\n")
    (memory / "draft").rename(memory / LOG)
    store.append(LOG, entry("two"))
    assert (memory / LOG).read_bytes() == b"# a person's\n\n" + entry("two")


def test_a_log_moved_away_and_begun_anew_gets_the_second(memory):
    store = FilesStore(str(memory))
    store.append(LOG, entry("one"))
    (memory / LOG).rename(memory / "moved.md")
    (memory / LOG).write_bytes(HEAD)
    store.append(LOG, entry("two"))
    assert (memory / "moved.md").read_bytes() == HEAD + entry("one")
    assert (memory / LOG).read_bytes() == HEAD + entry("two")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("save", [atomically, in_place])
def test_an_editor_that_saves_at_the_last_moment_keeps_its_text_and_gets_the_entry_once(
    memory, monkeypatch, save, when
):
    real = os.write
    theirs = b"# a person's\n\n"

    def write(descriptor, data):
        if NEXT not in data:
            return real(descriptor, data)
        monkeypatch.setattr(os, "write", real)
        if when == "before":
            save(memory / LOG, theirs)
        count = real(descriptor, data)
        if when == "after":
            save(memory / LOG, theirs)
        return count

    store = FilesStore(str(memory))
    store.append(LOG, entry("first"))
    monkeypatch.setattr(os, "write", write)
    store.append(LOG, NEXT)
    assert (memory / LOG).read_bytes() == theirs + NEXT


def test_a_log_of_two_names_is_refused(memory):
    os.link(memory / LOG, memory / "second.txt")
    with pytest.raises(Unsafe):
        FilesStore(str(memory)).append(LOG, NEXT)
    assert (memory / LOG).read_bytes() == HEAD


def test_a_link_inside_the_memory_is_appended_through(memory):
    (memory / "logs").mkdir()
    (memory / LOG).rename(memory / "logs/real.md")
    (memory / LOG).symlink_to("logs/real.md")
    FilesStore(str(memory)).append(LOG, NEXT)
    assert (memory / "logs/real.md").read_bytes() == HEAD + NEXT


@pytest.mark.parametrize("kind", ["link", "fifo", "folder"])
def test_what_is_no_plain_file_of_the_memory_is_refused(memory, tmp_path, kind):
    place = memory / LOG
    place.unlink()
    (tmp_path / "outside").write_bytes(HEAD)
    if kind == "link":
        place.symlink_to(tmp_path / "outside")
    elif kind == "fifo":
        os.mkfifo(place)
    else:
        place.mkdir()
    with pytest.raises(Unsafe):
        FilesStore(str(memory)).append(LOG, NEXT)
    assert (tmp_path / "outside").read_bytes() == HEAD


# Each guard, taken away, is missed.


def test_without_looking_again_an_entry_goes_to_a_file_that_nobody_reads(memory, monkeypatch):
    as_it_was = os.stat(memory / LOG)
    real_write, real_stat = os.write, os.stat

    def write(descriptor, data):
        if NEXT in data:
            atomically(memory / LOG, b"# a person's\n\n")
        return real_write(descriptor, data)

    def stat(path, **options):
        return as_it_was if path == str(memory / LOG) else real_stat(path, **options)

    store = FilesStore(str(memory))
    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(os, "stat", stat)
    store.append(LOG, NEXT)
    assert NEXT not in (memory / LOG).read_bytes()
