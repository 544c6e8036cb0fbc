"""What the exceptions say."""

from __future__ import annotations

import pytest

from cosmemory.errors import CosmemoryError, NotFound, Refused


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("The run waits for I-1: Which region?.", "The run waits for I-1: Which region?"),
        ("The template cannot be rendered: it is unsafe..", "The template cannot be rendered: it is unsafe."),
        ("It says: more....", "It says: more...."),
        ("It is gone.", "It is gone."),
    ],
)
def test_a_sentence_ends_once(said, read):
    assert str(Refused(said)) == read


def test_every_exception_is_one_sentence_with_its_hint():
    error: CosmemoryError = NotFound("The agent 'L2'", "Did you mean 'L1'?")
    assert (str(error), error.hint) == ("The agent 'L2' was not found.", "Did you mean 'L1'?")
