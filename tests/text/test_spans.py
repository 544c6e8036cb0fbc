"""Places in a text: its lines, and the line and column of an offset."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cosmemory.text.spans import LineIndex, Span, bare_lines, line_spans, without_line_end

texts = st.text(st.sampled_from("ab\r\n\x0c\u2028"), max_size=12)


@given(texts, st.integers(0, 12), st.integers(0, 12))
def test_lines_tile_a_stretch_and_the_bare_ones_lack_their_ends_alone(text: str, one: int, two: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    spans = line_spans(text, start, end)
    assert "".join(span.of(text) for span in spans) == text[start:end]
    assert all(span.of(text).rstrip("\r\n") == span.of(text).strip("\r\n") for span in spans)
    assert bare_lines(text, start, end) == [without_line_end(text, span) for span in spans]


def test_only_the_line_ends_of_markdown_end_a_line() -> None:
    text = "a\x0cb\u2028c\r\nd\re\n"
    assert [span.of(text) for span in bare_lines(text, 0, len(text))] == ["a\x0cb\u2028c", "d", "e"]


def test_a_column_is_counted_in_characters() -> None:
    index = LineIndex("é\n😀x\n")
    assert index.position(3) == (1, 1)
    assert index.line_span(1) == Span(2, 4)
