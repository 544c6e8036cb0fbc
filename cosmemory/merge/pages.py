"""Three versions of a page become one: what either side changed is in it, and what both changed is told."""

from __future__ import annotations

import re

from cosmemory.document.fields import layout
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, BUILT_IN, COORDINATION_LOG, Kind, Kinds, kind_of
from cosmemory.merge.checked import holds_both
from cosmemory.merge.frames import framed, merged_frame, unframed
from cosmemory.merge.lines import merge_lines
from cosmemory.merge.logs import merge_entries, merged_archive, parted_log
from cosmemory.merge.moves import moved_together
from cosmemory.merge.pieces import Clash, Labels, Piece, marked, one_side, open_disputes
from cosmemory.merge.remade import remade
from cosmemory.merge.sections import merge_section, merge_wholes, whole_sections
from cosmemory.merge.strategies import OURS, RECORD, THEIRS, Merging, check_strategies
from cosmemory.merge.strategies import Dispute as Dispute  # noqa: PLC0414
from cosmemory.merge.strategies import Strategies as Strategies  # noqa: PLC0414
from cosmemory.merge.units import Scope, SectionText
from cosmemory.pattern import pattern
from cosmemory.syntax.parse import parse
from cosmemory.text.source import Source, decode_text, encode_text

_MARKERS = pattern(r"^(?:<{7,} |>{7,} )", re.MULTILINE)
_PLAIN = Strategies()


@frozen(kw_only=True)
class Merged:
    """The merged page (None: it is gone), what is in dispute on it, and what was settled by rule, a sentence each."""

    data: bytes | None
    disputes: tuple[Dispute, ...] = ()
    notes: tuple[str, ...] = ()


def merge_pages(
    path: str,
    base: bytes | None,
    ours: bytes | None,
    theirs: bytes | None,
    *,
    strategies: Strategies = _PLAIN,
    labels: tuple[str, str] = (OURS, THEIRS),
    marker_size: int = 7,
    kinds: Kinds = BUILT_IN,
) -> Merged:
    """The page at ``path`` with what ``ours`` and ``theirs`` each made of ``base``; None is no page.

    Where a dispute is left open the page has readable markers. Raises InvalidValue for a strategy that
    there is not.
    """
    check_strategies(strategies)
    if theirs in (ours, base):
        return Merged(data=ours)
    if base == ours:
        return Merged(data=theirs)
    if ours is None or theirs is None:
        return _gone(path, base, ours, theirs, strategies)
    shown = Labels(*labels, marker_size)
    if any(Source.of(data).unreadable for data in (base or b"", ours, theirs)):
        return _unreadable(path, base, ours, theirs, strategies)
    return _merged(path, kinds, base, ours, theirs, strategies, shown)


def _gone(
    path: str, base: bytes | None, ours: bytes | None, theirs: bytes | None, strategies: Strategies
) -> Merged:
    """A page that one side took away and the other changed: it stays, and that is in dispute."""
    side = strategies.side(RECORD)
    if side:
        return Merged(data=ours if side == OURS else theirs)
    return Merged(data=ours if theirs is None else theirs, disputes=(_whole_page(path, base, ours, theirs),))


def _unreadable(path: str, base: bytes | None, ours: bytes, theirs: bytes, strategies: Strategies) -> Merged:
    """A page that is no UTF-8 text in one of its versions: no markers can stand in it."""
    side = strategies.side(RECORD)
    if side:
        return Merged(data=ours if side == OURS else theirs)
    return Merged(data=ours, disputes=(_whole_page(path, base, ours, theirs),))


def _whole_page(path: str, base: bytes | None, ours: bytes | None, theirs: bytes | None) -> Dispute:
    told = [None if each is None else decode_text(each) for each in (base, ours, theirs)]
    return Dispute(where=path, base=told[0], ours=told[1], theirs=told[2], line=1)


