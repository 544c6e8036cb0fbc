"""Prose and lists in three versions: merged line by line, or item by item."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cosmemory.merge.pieces import Clash, Piece, settled_or_clash
from cosmemory.merge.sequences import Region, regions
from cosmemory.merge.singles import chosen
from cosmemory.merge.strategies import LIST, PROSE, Merging
from cosmemory.merge.units import Unit, line_units
from cosmemory.pattern import pattern
from cosmemory.text.spans import line_spans

_ITEM = pattern(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_NUMBER = pattern(r"([ \t]*)(\d{1,9})([.)][ \t])")

Three = tuple[Sequence[Unit], Sequence[Unit], Sequence[Unit]]


def merge_lines(merging: Merging, where: str, base: str | None, ours: str, theirs: str) -> list[Piece]:
    """Prose, by the lines that each side changed."""
    found = chosen(base, ours, theirs)
    if found is not None:
        return [found] if found else []
    three = line_units(base or ""), line_units(ours), line_units(theirs)
    return _by_regions(three, lambda held: _line_region(merging, where, *held))


def _by_regions(three: Three, both: Callable[[Three], list[Piece]]) -> list[Piece]:
    pieces: list[Piece] = []
    for region in regions(*([unit.key for unit in side] for side in three)):
        held = _of(three, region)
        base, ours, theirs = (text_of(side) for side in held)
        found = chosen(base, ours, theirs)
        pieces += [found] if found is not None else both(held)
    return pieces


def _of(three: Three, region: Region) -> Three:
    base, ours, theirs = three
    return base[slice(*region.base)], ours[slice(*region.ours)], theirs[slice(*region.theirs)]


def text_of(units: Sequence[Unit]) -> str:
    """The text of ``units``."""
    return "".join([unit.text for unit in units])


def _line_region(
    merging: Merging, where: str, base: Sequence[Unit], ours: Sequence[Unit], theirs: Sequence[Unit]
) -> list[Piece]:
    if not base and _are_items(ours) and _are_items(theirs):
        end = len(_worded(ours))
        more = [each for each in _worded(theirs) if each.text not in {o.text for o in ours}]
        return [text_of(ours[:end]), text_of(more), text_of(ours[end:] or theirs[len(_worded(theirs)) :])]
    was, mine, yours = ([unit.text for unit in side if unit.text.strip()] for side in (base, ours, theirs))
    if yours in (was, mine) or was == mine:
        # Blank lines alone are no words to dispute about.
        return [text_of(ours if yours in (was, mine) else theirs)]
    head = 0 if base else _shared(ours, theirs)
    tail = 0 if base else _shared(ours[head:][::-1], theirs[head:][::-1])
    end = len(ours) - tail
    left, right = text_of(ours[head:end]), text_of(theirs[head : len(theirs) - tail])
    clash = settled_or_clash(merging, where, text_of(base), left, right, PROSE)
    return [text_of(ours[:head]), clash, text_of(ours[end:])]


def _shared(ours: Sequence[Unit], theirs: Sequence[Unit]) -> int:
    """How many lines both begin with."""
    count = 0
    while count < min(len(ours), len(theirs)) and ours[count].text == theirs[count].text:
        count += 1
    return count


def _are_items(units: Sequence[Unit]) -> bool:
    """Whether the lines are whole items of a list, which may stand beside those of others."""
    items = _worded(units)
    return bool(items) and all(_ITEM.match(unit.text) for unit in items)


def _worded(units: Sequence[Unit]) -> Sequence[Unit]:
    """The lines without the blank ones at their end: a list may be the last thing of its section, or not."""
    end = len(units)
    while end and not units[end - 1].text.strip():
        end -= 1
    return units[:end]


def merge_items(merging: Merging, where: str, base: str | None, ours: str, theirs: str) -> list[Piece]:
    """The items of a list: those that no side took away, and those that either added."""
    found = chosen(base, ours, theirs)
    if found is not None:
        return [found] if found else []
    three = item_units(base or ""), item_units(ours), item_units(theirs)
    pieces = _by_regions(three, lambda held: _item_region(merging, where, *held))
    return renumbered(pieces)


def _item_region(
    merging: Merging, where: str, base: Sequence[Unit], ours: Sequence[Unit], theirs: Sequence[Unit]
) -> list[Piece]:
    was, mine, yours = ({unit.key for unit in side} for side in (base, ours, theirs))
    if merging.strategies.rules(LIST):
        if was <= mine:
            more = [unit for unit in ours if unit.key not in was and unit.key not in yours]
            return [text_of(more), text_of(theirs)] if not was else [text_of(theirs), text_of(more)]
        if was <= yours:
            more = [unit for unit in theirs if unit.key not in was and unit.key not in mine]
            return [text_of(ours), text_of(more)]
    return [settled_or_clash(merging, where, text_of(base), text_of(ours), text_of(theirs), LIST)]


def item_units(text: str) -> list[Unit]:
    """The items of a list, each with the lines that go on with it, under their words."""
    groups: list[list[str]] = []
    outer = 0
    for span in line_spans(text, 0, len(text)):
        line = span.of(text)
        found = _ITEM.match(line)
        indent = len(line) - len(line.lstrip(" \t"))
        if found and (not groups or indent <= outer):
            outer = indent
            groups.append([line])
        elif groups and line.strip():
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Unit(_words("".join(group)), "".join(group)) for group in groups]


def _words(item: str) -> str:
    found = _ITEM.match(item)
    return (item[found.end() :] if found else item).rstrip()


def renumbered(pieces: list[Piece]) -> list[Piece]:
    """A merged list with its items numbered one by one, where they have numbers and nothing is in dispute."""
    if any(isinstance(piece, Clash) for piece in pieces):
        return pieces
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    number = 0
    lines: list[str] = []
    for span in line_spans(text, 0, len(text)):
        line = span.of(text)
        found = _NUMBER.match(line)
        if found and not found[1]:
            number = number + 1 if number else int(found[2])
            line = f"{number}{line[found.end(2) :]}"
        lines.append(line)
    return ["".join(lines)]
