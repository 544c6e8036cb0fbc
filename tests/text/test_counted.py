"""So many of a thing, in words."""

from __future__ import annotations

import pytest

from cosmemory.text.counted import counted


@pytest.mark.parametrize(
    ("number", "noun", "many", "said"),
    [
        (0, "page", "", "0 pages"),
        (1, "page", "", "1 page"),
        (2, "page", "", "2 pages"),
        (1, "entry", "entries", "1 entry"),
        (2, "entry", "entries", "2 entries"),
    ],
)
def test_one_of_a_thing_is_called_otherwise_than_several(number, noun, many, said):
    assert counted(number, noun, many) == said
