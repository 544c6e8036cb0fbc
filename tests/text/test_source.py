"""A page's bytes and the text that stands for every one of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.text.source import Source, decode_text, encode_text, newline_of


@given(st.binary(max_size=60))
def test_any_bytes_come_back_as_they_were(data: bytes) -> None:
    assert encode_text(decode_text(data)) == data


def test_a_byte_that_is_not_utf8_keeps_its_place_among_the_others() -> None:
    assert decode_text("né".encode() + b"\xff!") == "né\udcff!"


@pytest.mark.parametrize(
    ("text", "newline"),
    [("", "\n"), ("a\nb\n", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\rb\rc\n", "\r"), ("a\nb\nc\r\n", "\n")],
)
def test_the_line_end_of_a_page_is_the_one_that_most_lines_have(text: str, newline: str) -> None:
    assert newline_of(text) == newline


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"# Page\n", ""),
        (b"\xff bad byte\n", ""),
        ("# Page\n".encode("utf-16"), "UTF-16"),
        (b"\xfe\xff\x00#", "UTF-16"),
        (bytes(10), "binary"),
        (b"x" * 99 + b"\0", ""),
    ],
)
def test_what_no_edit_could_keep_is_told(data: bytes, what: str) -> None:
    assert Source.of(data).unreadable == what
