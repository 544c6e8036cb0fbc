"""The rows and columns of a table, each with its key, as they stand in one version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cosmemory.document.fields import Layout, Part, Value
from cosmemory.frozen import frozen
from cosmemory.merge.units import TableText
from cosmemory.syntax.escape import is_empty, unescape_cell
from cosmemory.syntax.tables import Row
from cosmemory.syntax.tree import name_of
from cosmemory.syntax.writers import cell_edit
from cosmemory.text.edits import apply
from cosmemory.text.spans import Span

RowKey = tuple[str, str, str]

_KEYS = frozenset(["id", "key", "name", "nr", "no", "number"])


@frozen(eq=False)
class RowText:
    """A row under its key: its line, its cells, and the lines up to the next row that are none."""

    key: RowKey
    line: str
    row: Row
    behind: str = ""

    @property
    def sources(self) -> Sequence[str]:
        """What stands in the cells."""
        return self.row.sources


@frozen(kw_only=True)
class Sort:
    """What the rows of a table are: how the kind reads its columns, and the column that tells them apart.

    Rows that the kind has no ``keyed`` column for may say the same in that one and still be two: what is
    ``doubled`` there tells none apart. ``shared`` are the columns that every version has.
    """

    shape: Layout | None
    column: str
    keyed: bool
    shared: tuple[str, ...]
    doubled: frozenset[str] = frozenset()

    def value(self, column: str) -> Value | None:
        """The declaration of a column."""
        return self.shape.values.get(column) if self.shape is not None else None


@frozen(eq=False)
class Grid:
    """A table in one version: its columns, the lines of its head, and its rows by key in page order."""

    columns: tuple[str, ...]
    head: str
    delimiter: str
    top: str
    rows: dict[RowKey, RowText]


def columns_in(table: TableText, shape: Layout | None) -> tuple[str, ...]:
    """The columns by attribute or by name; of those of one name the later ones have a number."""
    names: list[str] = []
    for title in table.table.columns:
        name = name_of(title) or title
        attribute = shape.value_named(name) if shape is not None else None
        known = attribute or name
        count = names.count(known)
        names.append(f"{known} {count + 1}" if count else known)
    return tuple(names)


def sort_of(tables: Sequence[TableText], shape: Layout | None, part: Part | None) -> Sort:
    """What the rows of one table in all its versions are told apart by."""
    columns = [columns_in(table, shape) for table in tables]
    shared = tuple(name for name in columns[0] if all(name in each for each in columns))
    if part is not None and part.key:
        return Sort(shape=shape, column=part.key, keyed=True, shared=shared)
    if part is None:
        for name in shared:
            if name in _KEYS or name == columns[0][0]:
                held = [_column(table, names, name) for table, names in zip(tables, columns, strict=True)]
                if all(len(set(each)) == len(each) and all(each) for each in held):
                    return Sort(shape=shape, column=name, keyed=True, shared=shared)
    declared = (name for name in shape.values if name in shared) if shape is not None else iter(shared)
    first = next(declared, "")
    doubled: set[str] = set()
    for table, names in zip(tables, columns, strict=True):
        doubled |= {source for source, count in Counter(_column(table, names, first)).items() if count > 1}
    return Sort(shape=shape, column=first, keyed=False, shared=shared, doubled=frozenset(doubled))


def _column(table: TableText, columns: tuple[str, ...], name: str) -> list[str]:
    at = columns.index(name) if name in columns else len(columns)
    return [row.sources[at].lower() if at < len(row.sources) else "" for row in table.table.rows]


def grid_of(table: TableText, sort: Sort) -> Grid:
    """The table in rows by key."""
    text, node = table.text, table.table
    columns = columns_in(table, sort.shape)
    at = columns.index(sort.column) if sort.column in columns else len(columns)
    by_start = {row.span.start: row for row in node.rows}
    start = node.span.start
    lines = text[start : _end(text, node.span.end)].split("\n")
    head, ruler = lines[0] + "\n", lines[1] + "\n"
    start += len(head) + len(ruler)
    top = ""
    rows: dict[RowKey, RowText] = {}
    seen: Counter[str] = Counter()
    last: RowText | None = None
    for bare in lines[2:-1]:
        line = bare + "\n"
        row = by_start.get(start)
        start += len(line)
        if row is not None:
            name = said_by(line, row, columns, at, sort)
            key = ("row", name, str(seen[name]))
            seen[name] += 1
            last = rows[key] = RowText(key, line, row)
        elif last is None:
            top += line
        else:
            last = rows[last.key] = RowText(last.key, last.line, last.row, last.behind + line)
    return Grid(columns, head, ruler, top, rows)


def _named_by(line: str, row: Row, at: int) -> str:
    """What stands in the cell ``at`` of a row, parted no further than needed."""
    if line[:1] == "|" and "\\" not in line and "`" not in line and "-->" not in line:
        cells = line.split("|", at + 2)
        if len(cells) == at + 3:
            return cells[at + 1].strip(" \t")
    sources = row.sources
    return sources[at] if at < len(sources) else ""


def said_by(line: str, row: Row, columns: Sequence[str], at: int, sort: Sort) -> str:
    """What tells a row from the others; all that every version has of it, where that one cell does not."""
    source = _named_by(line, row, at)
    if not is_empty(source) and source.lower() not in sort.doubled:
        return unescape_cell(source).lower() if "\\" in source or "&" in source else source.lower()
    held = dict(zip(columns, row.sources, strict=False))
    return "|".join(held.get(name, "") for name in sort.shared)


def _end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def with_cells(line: str, wanted: Sequence[str]) -> str:
    """The row ``line`` with ``wanted`` in its cells, its padding and pipes as they are."""
    bare = line.rstrip("\r\n")
    row = Row(bare, Span(0, len(bare)), len(wanted))
    edits = [
        cell_edit(bare, cell, source)
        for cell, source in zip(row.cells, wanted, strict=True)
        if cell.value.of(bare) != source
    ]
    return apply(bare, edits) + line[len(bare) :]


def raw_cells(line: str, expected: int) -> list[str]:
    """All that stands between the pipes of a line, padding included."""
    bare = line.rstrip("\r\n")
    return [cell.span.of(bare) for cell in Row(bare, Span(0, len(bare)), expected).cells]
