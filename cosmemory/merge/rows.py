"""One row of a table in three versions, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cosmemory.document.values import COUNT
from cosmemory.frozen import frozen
from cosmemory.merge.grid import Grid, RowText, Sort, raw_cells, with_cells
from cosmemory.merge.pieces import Clash, Piece, settled_or_clash
from cosmemory.merge.singles import chosen, disputed, newest, settled
from cosmemory.merge.strategies import OURS, THEIRS, Dispute, Merging, dotted, field_kind
from cosmemory.syntax.tables import Row
from cosmemory.text.spans import Span

Cells = Mapping[str, str]

# What one write sets in a row; a table has the first three of them, or is not of that sort.
_AT_ONCE = ("value", "writer", "version", "updated", "time_to_live")

# Two records with one id are the same thing if they agree in all of these that they have.
_SAME = ("action", "type", "since", "triggered", "resolved_at")


@frozen(kw_only=True)
class TableMerge:
    """What the rows of a merged table need: its sort, the columns it will have, and the path to it."""

    merging: Merging
    sort: Sort
    where: tuple[str, ...]
    columns: tuple[str, ...]
    base: Grid | None
    ours: Grid
    theirs: Grid

    def path(self, row: RowText, column: str = "") -> tuple[str, ...]:
        """The path of a row, or of a cell in it."""
        grid = next(
            each for each in (self.ours, self.theirs, self.base) if each and row in each.rows.values()
        )
        held = cells_of(row, grid.columns)
        name = held.get(self.sort.column, "") if self.sort.keyed else ""
        key = name or f"#{list(grid.rows).index(row.key) + 1}"
        if not column:
            return (*self.where, key)
        known = self.sort.value(column) is not None
        return (*self.where, key, column) if known else (*self.where, key, "extra", column)


def cells_of(row: RowText, columns: Sequence[str]) -> dict[str, str]:
    """What stands in the cells of a row by column."""
    return dict(zip(columns, row.sources, strict=False))


def merge_row(table: TableMerge, base: RowText | None, ours: RowText, theirs: RowText) -> list[Piece]:
    """The line of a row that both sides have."""
    b, o, t = (
        None if row is None or grid is None else _row_cells(row, grid)
        for row, grid in ((base, table.base), (ours, table.ours), (theirs, table.theirs))
    )
    if o is None or t is None or (base is not None and b is None):
        # A row with too few or too many cells: which value is whose is not sure.
        found = chosen(base.line if base else None, ours.line, theirs.line)
        if found is not None:
            return [found]
        path = dotted(table.path(ours))
        return [settled_or_clash(table.merging, path, base.line if base else None, ours.line, theirs.line)]
    mine, yours, disputes = _written_at_once(table, ours, b, o, t)
    for column in table.columns:
        if column in mine:
            continue
        was = b.get(column) if b is not None else None
        left, right = o.get(column, was), t.get(column, was)
        left = right if left is None else left
        right = left if right is None else right
        if left is None or right is None:
            mine[column] = yours[column] = "-"
            continue
        where = table.path(ours, column)
        found = chosen(was, left, right)
        if found is None:
            found = settled(table.merging, where, table.sort.value(column), was, left, right, cell=True)
        mine[column], yours[column] = (left, right) if found is None else (found, found)
        if found is None:
            disputes.append(disputed(where, was, left, right))
    style = _style(table, b, o, t, (ours, theirs))
    if not disputes:
        return [written(table, style, mine)]
    was_line = base.line if base is not None else None
    return [Clash(was_line, written(table, style, mine), written(table, style, yours), tuple(disputes))]


def _written_at_once(
    table: TableMerge, row: RowText, base: Cells | None, ours: Cells, theirs: Cells
) -> tuple[dict[str, str], dict[str, str], list[Dispute]]:
    """The cells of both sides that one write sets: a value goes with its writer, version and time, never alone."""
    columns = [each for each in _AT_ONCE if each in ours and each in theirs and table.sort.value(each)]
    if not set(_AT_ONCE[:3]) <= set(columns):
        return {}, {}, []
    left, right = ({each: side[each] for each in columns} for side in (ours, theirs))
    was = {each: base.get(each) for each in columns} if base is not None else None
    if right in (left, was):
        return left, dict(left), []
    if left == was:
        return right, dict(right), []
    value, merging = table.sort.value(_AT_ONCE[0]), table.merging
    side = ""
    if left[_AT_ONCE[0]] == right[_AT_ONCE[0]] and merging.strategies.rules(field_kind(value)):
        side = _written_last(left, right)
        if side:
            merging.note(f"{dotted(table.path(row))}: both sides wrote the same; the later write stands.")
    side = side or merging.strategies.side(field_kind(value))
    if side:
        merging.taken_whole.add(tuple(each.lower() for each in table.path(row)))
        found = left if side == OURS else right
        return found, dict(found), []
    first = next(each for each in columns if left[each] != right[each])
    told = disputed(table.path(row, first), was[first] if was else None, left[first], right[first])
    return left, right, [told]


def _written_last(ours: Cells, theirs: Cells) -> str:
    """The side with the higher version, or with the later time where the versions are the same."""
    versions = [COUNT.read(side["version"]).value for side in (ours, theirs)]
    if all(isinstance(each, int) for each in versions) and versions[0] != versions[1]:
        return OURS if versions[0] > versions[1] else THEIRS
    later = newest(ours.get("updated", ""), theirs.get("updated", ""))
    return "" if later is None else OURS if later == ours["updated"] else THEIRS


def _row_cells(row: RowText, grid: Grid) -> dict[str, str] | None:
    return cells_of(row, grid.columns) if len(row.sources) == len(grid.columns) else None


def _style(
    table: TableMerge,
    base: Mapping[str, str] | None,
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    rows: tuple[RowText, RowText],
) -> tuple[RowText, Grid]:
    """The row whose padding is kept: of the side that changed no more than that, else of the side with all columns."""
    mine, yours = (rows[0], table.ours), (rows[1], table.theirs)
    if table.ours.columns != table.columns or (theirs == base and ours != base):
        return yours if table.theirs.columns == table.columns else mine
    return mine


def written(table: TableMerge, style: tuple[RowText, Grid], wanted: Mapping[str, str]) -> str:
    """The line of a row with the ``wanted`` cells, in the style of one that stands in a version."""
    row, grid = style
    if grid.columns == table.columns and len(row.sources) == len(grid.columns):
        return with_cells(row.line, [wanted[column] for column in table.columns])
    held = dict(zip(grid.columns, raw_cells(row.line, len(grid.columns)), strict=False))
    same = cells_of(row, grid.columns)
    cells = [
        held[column] if column in held and same.get(column) == wanted[column] else f" {wanted[column]} "
        for column in table.columns
    ]
    return "|" + "|".join(cells) + "|\n"


def added_row(table: TableMerge, row: RowText, grid: Grid) -> str:
    """The line of a row that only one side has, with the columns that the merged table has."""
    if grid.columns == table.columns or len(row.sources) != len(grid.columns):
        return row.line
    held = cells_of(row, grid.columns)
    return written(table, (row, grid), {column: held.get(column, "-") for column in table.columns})


def same_thing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Whether two new records of one id are one: they agree in what tells such things apart."""
    return all(ours.get(each) == theirs.get(each) for each in _SAME)


def renamed(row: RowText, grid: Grid, column: str, name: str) -> RowText:
    """``row`` under another key, in its cell too."""
    cells = [
        name if each == column else source for each, source in zip(grid.columns, row.sources, strict=True)
    ]
    line = with_cells(row.line, cells)
    bare = line.rstrip("\r\n")
    return RowText(("row", name.lower(), "0"), line, Row(bare, Span(0, len(bare))), row.behind)


def only_seen(sort: Sort, base: Mapping[str, str], side: Mapping[str, str]) -> bool:
    """Whether a side changed no more of a record than when it was last seen or checked."""
    changed = [name for name in {*base, *side} if base.get(name) != side.get(name)]
    return all(name.startswith("last_") and sort.value(name) is not None for name in changed)
