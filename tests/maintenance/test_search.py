"""Words are found again wherever they stand, or stood, at the line where they do."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import NotFound, UsageError
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance import search as searching
from cosmemory.maintenance import search_index
from cosmemory.maintenance.importing import Incoming, import_pages
from cosmemory.maintenance.search import search
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import add_record, set_value

NOW = 1_795_262_400  # 2026-11-21T12:00:00Z
STATE = b"""\
# Chief of Staff State

## Current Focus
- **Primary Task:** Cut the na\xc3\xafve parser

## Pending Actions
| ID | Action | Priority | Deadline | Status |
|----|--------|----------|----------|--------|
| 1 | Write the docs of the parser | high | 2026-11-28T17:00:00Z | pending |
| 2 | Ask helper-2 for \xe4\xbc\x9a\xe8\xae\xae\xe8\xae\xb0\xe5\xbd\x95 | low | - | pending |

### ALERT-7
- **Type:** Memory pressure
- **Value:** 93%
"""
LOG = b"""\
# Coordination Log

### 2026-11-20T06:00:00Z
**Type:** message_sent
**Involved:** helper-1
**Action:** Assigned the parser to helper-2

---

### 2026-11-21T06:00:00Z
**Type:** decision
**Involved:** helper-2, chief-of-staff
**Action:** The parser keeps its spans

---

