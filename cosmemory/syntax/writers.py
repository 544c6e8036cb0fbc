"""Pieces of Markdown written in the style found on the page: rows, labelled lines, blocks, lists."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.syntax.escape import escape_field, quote_prose
from cosmemory.syntax.fields import Field, items_of
from cosmemory.syntax.tables import Cell, Row, Table
from cosmemory.text.edits import Edit
from cosmemory.text.spans import Span


def row_text(text: str, table: Table, cells: Sequence[str]) -> str:
    """A new row of ``table``, padded and fenced in as its other rows are."""
    header = table.header
    widths = _widths(table)
    written = [f" {cell.ljust(width - 2)} " for cell, width in zip(cells, widths, strict=True)]
    line = "|".join(written)
    source = header.span.of(text)
    left = "|" if source.lstrip(" \t\ufeff").startswith("|") else ""
    right = "|" if source.rstrip(" \t").endswith("|") and len(source.strip()) > 1 else ""
    indent = source[: len(source) - len(source.lstrip(" \t"))]
    return indent + left + (line if left else line.lstrip(" ")) + (right or "")


def _widths(table: Table) -> list[int]:
    """The width of each column of a table that is kept aligned; 0 for all of them in any other.

    Two words of one length make no aligned column; the last one often ends ragged.
    """
    rows = [table.header, *table.rows]
    count = len(table.header.cells)
    if len(rows) < 2 or any(len(row.cells) != count for row in rows):
        return [0] * count
    widths: list[int] = []
    for index in range(count):
        found = {row.cells[index].span.end - row.cells[index].span.start for row in rows}
        widths.append(found.pop() if len(found) == 1 else 0)
    return widths if all(widths[:-1]) else [0] * count


def cell_edit(cell: Cell, value: str) -> Edit:
    """``value`` in place of what ``cell`` says; the padding behind gives way, so that the next pipe stays put."""
    after = cell.span.end - cell.value.end
    if cell.span.start == cell.span.end:
        return Edit(cell.span.start, cell.span.end, f" {value} ")
    if after <= 1:
        return Edit(cell.value.start, cell.value.end, value)
    room = cell.span.end - cell.value.start
    old_end = cell.value.end
    if len(value) > old_end - cell.value.start:
        spare = max(1, room - len(value))
        return Edit(cell.value.start, cell.span.end, value + " " * spare)
    return Edit(cell.value.start, old_end, value.ljust(old_end - cell.value.start))


def missing_cells(text: str, row: Row, count: int, cells: Sequence[str]) -> Edit:
    """The cells that a ragged row lacks, appended at its end."""
    added = "".join(f" {cell} |" for cell in cells[len(row.cells) : count])
    closed = row.span.of(text).rstrip(" \t").endswith("|")
    return Edit(row.span.end, row.span.end, added if closed else " |" + added)


def value_edit(text: str, field: Field, value: str) -> Edit:
    """``value`` in place of what stands after the label of ``field``."""
    gap = "" if field.value.start > 0 and text[field.value.start - 1] in " \t" else " "
    return Edit(field.value.start, field.value.end, gap + value)


def line_style(text: str, field: Field) -> str:
    """The shape of a labelled line, as a format of label and value."""
    before = text[field.line.start : field.label_span.start]
    between = text[field.label_span.end : field.value.start]
    return (before + "{}" + between.rstrip(" \t") + " {}").replace("\ufeff", "")


def labelled_line(style: str, label: str, value: str) -> str:
    """One labelled line in ``style``."""
    left, middle, right = style.split("{}", 2)
    return left + label + middle + value + right


def items_edits(text: str, field: Field, items: Sequence[str], newline: str) -> list[Edit]:
    """The edits that make ``items`` the list of ``field``; items added at the end leave the others alone."""
    standing = items_of(text, field.below)
    written = [escape_field(item) for item in items]
    old = [words.of(text) for words, _ in standing]
    if standing and written[: len(old)] == old:
        words, line = standing[-1]
        prefix = text[line.start : words.start]
        return [Edit(words.end, words.end, "".join(newline + prefix + item for item in written[len(old) :]))]
    indent = _indent(text, field)
    listed = "".join(newline + indent + "- " + item for item in written)
    end = standing[-1][0].end if standing else field.value.end
    value = "" if field.value.start == field.value.end or items else "-"
    if not items:
        return [Edit(field.value.start, end, "-" if field.value.start < field.value.end else " -")]
    return [Edit(field.value.start, end, value + listed)]


def _indent(text: str, field: Field) -> str:
    before = text[field.line.start : field.label_span.start]
    bulleted = before.lstrip(" \t\ufeff")[:1] in {"-", "*", "+"} and not before.lstrip(
        " \t\ufeff"
    ).startswith("**")
    return before[: len(before) - len(before.lstrip(" \t"))] + ("  " if bulleted else "")


def content_end(text: str, span: Span) -> int:
    """Where the last words in ``span`` end, the blank lines after them left out."""
    return span.start + len(span.of(text).rstrip(" \t\r\n"))


def prose_text(value: str, newline: str) -> str:
    """Free text as it stands on a page: lines that would be structure are quoted."""
    return quote_prose(value).replace("\n", newline)
