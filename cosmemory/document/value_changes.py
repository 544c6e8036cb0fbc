"""Edits of single values: after labels, in cells, in headings, in free text and numbered lists."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.fields import Layout, Part, Record, Value, layout
from cosmemory.document.front_changes import entry_edit, first_entry_edit
from cosmemory.document.places import edit_at
from cosmemory.document.sections import sections_of
from cosmemory.document.values import ITEMS, LONG, TEXT, source_of
from cosmemory.errors import InvalidValue, NotFound
from cosmemory.frozen import field, slotted
from cosmemory.syntax.escape import escape_item, is_empty
from cosmemory.syntax.fields import Field, fields_of, items_of
from cosmemory.syntax.tables import Table
from cosmemory.syntax.tree import Section, Tree, name_of
from cosmemory.syntax.writers import (
    content_end,
    items_edits,
    labelled_line,
    line_style,
    list_edits,
    missing_cells,
    prose_text,
)
from cosmemory.text.edits import Edit
from cosmemory.text.spans import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@slotted
class PageChange:
    """One page being changed: its tree, the edits so far, and every record that was read from it.

    ``before`` are those records by the id of their origin; ``after`` has the ids of those that stay on the page.
    """

    tree: Tree
    top: Section
    shape: Layout
    before: dict[int, Any]
    after: frozenset[int] = frozenset()
    edits: list[Edit] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the page."""
        return self.tree.text


def section_of(change: PageChange, part: Part) -> Section:
    """The section that holds ``part``.

    Raises NotFound when the page has none.
    """
    found = sections_of(change.text, change.top, part, change.shape)
    if not found:
        raise NotFound(f"The section {part.title!r}", f"Add a heading '## {part.title}' to the page.")
    return found[0]


def change_values(change: PageChange, old: Any, new: Any) -> None:
    """The edits of the single values that differ between two states of one record."""
    shape = layout(type(new))
    for attribute, value in shape.values.items():
        after = getattr(new, attribute)
        if getattr(old, attribute) != after:
            _value(change, new, attribute, value, after)
    for name, text in new.extra.items():
        if isinstance(new, Record) and old.extra.get(name) != text:
            _place_text(change, new, f"extra.{name}", text)


def _value(change: PageChange, record: Any, attribute: str, value: Value, after: Any) -> None:
    place = record.origin.places.get(attribute)
    if place is None:
        _absent(change, record, attribute, value, after)
    elif value.type is ITEMS and place.field is not None:
        change.edits.extend(items_edits(change.text, place.field, after, change.tree.newline))
    elif value.type is LONG and place.field is not None:
        change.edits.append(_long(change, place.field, after))
    else:
        change.edits.append(edit_at(change.text, place, value.type, after))


def _place_text(change: PageChange, record: Any, name: str, text: str) -> None:
    place = record.origin.places.get(name) if record.origin else None
    if place is None:
        return
    change.edits.append(edit_at(change.text, place, TEXT, text or None))


def _long(change: PageChange, place: Field, after: str | None) -> Edit:
    newline = change.tree.newline
    written = prose_text(after, newline) if after else ""
    end = max(place.value.end, content_end(change.text, place.below))
    return Edit(place.value.start, end, newline + written if written else "")


def _absent(change: PageChange, record: Any, attribute: str, value: Value, after: Any) -> None:
    """Writes a value that has no place on the page yet: a cell that its row lacks, or a new line."""
    origin = record.origin
    if origin.row is not None and origin.table is None:
        raise NotFound(
            f"A place for {value.title!r} in a list",
            "Write the list as a table, with a column for each value.",
        )
    if origin.row is not None:
        columns = column_attributes(type(record), origin.table)
        if attribute not in columns:
            raise NotFound(f"The column {value.title!r}", f"Add a column {value.title!r} to the table.")
        cells = [cell_source(record, each) for each in columns]
        edit = missing_cells(change.text, origin.row, len(columns), cells)
        if edit not in change.edits:
            change.edits.append(edit)
        return
    section = origin.section or change.top
    fields = fields_of(change.text, section.blocks, layout(type(record)).shape_of)
    if value.front and (entry := entry_edit(change.tree, value, after)) is not None:
        change.edits.append(entry)
        return
    if value.front and not fields and change.tree.blocks[:1] and change.tree.blocks[0].kind != "front_matter":
        change.edits.append(first_entry_edit(change.tree, change.edits, value, after))
        return
    style = line_style(change.text, fields[-1]) if fields else value.style
    newline = change.tree.newline
    if fields:
        at = content_end(change.text, fields[-1].span)
    else:
        at = content_end(change.text, section.heading)
    long = value.type in {LONG, ITEMS}
    below = [each for each in section.blocks if long and each.kind == "table" and each.start >= at]
    if below:
        # Above a table, all of it would be read as more of the text.
        at = content_end(change.text, Span(below[-1].start, below[-1].end))
    # Right below a list the label of long text would be read on as part of its last item.
    apart = newline * 2 if below or value.type is LONG else newline
    change.edits.append(Edit(at, at, apart + labelled(value, style, after, newline)))


