"""A labelled value in three versions: its line in the style of who changed it, and what stands below."""

from __future__ import annotations

from cosmemory.document.values import ITEMS
from cosmemory.merge.lines import merge_items, merge_lines
from cosmemory.merge.pieces import Clash, Piece, one_side, settled_or_clash
from cosmemory.merge.singles import chosen, disputed, settled
from cosmemory.merge.strategies import OURS, THEIRS, Merging, dotted
from cosmemory.merge.units import FieldText, Scope, Unit


def merge_field(merging: Merging, scope: Scope, base: Unit | None, ours: Unit, theirs: Unit) -> list[Piece]:
    """The line of a labelled value with what stands below it."""
    b: FieldText | None = base.node if base is not None else None
    o: FieldText = ours.node
    t: FieldText = theirs.node
    where = scope.path(o.label)
    value = scope.value(o.label)[1]
    tail = chosen(b.tail if b else None, o.tail, t.tail)
    if tail is None and o.tail.strip() != t.tail.strip():
        # Words behind the value, such as a comment, are nobody's to choose from.
        return [settled_or_clash(merging, dotted(where), base.text if base else None, ours.text, theirs.text)]
    tail = o.tail if tail is None else tail
    head = chosen(b.head if b else None, o.head, t.head)
    found = settled(merging, where, value, b.value if b else None, o.value, t.value)
    if head is None:
        head = t.head if found == t.value != o.value else o.head
    below = _below(merging, where, value is not None and value.type is ITEMS, b, o, t)
    if found is not None:
        return [_line(head, found, tail), *below]
    dispute = disputed(where, b.value if b else None, o.value, t.value)
    lines = [_line(head, each.value, tail) for each in (o, t)]
    clash = Clash(b.head + b.value + b.tail if b else None, lines[0], lines[1], (dispute,))
    return [clash, *below]


def _line(head: str, value: str, tail: str) -> str:
    return head + (" " if value and head[-1:] not in {" ", "\t"} else "") + value + tail


def _below(
    merging: Merging,
    where: tuple[str, ...],
    items: bool,
    base: FieldText | None,
    ours: FieldText,
    theirs: FieldText,
) -> list[Piece]:
    merge = merge_items if items else merge_lines
    found = merge(merging, dotted(where), base.below if base else None, ours.below, theirs.below)
    return found if one_side(found, OURS) or one_side(found, THEIRS) else []
