"""A table in three versions: columns by name, rows by key, cells by both."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.fields import Layout, Part, layout
from cosmemory.frozen import replace
from cosmemory.merge.grid import Grid, RowKey, RowText, grid_of, raw_cells, sort_of
from cosmemory.merge.lines import merge_lines
from cosmemory.merge.pieces import Piece, settled_or_clash
from cosmemory.merge.rows import (
    TableMerge,
    added_row,
    cells_of,
    merge_row,
    only_seen,
    renamed,
    same_thing,
)
from cosmemory.merge.sequences import ordered
from cosmemory.merge.singles import chosen
from cosmemory.merge.strategies import Merging, dotted
from cosmemory.merge.units import Scope, Unit
from cosmemory.syntax.escape import is_empty


def merge_table(merging: Merging, scope: Scope, base: Unit | None, ours: Unit, theirs: Unit) -> list[Piece]:
    """The rows of both sides under the columns of both."""
    part, shape, where = _declared(scope)
    nodes = [unit.node for unit in (ours, theirs, base) if unit is not None]
    sort = sort_of(nodes, shape, part)
    b = grid_of(base.node, sort) if base is not None else None
    o, t = grid_of(ours.node, sort), grid_of(theirs.node, sort)
    columns = _columns(b, o, t)
    if columns is None:
        path = dotted(scope.where)
        return [settled_or_clash(merging, path, base.text if base else None, ours.text, theirs.text)]
    table = TableMerge(merging=merging, sort=sort, where=where, columns=columns, base=b, ours=o, theirs=t)
    return [*_head(table), *_rows(_told_apart(table))]


def _declared(scope: Scope) -> tuple[Part | None, Layout | None, tuple[str, ...]]:
    """The part that a table is, how its columns read, and the path to it."""
    part = scope.part
    if part is not None and part.shape == "table" and part.record is not None:
        return part, layout(part.record), scope.where
    for attribute, inner in scope.shape.parts.items() if scope.shape is not None else ():
        if inner.shape == "table" and not inner.title and inner.record is not None:
            return inner, layout(inner.record), (*scope.where, attribute)
    return None, None, scope.where


def _columns(base: Grid | None, ours: Grid, theirs: Grid) -> tuple[str, ...] | None:
    """The columns of the merged table; None where the sides do not agree on what became of one.

    One side took it away and the other wrote in it, or both called it something else.
    """
    was = base.columns if base is not None else ()
    if was == ours.columns == theirs.columns:
        return was
    gone = {each for each in was if each not in ours.columns or each not in theirs.columns}
    for column in gone:
        for side in (ours, theirs):
            if column in side.columns and base is not None and _written(column, base, side):
                return None
    mine, yours = ({each for each in side.columns if each not in was} for side in (ours, theirs))
    if mine and yours and mine != yours and not gone <= {*ours.columns, *theirs.columns}:
        return None  # both gave a column another name
    found = ordered(was, ours.columns, theirs.columns, lambda each: each not in gone)
    return tuple(str(each) for each in found)


def _written(column: str, base: Grid, side: Grid) -> bool:
    for key, row in side.rows.items():
        says = cells_of(row, side.columns).get(column, "")
        was = cells_of(base.rows[key], base.columns).get(column, "") if key in base.rows else ""
        if says != was and not (is_empty(says) and is_empty(was)):
            return True
    return False


def _head(table: TableMerge) -> list[Piece]:
    """The line of the column titles and the one below it."""
    base, ours, theirs = table.base, table.ours, table.theirs
    if ours.columns == theirs.columns == table.columns:
        head = chosen(base.head if base else None, ours.head, theirs.head)
        ruler = chosen(base.delimiter if base else None, ours.delimiter, theirs.delimiter)
        lines = [ours.head if head is None else head, ours.delimiter if ruler is None else ruler]
    elif table.columns in {ours.columns, theirs.columns}:
        grid = ours if ours.columns == table.columns else theirs
        lines = [grid.head, grid.delimiter]
    else:
        lines = [_both(table, "head"), _both(table, "delimiter")]
    top = merge_lines(table.merging, dotted(table.where), base.top if base else None, ours.top, theirs.top)
    return [*lines, *top]


def _both(table: TableMerge, line: str) -> str:
    """A line of the head with the columns of both sides."""
    cells: dict[str, str] = {}
    for grid in (table.theirs, table.ours):
        cells |= dict(zip(grid.columns, raw_cells(getattr(grid, line), len(grid.columns)), strict=False))
    return "|" + "|".join(cells.get(each, "---") for each in table.columns) + "|\n"


def _told_apart(table: TableMerge) -> TableMerge:
    """The table with every new row of theirs, whose key a new row of ours has that is another thing, under a key of its own."""
    was = table.base.rows if table.base is not None else {}
    ours, theirs = table.ours, table.theirs
    rows: dict[RowKey, RowText] = {}
    for key, row in theirs.rows.items():
        mine = ours.rows.get(key)
        if mine is None or key in was:
            rows[key] = row
            continue
        o, t = cells_of(mine, ours.columns), cells_of(row, theirs.columns)
        if not table.sort.keyed and o != t:
            apart = replace(row, key=("row", "|".join(row.sources), "theirs"))
        elif (
            table.sort.keyed
            and _is_id(table.sort.column)
            and not same_thing(o, t)
            and len(t) == len(row.sources)
        ):
            name = free_name(
                t[table.sort.column], {*_names(ours, table.sort.column), *_names(theirs, table.sort.column)}
            )
            apart = renamed(row, theirs, table.sort.column, name)
            path = table.path(row)
            table.merging.renamed[*path[:-1], path[-1].lower()] = name.lower()
            table.merging.note(
                f"{dotted(path)}: both sides gave this id to something new; that of theirs is {name} now."
            )
        else:
            apart = row
        rows[apart.key] = apart
    return replace(table, theirs=replace(theirs, rows=rows))


def _is_id(column: str) -> bool:
    return column == "id" or column.endswith("_id")


def _names(grid: Grid, column: str) -> set[str]:
    return {cells_of(row, grid.columns).get(column, "") for row in grid.rows.values()}


def free_name(name: str, taken: set[str]) -> str:
    """``name`` with ``-2`` or a higher number, such as nobody has."""
    lower = {each.lower() for each in taken}
    number = 2
    while f"{name}-{number}".lower() in lower:
        number += 1
    return f"{name}-{number}"


def _rows(table: TableMerge) -> list[Piece]:
    base = table.base.rows if table.base is not None else {}
    ours, theirs = table.ours.rows, table.theirs.rows
    pieces: list[Piece] = []
    for key in ordered(list(base), list(ours), list(theirs), rank=None if table.sort.keyed else _said):
        assert isinstance(key, tuple)
        b, o, t = base.get(key), ours.get(key), theirs.get(key)
        if o is not None and t is not None:
            if o.line == t.line and table.ours.columns == table.columns:
                pieces.append(o.line)
            elif b is not None and b.line == o.line and table.theirs.columns == table.columns:
                pieces.append(t.line)
            elif b is not None and b.line == t.line and table.ours.columns == table.columns:
                pieces.append(o.line)
            else:
                pieces += merge_row(table, b, o, t)
            if o.behind or t.behind:
                pieces += merge_lines(
                    table.merging, dotted(table.where), b.behind if b else None, o.behind, t.behind
                )
        elif o is not None:
            pieces += _alone(table, b, o, table.ours)
        elif t is not None:
            pieces += _alone(table, b, t, table.theirs)
    return pieces


def _said(key: object) -> str:
    """What rows without keys are put in order by: their first column, mostly a time."""
    return key[1] if isinstance(key, tuple) else ""


def _alone(table: TableMerge, base: RowText | None, row: RowText, grid: Grid) -> Sequence[Piece]:
    """A row that one side alone has: a new one, or one that the other side took away."""
    if base is None:
        return [added_row(table, row, grid) + row.behind]
    assert table.base is not None
    was, now = cells_of(base, table.base.columns), cells_of(row, grid.columns)
    path = dotted(table.path(row))
    if row.behind in {base.behind, ""}:
        if was == now:
            return []
        if only_seen(table.sort, was, now):
            table.merging.note(f"{path}: one side took it away, the other only saw it again; it is gone.")
            return []
    line = added_row(table, row, grid) + row.behind
    mine, yours = (line, None) if grid is table.ours else (None, line)
    return [settled_or_clash(table.merging, path, base.line, mine, yours)]
