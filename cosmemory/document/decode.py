"""From tree to typed document: every record that can be read, and a diagnostic for all that cannot."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping

from cosmemory.diagnostics import Diagnostic
from cosmemory.document.checklists import read_tasks
from cosmemory.document.fields import Layout, Origin, Part, layout
from cosmemory.document.front import Entry, front_entries, keep_entries, take_entries
from cosmemory.document.labels import (
    Labelled,
    PageReading,
    labels_of,
    plain_newlines,
    require_labels,
    take_labels,
)
from cosmemory.document.records import read_block, read_rows, report_doubles
from cosmemory.document.sections import by_name, sections_like, sections_named, top_section
from cosmemory.frozen import frozen
from cosmemory.syntax.escape import is_empty, unescape, unquote_prose
from cosmemory.syntax.fields import items_of
from cosmemory.syntax.tree import Section, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen()
class Decoded:
    """A document with what is wrong on its page."""

    document: Any
    diagnostics: tuple[Diagnostic, ...]


@frozen()
class _Head:
    """What stands above the sections of a page: labelled values, and the entries of its front matter."""

    labelled: Labelled
    entries: dict[str, Entry]
    top: Section
    named: Mapping[str, list[Section]]


def decode(tree: Tree, document: type[Any], parts: Container[str] | None = None) -> Decoded:
    """The ``document`` that stands on the page; never raises, whatever the page holds.

    With ``parts`` the others are left empty, their sections unread.
    """
    page = PageReading(tree)
    shape = layout(document)
    top = top_section(tree)
    own = top.blocks if top is tree.page else (*tree.page.blocks, *top.blocks)
    identity = [layout(each.record) for each in shape.parts.values() if each.identity and each.record]
    read = labels_of(page, shape, own, (top, *top.sections), identity)
    head = _Head(read, front_entries(page), top, by_name(top))
    for part in shape.parts.values():
        page.known.update(section.heading.start for section in sections_named(head.named, part))
    take_entries(page, shape, read, head.entries)
    for attribute, part in shape.parts.items():
        wanted = parts is None or attribute in parts
        read.values[attribute] = _part(page, part, shape, head) if wanted else _empty(part)
    require_labels(page, shape, read, top.heading)
    keep_entries(read, head.entries)
    for section in top.sections:
        if section.heading.start not in page.known:
            read.keep(section.name, tree.text[section.body.start : section.end].strip())
    made = document(**read.values, extra=read.extra, origin=Origin(read.places, top))
    return Decoded(made, tuple(page.found))


def _part(page: PageReading, part: Part, shape: Layout, head: _Head) -> Any:
    """What the declared ``part`` of the page holds."""
    sections = _sections(page, part, shape, head)
    if not sections:
        return _from_head(page, part, head) if part.identity else _empty(part)
    if part.shape == "prose":
        return _prose(page, sections[0])
    if part.shape == "one":
        return _one(page, part, sections[0], head)
    read = _READERS[part.shape]
    records = tuple(record for section in sections for record in read(page, part, section))
    report_doubles(page, part, records)
    return records


def _sections(page: PageReading, part: Part, shape: Layout, head: _Head) -> list[Section]:
    """The sections of ``part``, and what is wrong with their names, number and level."""
    named = sections_named(head.named, part)
    found = named or sections_like(page.tree.text, head.top, part, shape)
    page.known.update(section.heading.start for section in found)
    if not named and part.required:
        said = f"the section {part.title!r} is missing"
        read = f"; the table below {found[0].title!r} is read in its place" if found else ""
        page.report("missing-section", said + read, head.top.heading)
    for section in named:
        if section.level != 2:
            message = f"{section.title!r} is a heading of level {section.level}, not 2"
            page.report("section-level", message, section.heading)
    for section in named[1:]:
        page.report("duplicate-section", f"the section {part.title!r} stands here again", section.heading)
    return found


def _empty(part: Part) -> Any:
    if part.shape == "one":
        assert part.record is not None
        return part.record()
    return None if part.shape == "prose" else ()


def _prose(page: PageReading, section: Section) -> str | None:
    page.known.update(each.heading.start for each in section.walk())
    text = unquote_prose(plain_newlines(page.tree.text[section.body.start : section.end])).strip()
    return None if is_empty(text) else text


def _numbered(page: PageReading, part: Part, section: Section) -> Iterator[str]:
    del part
    for words, _ in items_of(page.tree.text, section.body):
        item = unescape(words.of(page.tree.text))
        if not is_empty(item):
            yield item


def _one(page: PageReading, part: Part, section: Section, head: _Head) -> Any:
    assert part.record is not None
    shape = layout(part.record)
    read = labels_of(page, shape, section.blocks, section.sections)
    if part.identity:
        take_labels(page, shape, read, head.labelled)
        take_entries(page, shape, read, head.entries)
    require_labels(page, shape, read, section.heading)
    return part.record(**read.values, extra=read.extra, origin=Origin(read.places, section))


def _from_head(page: PageReading, part: Part, head: _Head) -> Any:
    """What a page without the section of its identity says of it in its head."""
    assert part.record is not None
    read = Labelled()
    take_labels(page, layout(part.record), read, head.labelled)
    take_entries(page, layout(part.record), read, head.entries)
    if not read.places:
        return _empty(part)
    return part.record(**read.values, origin=Origin(read.places, head.top))


def _blocks(page: PageReading, part: Part, section: Section) -> Iterator[Any]:
    assert part.record is not None
    for block in section.sections:
        if block.heading.start not in page.known:
            yield read_block(page, part.record, block)


_READERS: Mapping[str, Callable[[PageReading, Part, Section], Iterator[Any]]] = {
    "table": read_rows,
    "blocks": _blocks,
    "numbered": _numbered,
    "checklist": read_tasks,
}
