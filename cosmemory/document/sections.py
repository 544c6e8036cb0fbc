"""Which sections of a page a declared part stands in."""

from __future__ import annotations

from cosmemory.document.fields import Layout, Part, Record, layout
from cosmemory.syntax.tables import Table, cell_text, tables_of
from cosmemory.syntax.tree import Section, Tree, name_of


def top_section(tree: Tree) -> Section:
    """The section of the page's title, or the page itself where it has none."""
    first = next(iter(tree.page.sections), None)
    return first if first is not None and first.level == 1 and len(tree.page.sections) == 1 else tree.page


def has_section(document: Record, attribute: str) -> bool:
    """Whether the page of ``document`` has a section for its part ``attribute``; a new page will have it."""
    if document.origin is None or document.origin.section is None:
        return True
    return bool(sections_named(document.origin.section, layout(type(document)).parts[attribute]))


def sections_of(text: str, top: Section, part: Part, shape: Layout) -> list[Section]:
    """The sections of ``shape``'s page that ``part`` stands in: those of its name, else those with its table."""
    return sections_named(top, part) or sections_like(text, top, part, shape)


def sections_named(top: Section, part: Part) -> list[Section]:
    """The sections that are called as ``part`` is; those right below the title come first."""
    found = [section for section in top.walk() if section.name in part.names]
    lowest = min((section.level for section in found), default=0)
    return [section for section in found if section.level == lowest]


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
        if table is not None and needed <= set(columns_of(text, table, wanted)):
            found.append(section)
    return found


def columns_of(text: str, table: Table, shape: Layout) -> list[str | None]:
    """The attribute of each column of ``table``; None for a column that the kind does not know."""
    return [shape.value_named(name_of(cell_text(text, cell))) for cell in table.header.cells]
