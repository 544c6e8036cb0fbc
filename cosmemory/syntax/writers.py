"""Pieces of Markdown written in the style found on the page: rows, labelled lines, blocks, lists."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.syntax.escape import escape_item, guard_start, is_empty, quote_prose, split_list, unescape
from cosmemory.syntax.fields import Field, items_of
from cosmemory.syntax.tables import Cell, Row, Table
from cosmemory.text.edits import Edit
from cosmemory.text.spans import Span


def row_text(text: str, table: Table, cells: Sequence[str]) -> str:
    """A new row of ``table``, padded and fenced in as its other rows are."""
    header = table.header
    widths = _widths(table)
    source = header.span.of(text)
    indent = source[: len(source) - len(source.lstrip(" \t"))]
    left = "|" if source.lstrip(" \t\ufeff").startswith("|") else ""
    if not left:
        # Without a pipe before it, a first cell such as `# x` would be a heading and end the table.
        cells = [guard_start(cells[0]), *cells[1:]]
        # Nor has it the blank before it that the width of other cells counts; it has the indent in it.
        widths = [widths[0] and widths[0] + 1 - len(indent), *widths[1:]]
    written = [f" {cell.ljust(width - 2)} " for cell, width in zip(cells, widths, strict=True)]
    line = "|".join(written)
    right = "|" if source.rstrip(" \t").endswith("|") and len(source.strip()) > 1 else ""
    line = line if left else line.lstrip(" ")
    return indent + left + (line if right else line.rstrip(" ")) + right


def _widths(table: Table) -> list[int]:
    """The width of each column of a table that is kept aligned; 0 for all of them in any other.

    Words of one length make no aligned column, unless one of them is padded; the last column often ends ragged.
    """
    count = len(table.header.cells)
    widths = [cell.span.end - cell.span.start for cell in table.header.cells]
    if not table.rows:
        return [0] * count
    for row in table.rows:
        if len(row.cells) != count:
            return [0] * count
        for index, cell in enumerate(row.cells):
            if cell.span.end - cell.span.start != widths[index]:
                # Most tables are not aligned, and the first row or two tell it.
                if index < count - 1:
                    return [0] * count
                widths[index] = 0
    return widths if all(widths[:-1]) and _is_padded(table, widths) else [0] * count


def _is_padded(table: Table, widths: list[int]) -> bool:
    """Whether a cell of the columns that have a width ends in more than the one blank that all cells have."""
    return any(
        width and cell.span.end - cell.value.end > 1
        for row in (table.header, *table.rows)
        for width, cell in zip(widths, row.cells, strict=True)
    )


def is_aligned(table: Table) -> bool:
    """Whether new rows of a table are padded as all its rows are."""
    return any(_widths(table))


def cell_edit(text: str, cell: Cell, value: str) -> Edit:
    """``value`` in place of what ``cell`` says; the padding behind gives way, so that the next pipe stays put."""
    if text[cell.span.start - 1 : cell.span.start] != "|":
        value = guard_start(value)
    after = cell.span.end - cell.value.end
    if cell.span.start == cell.span.end:
        return Edit(cell.span.start, cell.span.end, f" {value} ")
    behind = text[cell.value.end : cell.span.end]
    if behind.strip(" \t"):
        # A comment stands behind the value, and stays there.
        return Edit(cell.value.start, cell.value.end, value if behind[0] in " \t" else value + " ")
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
    """The edits that make ``items`` the list of ``field``: what stands inline first, then what stands below."""
    source = field.value.of(text)
    inline = [] if is_empty(unescape(source)) else split_list(source)
    standing = items_of(text, field.below)
    # A list that stands on the label's own line is kept as long as it is the start of the new one.
    kept = bool(inline) and list(items[: len(inline)]) == inline
    below = list(items[len(inline) :]) if kept else list(items)
    edits = list_edits(text, standing, below, field.below.end, newline)
    start = content_end(text, Span(field.line.start, field.value.start))
    if not items:
        return [Edit(start, field.value.end, " -"), *edits]
    if not kept and source:
        edits.append(Edit(start, field.value.end, ""))
    if below and not standing:
        at = field.value.end
        edits.append(
            Edit(at, at, "".join(f"{newline}{_indent(text, field)}- {escape_item(i)}" for i in below))
        )
    return edits


def list_edits(
    text: str, standing: Sequence[tuple[Span, Span]], items: Sequence[str], end: int, newline: str
) -> list[Edit]:
    """The edits that make ``items`` of the ``standing`` ones, a list that ends at ``end``; none for a new list.

    Each item keeps its own bullet and what stands below its line.
    """
    from difflib import SequenceMatcher

    old = [unescape(words.of(text)) for words, _ in standing]
    edits: list[Edit] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, list(items), autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        both = min(i2 - i1, j2 - j1)
        for (words, _), item in zip(standing[i1:i2], items[j1:j2], strict=False):
            edits.append(Edit(words.start, words.end, escape_item(item)))
        for _, line in standing[i1 + both : i2]:
            edits.append(Edit(line.start, line.end, ""))
        if standing and j2 - j1 > both:
            edits.append(_more_items(text, standing, i1 + both, items[j1 + both : j2], end, newline))
    return edits


def _more_items(
    text: str, standing: Sequence[tuple[Span, Span]], at: int, items: Sequence[str], end: int, newline: str
) -> Edit:
    """New items before the standing one numbered ``at``, each with the bullet of the one beside it."""
    words, line = standing[max(0, at - 1)]
    prefix = text[line.start : words.start]
    if prefix[-1:] not in {" ", "\t"}:
        prefix += " "
    if not at:
        return Edit(line.start, line.start, "".join(prefix + escape_item(item) + newline for item in items))
    # Below what goes on the item before, so that its second line stays its own.
    stop = standing[at][1].start if at < len(standing) else end
    place = content_end(text, Span(line.start, stop))
    return Edit(place, place, "".join(newline + prefix + escape_item(item) for item in items))


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
