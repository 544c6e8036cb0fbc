"""From an old and a new document to the fewest edits of the page, in the page's own style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cosmemory.document.decode import decode, sections_of, top_section
from cosmemory.document.fields import Part, Record, Value, layout
from cosmemory.document.guard import refuse_damage
from cosmemory.document.values import ITEMS, LONG, TEXT, source_of
from cosmemory.errors import Damaged, InvalidValue, NotFound
from cosmemory.syntax.escape import escape_heading, is_empty
from cosmemory.syntax.fields import Field, fields_of
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tables import Table, cell_text, tables_of
from cosmemory.syntax.tree import Section, Tree, name_of
from cosmemory.syntax.writers import (
    cell_edit,
    content_end,
    items_edits,
    labelled_line,
    line_style,
    missing_cells,
    prose_text,
    row_text,
    value_edit,
)
from cosmemory.text.edits import Edit, apply, only_real
from cosmemory.text.spans import Span


@dataclass(slots=True)
class _Change:
    """One page being changed: its tree, the edits so far, and every record that was read from it."""

    tree: Tree
    top: Section
    before: dict[int, Any]
    edits: list[Edit] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.tree.text


def changed(path: str, tree: Tree, old: Any, new: Any) -> str:
    """The text of the page at ``path`` with ``old``, which was read from it, become ``new``.

    Raises Damaged when its target is damaged, or when the page could not be made to say exactly ``new``;
    nothing is then to be written.
    """
    edits = only_real(tree.text, changes(tree, old, new))
    if not edits:
        return tree.text
    refuse_damage(path, tree, edits)
    text = apply(tree.text, edits)
    read = decode(parse(text), type(new)).document
    if read != new:
        # Two sections of one name, or a fence left open above, can make an edit land where nobody reads it.
        line = tree.text.count("\n", 0, edits[0].start) + 1
        raise Damaged(path, line, "the change would not be read back from here", "Run cosmemory validate.")
    return text


def changes(tree: Tree, old: Any, new: Any) -> list[Edit]:
    """The edits that turn ``old``, read from ``tree``, into ``new``."""
    top = top_section(tree)
    change = _Change(tree, top, {id(record.origin): record for record in _records(old) if record.origin})
    _values(change, old, new)
    for attribute, part in layout(type(new)).parts.items():
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before is not after:
            _PARTS[part.shape](change, part, before, after)
    return change.edits


def _records(record: Any) -> Iterator[Any]:
    """Every record inside ``record``."""
    for attribute in layout(type(record)).parts:
        inner = getattr(record, attribute)
        for each in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(each, Record):
                yield each
                yield from _records(each)


def _section(change: _Change, part: Part) -> Section:
    found = sections_of(change.top, part)
    if not found:
        raise NotFound(f"The section {part.title!r}", f"Add a heading '## {part.title}' to the page.")
    return found[0]


def _values(change: _Change, old: Any, new: Any) -> None:
    """The edits of the single values that differ between two states of one record."""
    shape = layout(type(new))
    for attribute, value in shape.values.items():
        after = getattr(new, attribute)
        if getattr(old, attribute) != after:
            _value(change, new, attribute, value, after)
    for name, text in new.extra.items():
        if isinstance(new, Record) and old.extra.get(name) != text:
            _place_text(change, new, f"extra.{name}", text)


def _value(change: _Change, record: Any, attribute: str, value: Value, after: Any) -> None:
    place = record.origin.places.get(attribute)
    if place is None:
        _absent(change, record, attribute, value, after)
    elif value.heading:
        change.edits.append(Edit(place.span.start, place.span.end, escape_heading(str(after))))
    elif place.cell is not None:
        change.edits.append(cell_edit(place.cell, source_of(value.type, after, cell=True)))
    elif value.type is ITEMS:
        change.edits.extend(items_edits(change.text, place.field, after, change.tree.newline))
    elif value.type is LONG:
        change.edits.append(_long(change, place.field, after))
    else:
        change.edits.append(value_edit(change.text, place.field, source_of(value.type, after, cell=False)))


def _place_text(change: _Change, record: Any, name: str, text: str) -> None:
    place = record.origin.places.get(name) if record.origin else None
    if place is None:
        return
    if place.cell is not None:
        change.edits.append(cell_edit(place.cell, source_of(TEXT, text, cell=True)))
    else:
        change.edits.append(value_edit(change.text, place.field, source_of(TEXT, text, cell=False)))


def _long(change: _Change, place: Field, after: str | None) -> Edit:
    newline = change.tree.newline
    written = prose_text(after, newline) if after else ""
    end = max(place.value.end, content_end(change.text, place.below))
    return Edit(place.value.start, end, newline + written if written else "")


def _absent(change: _Change, record: Any, attribute: str, value: Value, after: Any) -> None:
    """Writes a value that has no place on the page yet: a cell that its row lacks, or a new line."""
    origin = record.origin
    if origin.row is not None:
        columns = _column_attributes(change, type(record), origin.table)
        if attribute not in columns:
            raise NotFound(f"The column {value.title!r}", f"Add a column {value.title!r} to the table.")
        cells = [_cell_source(record, each) for each in columns]
        edit = missing_cells(change.text, origin.row, len(columns), cells)
        if edit not in change.edits:
            change.edits.append(edit)
        return
    section = origin.section or change.top
    fields = fields_of(change.text, section.blocks, layout(type(record)).shape_of)
    style = line_style(change.text, fields[-1]) if fields else value.style
    newline = change.tree.newline
    if fields:
        at = content_end(change.text, fields[-1].span)
    else:
        at = content_end(change.text, section.heading)
    change.edits.append(Edit(at, at, newline + _line(value, style, after, newline)))


def _line(value: Value, style: str, after: Any, newline: str) -> str:
    """A labelled value as a whole new line, or lines."""
    if value.type is ITEMS:
        indent = "  " if style.lstrip()[:2] in {"- ", "* ", "+ "} else ""
        listed = "".join(f"{newline}{indent}- {source_of(TEXT, item, cell=False)}" for item in after)
        return labelled_line(style, value.title, listed.removeprefix(" ") if after else "-").replace(
            " " + newline, newline
        )
    if value.type is LONG:
        written = newline + prose_text(after, newline) if after else ""
        return labelled_line(style, value.title, "").rstrip(" ") + written
    return labelled_line(style, value.title, source_of(value.type, after, cell=False))


def _column_attributes(change: _Change, record: type[Any], table: Table) -> list[str]:
    shape = layout(record)
    found: list[str] = []
    for title in table.columns(change.text):
        attribute = shape.value_named(name_of(title))
        found.append(attribute if attribute and attribute not in found else f"extra.{name_of(title)}")
    return found


def _cell_source(record: Any, attribute: str) -> str:
    if attribute.startswith("extra."):
        return source_of(TEXT, record.extra.get(attribute.removeprefix("extra.")), cell=True)
    return source_of(layout(type(record)).values[attribute].type, getattr(record, attribute), cell=True)


def _one(change: _Change, part: Part, old: Any, new: Any) -> None:
    if new.origin is None or old.origin is None:
        if old != new:
            _section(change, part)
            raise InvalidValue(part.title, "its record was not read from this page")
        return
    _values(change, old, new)


def _prose(change: _Change, part: Part, old: Any, new: Any) -> None:
    if old == new:
        return
    section = _section(change, part)
    newline = change.tree.newline
    body = Span(section.heading.end, section.end)
    start = section.heading.end
    while start < body.end and change.text[start] in "\r\n":
        start += 1
    end = max(start, content_end(change.text, body))
    written = prose_text(new, newline) if new else "-"
    if start >= end:
        at = content_end(change.text, section.heading)
        change.edits.append(Edit(at, at, newline + written))
    else:
        change.edits.append(Edit(start, end, written))


def _numbered(change: _Change, part: Part, old: Sequence[str], new: Sequence[str]) -> None:
    if tuple(old) != tuple(new):
        lines = [f"{number}. {source_of(TEXT, item, cell=False)}" for number, item in enumerate(new, 1)]
        section = _section(change, part)
        newline = change.tree.newline
        end = content_end(change.text, Span(section.heading.start, section.end))
        start = content_end(change.text, section.heading)
        listed = "".join(newline + line for line in lines) or newline + "None"
        change.edits.append(Edit(start, end, listed))


def _kept(old: Sequence[Any], new: Sequence[Any]) -> tuple[dict[int, Any], list[Any]]:
    """The old records by origin, and those of them that ``new`` no longer has."""
    mine = {id(record.origin): record for record in old}
    still = {id(record.origin) for record in new if record.origin is not None}
    return mine, [record for record in old if id(record.origin) not in still]


def _rows(change: _Change, part: Part, old: Sequence[Any], new: Sequence[Any]) -> None:
    if tuple(old) == tuple(new) and all(a.extra == b.extra for a, b in zip(old, new, strict=True)):
        return
    section = _section(change, part)
    mine, gone = _kept(old, new)
    for record in new:
        if id(record.origin) in mine and record is not mine[id(record.origin)]:
            _values(change, mine[id(record.origin)], record)
    for record in gone:
        _drop_row(change, record)
    fresh = [record for record in new if id(record.origin) not in mine]
    if fresh:
        _insert_rows(change, part, section, new, fresh, mine)
    for attribute, inner in layout(part.record).parts.items() if part.record else ():
        if inner.shape == "details":
            _details(change, section, attribute, old, new)


def _drop_row(change: _Change, record: Any) -> None:
    row = record.origin.row
    if row is None:
        _drop_block(change, record.origin.section)
        return
    start = content_end(change.text, Span(0, row.span.start))
    # The line end before the row goes with it, so that a last row without one leaves none behind.
    start = max(start, change.text.rfind("\n", 0, row.span.start))
    if change.text[start : start + 1] == "\n" and change.text[start - 1 : start] == "\r":
        start -= 1
    change.edits.append(Edit(start, row.span.end, ""))


def _insert_rows(
    change: _Change,
    part: Part,
    section: Section,
    new: Sequence[Any],
    fresh: Sequence[Any],
    mine: dict[int, Any],
) -> None:
    assert part.record is not None
    newline = change.tree.newline
    tables = tables_of(change.text, section.blocks)
    if not tables:
        titles = [value.title for value in layout(part.record).values.values() if value.in_row]
        attributes = [name for name, value in layout(part.record).values.items() if value.in_row]
        rows = [" | ".join(_cell_source(record, name) for name in attributes) for record in fresh]
        head = [" | ".join(titles), "|".join("-" * (len(title) + 2) for title in titles)]
        lines = [f"| {head[0]} |", f"|{head[1]}|", *(f"| {row} |" for row in rows)]
        at = content_end(change.text, Span(section.heading.start, section.body.end))
        change.edits.append(Edit(at, at, newline * 2 + newline.join(lines)))
        return
    table = tables[0]
    columns = _column_attributes(change, part.record, table)
    _refuse_unplaced(part, columns, fresh)
    anchor: Any = None
    for record in new:
        if id(record.origin) in mine:
            anchor = record.origin.row
            continue
        line = row_text(change.text, table, [_cell_source(record, each) for each in columns])
        change.edits.append(_row_insertion(change, table, anchor, new, mine, line))


def _refuse_unplaced(part: Part, columns: Sequence[str], fresh: Sequence[Any]) -> None:
    """Refuses a new row with a value for which the table has no column: it would be lost."""
    assert part.record is not None
    for attribute, value in layout(part.record).values.items():
        if (
            value.in_row
            and attribute not in columns
            and any(getattr(record, attribute) is not None for record in fresh)
        ):
            raise NotFound(
                f"The column {value.title!r} of {part.title!r}", f"Add a column {value.title!r} to the table."
            )


def _row_insertion(
    change: _Change, table: Table, anchor: Any, new: Sequence[Any], mine: dict[int, Any], line: str
) -> Edit:
    newline = change.tree.newline
    if anchor is not None:
        return Edit(anchor.span.end, anchor.span.end, newline + line)
    first = next((r.origin.row for r in new if id(r.origin) in mine and r.origin.row), None)
    if first is not None:
        return Edit(first.span.start, first.span.start, line + newline)
    empty = [row for row in table.rows if all(is_empty(cell_text(change.text, cell)) for cell in row.cells)]
    taken = {edit.start for edit in change.edits}
    if empty and empty[0].span.start not in taken:
        return Edit(empty[0].span.start, empty[0].span.end, line)
    end = empty[0].span.end if empty else table.delimiter.span.end
    return Edit(end, end, newline + line)


def _blocks(change: _Change, part: Part, old: Sequence[Any], new: Sequence[Any]) -> None:
    if tuple(old) == tuple(new) and all(a is b for a, b in zip(old, new, strict=True)):
        return
    section = _section(change, part)
    mine, gone = _kept(old, new)
    for record in gone:
        _drop_block(change, record.origin.section)
    anchor = content_end(change.text, Span(section.heading.start, section.body.end))
    siblings = [record.origin.section for record in old if record.origin.section]
    for record in new:
        if id(record.origin) in mine:
            anchor = content_end(change.text, record.origin.section.span)
            _block(change, mine[id(record.origin)], record)
        else:
            written = _block_text(change, record, section.level + 1, siblings)
            change.edits.append(_block_insertion(change, section, anchor, written))


def _block(change: _Change, old: Any, new: Any) -> None:
    """The edits of a block's values and of the table inside it."""
    if old is new:
        return
    _values(change, old, new)
    for attribute, inner in layout(type(new)).parts.items():
        before, after = getattr(old, attribute), getattr(new, attribute)
        if inner.shape == "table" and before != after:
            _inner_rows(change, inner, new, before, after)


