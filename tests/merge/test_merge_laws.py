"""The laws of a merge, with generated pages and generated edits of both sides."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.errors import Damaged
from cosmemory.merge.pages import Merged, merge_pages
from cosmemory.text.source import decode_text, encode_text
from tests.merge.edits import PAGES, PATHS, edited, flat, human_page, overlap, read, some_edits

each_kind = pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
RANDOMS = st.integers(0, 2**32).map(random.Random)
COARSE = "line by line"


def merged_texts(kind, base, ours, theirs, **more) -> Merged:
    return merge_pages(PATHS[kind.name], *map(encode_text, (base, ours, theirs)), **more)


@each_kind
@given(choose=RANDOMS)
def test_edits_that_do_not_meet_are_all_in_the_merged_page(kind, choose):
    base = human_page(kind, choose)
    document = read(kind, base)
    ours = some_edits(kind, document, choose)
    theirs = [
        edit
        for edit in some_edits(kind, document, choose)
        if not any(overlap(edit.touched, each.touched) for each in ours)
    ]
    try:
        texts = edited(kind, base, ours), edited(kind, base, theirs)
        both = edited(kind, texts[0], theirs)
    except Damaged:
        return
    merged = merged_texts(kind, base, *texts)
    assert merged.data is not None
    assert flat(read(kind, decode_text(merged.data))) == flat(read(kind, both))
    assert merged.disputes == ()
    assert not any(COARSE in note for note in merged.notes)
