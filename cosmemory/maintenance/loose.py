"""The lines of a page that are no part of any value: what people write between the fields and rows."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.document.changes import records_of
from cosmemory.document.fields import Record, layout
from cosmemory.document.sections import by_name, sections_named, top_section
from cosmemory.syntax.escape import is_empty
from cosmemory.syntax.tables import tables_of
from cosmemory.syntax.tree import Section, Tree
from cosmemory.text.spans import Span, bare_lines


def loose_lines(tree: Tree, document: Record) -> list[tuple[str, str]]:
    """Each line that belongs to no value and is not blank, with the name of the section it stands in."""
    text = tree.text
    taken = _merged(_claimed(tree, document))
    sections = [(section.heading.start, section.title) for section in tree.page.walk()]
    found: list[tuple[str, str]] = []
    at = here = 0
    for line in bare_lines(text, 0, len(text)):
        while at < len(taken) and taken[at].end <= line.start:
            at += 1
        while here < len(sections) and sections[here][0] <= line.start:
            here += 1
        free = at == len(taken) or taken[at].start >= max(line.end, line.start + 1)
        if free and (words := line.of(text).strip(" \t\ufeff")):
            found.append((sections[here - 1][1] if here else "", words))
    return found


def _claimed(tree: Tree, document: Record) -> Iterator[Span]:
    """The places that hold what the document says."""
    top = top_section(tree)
    named = by_name(top)
    for part in layout(type(document)).parts.values():
        sections = sections_named(named, part)
        if part.shape in {"prose", "numbered"}:
            yield from (Span(each.heading.end, each.end) for each in sections[:1])
        elif part.shape == "checklist":
            # The word for nothing is what is left of an empty one, and belongs to nobody.
            bodies = (Span(each.heading.end, each.end) for each in sections[:1])
            yield from (span for span in bodies if is_empty(span.of(tree.text)))
        elif part.shape == "table":
            # A table without rows has no record that tells where it stands.
            for table in (table for each in sections for table in tables_of(tree.text, each.blocks)):
                yield table.header.span
                yield table.delimiter.span
    yield from _unknown(document, top)
    for record in (document, *records_of(document)):
        origin = record.origin
        if origin is None:
            continue
        if origin.table is not None:
            yield origin.table.header.span
            yield origin.table.delimiter.span
        if origin.row is not None:
            yield origin.row.span
            continue
        for place in origin.places.values():
            yield place.field.span if place.field is not None else place.span
    for event in getattr(document, "events", ()):
        yield event.span


def _unknown(document: Record, top: Section) -> Iterator[Span]:
    """The sections of the page that the kind does not know: their whole text is a value of its own."""
    known = {name for part in layout(type(document)).parts.values() for name in part.names}
    for section in top.sections:
        if section.name in document.extra and section.name not in known:
            yield section.span


def _merged(spans: Iterator[Span]) -> list[Span]:
    """Spans in order, those that meet made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged
