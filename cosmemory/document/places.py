"""The edit that puts a value at its place: after a label, in a cell, in a heading or in the front matter."""

from __future__ import annotations

from cosmemory.document.fields import Place
from cosmemory.document.values import Raw, ValueType, source_of
from cosmemory.syntax.escape import escape_heading, escape_item
from cosmemory.syntax.front_matter import scalar_like
from cosmemory.syntax.writers import cell_edit, value_edit
from cosmemory.text.edits import Edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def edit_at(text: str, place: Place, kind: ValueType, value: Any) -> Edit:
    """``value`` in place of what stands at ``place``, in the style found there."""
    if place.cell is not None:
        return cell_edit(text, place.cell, source_of(kind, value, cell=True))
    if place.field is not None:
        source = source_of(kind, value, cell=False)
        return value_edit(text, place.field, escape_heading_end(source) if place.in_heading else source)
    if place.front:
        written = front_scalar(kind, value, place.span.of(text))
        gap = "" if text[place.span.start - 1] in " \t" else " "
        return Edit(place.span.start, place.span.end, gap + written)
    if place.item:
        return Edit(place.span.start, place.span.end, escape_item(str(value or "-")))
    return Edit(place.span.start, place.span.end, escape_heading(str(value)))


def front_scalar(kind: ValueType, value: Any, standing: str = "") -> str:
    """``value`` as an entry of the front matter holds it, in the quotes that the ``standing`` text has."""
    plain = None if value in (None, ()) else value.text if isinstance(value, Raw) else kind.write(value)
    return scalar_like(standing, plain)


def escape_heading_end(source: str) -> str:
    """A value's source text at the end of a heading, whose closing marks it must not look like."""
    bare = source.rstrip("#")
    return bare + "\\" + source[len(bare) :] if bare != source and bare[-1:] in {"", " ", "\t"} else source
