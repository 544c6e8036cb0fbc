"""Which sections of a page a declared part stands in."""

from __future__ import annotations

from collections.abc import Mapping

from cosmemory.document.fields import Layout, Part, Record, layout
from cosmemory.syntax.tables import Table, tables_of
from cosmemory.syntax.tree import Section, Tree, name_of


def top_section(tree: Tree) -> Section:
    """The section of the page's title, or the page itself where it has none."""
    first = next(iter(tree.page.sections), None)
    return first if first is not None and first.level == 1 and len(tree.page.sections) == 1 else tree.page


def by_name(top: Section) -> Mapping[str, list[Section]]:
    """The sections inside ``top`` by their names, those of one name in page order."""
    found: dict[str, list[Section]] = {}
    for section in top.walk():
        found.setdefault(section.name, []).append(section)
    return found


def has_section(document: Record, attribute: str) -> bool:
    """Whether the page of ``document`` has a section for its part ``attribute``; a new page will have it."""
    if document.origin is None or document.origin.section is None:
        return True
    return bool(sections_named(by_name(document.origin.section), layout(type(document)).parts[attribute]))


def sections_of(text: str, top: Section, part: Part, shape: Layout) -> list[Section]:
    """The sections of ``shape``'s page that ``part`` stands in: those of its name, else those with its table."""
    return sections_named(by_name(top), part) or sections_like(text, top, part, shape)


def sections_named(named: Mapping[str, list[Section]], part: Part) -> list[Section]:
    """The sections that are called as ``part`` is, in page order; of several levels the highest counts."""
    found = [section for name in part.names for section in named.get(name, ())]
    if len(found) < 2:
        return found
    lowest = min(section.level for section in found)
    return sorted(
        (section for section in found if section.level == lowest), key=lambda each: each.heading.start
    )


def sections_like(text: str, top: Section, part: Part, shape: Layout) -> list[Section]:
    """The sections of no declared name whose table has every column that the records of ``part`` need.

    People head the table of a team by the name of a project, or put it right below the title.
    """
    if part.shape != "table" or not part.required or part.record is None:
        return []
    names = {name for each in shape.parts.values() for name in each.names}
    wanted = layout(part.record)
    needed = {name for name, value in wanted.values.items() if value.required and value.in_row}
    found: list[Section] = []
    for section in (top, *top.walk()):
        if section.level > 1 and section.name in names:
            continue
        table = next(iter(tables_of(text, section.blocks)), None)
        if table is not None and needed <= set(columns_of(table, wanted)):
            found.append(section)
    return found


def columns_of(table: Table, shape: Layout) -> list[str | None]:
    """The attribute of each column of ``table``; None for a column that the kind does not know."""
    return [shape.value_named(name_of(title)) for title in table.columns]
