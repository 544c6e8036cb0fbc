"""Sections in three versions: by level and name, each merged as what the kind declares it to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from cosmemory.document.values import TIME
from cosmemory.merge.bodies import merge_body
from cosmemory.merge.lines import merge_items, merge_lines
from cosmemory.merge.pieces import Piece, settled_or_clash
from cosmemory.merge.sequences import ordered
from cosmemory.merge.singles import chosen, newest
from cosmemory.merge.strategies import OURS, THEIRS, Merging, dotted
from cosmemory.merge.units import Key, Scope, SectionText, Unit
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import name_of

# What a value is called that tells when the others beside it were measured.
MEASURED = "last_check"


def merge_section(
    merging: Merging,
    scope: Scope,
    base: SectionText | None,
    ours: SectionText,
    theirs: SectionText,
) -> list[Piece]:
    """A section that both sides have: its heading, what stands below it, and the sections inside."""
    found = chosen(base.text if base else None, ours.text, theirs.text)
    if found is not None:
        return [found] if found else []
    where = dotted(scope.where)
    heading = chosen(base.heading if base else None, ours.heading, theirs.heading)
    if heading is None:
        pieces = [
            settled_or_clash(merging, where, base.heading if base else None, ours.heading, theirs.heading)
        ]
    else:
        pieces = [heading]
    shape = scope.part.shape if scope.part is not None else ""
    if shape in {"prose", "numbered"}:
        merge = merge_lines if shape == "prose" else merge_items
        return [*pieces, *merge(merging, where, base.below if base else None, ours.below, theirs.below)]
    units = base.units(scope) if base else [], ours.units(scope), theirs.units(scope)
    merging.newer = measured_last(scope, units[1], units[2]) if shape == "one" else ""
    pieces += merge_body(merging, scope, *units)
    merging.newer = ""
    inside = [each.sections(scope) if each else {} for each in (base, ours, theirs)]
    return pieces + merge_sections(merging, scope, *inside)


def measured_last(scope: Scope, ours: Sequence[Unit], theirs: Sequence[Unit]) -> str:
    """The side whose values were measured last, in a section that says when its values were measured."""
    for attribute, value in scope.shape.values.items() if scope.shape is not None else ():
        if attribute == MEASURED and value.type is TIME:
            at = [_said(scope, side, attribute) for side in (ours, theirs)]
            if at[0] != at[1]:
                later = newest(at[0], at[1])
                return "" if later is None else OURS if later == at[0] else THEIRS
    return ""


def _said(scope: Scope, units: Sequence[Unit], attribute: str) -> str:
    fields = (unit.node for unit in units if unit.key[0] == "field")
    return next((each.value for each in fields if scope.value(each.label)[0] == attribute), "")


def merge_sections(
    merging: Merging,
    scope: Scope,
    base: Mapping[Key, SectionText],
    ours: Mapping[Key, SectionText],
    theirs: Mapping[Key, SectionText],
) -> list[Piece]:
    """The sections of both sides, in their order."""
    pieces: list[Piece] = []
    for key in ordered(list(base), list(ours), list(theirs)):
        assert isinstance(key, tuple)
        b, o, t = base.get(key), ours.get(key), theirs.get(key)
        side = o or t
        assert side is not None
        inner = scope if key[0] == "title" else scope.inside(side.section)
        if o is not None and t is not None:
            merged = merge_section(merging, inner, b, o, t)
        else:
            merged = _alone(merging, inner, b, o, t)
        pieces += _apart(pieces, merged, side)
    return pieces


def _alone(
    merging: Merging,
    scope: Scope,
    base: SectionText | None,
    ours: SectionText | None,
    theirs: SectionText | None,
) -> list[Piece]:
    """A section that one side alone has: a new one, or one that the other side took away."""
    side = ours or theirs
    assert side is not None
    if base is None:
        return [side.text]
    if side.text.rstrip() == base.text.rstrip():
        return []
    mine, yours = (each.text if each else None for each in (ours, theirs))
    return [settled_or_clash(merging, dotted(scope.where), base.text, mine, yours)]


def whole_sections(text: str) -> dict[Key, str]:
    """A page in its top and its sections of the first two levels, each with all that stands in it."""
    tree = parse(text)
    heads = [block for block in tree.blocks if block.kind == "heading" and block.level <= 2]
    starts = [0, *(block.start for block in heads), len(text)]
    found: dict[Key, str] = {}
    for number, (start, end) in enumerate(pairwise(starts)):
        name = name_of(text[start : heads[number - 1].end]) if number else ""
        count = sum(key[0] == name for key in found)
        found[name, str(count)] = text[start:end]
    return found


def merge_wholes(
    merging: Merging, base: Mapping[Key, str], ours: Mapping[Key, str], theirs: Mapping[Key, str]
) -> list[Piece]:
    """The sections of both sides as wholes: one that both changed is in dispute."""
    pieces: list[Piece] = []
    for key in ordered(list(base), list(ours), list(theirs)):
        assert isinstance(key, tuple)
        b, o, t = base.get(key), ours.get(key), theirs.get(key)
        found = chosen(b, o, t) if o is not None and t is not None else None
        if found is None and (o is None or t is None):
            found = (o if t is None else t) if b is None else "" if b in (o, t) else None
        pieces.append(settled_or_clash(merging, key[0], b, o, t) if found is None else found)
    return pieces


def _apart(before: list[Piece], section: list[Piece], side: SectionText) -> list[Piece]:
    """``section`` with the blank line before it that it had on its side, where that above it has none behind."""
    above = next((each for each in reversed(before) if each), None)
    below = next((each for each in section if each), None)
    if not isinstance(above, str) or not isinstance(below, str):
        return section
    blank = side.tree.text.endswith("\n\n", 0, side.section.heading.start)
    return ["\n", *section] if blank and not above.endswith("\n\n") and above != "\n" else section
