"""Records of one sort: the rows of tables, with their details, and blocks under a heading each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cosmemory.diagnostics import Fix
from cosmemory.document.checklists import read_tasks, task_lines
from cosmemory.document.fields import Layout, Origin, Part, Place, RowPlaces, layout
from cosmemory.document.labels import (
    Labelled,
    PageReading,
    is_placeholder,
    labels_of,
    read_value,
    require_labels,
)
from cosmemory.document.listed import read_items
from cosmemory.document.sections import columns_of
from cosmemory.document.values import TEXT, read_source
from cosmemory.frozen import replace
from cosmemory.syntax.escape import is_empty, unescape_cell
from cosmemory.syntax.tables import Row, Table, cell_text, pipes_in_code, tables_of
from cosmemory.syntax.tree import Section, name_of
from cosmemory.text.edits import Edit
from cosmemory.text.spans import Span, first_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# How near the name of a column is to that of another where it may be meant for it.
NEAR = 0.7


def read_block(page: PageReading, record: type[Any], block: Section) -> Any:
    """The record whose heading is that of ``block``."""
    shape = layout(record)
    read = labels_of(page, shape, block.blocks, block.sections)
    if shape.headed:
        read.values[shape.headed] = _title(page, block)
        read.places[shape.headed] = Place(block.title_span)
    for attribute, part in shape.parts.items():
        read_part = {"table": read_rows, "checklist": read_tasks}.get(part.shape)
        read.values[attribute] = tuple(read_part(page, part, block)) if read_part is not None else None
    if any(part.shape == "checklist" for part in shape.parts.values()):
        _leave_to_checklist(page, read, block)
    require_labels(page, shape, read, block.heading)
    return record(**read.values, extra=read.extra, origin=Origin(read.places, block))


def _leave_to_checklist(page: PageReading, read: Labelled, block: Section) -> None:
    """Takes from the unknown labels of a block those that are tasks and remarks of its checklist: `- Owner: Kim`."""
    lines = [line for _, line in task_lines(page.tree.text, block)]
    for name in list(read.extra):
        place = read.places.get(f"extra.{name}")
        if place is None or place.field is None:
            continue
        at = place.field.label_span.start
        if any(line.start <= at < line.end for line in lines):
            del read.extra[name], read.places[f"extra.{name}"]


def _title(page: PageReading, block: Section) -> Any:
    """The words of a block's heading, as the key that they are."""
    return read_source(TEXT, block.title_span.of(page.tree.text)).value


def read_rows(page: PageReading, part: Part, section: Section) -> Iterator[Any]:
    """The records of ``part``, a row of the table in ``section`` each, with their blocks of details."""
    assert part.record is not None
    shape = layout(part.record)
    text = page.tree.text
    tables = tables_of(text, section.blocks)
    if part.listed:
        yield from read_items(page, part, section, tables)
    # A section of the page that stands too deep is no block of a record.
    below = [each for each in section.sections if each.heading.start not in page.known]
    if not tables:
        if _has_details(shape):
            # A team kept as one block a member, without a table, is still a team.
            yield from (_member(page, part, block) for block in below)
        elif part.required and not is_empty(section.body.of(text)):
            page.report("missing-table", f"the table of {part.title!r} is missing", section.heading)
        return
    records: list[Any] = []
    # In the block of a record a later table is a part of its notes.
    for table in _alike(page, shape, tables) if part.title else tables[:1]:
        columns = _columns(page, shape, table)
        records += [
            _row(page, part.record, shape, table, row, columns) for row in table.rows if not row.blank
        ]
    if part.title:
        _report_strays(page, tables, section)
    named = _Blocks(below)
    if part.key:
        named.keep([str(getattr(record, part.key) or "") for record in records])
    for record in records:
        yield _with_details(page, record, part, shape, named)
    for block in named.left:
        if _has_details(shape):
            page.report("detail-without-row", f"{block.title!r} has no row in the table above", block.heading)


