"""Edits of a text, made all at once."""

from __future__ import annotations

import pytest

from cosmemory.text.edits import Edit, OverlappingEdits, apply, only_real


def test_edits_are_made_wherever_they_stand() -> None:
    assert apply("one two three", [Edit(8, 13, "3"), Edit(0, 3, "1")]) == "1 two 3"


def test_insertions_at_one_place_stand_in_the_order_given() -> None:
    assert apply("ad", [Edit(1, 1, "b"), Edit(1, 1, "c")]) == "abcd"


def test_two_changes_of_the_same_characters_are_refused() -> None:
    with pytest.raises(OverlappingEdits):
        apply("abc", [Edit(0, 2, "x"), Edit(1, 3, "y")])


def test_an_edit_that_writes_what_stands_there_is_none() -> None:
    assert only_real("abc", [Edit(0, 1, "a"), Edit(1, 2, "x"), Edit(3, 3, "")]) == [Edit(1, 2, "x")]