def _inner_rows(change: _Change, part: Part, record: Any, old: Sequence[Any], new: Sequence[Any]) -> None:
    mine, gone = _kept(old, new)
    for each in new:
        if id(each.origin) in mine:
            _values(change, mine[id(each.origin)], each)
    for each in gone:
        _drop_row(change, each)
    fresh = [each for each in new if id(each.origin) not in mine]
    if fresh:
        _insert_rows(change, part, record.origin.section, new, fresh, mine)


def _drop_block(change: _Change, section: Section) -> None:
    change.edits.append(Edit(section.heading.start, section.end, ""))


def _block_insertion(change: _Change, section: Section, anchor: int, written: str) -> Edit:
    newline = change.tree.newline
    body = section.body.of(change.text)
    if not section.sections and body.strip() and is_empty(body.strip()):
        start = section.body.start + len(body) - len(body.lstrip())
        return Edit(start, start + len(body.strip()), written)
    return Edit(anchor, anchor, newline * 2 + written)


def _block_text(change: _Change, record: Any, level: int, siblings: Sequence[Section]) -> str:
    """The text of a block that is new here: one that moves brings its own along."""
    origin = record.origin
    if origin is not None and origin.section is not None and id(origin) in change.before:
        moved = _Change(change.tree, change.top, change.before)
        _block(moved, change.before[id(origin)], record)
        span = Span(origin.section.heading.start, content_end(change.text, origin.section.span))
        shifted = [
            Edit(e.start - span.start, e.end - span.start, e.text)
            for e in only_real(change.text, moved.edits)
        ]
        return apply(span.of(change.text), shifted)
    return new_block(change, record, level, siblings)


