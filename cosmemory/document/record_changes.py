"""Edits of records: rows and blocks that come, go, move and change, with their details."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.checklist_changes import change_tasks
from cosmemory.document.checklists import task_lines, task_source
from cosmemory.document.fields import Part, layout
from cosmemory.document.record_order import kept
from cosmemory.document.sections import sections_of
from cosmemory.document.value_changes import (
    PageChange,
    cell_source,
    change_values,
    column_attributes,
    labelled,
    section_of,
)
from cosmemory.document.values import LONG
from cosmemory.errors import NotFound
from cosmemory.syntax.escape import escape_heading, is_empty
from cosmemory.syntax.fields import fields_of
from cosmemory.syntax.tables import Table, tables_of
from cosmemory.syntax.tree import Section
from cosmemory.syntax.writers import (
    content_end,
    line_style,
    row_text,
)
from cosmemory.text.edits import Edit, apply, only_real
from cosmemory.text.spans import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def change_rows(change: PageChange, part: Part, old: Sequence[Any], new: Sequence[Any]) -> None:
    """The edits that turn the rows ``old`` of a table into ``new``, with their details."""
    if tuple(old) == tuple(new) and all(a.extra == b.extra for a, b in zip(old, new, strict=True)):
        return
    section = section_of(change, part)
    mine, gone = kept(old, new)
    for record in new:
        if id(record.origin) in mine and record is not mine[id(record.origin)]:
            change_values(change, mine[id(record.origin)], record)
    for record in gone:
        _drop_row(change, record)
    fresh = [record for record in new if id(record.origin) not in mine]
    if fresh:
        _insert_rows(change, part, section, new, fresh, mine)
    for attribute, inner in layout(part.record).parts.items() if part.record else ():
        if inner.shape == "details":
            _details(change, _last_section(change, part, mine) or section, attribute, old, new)


def _last_section(change: PageChange, part: Part, mine: dict[int, Any]) -> Section | None:
    """The section of the last row that stays, where new ones go: a team may stand in one for each project."""
    last = max((each.origin.row.span.start for each in mine.values() if each.origin.row), default=-1)
    found = sections_of(change.text, change.top, part, change.shape)
    return next((each for each in reversed(found) if each.heading.start <= last), None)


def _drop_row(change: PageChange, record: Any) -> None:
    row = record.origin.row
    if row is None:
        # The block is the record's details as well: where those stay on the page, all of it goes along.
        inner = [getattr(record, name) for name in layout(type(record)).parts]
        moves = any(each is not None and id(each.origin) in change.after for each in inner)
        _drop_block(change, record, whole=moves)
        return
    start = content_end(change.text, Span(0, row.span.start))
    # The line end before the row goes with it, so that a last row without one leaves none behind.
    start = max(start, change.text.rfind("\n", 0, row.span.start))
    if change.text[start : start + 1] == "\n" and change.text[start - 1 : start] == "\r":
        start -= 1
    change.edits.append(Edit(start, row.span.end, ""))


def _insert_rows(
    change: PageChange,
    part: Part,
    section: Section,
    new: Sequence[Any],
    fresh: Sequence[Any],
    mine: dict[int, Any],
) -> None:
    assert part.record is not None
    newline = change.tree.newline
    tables = tables_of(change.text, section.blocks)
    kept_as_blocks = [each.origin.section for each in change.before.values() if _is_block_of(each, part)]
    if not tables and kept_as_blocks:
        at = max(content_end(change.text, each.span) for each in kept_as_blocks)
        level = section.level + 1
        written = [block_of_row(change, part, record, level, kept_as_blocks) for record in fresh]
        change.edits.append(Edit(at, at, "".join(newline * 2 + each for each in written)))
        return
    if not tables:
        titles = [value.title for value in layout(part.record).values.values() if value.in_row]
        attributes = [name for name, value in layout(part.record).values.items() if value.in_row]
        rows = [" | ".join(cell_source(record, name) for name in attributes) for record in fresh]
        head = [" | ".join(titles), "|".join("-" * (len(title) + 2) for title in titles)]
        lines = [f"| {head[0]} |", f"|{head[1]}|", *(f"| {row} |" for row in rows)]
        at = content_end(change.text, Span(section.heading.start, section.body.end))
        change.edits.append(_block_insertion(change, section, at, newline.join(lines)))
        return
    table = tables[0]
    anchor: Any = None
    for record in new:
        if id(record.origin) in mine:
            if record.origin.table is not None:
                anchor, table = record.origin.row, record.origin.table
            continue
        columns = column_attributes(part.record, table)
        _refuse_unplaced(part, columns, record)
        line = _row_line(change, table, columns, record)
        change.edits.append(_row_insertion(change, table, anchor, new, mine, line))


def _is_block_of(record: Any, part: Part) -> bool:
    """Whether ``record``, one of ``part``, stands as a block where the others stand as rows of a table."""
    return type(record) is part.record and record.origin.row is None and record.origin.section is not None


def _row_line(change: PageChange, table: Table, columns: Sequence[str], record: Any) -> str:
    """The line of a row that is new at its place: one that moves brings its own along."""
    origin = record.origin
    if (
        origin is not None
        and id(origin) in change.before
        and origin.table is not None
        and origin.table.span == table.span
    ):
        moved = PageChange(change.tree, change.top, change.shape, change.before, change.after)
        change_values(moved, change.before[id(origin)], record)
        return _moved_text(change.text, origin.row.span, moved.edits)
    return row_text(change.text, table, [cell_source(record, each) for each in columns])


def _moved_text(text: str, span: Span, edits: Sequence[Edit]) -> str:
    """What stands at ``span``, with the edits that lie in it made."""
    shifted = [Edit(e.start - span.start, e.end - span.start, e.text) for e in only_real(text, edits)]
    return apply(span.of(text), shifted)


def _refuse_unplaced(part: Part, columns: Sequence[str], record: Any) -> None:
    """Refuses a new row with a value for which the table has no column: it would be lost."""
    assert part.record is not None
    for attribute, value in layout(part.record).values.items():
        if value.in_row and attribute not in columns and getattr(record, attribute) is not None:
            raise NotFound(
                f"The column {value.title!r} of {part.title!r}", f"Add a column {value.title!r} to the table."
            )


def _row_insertion(
    change: PageChange, table: Table, anchor: Any, new: Sequence[Any], mine: dict[int, Any], line: str
) -> Edit:
    newline = change.tree.newline
    if anchor is not None:
        return Edit(anchor.span.end, anchor.span.end, newline + line)
    first = next((r.origin.row for r in new if id(r.origin) in mine and r.origin.table), None)
    if first is not None:
        return Edit(first.span.start, first.span.start, line + newline)
    empty = [row for row in table.rows if row.blank]
    taken = {edit.start for edit in change.edits}
    if empty and empty[0].span.start not in taken:
        return Edit(empty[0].span.start, empty[0].span.end, line)
    end = empty[0].span.end if empty else table.delimiter.span.end
    return Edit(end, end, newline + line)


def change_blocks(change: PageChange, part: Part, old: Sequence[Any], new: Sequence[Any]) -> None:
    """The edits that turn the headed records ``old`` of a section into ``new``."""
    if tuple(old) == tuple(new) and all(a is b for a, b in zip(old, new, strict=True)):
        return
    section = section_of(change, part)
    mine, gone = kept(old, new)
    for record in gone:
        _drop_block(change, record)
    anchor = content_end(change.text, Span(section.heading.start, section.body.end))
    siblings = [record.origin.section for record in old if record.origin.section]
    for record in new:
        if id(record.origin) in mine:
            anchor = content_end(change.text, record.origin.section.span)
            _block(change, mine[id(record.origin)], record)
        else:
            written = _block_text(change, record, section.level + 1, siblings, ruled=part.ruled)
            change.edits.append(_block_insertion(change, section, anchor, written))


def _block(change: PageChange, old: Any, new: Any) -> None:
    """The edits of a block's values and of the table or checklist inside it."""
    if old is new:
        return
    change_values(change, old, new)
    for attribute, inner in layout(type(new)).parts.items():
        before, after = getattr(old, attribute), getattr(new, attribute)
        if inner.shape == "table" and before != after:
            _inner_rows(change, inner, new, before, after)
        elif inner.shape == "checklist" and before != after:
            change_tasks(change, new.origin.section, before, after)


