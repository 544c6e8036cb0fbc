"""From tree to typed document: every record that can be read, and a diagnostic for all that cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cosmemory.diagnostics import Diagnostic, Fix, report
from cosmemory.document.fields import Layout, Origin, Part, Place, Value, layout
from cosmemory.document.values import ITEMS, LONG, TEXT, Reading, read_source, source_of
from cosmemory.syntax.escape import is_empty, split_list, unescape, unquote_prose
from cosmemory.syntax.fields import Field, fields_of, items_of
from cosmemory.syntax.nodes import Block
from cosmemory.syntax.tables import Row, Table, cell_text, tables_of, without_pipe_escapes
from cosmemory.syntax.tree import Section, Tree, name_of
from cosmemory.text.edits import Edit
from cosmemory.text.spans import Span


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document with what is wrong on its page."""

    document: Any
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class _Page:
    """What is being read, the findings so far, and the headings that a declared part accounts for."""

    tree: Tree
    found: list[Diagnostic] = field(default_factory=list)
    known: set[int] = field(default_factory=set)

    def report(self, rule: str, message: str, span: Span, fix: Fix | None = None) -> None:
        self.found.append(report(rule, message, span.start, span.end, fix=fix))


def decode(tree: Tree, document: type[Any]) -> Decoded:
    """The ``document`` that stands on the page; never raises, whatever the page holds."""
    page = _Page(tree)
    shape = layout(document)
    top = top_section(tree)
    own = top.blocks if top is tree.page else (*tree.page.blocks, *top.blocks)
    values, places, extra = _labelled(page, shape, own)
    for attribute, part in shape.parts.items():
        values[attribute] = _part(page, part, top)
    _require(page, shape, places, top.heading)
    for section in top.sections:
        if section.heading.start not in page.known:
            extra[free_name(extra, section.name)] = tree.text[section.body.start : section.end].strip()
    return Decoded(document(**values, extra=extra, origin=Origin(places, top)), tuple(page.found))


def top_section(tree: Tree) -> Section:
    """The section of the page's title, or the page itself where it has none."""
    first = next(iter(tree.page.sections), None)
    return first if first is not None and first.level == 1 and len(tree.page.sections) == 1 else tree.page


def sections_of(tree_or_top: Section, part: Part) -> list[Section]:
    """The sections that ``part`` may stand in; those right below the title come first."""
    found = [section for section in tree_or_top.walk() if section.name in part.names]
    lowest = min((section.level for section in found), default=0)
    return [section for section in found if section.level == lowest]


def free_name(taken: dict[str, Any], name: str) -> str:
    """``name``, with ``_2`` and so on where it is taken."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _labelled(
    page: _Page, shape: Layout, blocks: Iterable[Block]
) -> tuple[dict[str, Any], dict[str, Place], dict[str, str]]:
    """The values, their places and the unknown ones among the labelled lines of ``blocks``."""
    text = page.tree.text
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    extra: dict[str, str] = {}
    for each in fields_of(text, blocks, shape.shape_of):
        name = name_of(each.label)
        attribute = shape.value_named(name)
        if attribute is None:
            name = free_name(extra, name)
            extra[name] = unescape(each.value.of(text))
            places[f"extra.{name}"] = Place(each.value, field=each)
        elif attribute in values:
            page.report("duplicate-field", f"{each.label!r} stands here a second time", each.label_span)
            name = free_name(extra | values, attribute)
            extra[name] = unescape(each.value.of(text))
            places[f"extra.{name}"] = Place(each.value, field=each)
        else:
            values[attribute] = _labelled_value(page, shape.values[attribute], each)
            places[attribute] = Place(each.value, field=each)
    return values, places, extra


def _labelled_value(page: _Page, value: Value, each: Field) -> Any:
    text = page.tree.text
    source = each.value.of(text)
    if value.type is ITEMS:
        below = tuple(unescape(words.of(text)) for words, _ in items_of(text, each.below))
        inline = () if is_empty(unescape(source)) else tuple(split_list(source))
        return tuple(item for item in (*inline, *below) if not is_empty(item))
    if value.type is LONG:
        lines = source + "\n" + each.below.of(text) if source else each.below.of(text)
        long = unquote_prose(_plain_newlines(lines)).strip()
        return None if is_empty(long) else long
    return _read(page, value, each.value)


def _plain_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(page: _Page, value: Value, span: Span, *, cell: bool = False) -> Any:
    """The value at ``span``; what is wrong with it is reported, with the fix where there is one."""
    source = without_pipe_escapes(span.of(page.tree.text)) if cell else span.of(page.tree.text)
    if _is_placeholder(source, value):
        rule = "unfilled-placeholder"
        page.report(rule, f"{value.title} still holds the placeholder {source!r}", span)
        return read_source(value.type, source).value
    reading: Reading = read_source(value.type, source)
    if reading.rule:
        fix = None
        if reading.better is not None:
            better = source_of(value.type, reading.value, cell=cell)
            fix = Fix(edits=(Edit(span.start, span.end, better),), safe=True, message=f"write {better}")
        page.report(reading.rule, f"{value.title}: {reading.message}", span, fix)
    return reading.value


def _is_placeholder(source: str, value: Value) -> bool:
    """Whether the template's own hint, such as ``[ISO timestamp]`` or ``active|idle``, still stands there."""
    bare = source.removesuffix("%")
    if bare.startswith("[") and bare.endswith("]") and bare.count("[") == 1 and "](" not in source:
        return True
    words = source.replace("\\|", "|").split("|")
    return (
        len(words) > 1 and bool(value.type.words) and all(word.strip() in value.type.words for word in words)
    )


