"""The labelled values of a page or a section: in lines, headings and front matter, with what is wrong in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cosmemory.diagnostics import Diagnostic, Fix, report
from cosmemory.document.fields import Layout, Place, Value
from cosmemory.document.values import ITEMS, LONG, Reading, read_source, source_of
from cosmemory.frozen import field, slotted
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import is_empty, split_list, unescape, unquote_prose
from cosmemory.syntax.fields import Field, fields_of, items_of
from cosmemory.syntax.nodes import Block
from cosmemory.syntax.tree import Section, Tree, name_of
from cosmemory.text.edits import Edit
from cosmemory.text.spans import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# `## Status: COMPLETE`; a heading whose label nobody knows is an ordinary one.
_HEADED = pattern(r"(?P<label>[^:\r\n]{1,80}?)[ \t]*:[ \t]+(?P<value>\S.*)", re.DOTALL)


@slotted
class PageReading:
    """What is being read, the findings so far, and the headings that a declared part accounts for."""

    tree: Tree
    found: list[Diagnostic] = field(default_factory=list)
    known: set[int] = field(default_factory=set)

    def report(self, rule: str, message: str, span: Span, fix: Fix | None = None) -> None:
        """Adds the finding of ``rule`` at ``span``, the line end after it left out."""
        end = span.start + len(span.of(self.tree.text).rstrip("\r\n"))
        self.found.append(report(rule, message, span.start, end, fix=fix))


@slotted
class Labelled:
    """The values of one record and their places; ``extra`` are those with a label that the kind does not know."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def free_name(self, name: str) -> str:
        """``name``, with ``_2`` and so on where a value has it already."""
        number = self._numbers.get(name, 0)
        free = name
        while not number or free in self.extra or free in self.values:
            number += 1
            free = name if number == 1 else f"{name}_{number}"
        # Where the search ended is kept, or a thousand labels of one name would be searched a million times.
        self._numbers[name] = number
        return free

    def keep(self, name: str, text: str, place: Place | None = None) -> None:
        """Keeps a text that the kind has no value for."""
        name = self.free_name(name)
        self.extra[name] = text
        if place is not None:
            self.places[f"extra.{name}"] = place


def labels_of(
    page: PageReading,
    shape: Layout,
    blocks: Iterable[Block],
    sections: Sequence[Section] = (),
    also: Sequence[Layout] = (),
) -> Labelled:
    """The values that stand in ``blocks`` and, as ``Label: value``, in the headings of ``sections``.

    Headings whose labels the layouts ``also`` know are kept for them.
    """
    text = page.tree.text
    read = Labelled()
    for each, place in _places(page, (shape, *also), blocks, sections):
        attribute = shape.value_named(name_of(each.label))
        if attribute is None:
            read.keep(name_of(each.label), unescape(each.value.of(text)), place)
        elif attribute in read.values:
            page.report("duplicate-field", f"{each.label!r} stands here a second time", each.label_span)
            read.keep(attribute, unescape(each.value.of(text)), place)
        else:
            read.values[attribute] = labelled_value(page, shape.values[attribute], each)
            read.places[attribute] = place
    return read


def _places(
    page: PageReading, shapes: Sequence[Layout], blocks: Iterable[Block], sections: Sequence[Section]
) -> Iterator[tuple[Field, Place]]:
    text, shape = page.tree.text, shapes[0]
    for each in fields_of(text, blocks, shape.shape_of):
        yield each, Place(each.value, field=each)
    for section in sections:
        headed = heading_field(text, section)
        if headed is not None and any(each.value_named(name_of(headed.label)) for each in shapes):
            page.known.add(section.heading.start)
            yield headed, Place(headed.value, field=headed, in_heading=True)
            for each in fields_of(text, section.blocks, shape.shape_of):
                yield each, Place(each.value, field=each)


def heading_field(text: str, section: Section) -> Field | None:
    """The label and value that the heading of ``section`` may be."""
    found = _HEADED.fullmatch(section.title_span.of(text))
    if found is None:
        return None
    start = section.title_span.start
    label, value = (Span(start + found.start(name), start + found.end(name)) for name in ("label", "value"))
    line, below = section.heading, Span(section.heading.end, section.heading.end)
    return Field(unescape(label.of(text)), label, value, line, below)


def labelled_value(page: PageReading, value: Value, each: Field) -> Any:
    """What stands at and below a label, as the type of ``value``."""
    text = page.tree.text
    source = each.value.of(text)
    if value.type is ITEMS:
        below = tuple(unescape(words.of(text)) for words, _ in items_of(text, each.below))
        inline = () if is_empty(unescape(source)) else tuple(split_list(source))
        return tuple(item for item in (*inline, *below) if not is_empty(item))
    if value.type is LONG:
        lines = source + "\n" + each.below.of(text) if source else each.below.of(text)
        long = unquote_prose(plain_newlines(lines)).strip()
        return None if is_empty(long) else long
    return read_value(page, value, each.value)


def plain_newlines(text: str) -> str:
    """``text`` with every line end an LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_value(page: PageReading, value: Value, span: Span, *, cell: bool = False) -> Any:
    """The value at ``span``; what is wrong with it is reported, with the fix where there is one."""
    source = span.of(page.tree.text)
    if is_placeholder(source, value):
        rule = "unfilled-placeholder"
        page.report(rule, f"{value.title} still holds the placeholder {source!r}", span)
        return read_source(value.type, source, cell=cell).value
    reading: Reading = read_source(value.type, source, cell=cell)
    if reading.rule:
        fix = None
        if reading.better is not None:
            better = source_of(value.type, reading.value, cell=cell)
            fix = Fix(edits=(Edit(span.start, span.end, better),), safe=True, message=f"write {better}")
        page.report(reading.rule, f"{value.title}: {reading.message}", span, fix)
    return reading.value


def is_placeholder(source: str, value: Value) -> bool:
    """Whether the template's own hint, such as ``[ISO timestamp]`` or ``active|idle``, still stands there."""
    if "|" not in source and not source.startswith("["):
        return False
    if value.type.name == "data":
        return False  # a list of JSON stands in brackets too
    bare = source.removesuffix("%")
    if bare.startswith("[") and bare.endswith("]") and bare.count("[") == 1 and "](" not in source:
        return True
    words = source.replace("\\|", "|").split("|")
    return (
        len(words) > 1 and bool(value.type.words) and all(word.strip() in value.type.words for word in words)
    )


def require_labels(page: PageReading, shape: Layout, read: Labelled, heading: Span) -> None:
    """Reports the required labels that are missing below ``heading``."""
    for attribute, value in shape.values.items():
        if value.required and not value.heading and not value.in_row and attribute not in read.values:
            page.report("missing-field", f"there is no {value.title!r} here", heading)


def take_labels(page: PageReading, shape: Layout, read: Labelled, head: Labelled) -> None:
    """Puts into ``read`` the values of ``shape`` that it lacks and that stand unread in ``head``."""
    for name in list(head.extra):
        place = head.places.get(f"extra.{name}")
        attribute = shape.value_named(name)
        if attribute is None or attribute in read.values or place is None or place.field is None:
            continue
        read.values[attribute] = labelled_value(page, shape.values[attribute], place.field)
        read.places[attribute] = place
        del head.extra[name], head.places[f"extra.{name}"]
