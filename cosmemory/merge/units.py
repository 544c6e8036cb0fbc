"""A page in units that keep their keys from one version to the next: sections, fields, tables, lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cosmemory.document.checklists import BOX
from cosmemory.document.fields import Layout, Part, Value, layout
from cosmemory.document.labels import heading_field
from cosmemory.document.sections import top_section
from cosmemory.frozen import frozen
from cosmemory.syntax.escape import unescape
from cosmemory.syntax.fields import LINE, Field, fields_of, items_of
from cosmemory.syntax.front_matter import front_matter_lines
from cosmemory.syntax.nodes import Block
from cosmemory.syntax.tables import Table, tables_of
from cosmemory.syntax.tree import Section, Tree, name_of
from cosmemory.text.spans import Span, line_spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Key = tuple[str, ...] | str


@frozen(kw_only=True)
class Scope:
    """What the kind declares for a stretch of a page: the values and parts in it, and the path to it."""

    where: tuple[str, ...] = ()
    shape: Layout | None = None
    part: Part | None = None
    top: bool = False

    def value(self, label: str) -> tuple[str, Value | None]:
        """The attribute and declaration of the value called ``label``; its snake_case name where none is declared."""
        name = name_of(label)
        if self.shape is None:
            return name, None
        attribute = self.shape.value_named(name)
        if attribute is not None:
            return attribute, self.shape.values[attribute]
        for part in self.shape.parts.values() if self.top else ():
            inner = layout(part.record) if part.identity and part.record is not None else None
            held = inner.value_named(name) if inner else None
            if inner and held:
                return held, inner.values[held]
        return name, None

    def path(self, label: str) -> tuple[str, ...]:
        """The path of the value called ``label``."""
        attribute, value = self.value(label)
        known = value is not None or (self.shape is None and self.where[:1] == ("extra",))
        return (*self.where, attribute) if known else (*self.where, "extra", attribute)

    def inside(self, section: Section) -> Scope:
        """The scope of ``section``, which stands in this one."""
        if self.top:
            name = section.name
            for attribute, each in self.shape.parts.items() if self.shape is not None else ():
                if name in each.names:
                    shape = layout(each.record) if each.record is not None and each.shape == "one" else None
                    return Scope(where=(*self.where, attribute), shape=shape, part=each)
            return Scope(where=("extra", name))
        part = self.part
        if part is not None and part.record is not None and part.shape == "blocks":
            return Scope(where=(*self.where, section.title), shape=layout(part.record))
        if part is not None and part.record is not None and part.shape == "table":
            inner = [each for each in layout(part.record).parts.items() if each[1].shape == "details"]
            for attribute, details in inner:
                assert details.record is not None
                return Scope(where=(*self.where, section.title, attribute), shape=layout(details.record))
        return Scope(where=(*self.where, section.name))


@frozen(eq=False)
class FieldText:
    """A labelled value in its pieces: what stands before the value, the value, what stands behind it, the lines below."""

    label: str
    head: str
    value: str
    tail: str
    below: str = ""


@frozen(eq=False)
class TableText:
    """A table with the text that it stands in."""

    text: str
    table: Table


@frozen(eq=False)
class TaskText:
    """An item with a box in its pieces: what stands before the mark, the mark, what stands behind it."""

    words: str
    head: str
    mark: str
    tail: str


@frozen(eq=False)
class Unit:
    """Whole lines of a page under a key that they have in every version; a line is its own key."""

    key: Key
    text: str
    node: Any = None


@frozen(eq=False)
class SectionText:
    """A section in one version, with its text."""

    tree: Tree
    section: Section

    @property
    def text(self) -> str:
        """The whole section."""
        return self.section.span.of(self.tree.text)

    @property
    def heading(self) -> str:
        """Its heading."""
        return self.section.heading.of(self.tree.text)

    @property
    def below(self) -> str:
        """All that stands below the heading."""
        return self.tree.text[self.section.heading.end : self.section.end]

    def sections(self, scope: Scope) -> dict[Key, SectionText]:
        """The sections inside by level and name, those of one name by number."""
        names = [_section_key(self.tree, each, scope) for each in self.section.sections]
        return {
            key: SectionText(self.tree, section)
            for key, section in zip(_numbered(names), self.section.sections, strict=True)
        }

    def units(self, scope: Scope) -> list[Unit]:
        """What stands below the heading and above the first section inside, in units."""
        return body_units(self.tree.text, self.section.blocks, scope)


def _section_key(tree: Tree, section: Section, scope: Scope) -> Key:
    if section is top_section(tree) and section.level:
        return ("title",)
    headed = heading_field(tree.text, section)
    if headed is not None and scope.value(headed.label)[1] is not None:
        return (f"h{section.level}", name_of(headed.label))
    # Two titles of marks alone have no names.
    return (f"h{section.level}", section.name or section.title)


def _numbered(keys: Sequence[Any]) -> list[Key]:
    """``keys`` with the number of each among its equals."""
    seen: Counter[Any] = Counter()
    found: list[Key] = []
    for key in keys:
        found.append((*key, str(seen[key])))
        seen[key] += 1
    return found


def body_units(text: str, blocks: Sequence[Block], scope: Scope) -> list[Unit]:
    """The lines of ``blocks`` in units: fields, tables, and lines that are neither."""
    if not blocks:
        return []
    found: list[tuple[Span, tuple[str, ...], Any]] = []
    front = blocks[0].kind == "front_matter"
    if front:
        found += _front_fields(text, blocks[0])
    shape_of = scope.shape.shape_of if scope.shape is not None else lambda _: LINE
    for each in fields_of(text, blocks[1:] if front else blocks, shape_of):
        span = Span(each.span.start, _line_end(text, each.span.end))
        found.append((span, ("field", name_of(each.label) or each.label), _field_text(text, each)))
    taken = [span for span, key, node in found if key[0] == "field" and node.below]
    for table in tables_of(text, blocks):
        start = text.rfind("\n", 0, table.span.start) + 1
        span = Span(start, _line_end(text, table.span.end))
        if not any(each.start <= start < each.end for each in taken):
            found.append((span, ("table",), TableText(text, table)))
    for span, node in _tasks(text, blocks):
        if not any(each.start <= span.start < each.end for each in taken):
            found.append((span, ("task", node.words.lower()), node))
    found.sort(key=lambda each: each[0].start)
    units: list[Unit] = []
    at = blocks[0].start
    for (span, _, node), key in zip(found, _numbered([key for _, key, _ in found]), strict=True):
        if span.start < at:
            continue  # a field in the cells of a table is read as both
        units += _line_units(text, at, span.start)
        units.append(Unit(key, span.of(text), node))
        at = span.end
    return units + _line_units(text, at, blocks[-1].end)


def _front_fields(text: str, block: Block) -> list[tuple[Span, tuple[str, ...], Any]]:
    found: list[tuple[Span, tuple[str, ...], Any]] = []
    for label, value in front_matter_lines(text[: block.end]):
        start, end = text.rfind("\n", 0, value.start) + 1, _line_end(text, value.end)
        node = FieldText(label, text[start : value.start], value.of(text), text[value.end : end])
        found.append((Span(start, end), ("front", name_of(label)), node))
    return found


def _tasks(text: str, blocks: Sequence[Block]) -> Iterator[tuple[Span, TaskText]]:
    """The items with boxes in lists, each with its whole line."""
    for block in blocks:
        for words, line in items_of(text, Span(block.start, block.end)) if block.kind == "list" else ():
            box = BOX.match(words.of(text))
            if box is not None:
                said = unescape(words.of(text)[box.end() :]).strip()
                at = words.start + 1
                yield line, TaskText(said, text[line.start : at], text[at : at + 1], text[at + 1 : line.end])


def _line_end(text: str, at: int) -> int:
    """Where the line ends that ``at`` is in or behind, its line end included."""
    if at and text[at - 1] == "\n":
        return at
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _field_text(text: str, each: Field) -> FieldText:
    line, value = each.line, each.value
    below = text[line.end : each.span.end]
    return FieldText(
        each.label, text[line.start : value.start], value.of(text), text[value.end : line.end], below
    )


def _line_units(text: str, start: int, end: int) -> list[Unit]:
    return [Unit(line, line) for span in line_spans(text, start, end) for line in (span.of(text),)]


def line_units(text: str) -> list[Unit]:
    """Any text in lines."""
    return _line_units(text, 0, len(text))
