"""Law 3: a change touches its own span and nothing else, and the edited text says exactly the changed document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.changes import changed, changes
from cosmemory.document.decode import decode
from cosmemory.document.fields import layout
from cosmemory.document.render import render
from cosmemory.document.sections import has_section
from cosmemory.kinds import KINDS, Kind
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.syntax.parse import parse
from tests.laws.documents import field, part, records

PAGES = [kind for kind in KINDS if kind.document is not CoordinationLog]


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
@given(data=st.data())
def test_changing_nothing_edits_nothing(kind: Kind, data: st.DataObject) -> None:
    tree = parse(render(data.draw(records(kind.document)), kind.template, name="helper", title="Report"))
    document = decode(tree, kind.document).document
    assert changes(tree, document, document) == []
    assert changes(tree, document, replace(document)) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
@given(data=st.data())
def test_a_changed_part_reads_back_and_keeps_the_rest(kind: Kind, newline: str, data: st.DataObject) -> None:
    text = render(data.draw(records(kind.document)), kind.template, name="helper", title="Report").replace(
        "\n", newline
    )
    text += f"{newline}## A section of my own{newline}{newline}with words | and pipes{newline}"
    tree = parse(text)
    old = decode(tree, kind.document).document
    shape = layout(kind.document)
    # Some sections belong to other pages of the kind, and do not stand on this one.
    standing = [name for name in shape.parts if has_section(old, name)]
    attribute = data.draw(st.sampled_from([*shape.values, *standing]))
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
    assert after.endswith(f"## A section of my own{newline}{newline}with words | and pipes{newline}")
    if newline == "\r\n":
        assert after.count("\n") == after.count("\r\n")
