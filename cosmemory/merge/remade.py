"""Derived values of a merged page: made anew where the merge moved what they follow from."""

from __future__ import annotations

from cosmemory.document.changes import changes
from cosmemory.document.decode import decode
from cosmemory.document.derived import settle
from cosmemory.errors import CosmemoryError
from cosmemory.kinds import Kind
from cosmemory.merge.pieces import Clash, Piece, one_side
from cosmemory.merge.strategies import OURS
from cosmemory.syntax.parse import parse
from cosmemory.text.edits import Edit, apply, only_real


def remade(kind: Kind | None, ours: str, pieces: list[Piece]) -> list[Piece]:
    """``pieces`` with the derived values that the step from ``ours`` to them moved."""
    if kind is None or kind.derive is None:
        return pieces
    text = one_side(pieces, OURS)
    tree = parse(text)
    before, now = decode(parse(ours), kind.document).document, decode(tree, kind.document).document
    after = settle(before, now, kind.derive)
    if after is now:
        return pieces
    try:
        edits = only_real(text, changes(tree, now, after))
    except CosmemoryError:
        return pieces  # what stands there in two ways is left for people
    return _edited(pieces, edits)


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