def _require(page: _Page, shape: Layout, places: dict[str, Place], heading: Span) -> None:
    """Reports the required labels that are missing below ``heading``."""
    for attribute, value in shape.values.items():
        if value.required and not value.heading and not value.in_row and attribute not in places:
            page.report("missing-field", f"there is no {value.title!r} here", heading)


def _part(page: _Page, part: Part, top: Section) -> Any:
    """What the declared ``part`` of the page holds."""
    sections = sections_of(top, part)
    for section in sections:
        page.known.add(section.heading.start)
    if not sections:
        if part.required:
            page.report("missing-section", f"the section {part.title!r} is missing", top.heading)
        return _empty(part)
    for section in sections[1:]:
        page.report("duplicate-section", f"the section {part.title!r} stands here again", section.heading)
    if part.shape == "prose":
        return _prose(page, sections[0])
    if part.shape == "one":
        return _one(page, part, sections[0])
    read = {"table": _rows, "blocks": _blocks, "numbered": _numbered}[part.shape]
    records = tuple(record for section in sections for record in read(page, part, section))
    _report_doubles(page, part, records)
    return records


def _empty(part: Part) -> Any:
    if part.shape == "one":
        assert part.record is not None
        return part.record()
    return None if part.shape == "prose" else ()


def _prose(page: _Page, section: Section) -> str | None:
    page.known.update(each.heading.start for each in section.walk())
    text = unquote_prose(_plain_newlines(page.tree.text[section.body.start : section.end])).strip()
    return None if is_empty(text) else text


def _numbered(page: _Page, part: Part, section: Section) -> Iterator[str]:
    del part
    for words, _ in items_of(page.tree.text, section.body):
        item = unescape(words.of(page.tree.text))
        if not is_empty(item):
            yield item


def _one(page: _Page, part: Part, section: Section) -> Any:
    assert part.record is not None
    shape = layout(part.record)
    values, places, extra = _labelled(page, shape, section.blocks)
    _require(page, shape, places, section.heading)
    return part.record(**values, extra=extra, origin=Origin(places, section))


def _blocks(page: _Page, part: Part, section: Section) -> Iterator[Any]:
    assert part.record is not None
    for block in section.sections:
        yield read_block(page, part.record, block)


def read_block(page: _Page, record: type[Any], block: Section) -> Any:
    """The record whose heading is that of ``block``."""
    shape = layout(record)
    values, places, extra = _labelled(page, shape, block.blocks)
    if shape.headed:
        values[shape.headed] = _title(page, block)
        places[shape.headed] = Place(block.title_span)
    for attribute, part in shape.parts.items():
        values[attribute] = tuple(_rows(page, part, block)) if part.shape == "table" else _empty_details(part)
    _require(page, shape, places, block.heading)
    return record(**values, extra=extra, origin=Origin(places, block))


def _title(page: _Page, block: Section) -> Any:
    """The words of a block's heading, as the key that they are."""
    return read_source(TEXT, block.title_span.of(page.tree.text)).value


