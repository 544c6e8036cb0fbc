"""Records that people write as a list where the kind has a table: ``- [ ] Fix the parser``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cosmemory.document.fields import Origin, Part, Place, layout
from cosmemory.document.labels import PageReading
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import is_empty, unescape
from cosmemory.syntax.fields import items_of
from cosmemory.syntax.tables import Row, Table
from cosmemory.syntax.tree import Section
from cosmemory.text.spans import Span, without_line_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BOX = pattern(r"\[([ xX])\][ \t]+(?=\S)")
_DEEPEST = 1


def read_items(page: PageReading, part: Part, section: Section, tables: Sequence[Table]) -> Iterator[Any]:
    """The records of ``part`` in the lists of ``section`` that stand above its table, one an item.

    A list below the table is a person's note. What is indented belongs to the item above it.
    """
    text = page.tree.text
    end = tables[0].span.start if tables else section.body.end
    for block in section.blocks:
        for words, line in items_of(text, Span(block.start, block.end)) if block.kind == "list" else ():
            indent = len(line.of(text)) - len(line.of(text).lstrip(" \t"))
            if line.start < end and indent <= _DEEPEST:
                yield from _item(text, part, words, without_line_end(text, line))


def _item(text: str, part: Part, words: Span, line: Span) -> Iterator[Any]:
    """The record in one item; none where it says that there is none."""
    assert part.record is not None
    box = _BOX.match(text, words.start, words.end)
    place = Span(box.end() if box else words.start, words.end)
    values = {part.listed: unescape(place.of(text))}
    if box and "status" in layout(part.record).values:
        values["status"] = "pending" if box[1] == " " else "done"
    if not is_empty(values[part.listed]):
        origin = Origin({part.listed: Place(place, item=True)}, row=Row(text, line))
        yield part.record(**values, origin=origin)
