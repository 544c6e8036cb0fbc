"""The laws of a merge, with generated pages and generated edits of both sides."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cosmemory.errors import Damaged
from cosmemory.merge.pages import Merged, Strategies, merge_pages
from cosmemory.text.source import decode_text, encode_text
from tests.merge.edits import (
    PAGES,
    PATHS,
    Edit,
    edited,
    flat,
    human_edit,
    human_page,
    overlap,
    read,
    some_edits,
)

RANDOMS = st.integers(0, 2**32).map(random.Random)
KINDS = st.sampled_from(PAGES)
# A merge of generated pages takes ten times as long as most laws do.
fewer = settings(max_examples=settings.default.max_examples // 4)
COARSE = ": merged "
PLAIN = Strategies()


def merged_texts(kind, base, ours, theirs, strategies=PLAIN) -> Merged:
    return merge_pages(PATHS[kind.name], *map(encode_text, (base, ours, theirs)), strategies=strategies)


def text_of(merged: Merged) -> str:
    assert merged.data is not None
    return decode_text(merged.data)


def meet(edit: Edit, others: list[Edit]) -> bool:
    return any(overlap(edit.touched, each.touched) for each in others)


def removed_blocks(edits: list[Edit]) -> int:
    """How many records with a heading of their own go: words of people in them move to what stands above."""
    return sum(edit.with_block for edit in edits)


def sides(kind, choose, *, apart: bool) -> tuple[str, list[Edit], list[Edit]]:
    """A page and edits of both sides, those of theirs away from those of ours if they are to stand ``apart``."""
    base = human_page(kind, choose)
    document = read(kind, base)
    ours, theirs = (some_edits(kind, document, choose) for _ in range(2))
    theirs = [edit for edit in theirs if not apart or not meet(edit, ours)]
    assume(removed_blocks(ours) + removed_blocks(theirs) < 2)
    return base, ours, theirs


def made(kind, text: str, edits: list[Edit]) -> str:
    try:
        return edited(kind, text, edits)
    except Damaged:
        assume(False)
        raise


@fewer
@given(kind=KINDS, choose=RANDOMS)
def test_edits_that_do_not_meet_are_all_in_the_merged_page(kind, choose):
    base, ours, theirs = sides(kind, choose, apart=True)
    one = made(kind, base, ours)
    merged = merged_texts(kind, base, one, made(kind, base, theirs))
    assert flat(read(kind, text_of(merged))) == flat(read(kind, made(kind, one, theirs)))
    assert merged.disputes == ()
    assert not any(COARSE in note for note in merged.notes)


@fewer
@given(kind=KINDS, choose=RANDOMS)
def test_it_does_not_matter_who_is_ours_and_who_is_theirs(kind, choose):
    base, ours, theirs = sides(kind, choose, apart=choose.random() < 0.5)
    one, other = made(kind, base, ours), made(kind, base, theirs)
    there, back = merged_texts(kind, base, one, other), merged_texts(kind, base, other, one)
    assert {each.where for each in there.disputes} == {each.where for each in back.disputes}
    turned = [(each.where, each.theirs, each.ours) for each in back.disputes]
    assert sorted(map(repr, turned)) == sorted(repr((d.where, d.ours, d.theirs)) for d in there.disputes)
    if not there.disputes:
        assert flat(read(kind, text_of(there))) == flat(read(kind, text_of(back)))


@fewer
@given(kind=KINDS, choose=RANDOMS)
def test_what_the_sides_do_not_dispute_is_there_whoever_wins_the_disputes(kind, choose):
    base, ours, theirs = sides(kind, choose, apart=False)
    one, other = made(kind, base, ours), made(kind, base, theirs)
    was, mine, yours = (flat(read(kind, text)) for text in (base, one, other))
    gone = records(was) - (records(mine) & records(yours))
    for name, winner in (("ours", mine), ("theirs", yours)):
        merged = merged_texts(kind, base, one, other, Strategies(default=name))
        assert merged.disputes == ()
        said = flat(read(kind, text_of(merged)))
        for path in {*was, *mine, *yours}:
            b, o, t = was.get(path), mine.get(path), yours.get(path)
            # A record that one side took away and the other changed is as a whole the winner's.
            other_way = {repr(winner.get(path))} if gone & records([path]) else set()
            if o in (b, t):
                assert repr(said.get(path)) in {repr(t), *other_way}
            elif b == t:
                assert repr(said.get(path)) in {repr(o), *other_way}


def records(paths) -> set[tuple[str, ...]]:
    """The records that the paths lead through."""
    return {path[:length] for path in paths for length in (2, 4) if len(path) > length}


@fewer
@given(kind=KINDS, choose=RANDOMS)
def test_every_line_is_one_of_a_side_where_no_two_edits_are_in_one_record(kind, choose):
    base, ours, theirs = sides(kind, choose, apart=True)
    records = [edit.touched[:2] for edit in ours]
    theirs = [edit for edit in theirs if edit.touched[:2] not in records]
    one, other = made(kind, base, ours), made(kind, base, theirs)
    merged = merged_texts(kind, base, one, other)
    known = {line.strip("\r\n\ufeff") for text in (one, other) for line in text.split("\n")}
    strange = [line for line in text_of(merged).split("\n") if line.strip("\r\n\ufeff") not in known]
    # What follows from other values may be one that neither side had.
    again = merged_texts(kind, base, one, one)
    assert text_of(again) == one
    assert all(derived(kind, line) for line in strange)


def derived(kind, line: str) -> bool:
    return kind.derive is not None and any(
        word in line.lower()
        for word in ("total agents", "active", "inactive", "|", "assigned", "content_sha256")
    )


@fewer
@given(kind=KINDS, choose=RANDOMS)
def test_what_a_person_changed_by_hand_stands_beside_what_a_verb_changed(kind, choose):
    base, ours, _ = sides(kind, choose, apart=True)
    assume(not any(edit.removes for edit in ours))
    one = made(kind, base, ours)
    other, words = human_edit(base, choose)
    assume(read(kind, other).origin is not None)
    merged = merged_texts(kind, base, one, other)
    text = text_of(merged)
    for word in words:
        assert word in text
    assert merged.disputes == ()
    wanted, said = flat(read(kind, one)), flat(read(kind, text))
    assert {path: value for path, value in said.items() if path in wanted and "extra" not in path} == {
        path: value for path, value in wanted.items() if "extra" not in path
    }


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@fewer
@given(kind=KINDS, choose=RANDOMS)
def test_line_ends_that_one_side_changed_are_those_of_the_merged_page(newline, kind, choose):
    base, ours, theirs = sides(kind, choose, apart=True)
    base = base.replace("\r\n", "\n")
    one, other = made(kind, base, ours), made(kind, base, theirs)
    plain = merged_texts(kind, base, one, other)
    for left, right in ((one.replace("\n", newline), other), (one, other.replace("\n", newline))):
        if base not in (one, other):
            merged = merged_texts(kind, base, left, right)
            assert text_of(merged) == text_of(plain).replace("\n", newline)
