"""Labelled values in every shape people write them: ``- **Key:** v``, ``* **key** : v``, ``**Key**: v``, ``Key: v``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from cosmemory.frozen import frozen
from cosmemory.pattern import pattern
from cosmemory.syntax.comments import without_comment
from cosmemory.syntax.escape import unescape
from cosmemory.syntax.nodes import Block
from cosmemory.text.spans import Span, bare_lines, line_spans, without_line_end

_FIELD = pattern(
    r"(?P<indent>\ufeff?[ \t]*)(?P<bullet>[-*+][ \t]+)?"
    r"(?:(?P<bold>\*\*|__)(?P<strong>[^*:|\r\n]{1,80}?)[ \t]*(?::[ \t]*(?P=bold)|(?P=bold)[ \t]*:)"
    r"|(?P<plain>[^\W\d_][^:*|`<>\r\n]{0,60}?)[ \t]*:)"
    r"(?=[ \t\r\n]|$)"
)
_BULLET = pattern(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")

LINE, ITEMS, LONG = "line", "items", "long"


@frozen(eq=False)
class Field:
    """A label with the place of its value; ``below`` covers the lines under it that belong to it too."""

    label: str
    label_span: Span
    value: Span
    line: Span
    below: Span

    @property
    def span(self) -> Span:
        """The field's line and what belongs to it."""
        return Span(self.line.start, max(self.line.end, self.below.end))


def fields_of(
    text: str, blocks: Iterable[Block], shape_of: Callable[[str], str] = lambda _: LINE
) -> list[Field]:
    """The fields in paragraphs and lists of ``blocks``, in page order.

    ``shape_of(label)`` says what belongs to a label: its LINE alone, the ITEMS of a list below it, or
    the LONG text below it up to the next known label.
    """
    lines = _lines(text, blocks)
    found: list[Field] = []
    at = 0
    while at < len(lines):
        line, end, kind = lines[at]
        at += 1
        matched = _FIELD.match(text, line.start, line.end) if kind in {"paragraph", "list"} else None
        if matched is None or (kind == "list" and len(matched["indent"].strip("\ufeff")) > 1):
            continue
        label = unescape(matched["strong"] or matched["plain"])
        shape = shape_of(label) or LINE
        stop = _below(text, lines, at, matched, shape, shape_of) if shape != LINE else at
        below = Span(end, lines[stop - 1][1] if stop > at else end)
        at = stop
        found.append(_field(matched, label, line, end, below, text))
    return found


def _lines(text: str, blocks: Iterable[Block]) -> list[tuple[Span, int, str]]:
    """The lines of ``blocks``: each without its line end, where that ends, and the kind of its block."""
    found: list[tuple[Span, int, str]] = []
    for block in blocks:
        spans = bare_lines(text, block.start, block.end)
        # mistune may end a code block behind the line separator that begins the paragraph below, and leave none of it.
        ends = [*(span.start for span in spans[1:]), *([block.end] if spans else [])]
        found += [(span, end, block.kind) for span, end in zip(spans, ends, strict=True)]
    return found


def _field(matched: re.Match[str], label: str, line: Span, end: int, below: Span, text: str) -> Field:
    source = text[matched.end() : line.end]
    if "-->" in source:
        source = without_comment(source)
    start = matched.end() + len(source) - len(source.lstrip(" \t"))
    stop = matched.end() + len(source.rstrip(" \t"))
    group = "strong" if matched["strong"] is not None else "plain"
    return Field(
        label, Span(*matched.span(group)), Span(start, max(start, stop)), Span(line.start, end), below
    )


def _below(
    text: str,
    lines: list[tuple[Span, int, str]],
    at: int,
    matched: re.Match[str],
    shape: str,
    shape_of: Callable[[str], str],
) -> int:
    """The index after the last line that belongs to the label above ``lines[at]``."""
    stop = at
    while at < len(lines):
        line, _, kind = lines[at]
        source = line.of(text)
        at += 1
        if kind == "blank" or not source.strip():
            continue
        if not (
            _is_item(source, kind, matched) if shape == ITEMS else _is_long(source, kind, matched, shape_of)
        ):
            break
        stop = at
    return stop


def _is_item(source: str, kind: str, matched: re.Match[str]) -> bool:
    if kind not in {"list", "paragraph"}:
        return False
    bullet = _BULLET.match(source)
    indent = len(source) - len(source.lstrip(" \t"))
    if matched["bullet"]:
        # A list below a bulleted label is told from the next label by its deeper indent.
        return indent > len(matched["indent"])
    return bullet is not None or (indent > 0 and kind == "list")


def _is_long(source: str, kind: str, opener: re.Match[str], shape_of: Callable[[str], str]) -> bool:
    """Whether a line goes on the text of the label ``opener``: a known label of its own make ends that."""
    if kind in {"rule", "heading"}:
        return False
    matched = _FIELD.match(source)
    if matched is None or not shape_of(unescape(matched["strong"] or matched["plain"])):
        return True
    # Words in the text that look like a label of another make must not end it: they are no label.
    return (matched["bold"], bool(matched["bullet"])) != (opener["bold"], bool(opener["bullet"]))


def items_of(text: str, below: Span) -> list[tuple[Span, Span]]:
    """The list items in ``below``: each with the span of its words and of its whole line."""
    found: list[tuple[Span, Span]] = []
    for span in line_spans(text, below.start, below.end):
        line = without_line_end(text, span)
        bullet = _BULLET.match(text, line.start, line.end)
        if bullet:
            end = line.start + len(line.of(text).rstrip(" \t"))
            found.append((Span(min(bullet.end(), end), end), span))
    return found
