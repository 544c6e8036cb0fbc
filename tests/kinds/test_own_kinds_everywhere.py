"""Pages of the project's own kinds, wherever a page's kind counts: in searches, exports and imports."""

from __future__ import annotations

import json

import pytest

from cosmemory.config import settings_of
from cosmemory.connect import open_memory
from cosmemory.errors import NotFound
from cosmemory.maintenance.exporting import choose, export
from cosmemory.maintenance.formats.jsonl import incoming
from cosmemory.maintenance.importing import import_pages
from cosmemory.maintenance.search import search
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise

RETRO = {
    "path": "retros/{id}.md",
    "sections": [
        {"title": "Head", "fields": [{"label": "Owner"}]},
        {"title": "Findings", "columns": [{"label": "Finding"}, {"label": "Answer"}]},
    ],
}
PAGE = b"""\
# Retro 12

## Head
- **Owner:** kim

## Findings
| Finding | Answer |
|---------|--------|
| The parser is slow | measure it |
"""


@pytest.fixture
def memory(tmp_path) -> Memory:
    made = open_memory(str(tmp_path), settings=settings_of({"kinds": {"retro": RETRO}}))
    initialise(made)
    (tmp_path / "retros").mkdir()
    (tmp_path / "retros" / "12.md").write_bytes(PAGE)
    (tmp_path / "parser.md").write_text("The parser of nobody's page\n")
    return made


def pages(memory, words, **given):
    return [(each.page, each.kind) for each in search(memory, words, **given)]


def test_a_search_finds_the_pages_of_an_own_kind_and_tells_it(memory):
    assert pages(memory, "parser", kind="retro") == [("retros/12.md", "retro")]
    assert sorted(pages(memory, "parser")) == [("parser.md", ""), ("retros/12.md", "retro")]
    assert pages(memory, "parser", kind="run") == []
    assert pages(memory, "slow", agent="12") == [("retros/12.md", "retro")]
    with pytest.raises(NotFound, match="retor"):
        search(memory, "parser", kind="retor")


def test_it_finds_them_the_same_way_without_an_index(memory, monkeypatch):
    import sqlite3

    def broken(*_):
        raise sqlite3.OperationalError("no SQLite here")

    monkeypatch.setattr("cosmemory.maintenance.search.ask", broken)
    assert pages(memory, "parser", kind="retro") == [("retros/12.md", "retro")]


def test_an_index_made_before_the_kind_was_declared_finds_them_too(memory, tmp_path):
    plain = open_memory(str(tmp_path), settings=settings_of({}))
    assert sorted(pages(plain, "parser")) == [("parser.md", ""), ("retros/12.md", "")]
    assert pages(memory, "parser", kind="retro") == [("retros/12.md", "retro")]


def test_what_was_archived_and_what_is_gone_are_found_by_the_kind_as_well(memory, tmp_path):
    def archived(transaction):
        transaction.move("retros/12.md", "archive/retros/12.md")

    memory.run(archived)
    assert pages(memory, "slow", kind="retro", places=["archive"]) == [("archive/retros/12.md", "retro")]


def test_an_export_of_the_kind_holds_its_data_and_an_import_makes_the_page_of_them(memory, tmp_path):
    lines = [piece.data for piece in export(memory, "jsonl", choose(memory, ["retro"]))]
    (page,) = (held for held in map(json.loads, lines) if held["kind"] == "document")
    assert (page["type"], page["data"]["head"]["owner"]) == ("retro", "kim")
    del page["text"]
    (tmp_path / "other").mkdir()
    other = open_memory(str(tmp_path / "other"), settings=memory.settings)
    import_pages(other, incoming([json.dumps(page).encode()]))
    assert other.read("retros/12").findings[0].answer == "measure it"
