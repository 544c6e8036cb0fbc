"""Law 2: ``decode(parse(render(document))) == document`` for every kind and every document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.decode import decode
from cosmemory.document.render import render
from cosmemory.kinds import KINDS, Kind
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.syntax.parse import parse, parse_plainly
from tests.laws.documents import records

PAGES = [kind for kind in KINDS if kind.document is not CoordinationLog]


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
@given(data=st.data())
def test_a_rendered_document_reads_back(kind: Kind, data: st.DataObject) -> None:
    document: Any = data.draw(records(kind.document))
    text = render(document, kind.template, name="helper", title="Report")
    assert parse(text).text == text
    assert decode(parse(text), kind.document).document == document
    assert decode(parse_plainly(text), kind.document).document == document