def _empty_details(part: Part) -> Any:
    return None if part.shape == "details" else _empty(part)


def _rows(page: _Page, part: Part, section: Section) -> Iterator[Any]:
    assert part.record is not None
    shape = layout(part.record)
    tables = tables_of(page.tree.text, section.blocks)
    if not tables:
        if _has_details(shape):
            # A team kept as one block a member, without a table, is still a team.
            yield from (_member(page, part, block) for block in section.sections)
        elif part.required:
            page.report("missing-table", f"the table of {part.title!r} is missing", section.heading)
        return
    table = tables[0]
    named = _Blocks(section.sections)
    columns = _columns(page, shape, table)
    filled = [
        row for row in table.rows if not all(is_empty(cell_text(page.tree.text, cell)) for cell in row.cells)
    ]
    records = [_row(page, part.record, shape, table, row, columns) for row in filled]
    if part.key:
        named.keep([str(getattr(record, part.key) or "") for record in records])
    for record in records:
        yield _with_details(page, record, part, shape, named)
    for block in named.left:
        if _has_details(shape):
            page.report("detail-without-row", f"{block.title!r} has no row in the table above", block.heading)


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


def _with_details(page: _Page, record: Any, part: Part, shape: Layout, named: _Blocks) -> Any:
    from dataclasses import replace

    for attribute, inner in shape.parts.items():
        if inner.shape == "details":
            assert inner.record is not None
            block = named.take(str(getattr(record, part.key) or ""))
            if block is not None:
                record = replace(record, **{attribute: read_block(page, inner.record, block)})
    return record


def _member(page: _Page, part: Part, block: Section) -> Any:
    """A row's record read from a block that has no row: its labels stand for the columns."""
    assert part.record is not None
    shape = layout(part.record)
    attribute, inner = next((name, inner) for name, inner in shape.parts.items() if inner.shape == "details")
    assert inner.record is not None
    values, places, extra = _labelled(page, shape, block.blocks)
    known = layout(inner.record)
    silent = _Page(page.tree)
    more = read_block(silent, inner.record, block)
    values[part.key] = _title(page, block)
    places[part.key] = Place(block.title_span)
    extra = {name: text for name, text in extra.items() if known.value_named(name) is None}
    return part.record(**values, **{attribute: more}, extra=extra, origin=Origin(places, block))


def _columns(page: _Page, shape: Layout, table: Table) -> list[str]:
    """The attribute of each column of ``table``; ``extra.NAME`` for one that the kind does not know."""
    found: list[str] = []
    extra: dict[str, Any] = {}
    for cell in table.header.cells:
        title = cell_text(page.tree.text, cell)
        attribute = shape.value_named(name_of(title))
        if attribute is not None and attribute in found:
            page.report("duplicate-column", f"the column {title!r} stands here a second time", cell.value)
            attribute = None
        if attribute is None:
            name = free_name(extra, name_of(title))
            extra[name] = None
            attribute = f"extra.{name}"
        found.append(attribute)
    for attribute, value in shape.values.items():
        if value.required and value.in_row and attribute not in found:
            page.report("missing-column", f"the column {value.title!r} is missing", table.header.span)
    if len(table.delimiter.cells) != len(table.header.cells):
        page.report("delimiter-row", "the row of dashes does not fit the header", table.delimiter.span)
    return found


def _row(page: _Page, record: type[Any], shape: Layout, table: Table, row: Row, columns: list[str]) -> Any:
    text = page.tree.text
    if row.guarded:
        page.report("pipe-in-code", "a pipe inside a code span must be escaped in a table", row.span)
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
            values[attribute] = _read(page, shape.values[attribute], cell.value, cell=True)
    return record(**values, extra=extra, origin=Origin(places, table=table, row=row))


def _report_doubles(page: _Page, part: Part, records: tuple[Any, ...]) -> None:
    """Reports keys that two records share, and records without one."""
    if not part.key:
        return
    seen: set[str] = set()
    for record in records:
        key = getattr(record, part.key)
        place = record.origin.places.get(part.key)
        if place is None:
            continue
        if key is None:
            page.report(
                "empty-key", f"a record of {part.title!r} has no {part.key.replace('_', ' ')}", place.span
            )
        elif str(key).lower() in seen:
            page.report("duplicate-key", f"{key!r} stands twice in {part.title!r}", place.span)
        seen.add(str(key).lower())