def _alike(page: PageReading, shape: Layout, tables: list[Table]) -> Iterator[Table]:
    """The first table, and those further down that go on with its columns; others are reported."""
    if len(tables) == 1:
        yield tables[0]
        return
    wanted = columns_of(tables[0], shape)
    for table in tables:
        if columns_of(table, shape) == wanted and (any(wanted) or table is tables[0]):
            yield table
        else:
            page.report("stray-row", "this table has other columns than the one above", table.header.span)


def _report_strays(page: PageReading, tables: list[Table], section: Section) -> None:
    """Reports lines with pipes that no header stands above: a blank line or a comment ends a table."""
    text = page.tree.text
    for block in section.blocks:
        line = first_line(text, block.start, block.end)
        if block.kind != "paragraph" or any(block.start <= each.span.start < block.end for each in tables):
            continue
        if any(table.span.start < block.start < table.span.end for table in tables):
            page.report(
                "stray-row", "the table ended above, and only cosmemory reads this row as its own", line
            )
        elif block.start >= tables[0].span.end and line.of(text).lstrip(" \t").startswith("|"):
            page.report("stray-row", "a table ended above, and this line belongs to none", line)


class _Blocks:
    """The blocks below a table, each for the row of its title, or for one of nearly that title."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._free = {section.heading.start: section for section in sections}
        self._near: dict[str, list[Section]] = {}
        self._exact: dict[str, list[Section]] = {}
        for section in sections:
            self._exact.setdefault(section.title, []).append(section)

    def keep(self, keys: Iterable[str]) -> None:
        """Keeps the blocks whose titles are among the ``keys`` for those rows alone."""
        kept = set(keys)
        for section in self._free.values():
            if section.title not in kept:
                self._near.setdefault(section.name, []).append(section)

    def take(self, key: str) -> Section | None:
        """The block of the row ``key``, from now on taken."""
        found = self._exact.get(key) or self._near.get(name_of(key))
        return self._free.pop(found.pop(0).heading.start, None) if found else None

    @property
    def left(self) -> list[Section]:
        """The blocks that no row has taken."""
        return list(self._free.values())


def _has_details(shape: Layout) -> bool:
    return any(part.shape == "details" for part in shape.parts.values())


def _with_details(page: PageReading, record: Any, part: Part, shape: Layout, named: _Blocks) -> Any:
    for attribute, inner in shape.parts.items():
        if inner.shape == "details":
            assert inner.record is not None
            block = named.take(str(getattr(record, part.key) or ""))
            if block is not None:
                record = replace(record, **{attribute: read_block(page, inner.record, block)})
    return record


def _member(page: PageReading, part: Part, block: Section) -> Any:
    """A row's record read from a block that has no row: its labels stand for the columns."""
    assert part.record is not None
    shape = layout(part.record)
    attribute, inner = next((name, inner) for name, inner in shape.parts.items() if inner.shape == "details")
    assert inner.record is not None
    read = labels_of(page, shape, block.blocks, block.sections)
    known = layout(inner.record)
    silent = PageReading(page.tree)
    more = read_block(silent, inner.record, block)
    read.values[part.key] = _title(page, block)
    read.places[part.key] = Place(block.title_span)
    extra = {name: text for name, text in read.extra.items() if known.value_named(name) is None}
    origin = Origin(read.places, block)
    return part.record(**read.values, **{attribute: more}, extra=extra, origin=origin)


def _columns(page: PageReading, shape: Layout, table: Table) -> list[str]:
    """The attribute of each column of ``table``; ``extra.NAME`` for one that the kind does not know."""
    found: list[str] = []
    unknown = Labelled()
    for number, title in enumerate(table.columns):
        attribute = shape.value_named(name_of(title))
        if attribute is not None and attribute in found:
            place = table.header.cells[number].value
            page.report("duplicate-column", f"the column {title!r} stands here a second time", place)
            attribute = None
        elif attribute is None:
            _report_near(page, shape, title, table.header.cells[number].value)
        if attribute is None:
            name = unknown.free_name(name_of(title))
            unknown.extra[name] = ""
            attribute = f"extra.{name}"
        found.append(attribute)
    for attribute, value in shape.values.items():
        if value.required and value.in_row and attribute not in found:
            page.report("missing-column", f"the column {value.title!r} is missing", table.header.span)
    if len(table.delimiter.sources) != len(table.header.sources):
        page.report("delimiter-row", "the row of dashes does not fit the header", table.delimiter.span)
    return found


