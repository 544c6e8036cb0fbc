"""Lines between marks come and go, and nothing else of a file ever changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.interfaces.cli.marked_block import BEGIN, END, has_block, with_block, without_block

LINES = (b"# ours", b"*.md merge=cosmemory")


def theirs(line: bytes) -> bool:
    return line.rstrip(b"\r\n") not in LINES


BLOCK = b"\n".join([BEGIN, *LINES, END])

any_file = st.lists(
    st.sampled_from([b"*.png binary", b"# a comment", b"\t*.md  text ", BEGIN, END, b"\xff\x00", b"\r", b""])
).flatmap(
    lambda lines: st.lists(
        st.sampled_from([b"\n", b"\r\n", b"\n\n", b""]), min_size=len(lines), max_size=len(lines)
    ).map(lambda ends: b"".join(line + end for line, end in zip(lines, ends, strict=True)))
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, BLOCK + b"\n"),
        (b"", BLOCK),
        (b"*.png binary\n", b"*.png binary\n" + BLOCK + b"\n"),
        (b"*.png binary", b"*.png binary\n" + BLOCK),
        (b"a\r\nb\r\n", b"a\r\nb\r\n" + BLOCK.replace(b"\n", b"\r\n") + b"\r\n"),
        (b"a\r\nb", b"a\r\nb\r\n" + BLOCK.replace(b"\n", b"\r\n")),
    ],
)
def test_a_block_stands_at_the_end_in_the_style_of_the_file(before, after):
    assert with_block(before, LINES) == after
    assert without_block(after, theirs) == before


@given(any_file | st.binary() | st.none())
def test_what_was_there_before_a_block_is_there_after_it(data):
    there = with_block(data, LINES)
    assert there.startswith(data or b"")
    assert has_block(there)
    assert without_block(there, theirs) == data


@given(any_file, any_file)
def test_what_was_written_around_a_block_stays(before, after):
    there = with_block(before + b"\n", LINES)
    if not has_block(after):
        assert without_block(there + after, theirs) == before + b"\n" + after


def test_lines_that_somebody_wrote_between_the_marks_stay():
    edited = b"\n".join([b"a", BEGIN, b"*.svg -diff", *LINES, b"# why", END, b"b", b""])
    assert without_block(edited, theirs) == b"a\n*.svg -diff\n# why\nb\n"
    assert without_block(edited) == b"a\nb\n"


@pytest.mark.parametrize(
    "marks", [BEGIN + b"\n", END + b"\n", END + b"\n" + BEGIN + b"\n", BEGIN + b" x\n" + END]
)
def test_marks_that_make_no_block_are_somebodys_words(marks):
    assert not has_block(marks)
    assert without_block(marks, theirs) == marks
