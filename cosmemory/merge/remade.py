"""Derived values of a merged page: made anew where the merge moved what they follow from."""

from __future__ import annotations

from collections import Counter

from cosmemory.document.changes import changes
from cosmemory.document.decode import decode
from cosmemory.document.derived import settle
from cosmemory.document.fields import RECORDS, layout
from cosmemory.errors import CosmemoryError
from cosmemory.frozen import replace
from cosmemory.kinds import Kind
from cosmemory.merge.condensed import condensed
from cosmemory.merge.pieces import Clash, Piece, one_side
from cosmemory.merge.strategies import OURS
from cosmemory.syntax.parse import parse
from cosmemory.text.edits import Edit, apply, only_real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def remade(kind: Kind | None, ours: str, pieces: list[Piece]) -> list[Piece]:
    """``pieces`` with the derived values that the step from ``ours`` to them moved."""
    if kind is None or kind.derive is None:
        return pieces
    text = one_side(pieces, OURS)
    tree = parse(text)
    now = decode(tree, kind.document).document
    after = settle(_read_beside(kind, ours, text, now), now, kind.derive)
    if after is now:
        return pieces
    try:
        edits = only_real(text, changes(tree, now, after))
    except CosmemoryError:
        return pieces  # what stands there in two ways is left for people
    return _edited(pieces, edits)


def _read_beside(kind: Kind, page: str, other: str, read: Any) -> Any:
    """What ``page`` says, its records in some order.

    Those that stand in ``other`` too, letter by letter, are taken from what was ``read`` there.
    """
    own, rest = condensed((page, other))
    document = decode(parse(own), kind.document).document
    if own == page:
        return document
    differing = decode(parse(rest), kind.document).document
    whole: dict[str, Any] = {}
    for name, part in layout(kind.document).parts.items():
        if part.shape in RECORDS:
            held = getattr(document, name)
            apart = Counter(map(_said, getattr(differing, name)))
            kept = []
            for record in getattr(read, name):
                if apart[_said(record)]:
                    apart[_said(record)] -= 1
                else:
                    kept.append(record)
            whole[name] = (*kept, *held)
    return replace(document, **whole)


def _said(record: Any) -> tuple[Any, ...]:
    """The values of a record, less what stands in it as records of their own."""
    return tuple([getattr(record, name) for name in layout(type(record)).values])


def _edited(pieces: list[Piece], edits: list[Edit]) -> list[Piece]:
    """``pieces`` with the ``edits`` of the text that they make with ours in every clash; none inside of a clash."""
    found: list[Piece] = []
    at = 0
    for piece in pieces:
        length = len((piece.ours or "") if isinstance(piece, Clash) else piece)
        inside = [
            edit
            for edit in edits
            if at <= edit.start and edit.end <= at + length and edit.start < at + length
        ]
        if isinstance(piece, str) and inside:
            found.append(apply(piece, [Edit(e.start - at, e.end - at, e.text) for e in inside]))
        else:
            found.append(piece)
        at += length
    return found