def _report_near(page: PageReading, shape: Layout, title: str, span: Span) -> None:
    """Reports an unknown column that is nearly called as a known one: people have columns of their own."""
    titles = {name: value.title for name, value in shape.values.items() if value.in_row}
    names = {name_of(each): each for each in titles.values()}
    name = name_of(title)
    if not any(_share_letters(name, each) for each in names):
        return  # before difflib is loaded, which would say the same
    from difflib import get_close_matches

    close = get_close_matches(name, names, 1, NEAR)
    if close:
        page.report("unknown-column", f"the kind knows no column {title!r}; {names[close[0]]!r}?", span)


def _share_letters(name: str, other: str) -> bool:
    """Whether two names have so many letters in common, in whatever order, that they may be near each other."""
    return 2 * (Counter(name) & Counter(other)).total() / (len(name) + len(other)) >= NEAR


def _row(
    page: PageReading, record: type[Any], shape: Layout, table: Table, row: Row, columns: list[str]
) -> Any:
    sources = row.plain()
    if sources is not None and len(sources) == len(columns):
        plain = _plain_row(record, shape, table, row, columns, sources)
        if plain is not None:
            return plain
    text = page.tree.text
    if row.guarded:
        edits = tuple(Edit(at, at, "\\") for at in pipes_in_code(text, row.span))
        fix = Fix(edits=edits, safe=True, message="put a backslash before the pipe")
        page.report("pipe-in-code", "a pipe in a code span parts the cell in a table", row.span, fix)
    if len(row.cells) != len(columns):
        page.report(
            "ragged-row", f"the row has {len(row.cells)} cells where the header has {len(columns)}", row.span
        )
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    extra: dict[str, str] = {}
    for attribute, cell in zip(columns, row.cells, strict=False):
        places[attribute] = Place(cell.value, cell=cell)
        if attribute.startswith("extra."):
            extra[attribute.removeprefix("extra.")] = cell_text(text, cell)
        else:
            values[attribute] = read_value(page, shape.values[attribute], cell.value, cell=True)
    return record(**values, extra=extra, origin=Origin(places, table=table, row=row))


def _plain_row(
    record: type[Any], shape: Layout, table: Table, row: Row, columns: list[str], sources: list[str]
) -> Any:
    """The record of a row with nothing to report; None where there is anything that needs a place."""
    values: dict[str, Any] = {}
    extra: dict[str, str] = {}
    for attribute, source in zip(columns, sources, strict=True):
        if attribute.startswith("extra."):
            extra[attribute.removeprefix("extra.")] = unescape_cell(source)
            continue
        value = shape.values[attribute]
        reading = read_source(value.type, source, cell=True)
        if reading.rule or is_placeholder(source, value):
            return None
        values[attribute] = reading.value
    return record(**values, extra=extra, origin=Origin(RowPlaces(columns, row), table=table, row=row))


def report_doubles(page: PageReading, part: Part, records: tuple[Any, ...]) -> None:
    """Reports keys that two records share, and records without one."""
    if not part.key:
        return
    seen: set[str] = set()
    for record in records:
        key = getattr(record, part.key)
        places = record.origin.places
        if part.key not in places:
            continue
        if key is None:
            message = f"a record of {part.title!r} has no {part.key.replace('_', ' ')}"
            page.report("empty-key", message, places[part.key].span)
        elif str(key).lower() in seen:
            page.report("duplicate-key", f"{key!r} stands twice in {part.title!r}", places[part.key].span)
        seen.add(str(key).lower())