def new_block(change: _Change, record: Any, level: int, siblings: Sequence[Section]) -> str:
    """The text of a block for ``record``, in the style of ``siblings``."""
    shape = layout(type(record))
    newline = change.tree.newline
    lines = ["#" * level + " " + escape_heading(str(getattr(record, shape.headed)))]
    for attribute, inner in shape.parts.items():
        rows = getattr(record, attribute)
        if inner.shape == "table" and inner.record is not None:
            lines += ["", *_whole_table(inner, rows), ""]
    style = next(
        (line_style(change.text, each) for s in siblings for each in fields_of(change.text, s.blocks)), None
    )
    for attribute, value in shape.values.items():
        after = getattr(record, attribute)
        if not value.heading and (value.required or after not in (None, ())):
            lines.append(_line(value, style or value.style, after, newline))
    if siblings and siblings[-1].blocks and any(block.kind == "rule" for block in siblings[-1].blocks[-2:]):
        lines += ["", "---"]
    return newline.join(lines)


def _whole_table(part: Part, rows: Sequence[Any]) -> list[str]:
    assert part.record is not None
    values = {name: value for name, value in layout(part.record).values.items() if value.in_row}
    titles = [value.title for value in values.values()]
    lines = [
        "| " + " | ".join(titles) + " |",
        "|" + "|".join("-" * (len(title) + 2) for title in titles) + "|",
    ]
    return lines + ["| " + " | ".join(_cell_source(row, name) for name in values) + " |" for row in rows]


def _details(
    change: _Change, section: Section, attribute: str, old: Sequence[Any], new: Sequence[Any]
) -> None:
    """The detail blocks of a table's rows: changed, dropped with their row, moved or written."""
    before = {id(block.origin): block for record in old if (block := getattr(record, attribute)) is not None}
    after = [block for record in new if (block := getattr(record, attribute)) is not None]
    still = {id(block.origin) for block in after}
    siblings = [block.origin.section for block in before.values()]
    anchor = content_end(change.text, Span(section.heading.start, section.body.end))
    for key, block in before.items():
        if key in still:
            anchor = max(anchor, content_end(change.text, block.origin.section.span))
        else:
            _drop_block(change, block.origin.section)
    for block in after:
        if id(block.origin) in before:
            _block(change, before[id(block.origin)], block)
        else:
            written = _block_text(change, block, section.level + 1, siblings)
            change.edits.append(Edit(anchor, anchor, change.tree.newline * 2 + written))


_PARTS = {"one": _one, "prose": _prose, "numbered": _numbered, "table": _rows, "blocks": _blocks}
