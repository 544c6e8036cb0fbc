"""Places in a text: half-open spans of str offsets, and the line and column of an offset."""

from __future__ import annotations

from bisect import bisect_right

from cosmemory.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class _Ends(NamedTuple):
        start: int
        end: int
else:
    from collections import namedtuple

    _Ends = namedtuple("_Ends", "start end")  # noqa: PYI024 - that of typing is slow to load

# str.splitlines would also split at form feeds and U+2028, which Markdown does not.
_LINE_END = pattern(r"\r\n|\n|\r")


class Span(_Ends):
    """A half-open stretch ``[start, end)`` of a text, in code points."""

    __slots__ = ()

    def of(self, text: str) -> str:
        """The characters of ``text`` that the span covers."""
        return text[self.start : self.end]


class LineIndex:
    """The line starts of one text, for turning offsets into lines and columns."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of ``offset``, both counted from 0, the column in code points."""
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]

    def line_span(self, line: int) -> Span:
        """The span of the line numbered ``line`` (from 0), its line end left out."""
        start = self._starts[line]
        found = _LINE_END.search(self._text, start)
        return Span(start, found.start() if found else len(self._text))

    def __len__(self) -> int:
        return len(self._starts)


def line_spans(text: str, start: int, end: int) -> list[Span]:
    """The lines of ``text[start:end]``, each with its line end."""
    spans: list[Span] = []
    for match in _LINE_END.finditer(text, start, end):
        spans.append(Span(start, match.end()))
        start = match.end()
    if start < end:
        spans.append(Span(start, end))
    return spans


def bare_lines(text: str, start: int, end: int) -> list[Span]:
    """The lines of ``text[start:end]``, their line ends left out."""
    stretch = text[start:end]
    if "\r" in stretch:
        return [without_line_end(text, span) for span in line_spans(text, start, end)]
    lines: list[Span] = []
    for line in stretch.removesuffix("\n").split("\n") if stretch else ():
        lines.append(Span(start, start + len(line)))
        start += len(line) + 1
    return lines


def without_line_end(text: str, span: Span) -> Span:
    """``span`` less one line end at its end."""
    end = span.end
    if end > span.start and text[end - 1] == "\n":
        end -= 1
    if end > span.start and text[end - 1] == "\r":
        end -= 1
    return Span(span.start, end)


def first_line(text: str, start: int, end: int) -> Span:
    """The first line of ``text[start:end]``, its line end left out."""
    found = _LINE_END.search(text, start, end)
    return Span(start, found.start() if found else end)
