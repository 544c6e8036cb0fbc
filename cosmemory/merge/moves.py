"""Blocks that one side moved to another section, such as an alert that was escalated: moved in all versions first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cosmemory.document.fields import Part, layout
from cosmemory.document.sections import by_name, sections_named, top_section
from cosmemory.frozen import frozen
from cosmemory.kinds import Kind
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import Section
from cosmemory.text.edits import Edit, apply

Blocks = dict[str, tuple[str, Section]]


@frozen(eq=False)
class Sorted:
    """A version of a page with its blocks by name, each with the part that it is in, and the sections of the parts."""

    text: str
    blocks: Blocks
    sections: Mapping[str, Section]


def moved_together(kind: Kind | None, base: str, ours: str, theirs: str) -> tuple[str, str, str]:
    """The three versions, with a block that one side moved to another part moved there in all of them.

    What the other side changed in it is then merged where it is now.
    """
    parts = _parts(kind)
    if len(parts) < 2:
        return base, ours, theirs
    was, *sides = (_sorted(text, parts) for text in (base, ours, theirs))
    for number, side in enumerate(sides):
        other = sides[1 - number]
        moves = {
            name: side.blocks[name][0]
            for name, (part, _) in was.blocks.items()
            if name in side.blocks and side.blocks[name][0] != part
        }
        apart = {
            name: part
            for name, part in moves.items()
            if name in other.blocks and other.blocks[name][0] == was.blocks[name][0]
        }
        if moves and (number == 0 or apart):
            was = _sorted(_moved(was, moves), parts)
            sides[1 - number] = _sorted(_moved(other, apart), parts)
    return was.text, sides[0].text, sides[1].text


def _parts(kind: Kind | None) -> dict[str, Part]:
    """The parts of a kind's page whose records have headings of their own."""
    found: dict[str, Part] = {}
    for attribute, part in layout(kind.document).parts.items() if kind is not None else ():
        inner = layout(part.record).parts.values() if part.record is not None else ()
        if part.shape == "blocks" or (part.shape == "table" and any(i.shape == "details" for i in inner)):
            found[attribute] = part
    return found


def _sorted(text: str, parts: Mapping[str, Part]) -> Sorted:
    named = by_name(top_section(parse(text)))
    sections: dict[str, Section] = {}
    blocks: Blocks = {}
    doubled: set[str] = set()
    for attribute, part in parts.items():
        held = sections_named(named, part)
        if len(held) == 1:
            sections[attribute] = held[0]
            for block in held[0].sections:
                doubled |= {block.name} & blocks.keys()
                blocks[block.name] = attribute, block
    return Sorted(text, {name: held for name, held in blocks.items() if name not in doubled}, sections)


def _moved(page: Sorted, moves: Mapping[str, str]) -> str:
    """The page with every block of ``moves`` at the end of the part that it goes to, if the page has that."""
    edits: list[Edit] = []
    for name, part in moves.items():
        target = page.sections.get(part)
        if target is None:
            continue
        span = page.blocks[name][1].span
        words = span.of(page.text).rstrip("\n")
        edits += [
            Edit(span.start, span.end, ""),
            Edit(target.end, target.end, _gap(page.text, target) + words + "\n\n"),
        ]
    return apply(page.text, edits)


def _gap(text: str, target: Section) -> str:
    """What keeps a block apart from the section above it."""
    above: Sequence[str] = text[: target.end].rsplit("\n", 2)[-2:]
    return "" if above == ["", ""] else "\n"