"""
PAGES = {
    "cos-state.md": STATE,
    "coordination-log.md": LOG,
    "notes/mine.md": b"A line of mine.\r\n\r\nThe parser.\r\n",
}


@pytest.fixture(autouse=True)
def _no_scan(monkeypatch, request):
    """What is tested is the index: what would hide that it fails is out of reach."""

    def refuse(*_):
        raise AssertionError("the index failed")

    if "without_sqlite" not in request.node.name:
        monkeypatch.setattr(searching, "scan", refuse)


@pytest.fixture(params=["files", "ephemeral"])
def memory(request, tmp_path):
    if request.param == "ephemeral":
        return Memory(EphemeralStore(PAGES), settings=Settings(), now=lambda: NOW, actor="tester")
    return on_disk(tmp_path)


def on_disk(folder: Path) -> Memory:
    memory = Memory(FilesStore(str(folder)), settings=Settings(), now=lambda: NOW, actor="tester")
    for path, data in PAGES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)
    with memory.store.writing():
        pass  # there is a folder of our own from now on
    return memory


def places(found):
    return [(hit.page, hit.line) for hit in found]


def test_words_are_found_with_page_line_section_and_key(memory):
    assert set(places(search(memory, "PARSER"))) == {
        ("cos-state.md", 4),
        ("cos-state.md", 9),
        ("coordination-log.md", 6),
        ("coordination-log.md", 13),
        ("notes/mine.md", 3),
    }
    (row,) = search(memory, "parser docs")
    assert (row.section, row.key, row.kind, row.place) == ("Pending Actions", "1", "cos-state", "pages")
    (record,) = search(memory, "alert-7 pressure")
    assert (record.key, record.line, record.snippet) == ("ALERT-7", 12, "### ALERT-7")
    assert record.snippet[slice(*record.marks[0])] == "ALERT-7"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("naive", [("cos-state.md", 4)]),
        ("NAÏVE", [("cos-state.md", 4)]),
        ("会议", [("cos-state.md", 10)]),
        ("议记", [("cos-state.md", 10)]),
        ("会记", []),
        ('"its spans"', [("coordination-log.md", 13)]),
        ('"spans its"', []),
        ("span*", [("coordination-log.md", 13)]),
        ("span", []),
        ('"keeps its sp"*', [("coordination-log.md", 13)]),
        ("parser -docs -naive -assigned -keeps", [("notes/mine.md", 3)]),
        ("helper-2 -parser", [("cos-state.md", 10)]),
        ('"its spans', [("coordination-log.md", 13)]),
        ("spans → !!", [("coordination-log.md", 13)]),
        ("spans AND", []),
        ("spans NEAR(keeps)", []),
        ("spans OR docs", []),
        ("words : spans", []),
        ("^keeps spans + \x00 )(", [("coordination-log.md", 13)]),
    ],
)
def test_the_language_of_a_search(memory, words, expected):
    assert places(search(memory, words)) == expected


@pytest.mark.parametrize("words", ["", "-parser", '""', "→ *", '-"the parser"'])
def test_a_search_for_nothing_is_refused(memory, words):
    with pytest.raises(UsageError):
        search(memory, words)


def test_filters_narrow_a_search(memory):
    def found(**filters):
        return places(search(memory, "parser", **filters))

    day = datetime(2026, 11, 21, tzinfo=UTC)
    assert found(kind="coordination-log", since=day) == [("coordination-log.md", 13)]
    assert found(kind="coordination-log", until=day) == [("coordination-log.md", 6)]
    assert found(agent="Helper-1") == [("coordination-log.md", 6)]
    assert found(places=["log"], agent="helper-2") == [("coordination-log.md", 13)]
    assert len(found(places=["pages", "history"])) == 3
    assert len(found(limit=2)) == 2
    with pytest.raises(NotFound, match="cos-stat"):
        found(kind="cos-stat")
    with pytest.raises(UsageError):
        found(places=["everywhere"])


def test_what_is_gone_is_found_with_the_change_that_took_it(memory):
    memory.message = "enough of it"
    set_value(memory, "cos-state", "current_focus.primary_task", "Rest")
    (gone,) = search(memory, "naive")
    assert (gone.place, gone.page, gone.line, gone.section) == ("history", "cos-state.md", 4, "Current Focus")
    assert (gone.actor, gone.time) == ("tester", NOW)
    assert memory.store.history().revision(gone.change).step("cos-state.md")
    (why,) = search(memory, '"enough of it"')
    assert (why.place, why.key) == ("history", "set")
    assert search(memory, "naive", places=["pages"]) == ()


def test_what_was_archived_is_found_there(memory):
    memory.run(lambda transaction: transaction.move("notes/mine.md", "archive/notes/mine.md"))
    (found,) = search(memory, '"line of mine"', places=["archive"])
    assert (found.page, found.place) == ("archive/notes/mine.md", "archive")
    assert search(memory, '"line of mine"', places=["pages"]) == ()


def test_a_search_is_current_after_every_change(memory):
    search(memory, "parser")
    memory.log(Event(time=datetime(2026, 11, 21, 9, tzinfo=UTC), type="decision", action="Zebra"))
    assert places(search(memory, "zebra")) == [("coordination-log.md", 19)]
    memory.log(Event(time=datetime(2026, 11, 21, 9, tzinfo=UTC), type="decision", action="Zebra again"))
    assert [line for _, line in places(search(memory, "zebra"))] == [19, 25]
    add_record(memory, "cos-state", "pending_actions", {"action": "Feed the zebra"})
    assert ("cos-state.md", 11) in places(search(memory, "zebra"))


def test_an_edit_by_hand_is_seen_at_once(tmp_path):
    memory = on_disk(tmp_path)
    search(memory, "parser")
    for path, old, new in [
        ("cos-state.md", b"Cut the", b"Eat the"),
        ("coordination-log.md", b"Assigned", b"Ass1gned"),
    ]:
        page = tmp_path / path
        page.write_bytes(page.read_bytes().replace(old, new))
    assert places(search(memory, "eat")) == [("cos-state.md", 4)]
    assert places(search(memory, "ass1gned")) == [("coordination-log.md", 6)]
    assert places(search(memory, "assigned", places=["log"])) == []
    (tmp_path / "notes" / "mine.md").unlink()
    assert search(memory, '"line of mine"', places=["pages"]) == ()


@pytest.mark.parametrize("damage", ["deleted", "emptied", "garbage", "cut", "another format", "earlier boot"])
def test_an_index_that_was_damaged_is_made_again(tmp_path, damage):
    memory = on_disk(tmp_path)
    before = search(memory, "parser")
    index = Path(memory.store.derived(search_index.NAME))
    data = index.read_bytes()
    if damage == "deleted":
        index.unlink()
    elif damage in {"emptied", "garbage", "cut"}:
        index.write_bytes(
            {"emptied": b"", "garbage": b"garbage" * 900, "cut": data[: len(data) // 2]}[damage]
        )
    else:
        connection = sqlite3.connect(index)
        connection.execute(
            "PRAGMA user_version = 9" if damage == "another format" else "UPDATE made SET boot = 'x'"
        )
        connection.execute("UPDATE unit SET line = 999")
        connection.commit()
        connection.close()
    assert search(memory, "parser") == before
    assert index.stat().st_size >= 4096


def test_a_folder_that_cannot_be_written_is_searched_all_the_same(tmp_path, monkeypatch):
    memory = on_disk(tmp_path)
    first = search(memory, "parser")
    index = Path(memory.store.derived(search_index.NAME))
    monkeypatch.setattr(FilesStore, "derived", lambda *_: None)
    assert search(on_disk_again(tmp_path), "parser") == first
    monkeypatch.undo()
    monkeypatch.setattr(searching, "scan", None)
    kept = index.read_bytes()
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **more: real(
        f"file:{path}?mode=ro" if path == str(index) else path, uri=True, **more
    ))  # fmt: skip
    page = tmp_path / "notes" / "mine.md"
    page.write_bytes(b"The zebra.\n")
    assert places(search(memory, "zebra")) == [("notes/mine.md", 1)]
    assert index.read_bytes() == kept


def on_disk_again(folder):
    return Memory(FilesStore(str(folder)), settings=Settings(), now=lambda: NOW)


def test_without_sqlite_every_page_is_read(tmp_path, monkeypatch):
    memory = on_disk(tmp_path)
    expected = sorted(places(search(memory, "parser -docs")))
    monkeypatch.setattr(searching, "ask", _no_sqlite)
    assert sorted(places(search(memory, "parser -docs"))) == expected
    assert places(search(memory, "parser", limit=1)) != []


def _no_sqlite(*_):
    raise sqlite3.OperationalError("no such module: fts5")


def test_where_nobody_ever_wrote_nothing_is_made(tmp_path):
    (tmp_path / "cos-state.md").write_bytes(STATE)
    assert places(search(on_disk_again(tmp_path), "naive")) == [("cos-state.md", 4)]
    assert os.listdir(tmp_path) == ["cos-state.md"]


def test_the_index_has_the_mode_of_our_own_folder(tmp_path):
    memory = on_disk(tmp_path)
    (tmp_path / ".cosmemory").chmod(0o770)
    search(memory, "parser")
    assert stat.S_IMODE(os.stat(memory.store.derived(search_index.NAME)).st_mode) == 0o660


def test_searchers_and_writers_do_not_hinder_one_another(tmp_path):
    initialise(on_disk_again(tmp_path))
    wrong: list[object] = []

    def write(name):
        memory = on_disk_again(tmp_path)
        for number in range(15):
            memory.log(
                Event(
                    time=datetime(2026, 11, 21, tzinfo=UTC), type="decision", action=f"{name} zebra{number}"
                )
            )
            if len(search(memory, f"{name} zebra{number}")) != 1:
                wrong.append((name, number))

    threads = [threading.Thread(target=write, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(search(on_disk_again(tmp_path), "zebra*")) == 60


def test_bytes_that_are_no_text_and_marks_of_our_own_hurt_nobody(memory):
    odd = b"# Odd\n\nan odd \xff\x00 zebra \xef\xb7\x90 \xe2\x80\x8b\x1b[31m\n"
    with memory.store.writing() as writer:
        from cosmemory.store import Replace

        writer.commit([Replace(path="odd.md", data=odd, expected=None)])
    (found,) = search(memory, "odd zebra")
    assert (found.page, found.line) == ("odd.md", 3)
    assert found.snippet.startswith("an odd ")


def test_the_better_hit_comes_first_and_of_two_alike_the_later(memory):
    for hour, action in enumerate(
        ["Owl", "Owl", "Owl and much else besides that is of no use to anybody at all"]
    ):
        memory.log(Event(time=datetime(2026, 11, 21, hour, tzinfo=UTC), type="decision", action=action))
    assert [hit.key[11:13] for hit in search(memory, "owl", places=["log"])] == ["01", "00", "02"]


def test_entries_of_the_log_that_an_import_wrote_over_are_found_in_the_history(memory):
    memory.log(Event(time=memory.now(), type="decision", action="Chose the purple parser"))
    text = memory.store.read("coordination-log.md").data.decode().partition("### ")[0]
    incoming = [Incoming(path="coordination-log.md", type="", line=1, text=text)]
    import_pages(memory, incoming, replacing=True)
    (gone, *_) = [each for each in search(memory, "purple parser") if each.place == "history"]
    assert (gone.page, "purple parser" in gone.snippet) == ("coordination-log.md", True)
    assert memory.store.history().revision(gone.change).attribution.operation == "import"