def _inner_rows(change: PageChange, part: Part, record: Any, old: Sequence[Any], new: Sequence[Any]) -> None:
    mine, gone = kept(old, new)
    for each in new:
        if id(each.origin) in mine:
            change_values(change, mine[id(each.origin)], each)
    for each in gone:
        _drop_row(change, each)
    fresh = [each for each in new if id(each.origin) not in mine]
    if fresh:
        _insert_rows(change, part, record.origin.section, new, fresh, mine)


def _drop_block(change: PageChange, record: Any, *, whole: bool = False) -> None:
    """The edit that takes a block off its place: a record that goes leaves behind what a person wrote there.

    One that moves, ``whole``, takes that along.
    """
    section = record.origin.section
    moves = whole or id(record.origin) in change.after
    left = "" if moves else _not_the_records(change, record, section)
    if left:
        newline = change.tree.newline
        above = change.text[: section.heading.start]
        # Without a blank line the words would go on with the list above.
        parted = above.endswith(("\n\n", "\r\n\r\n", "\r\r")) or not above
        left = ("" if parted else newline) + left + newline * 2
    change.edits.append(Edit(section.heading.start, section.end, left))


def _not_the_records(change: PageChange, record: Any, section: Section) -> str:
    """What stands in the block of ``record`` and is neither label, nor table, nor the rule that closes it."""
    shape = layout(type(record))
    own = [section.heading, *(each.span for each in fields_of(change.text, section.blocks, shape.shape_of))]
    if any(part.shape == "table" for part in shape.parts.values()):
        for table in tables_of(change.text, section.blocks)[:1]:
            own += [row.span for row in (table.header, table.delimiter, *table.rows)]
    if any(part.shape == "checklist" for part in shape.parts.values()):
        own += [line for _, line in task_lines(change.text, section)]
    solid = [block for block in section.blocks if block.kind != "blank"]
    if solid and solid[-1].kind == "rule":
        own.append(Span(solid[-1].start, solid[-1].end))
    pieces: list[str] = []
    at = section.heading.start
    for span in sorted(own):
        pieces.append(change.text[at : span.start])
        at = max(at, span.end)
    pieces.append(change.text[at : section.end])
    return "".join(pieces).strip("\r\n") if "".join(pieces).strip() else ""


