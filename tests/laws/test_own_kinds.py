"""The laws for kinds that a project declares, whatever it declares: round trip, minimal edits, no forgery, merge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cosmemory.config import settings_of
from cosmemory.document.changes import changed, changes
from cosmemory.document.decode import decode
from cosmemory.document.fields import layout
from cosmemory.document.render import render
from cosmemory.kinds import Kind, Kinds
from cosmemory.kinds.page import read_page
from cosmemory.kinds.shaping import TYPES
from cosmemory.merge.pages import merge_pages
from cosmemory.reader import known_kinds
from cosmemory.store import Stored, revision_of
from cosmemory.syntax.parse import parse, parse_plainly
from cosmemory.text.source import encode_text
from tests.laws.documents import field, part, records

NAMES = ["Owner", "From", "2nd Look", "Größe", "Due Date", "Yes/No", "State (now)", "Class", "Notes", "Key"]
# What ends a line only where a block ends cannot stand in a row.
IN_ROWS = [name for name, kind in TYPES.items() if kind.shape == "line"]


def labels(types: list[str], least: int = 1) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.builds(
        lambda label, kind: {"label": label, "type": kind}, st.sampled_from(TITLES), st.sampled_from(types)
    )
    words = st.builds(
        lambda label: {"label": label, "words": ["open", "in_progress", "closed"]}, st.sampled_from(TITLES)
    )
    return st.lists(st.one_of(one, words), min_size=least, max_size=4, unique_by=lambda each: each["label"])


TITLES = [name for name in NAMES if name[0].isalpha()]


@st.composite
def sections(draw: st.DrawFn, title: str) -> dict[str, Any]:
    shape = draw(st.sampled_from(["fields", "table", "blocks", "prose", "numbered"]))
    made: dict[str, Any] = {"title": title, "shape": shape}
    if shape == "fields":
        made["fields"] = draw(labels([*TYPES]))
    elif shape == "table":
        made["columns"] = draw(labels(IN_ROWS))
        if draw(st.booleans()):
            made["columns"] = [{"label": "ID"}, *made["columns"]]
            made["key"] = "ID"
    elif shape == "blocks":
        made["heading"] = "ID"
        made["fields"] = draw(labels([*TYPES]))
    return made


@st.composite
def kinds(draw: st.DrawFn) -> tuple[Kind, Kinds]:
    titles = draw(
        st.lists(st.sampled_from(["One", "Two Parts", "Drei", "Log", "Entries"]), max_size=4, unique=True)
    )
    declared = {
        "path": "things/{id}.md",
        "fields": draw(labels([*TYPES])),
        "sections": [draw(sections(title)) for title in titles],
    }
    every = known_kinds(settings_of({"kinds": {"thing": declared}}))
    return every.own[0], every


@given(made=kinds(), data=st.data())
def test_a_page_of_an_own_kind_reads_back(made, data):
    kind, _ = made
    document = data.draw(records(kind.document))
    text = render(document, kind.template, kind.source, title="Thing")
    assert parse(text).text == text
    assert decode(parse(text), kind.document).document == document
    assert decode(parse_plainly(text), kind.document).document == document


@given(made=kinds(), data=st.data())
def test_a_changed_part_of_an_own_kind_reads_back_and_keeps_the_rest(made, data):
    kind, _ = made
    text = render(data.draw(records(kind.document)), kind.template, kind.source, title="Thing")
    text += "\n## A section of my own\n\nwith words | and pipes\n"
    tree = parse(text)
    old = decode(tree, kind.document).document
    assert changes(tree, old, replace(old)) == []
    shape = layout(kind.document)
    attribute = data.draw(st.sampled_from([*shape.values, *shape.parts]))
    declared: Any = shape.values.get(attribute) or shape.parts[attribute]
    if attribute in shape.values:
        value = data.draw(field(declared))
    elif declared.shape == "one":
        inner = layout(declared.record)
        name = data.draw(st.sampled_from(sorted(inner.values)))
        value = replace(getattr(old, attribute), **{name: data.draw(field(inner.values[name]))})
    else:
        value = data.draw(part(declared, st.none()))
    new = replace(old, **{attribute: value})
    after = changed("page.md", tree, old, new).tree.text
    assert decode(parse(after), kind.document).document == new
    assert after.endswith("## A section of my own\n\nwith words | and pipes\n")


@given(made=kinds(), data=st.data())
def test_two_sides_that_change_different_fields_are_merged_by_meaning(made, data):
    kind, every = made
    shape = layout(kind.document)
    names = [name for name, value in shape.values.items() if value.type.shape == "line"]
    if len(names) < 2:
        return
    document = data.draw(records(kind.document))
    first, second = names[0], names[1]
    ours = replace(document, **{first: data.draw(field(shape.values[first]))})
    theirs = replace(document, **{second: data.draw(field(shape.values[second]))})
    texts = [
        encode_text(render(each, kind.template, kind.source, title="Thing"))
        for each in (document, ours, theirs)
    ]
    merged = merge_pages("things/x.md", *texts, kinds=every)
    assert merged.disputes == ()
    both = read_page(
        Stored(path="things/x.md", data=merged.data, revision=revision_of(merged.data)), None, every
    ).document
    assert both == replace(ours, **{second: getattr(theirs, second)})