def labelled(value: Value, style: str, after: Any, newline: str) -> str:
    """A labelled value as a whole new line, or lines."""
    if value.type is ITEMS:
        indent = "  " if style.lstrip()[:2] in {"- ", "* ", "+ "} else ""
        listed = "".join(f"{newline}{indent}- {escape_item(item)}" for item in after)
        return labelled_line(style, value.title, listed.removeprefix(" ") if after else "-").replace(
            " " + newline, newline
        )
    if value.type is LONG:
        written = newline + prose_text(after, newline) if after else ""
        return labelled_line(style, value.title, "").rstrip(" ") + written
    return labelled_line(style, value.title, source_of(value.type, after, cell=False))


def column_attributes(record: type[Any], table: Table) -> list[str]:
    """The attribute that each column of ``table`` holds; ``extra.NAME`` for one that nobody declared."""
    shape = layout(record)
    found: list[str] = []
    for title in table.columns:
        attribute = shape.value_named(name_of(title))
        found.append(attribute if attribute and attribute not in found else f"extra.{name_of(title)}")
    return found


def cell_source(record: Any, attribute: str) -> str:
    """One value of ``record`` as its cell has it."""
    if attribute.startswith("extra."):
        return source_of(TEXT, record.extra.get(attribute.removeprefix("extra.")), cell=True)
    return source_of(layout(type(record)).values[attribute].type, getattr(record, attribute), cell=True)


def change_one(change: PageChange, part: Part, old: Any, new: Any) -> None:
    """The edits that turn the one record ``old`` of a section into ``new``."""
    if new.origin is None or old.origin is None:
        if old != new:
            section_of(change, part)
            raise InvalidValue(part.title, "its record was not read from this page")
        return
    change_values(change, old, new)


def change_prose(change: PageChange, part: Part, old: Any, new: Any) -> None:
    """The edit that puts free text in the place of a section's own."""
    if old == new:
        return
    section = section_of(change, part)
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


def change_numbered(change: PageChange, part: Part, old: Sequence[str], new: Sequence[str]) -> None:
    """The edits of the items of a numbered list; what else a person wrote in its section stays."""
    if tuple(old) == tuple(new):
        return
    section = section_of(change, part)
    newline = change.tree.newline
    found = items_of(change.text, section.body)
    if not found:
        whole_list(change, section, [f"{number}. {escape_item(item)}" for number, item in enumerate(new, 1)])
    elif not new:
        (words, line), *rest = found
        change.edits.append(Edit(line.start, words.end, "None"))
        change.edits.extend(Edit(line.start, line.end, "") for _, line in rest)
    else:
        change.edits.extend(list_edits(change.text, found, new, section.body.end, newline))


def whole_list(change: PageChange, section: Section, lines: Sequence[str]) -> None:
    """A list of the ``lines`` where none stands yet: in place of the word that says so, or below what a person wrote there."""
    newline = change.tree.newline
    listed = newline.join(lines)
    body = section.body.of(change.text)
    end = content_end(change.text, Span(section.heading.start, section.body.end))
    if body.strip() and is_empty(body):
        start = section.body.start + len(body) - len(body.lstrip())
        change.edits.append(Edit(start, end, listed))
    else:
        change.edits.append(Edit(end, end, newline * (2 if body.strip() else 1) + listed))