def _block_insertion(change: PageChange, section: Section, anchor: int, written: str) -> Edit:
    newline = change.tree.newline
    body = section.body.of(change.text)
    if not section.sections and body.strip() and is_empty(body.strip()):
        start = section.body.start + len(body) - len(body.lstrip())
        return Edit(start, start + len(body.strip()), written)
    return Edit(anchor, anchor, newline * 2 + written)


def _block_text(
    change: PageChange, record: Any, level: int, siblings: Sequence[Section], *, ruled: bool = False
) -> str:
    """The text of a block that is new here: one that moves brings its own along."""
    origin = record.origin
    if origin is not None and origin.section is not None and id(origin) in change.before:
        moved = PageChange(change.tree, change.top, change.shape, change.before, change.after)
        _block(moved, change.before[id(origin)], record)
        span = Span(origin.section.heading.start, content_end(change.text, origin.section.span))
        return _moved_text(change.text, span, moved.edits)
    return new_block(change, record, level, siblings, ruled=ruled)


def new_block(
    change: PageChange, record: Any, level: int, siblings: Sequence[Section], *, ruled: bool
) -> str:
    """The text of a block for ``record``, in the style of ``siblings``; closed by a rule if they are, or ``ruled``."""
    shape = layout(type(record))
    newline = change.tree.newline
    lines = ["#" * level + " " + escape_heading(str(getattr(record, shape.headed)))]
    for attribute, inner in shape.parts.items():
        rows = getattr(record, attribute)
        if inner.shape == "table" and inner.record is not None:
            lines += ["", *_whole_table(inner, rows), ""]
        elif inner.shape == "checklist":
            lines += ["", *([f"- {task_source(task)}" for task in rows] or ["None"])]
    style = next(
        (line_style(change.text, each) for s in siblings for each in fields_of(change.text, s.blocks)), None
    )
    for attribute, value in shape.values.items():
        after = getattr(record, attribute)
        if not value.heading and (value.required or after not in (None, ())):
            if value.type is LONG and lines[-1]:
                lines.append("")  # right below a list it would be read on as part of the last item
            lines.append(labelled(value, style or value.style, after, newline))
    if siblings:
        ruled = any(block.kind == "rule" for block in siblings[-1].blocks[-2:])
    if ruled:
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
    return lines + ["| " + " | ".join(cell_source(row, name) for name in values) + " |" for row in rows]


def block_of_row(change: PageChange, part: Part, record: Any, level: int, siblings: Sequence[Section]) -> str:
    """The block for a new ``record`` where others stand as one each: its labels are a row's and the details'."""
    styles = (line_style(change.text, each) for s in siblings for each in fields_of(change.text, s.blocks))
    style = next(styles, None)
    lines = {"": "#" * level + " " + escape_heading(str(getattr(record, part.key)))}
    for each in (record, *(getattr(record, name) for name in layout(type(record)).parts)):
        for attribute, value in layout(type(each)).values.items() if each is not None else ():
            after = getattr(each, attribute)
            if attribute != part.key and not value.heading and after not in (None, ()):
                lines.setdefault(
                    value.title, labelled(value, style or "- **{}:** {}", after, change.tree.newline)
                )
    return change.tree.newline.join(lines.values())


def _details(
    change: PageChange, section: Section, attribute: str, old: Sequence[Any], new: Sequence[Any]
) -> None:
    """The detail blocks of a table's rows: changed, dropped with their row, moved or written."""
    before = {id(block.origin): block for record in old if (block := getattr(record, attribute)) is not None}
    after = [block for record in new if (block := getattr(record, attribute)) is not None]
    still = {id(block.origin) for block in after}
    siblings = [block.origin.section for block in before.values()]
    # A record that is kept as a block is its own details: they come and go with it.
    own = {id(record.origin.section) for record in old if record.origin.row is None}
    anchor = content_end(change.text, Span(section.heading.start, section.body.end))
    for key, block in before.items():
        if key in still:
            anchor = max(anchor, content_end(change.text, block.origin.section.span))
        elif id(block.origin.section) not in own:
            _drop_block(change, block)
    for block in after:
        if id(block.origin) in before:
            _block(change, before[id(block.origin)], block)
        elif not own:
            written = _block_text(change, block, section.level + 1, siblings)
            change.edits.append(Edit(anchor, anchor, change.tree.newline * 2 + written))