def _merged(
    path: str,
    kinds: Kinds,
    base: bytes | None,
    ours: bytes,
    theirs: bytes,
    strategies: Strategies,
    shown: Labels,
) -> Merged:
    """The first of the ways to merge, from the finest to the coarsest, whose outcome holds both sides."""
    o_frame, o = unframed(decode_text(ours))
    t_frame, t = unframed(decode_text(theirs))
    b_frame, b = unframed(decode_text(base)) if base is not None else (None, None)
    frame = merged_frame(b_frame, o_frame, t_frame)
    kind = COORDINATION_LOG if ARCHIVE.fullmatch(path) else kind_of(path, kinds)
    ways = (_by_units, _by_section) if _has_structure(b or "", o, t) else ()
    moved = moved_together(kind, b, o, t) if ways and b is not None else (b, o, t)
    for way in (*ways, _by_line):
        merging = _merging(kind, strategies)
        was, mine, yours = moved if way is _by_units else (b, o, t)
        try:
            pieces = way(merging, kind, path, was, mine, yours)
            if _sound(merging, kind, was or "", mine, yours, pieces):
                break
        except Exception:  # noqa: BLE001, S112 - whatever a page makes it stumble over, a coarser way is left
            continue
    else:
        merging = _merging(kind, strategies)
        # Whatever strategy was asked for: what one side alone changed cannot be told from the rest here.
        pieces = [Clash(b, o, t, (_whole_page(path, base, ours, theirs),))]
    text, disputes = marked(pieces, shown)
    return Merged(data=encode_text(framed(text, frame)), disputes=disputes, notes=tuple(merging.notes))


def _merging(kind: Kind | None, strategies: Strategies) -> Merging:
    stamp = kind.stamp if kind is not None else ()
    return Merging(strategies, stamp, kind is not None and kind.derive is not None)


def _has_structure(*texts: str) -> bool:
    """Whether the pages can be read at all: markers of an older merge, or bare returns, are no structure."""
    return not any(_MARKERS.search(text) or "\r" in text.replace("\r\n", "") for text in texts)


def _sound(
    merging: Merging, kind: Kind | None, base: str, ours: str, theirs: str, pieces: list[Piece]
) -> bool:
    """Whether the merged page holds both sides, whichever way its clashes go."""
    clashes = any(isinstance(piece, Clash) for piece in pieces)
    readings = [one_side(pieces, side) for side in ((OURS, THEIRS) if clashes else (OURS,))]
    return holds_both(merging, kind, base, ours, theirs, readings)


def _by_units(
    merging: Merging, kind: Kind | None, path: str, base: str | None, ours: str, theirs: str
) -> list[Piece]:
    """The page by its sections, fields, rows, cells and entries."""
    if kind is COORDINATION_LOG:
        return _log(merging, kind, path, base, ours, theirs)
    return remade(kind, ours, _sections(merging, kind, base, ours, theirs))


def _sections(merging: Merging, kind: Kind | None, base: str | None, ours: str, theirs: str) -> list[Piece]:
    scope = Scope(shape=layout(kind.document) if kind is not None else None, top=True)
    pages = [None if text is None else _page(text) for text in (base, ours, theirs)]
    assert pages[1] is not None
    assert pages[2] is not None
    return merge_section(merging, scope, pages[0], pages[1], pages[2])


def _page(text: str) -> SectionText:
    tree = parse(text)
    return SectionText(tree, tree.page)


def _log(merging: Merging, kind: Kind, path: str, base: str | None, ours: str, theirs: str) -> list[Piece]:
    """The log: its head as a page, its entries one by one."""
    b, o, t = (parted_log(each or "") for each in (base, ours, theirs))
    entries = merge_entries(merging, b[1], o[1], t[1])
    week = ARCHIVE.fullmatch(path)
    if week is not None and not open_disputes(entries):
        made = merged_archive(week[1], ours, theirs, one_side(entries, OURS))
        if made is not None:
            return [made]
    head = _sections(merging, kind, None if base is None else b[0], o[0], t[0])
    return [*head, *entries]


def _by_section(
    merging: Merging, kind: Kind | None, path: str, base: str | None, ours: str, theirs: str
) -> list[Piece]:
    """The page by its sections as wholes."""
    del kind
    merging.note(f"{path}: merged by whole sections.")
    sides = [{} if text is None else whole_sections(text) for text in (base, ours, theirs)]
    return merge_wholes(merging, *sides)


def _by_line(
    merging: Merging, kind: Kind | None, path: str, base: str | None, ours: str, theirs: str
) -> list[Piece]:
    """The page by its lines."""
    del kind
    merging.note(f"{path}: merged line by line.")
    return merge_lines(merging, path, base, ours, theirs)
