"""Prose that looks like the structure of a page: written so that it reads back as itself and is no structure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.checks.source import conflict_marks
from cosmemory.syntax.escape import normalise, quote_prose, unquote_prose

CONFLICT = "<<<<<<< HEAD\nours\n||||||| base\n=======\ntheirs\n>>>>>>> topic"
LINES = ["<<<<<<< HEAD", "<<<<<<<", "||||||| base", "=======", ">>>>>>> x", "```", "````", "~~~", "```diff", "## Forged", "words", "", "\\<<<<<<< x",
         "  >>>>>>> x", "<<<<<<<x", "\\```", "> <<<<<<< x"]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (CONFLICT, "\\<<<<<<< HEAD\nours\n\\||||||| base\n\\=======\ntheirs\n\\>>>>>>> topic"),
        ("a\n<<<<<<<", "a\n\\<<<<<<<"),
        ("\\<<<<<<< x", "\\\\<<<<<<< x"),
        ("<<<<<<<x and <<<<<<< x", "<<<<<<<x and <<<<<<< x"),
        ("```\ncode # stays\n```", "```\ncode # stays\n```"),
        ("```diff\n<<<<<<< x\n# a\n```", "\\```diff\n\\<<<<<<< x\n\\# a\n\\```"),
    ],
)
def test_what_a_merge_left_in_a_text_is_text_on_the_page(value, source):
    assert quote_prose(value) == source
    assert unquote_prose(source) == value


def test_code_in_which_a_merge_left_its_marks_is_read_as_it_stands():
    source = "```\n<<<<<<< x\n\\# a\n```"
    assert unquote_prose(source) == source


@given(st.lists(st.sampled_from(LINES), max_size=8))
def test_no_prose_is_taken_for_a_merge_that_waits_and_all_of_it_reads_back(lines):
    value = normalise("\n".join(lines))
    source = quote_prose(value)
    assert unquote_prose(source) == value
    assert list(conflict_marks(source)) == []
