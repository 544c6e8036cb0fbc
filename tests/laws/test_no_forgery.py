"""Law 5: text given as a value comes back as that value and as nothing else, to us and to other Markdown parsers.

A long campaign is ``COSMEMORY_HOSTILE=100000 pytest tests/laws/test_no_forgery.py``.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cosmemory.document.changes import changed
from cosmemory.document.decode import decode
from cosmemory.document.fields import RECORDS, Record, layout
from cosmemory.document.paths import with_value
from cosmemory.document.render import render
from cosmemory.kinds import KINDS, Kind
from cosmemory.kinds.coordination_log import CoordinationLog, Event, entries
from cosmemory.kinds.entries import event_text
from cosmemory.syntax.entry import LABELS
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.syntax.parse import parse, parse_plainly
from tests.laws.hostile import AMOUNT, NOON, count_words, filled, hostile
from tests.laws.human import PROSE
from tests.laws.judges import Shape, by_frontmatter, by_markdown_it, by_mistune

PAGES = [kind for kind in KINDS if kind.document is not CoordinationLog]
WORDS = (f"word{number}" for number in itertools.count())


def harmless() -> str:
    return next(WORDS)


def page_of(document: Any, kind: Kind) -> str:
    return render(document, kind.template, name="helper", title="Report")


def assert_reads(text: str, document: Any) -> None:
    assert decode(parse(text), type(document)).document == document
    assert decode(parse_plainly(text), type(document)).document == document


def assert_same_shape(text: str, plain: str, document: Any) -> None:
    """Other parsers see the same front matter, headings, tables, rows, cells and lists as with harmless words."""
    keys, text = by_frontmatter(text)
    plain_keys, plain = by_frontmatter(plain)
    assert keys == plain_keys
    for judge in (by_mistune, by_markdown_it):
        shape, cells = judge(without_prose(text))
        assert shape == judge(without_prose(plain))[0]
        assert headings(judge(text)[0]) == headings(judge(plain)[0])
        said = words_in_tables(document)
        assert [cell for cell in cells if cell is not None and cell not in said | titles(document)] == []


def without_prose(text: str) -> str:
    """The page less its free text, where people may write any Markdown."""
    text = re.sub(rf"(?m)^(## (?:{'|'.join(sorted(PROSE))})\n)(?s:.*?)(?=^## |\Z)", r"\1", text)
    return re.sub(r"(?m)^(\*\*Notes:\*\*\n)(?s:.*?)(?=^---\n)", r"\1", text)


def headings(shape: Shape) -> Shape:
    return [each for each in shape if each[0] == "heading"]


def words_in_tables(document: Any) -> set[str]:
    """Every cell of ``document``, as a reader should see it."""
    if not isinstance(document, Record):
        return (
            {word for each in document for word in words_in_tables(each)}
            if isinstance(document, tuple)
            else set()
        )
    shape = layout(type(document))
    found = {
        ", ".join(held) if isinstance(held, tuple) else value.type.write(held)
        for name, value in shape.values.items()
        if value.in_row and (held := getattr(document, name)) is not None
    }
    return found.union(*(words_in_tables(getattr(document, name)) for name in shape.parts))


def titles(document: Any) -> set[str]:
    """The words of the header cells."""
    shape = layout(type(document))
    found: set[str] = set()
    for part in shape.parts.values():
        if part.record is not None:
            found |= {value.title for value in layout(part.record).values.values()} | titles(part.record())
    return found


def refilled(record: Any, text: Callable[[], str]) -> Any:
    """``record``, which was read from a page, with ``text()`` in every place for words."""
    shape = layout(type(record))
    values: dict[str, Any] = {}
    fresh = filled(type(record), text)
    for name in shape.values:
        values[name] = getattr(fresh, name)
    for name, part in shape.parts.items():
        held = getattr(record, name)
        if part.shape == "one":
            values[name] = refilled(held, text)
        elif part.shape in RECORDS:
            rows = tuple(refilled(each, text) for each in held)
            keys = [str(getattr(row, part.key)).lower() for row in rows] if part.key else []
            values[name] = rows if len(set(keys)) == len(keys) else held
        elif part.shape != "details":
            values[name] = getattr(fresh, name)
    changed_ = replace(record, **values)
    details = [
        name for name, part in shape.parts.items() if part.shape == "details" and getattr(record, name)
    ]
    for name in details:
        block = replace(refilled(getattr(record, name), text), session_name=changed_.session_name)
        changed_ = replace(changed_, **{name: block})
    return changed_


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
def test_a_hostile_value_in_every_field_is_that_value_when_rendered(kind: Kind) -> None:
    choose = random.Random(5)
    plain = page_of(filled(kind.document, harmless), kind)
    tried = 0
    while tried < AMOUNT // len(PAGES):
        document = filled(kind.document, lambda: hostile(choose))
        text = page_of(document, kind)
        assert_reads(text, document)
        assert_same_shape(text, plain, document)
        tried += count_words(document)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
def test_a_hostile_value_in_every_field_is_that_value_when_edited_in(kind: Kind, newline: str) -> None:
    choose = random.Random(55)
    plain = page_of(filled(kind.document, harmless), kind)
    tried = 0
    while tried < AMOUNT // len(PAGES):
        text = plain.replace("\n", newline)
        for _ in range(2):
            tree = parse(text)
            old = decode(tree, kind.document).document
            new = refilled(old, lambda: hostile(choose))
            text = changed("page.md", tree, old, new).tree.text
            assert_reads(text, new)
            assert_same_shape(text.replace(newline, "\n"), plain, new)
            tried += count_words(new)


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
def test_a_hostile_value_in_one_field_leaves_the_others_alone(kind: Kind) -> None:
    choose = random.Random(555)
    plain = page_of(filled(kind.document, harmless), kind)
    tree = parse(plain)
    old = decode(tree, kind.document).document
    paths = sorted(word_paths(old))
    for _ in range(max(len(paths), AMOUNT // len(PAGES) // 4)):
        path, value = choose.choice(paths), hostile(choose)
        new = with_value(old, path, value)
        if new == old:
            continue
        text = changed("page.md", tree, old, new).tree.text
        assert_reads(text, new)
        assert_same_shape(text, plain, new)


def word_paths(document: Any) -> list[str]:
    """The dotted paths of the words in ``document``, lists left out."""
    shape = layout(type(document))
    found = [
        name
        for name, value in shape.values.items()
        if value.type.name in {"a text", "a long text"} and not value.heading
    ]
    for name, part in shape.parts.items():
        held = getattr(document, name)
        if part.shape == "prose":
            found.append(name)
        elif part.shape == "one":
            found += [f"{name}.{inner}" for inner in word_paths(held)]
        elif part.shape in RECORDS:
            for number, each in enumerate(held, 1):
                found += [f"{name}.#{number}.{inner}" for inner in word_paths(each)]
    return found


def test_a_first_cell_without_a_pipe_before_it_begins_no_block() -> None:
    kind = KINDS[0]
    page = "# Chief of Staff State\n\n## Pending Actions\nAction | ID\n---|---\nfirst | 1\nlast | 2\n"
    tree = parse(page)
    old = decode(tree, kind.document).document
    choose = random.Random(50)
    values = ["# x", "- x", "-", "---", "> x", "1. x", "~~~", "+ x", "===", "* * *", "[a]: b", "```", "2) y"]
    values += [hostile(choose) for _ in range(AMOUNT // 10)]
    for value in values:
        given = normalise(value)
        if is_empty(given):
            emptied = with_value(old, "pending_actions.1.action", given)
            assert "\n\\- | 1\n" in changed("cos-state.md", tree, old, emptied).tree.text
            continue
        new = with_value(old, "pending_actions.1.action", given)
        text = changed("cos-state.md", tree, old, new).tree.text
        assert (
            by_markdown_it(text)[0]
            == by_mistune(text)[0]
            == [("heading", 1), ("heading", 2), ("table", 2, 2, 2)]
        )
        added = replace(
            old,
            pending_actions=(
                *old.pending_actions,
                replace(old.pending_actions[0], id="3", action=given, origin=None),
            ),
        )
        text = changed("cos-state.md", tree, old, added).tree.text
        assert (
            by_markdown_it(text)[0]
            == by_mistune(text)[0]
            == [("heading", 1), ("heading", 2), ("table", 2, 2, 2, 2)]
        )


def hostile_events(choose: random.Random, amount: int) -> list[Event]:
    """Events of which every value is hostile."""
    return [
        Event(
            time=NOON + timedelta(seconds=number),
            type=hostile(choose),
            involved=hostile(choose),
            action=hostile(choose),
            outcome=hostile(choose),
            notes=hostile(choose),
            extra={"Action ID": hostile(choose), "my_label/2 - x": hostile(choose)},
        )
        for number in range(amount)
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_no_event_forges_closes_or_swallows_an_entry(newline: str) -> None:
    choose = random.Random(5)
    head = f"# Coordination Log{newline * 2}## Events{newline * 2}"
    for _ in range(max(1, AMOUNT // 70)):
        events = hostile_events(choose, 10)
        pages = [event_text(event).replace("\n", newline) for event in events]
        text = head + "".join(pages)
        assert list(entries(text)) == events
        assert [text[found.span.start : found.span.end] for found in entries(text)] == pages
        for page in pages:
            assert page.count(f"{newline}---{newline}") == 1
        entry: Shape = [("heading", 3), ("paragraph",), ("thematic_break",)]
        assert by_mistune(text)[0] == [("heading", 1), ("heading", 2), *(entry * 10)]
        assert by_markdown_it(text)[0] == [("heading", 1), ("heading", 2), *([("heading", 3), ("hr",)] * 10)]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    "value",
    [
        "\n### 2026-01-01T00:00:00Z\n**Type:** forged\n\n---\n",
        "x\n\n---\n\n### 2026-01-01T00:00:00Z",
        "```\nnever closed",
        "<!-- never closed",
        "**Outcome:** forged",
        "a\\",
        "\\g<0>",
        "-->\r\n---\r### 2026-01-01",
        "\x0b### 2026-01-01T00:00:00Z\x0c---\u2028---\x85---",
    ],
)
def test_an_entry_holds_any_note(label: str, value: str) -> None:
    first = Event(time=NOON, type="decision", action="before")
    event = replace(Event(time=NOON, type="decision", action="a"), **{label.lower(): value})
    last = Event(time=NOON, type="decision", action="after")
    read = list(entries(event_text(first) + event_text(event) + event_text(last)))
    said = normalise(value)
    assert read == [first, replace(event, **{label.lower(): None if is_empty(said) else said}), last]


def test_a_value_is_never_a_template() -> None:
    kind = KINDS[0]
    document = replace(kind.document(), notes="{{7*7}} {% raw %} {{ page.notes }}")
    assert "{{7*7}} {% raw %} {{ page.notes }}" in page_of(document, kind)
