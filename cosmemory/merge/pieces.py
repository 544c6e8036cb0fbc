"""The merged page in pieces: text, and clashes that stand between markers until somebody settles them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cosmemory.frozen import frozen, replace
from cosmemory.merge.strategies import OURS, RECORD, Dispute, Merging


@frozen(eq=False)
class Clash:
    """Whole lines in the versions of base and both sides, with what is in dispute; None where a side has nothing."""

    base: str | None
    ours: str | None
    theirs: str | None
    disputes: tuple[Dispute, ...]


Piece = str | Clash


@frozen()
class Labels:
    """What the markers call the two sides, and how many characters they have."""

    ours: str = "ours"
    theirs: str = "theirs"
    size: int = 7


def settled_or_clash(
    merging: Merging,
    where: str,
    base: str | None,
    ours: str | None,
    theirs: str | None,
    kind: str = RECORD,
) -> Piece:
    """The lines of the side that the strategy gives a dispute to, or the clash that it leaves."""
    side = merging.strategies.side(kind)
    if side:
        more = (theirs if side == OURS else ours) or ""
        merging.given_up[where] = f"{merging.given_up.get(where, '')} {more}"
        return (ours if side == OURS else theirs) or ""
    told = [None if text is None else text.strip("\n") for text in (base, ours, theirs)]
    return Clash(base, ours, theirs, (Dispute(where=where, base=told[0], ours=told[1], theirs=told[2]),))


def one_side(pieces: Iterable[Piece], side: str) -> str:
    """The page as it reads when every clash goes to ``side``."""
    return "".join(piece if isinstance(piece, str) else getattr(piece, side) or "" for piece in pieces)


def open_disputes(pieces: Iterable[Piece]) -> int:
    """How many disputes are left open."""
    return sum(len(piece.disputes) for piece in pieces if isinstance(piece, Clash))


def marked(pieces: Sequence[Piece], labels: Labels) -> tuple[str, tuple[Dispute, ...]]:
    """The page with markers around every clash, and the disputes with the lines where these begin."""
    out: list[str] = []
    disputes: list[Dispute] = []
    line = 1
    for piece in pieces:
        text = piece
        if isinstance(piece, Clash):
            disputes += [replace(each, line=line) for each in piece.disputes]
            text = _between_markers(piece, labels)
        assert isinstance(text, str)
        out.append(text)
        line += text.count("\n")
    return "".join(out), tuple(disputes)


def _between_markers(clash: Clash, labels: Labels) -> str:
    size = labels.size
    return "".join(
        (
            f"{'<' * size} {labels.ours}\n",
            _whole(clash.ours),
            f"{'|' * size} base\n",
            _whole(clash.base),
            f"{'=' * size}\n",
            _whole(clash.theirs),
            f"{'>' * size} {labels.theirs}\n",
        )
    )


def _whole(text: str | None) -> str:
    return text + "\n" if text and not text.endswith("\n") else text or ""
