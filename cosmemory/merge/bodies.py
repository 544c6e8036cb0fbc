"""What stands between two headings, in three versions: labelled values and tables by their keys, the rest by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cosmemory.frozen import frozen
from cosmemory.merge.labelled import merge_field
from cosmemory.merge.lines import merge_lines, text_of
from cosmemory.merge.pieces import Piece, settled_or_clash
from cosmemory.merge.sequences import is_line, ordered, regions
from cosmemory.merge.singles import chosen
from cosmemory.merge.strategies import Merging, dotted
from cosmemory.merge.tables import merge_table
from cosmemory.merge.tasks import merge_task, task_path
from cosmemory.merge.units import Key, Scope, Unit

Units = Sequence[Unit]


@frozen(eq=False)
class Group:
    """A unit with a key, and the lines from it to the next; the first has no unit."""

    unit: Unit | None
    lines: str


def merge_body(merging: Merging, scope: Scope, base: Units, ours: Units, theirs: Units) -> list[Piece]:
    """The units of both sides; where each side changed lines in one place, those are in dispute."""
    if _moved(base, ours, theirs):
        return _merge_groups(merging, scope, base, ours, theirs)
    pieces: list[Piece] = []
    keys = [[unit.key for unit in side] for side in (base, ours, theirs)]
    for region in regions(*keys):
        b, o, t = base[slice(*region.base)], ours[slice(*region.ours)], theirs[slice(*region.theirs)]
        if region.same:
            pieces += merge_unit(merging, scope, b[0], o[0], t[0])
            continue
        found = chosen(text_of(b), text_of(o), text_of(t))
        if found is not None:
            pieces.append(found)
        else:
            pieces += _merge_groups(merging, scope, b, o, t)
    return pieces


def _moved(base: Units, ours: Units, theirs: Units) -> bool:
    """Whether what all three have stands in another order in one of them."""
    sides = [[unit.key for unit in side if not is_line(unit.key)] for side in (base, ours, theirs)]
    shared = set(sides[0]) & set(sides[1]) & set(sides[2])
    orders = [[key for key in side if key in shared] for side in sides]
    return not orders[0] == orders[1] == orders[2]


def merge_unit(merging: Merging, scope: Scope, base: Unit | None, ours: Unit, theirs: Unit) -> list[Piece]:
    """A unit that both sides have."""
    found = chosen(base.text if base is not None else None, ours.text, theirs.text)
    if found is not None:
        return [found]
    if ours.key[0] == "table":
        return merge_table(merging, scope, base, ours, theirs)
    if ours.key[0] == "task":
        return merge_task(merging, scope, base, ours, theirs)
    return merge_field(merging, scope, base, ours, theirs)


def _merge_groups(merging: Merging, scope: Scope, base: Units, ours: Units, theirs: Units) -> list[Piece]:
    """The same by keys alone, each unit with the lines behind it."""
    b, o, t = (grouped(side) for side in (base, ours, theirs))
    pieces: list[Piece] = []
    for key in ordered(list(b), list(o), list(t)):
        assert key is None or isinstance(key, tuple)
        was, mine, yours = b.get(key), o.get(key), t.get(key)
        pieces += _merge_group(merging, scope, was, mine, yours)
    return pieces


def _merge_group(
    merging: Merging, scope: Scope, base: Group | None, ours: Group | None, theirs: Group | None
) -> Iterable[Piece]:
    where = dotted(scope.where)
    if ours is not None and theirs is not None:
        unit: list[Piece] = []
        if ours.unit is not None and theirs.unit is not None:
            unit = merge_unit(merging, scope, base.unit if base else None, ours.unit, theirs.unit)
        was = base.lines if base else None
        return [*unit, *merge_lines(merging, where, was, ours.lines, theirs.lines)]
    side = ours or theirs
    if side is None:
        return []
    if side.unit is None:
        lines = (each.lines if each else "" for each in (base, ours, theirs))
        return merge_lines(merging, where, *lines)
    text = side.unit.text + side.lines
    if base is None:
        return [text]
    was = (base.unit.text if base.unit else "") + base.lines
    if text.strip() == was.strip():
        return []
    path = _path(scope, side.unit)
    return [settled_or_clash(merging, path, was, text if ours else None, text if theirs else None)]


def _path(scope: Scope, unit: Unit) -> str:
    if unit.key[0] == "task":
        return dotted(task_path(scope, unit.node))
    return dotted(scope.path(unit.node.label) if unit.key[0] != "table" else scope.where)


def grouped(units: Units) -> dict[Key | None, Group]:
    """``units`` as groups by the key of the unit that each begins with."""
    found: dict[Key | None, Group] = {}
    key: Key | None = None
    first: Unit | None = None
    lines: list[str] = []
    for unit in units:
        if is_line(unit.key):
            lines.append(unit.text)
            continue
        if first is not None or lines:
            found[key] = Group(first, "".join(lines))
        key, first, lines = unit.key, unit, []
    if first is not None or lines:
        found[key] = Group(first, "".join(lines))
    return found
