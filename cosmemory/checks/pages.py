"""What checks look at: the pages of a memory, the present moment and the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from cosmemory.checks.open_blocks import open_blocks
from cosmemory.config import Settings
from cosmemory.diagnostics import Diagnostic, Fix, report
from cosmemory.document.fields import Place, Record
from cosmemory.document.places import edit_at
from cosmemory.document.values import TEXT
from cosmemory.frozen import frozen
from cosmemory.kinds import BUILT_IN, Kind, Kinds
from cosmemory.kinds.page import Page
from cosmemory.rules.rule import ERROR
from cosmemory.text.spans import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Finding = tuple[str, Diagnostic]


@frozen(kw_only=True)
class Pages:
    """The pages to check, by path; ``others`` are those of no kind and ``strangers`` are no pages at all.

    ``every`` names all pages that there are.

    Where ``about`` names a page, the others are there only for what it says of them.
    """

    pages: Mapping[str, Page]
    now: datetime
    settings: Settings
    others: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    every: tuple[str, ...] = ()
    about: str | None = None
    kinds: Kinds = BUILT_IN

    def of(self, kind: Kind) -> Iterator[Page]:
        """The pages of ``kind``."""
        return (page for page in self.pages.values() if page.kind is kind)

    def checked(self) -> Iterator[Page]:
        """The pages that are to be checked."""
        return (page for page in self.pages.values() if self.about in {None, page.path})

    def the(self, kind: Kind) -> Page | None:
        """The one page of ``kind``, if it is among those to check."""
        return self.pages.get(kind.path)


def found(
    page: Page, rule: str, message: str, place: Place | Span | None, *, better: str | None = None
) -> Iterable[Finding]:
    """One finding on ``page``; ``better`` is what should stand at its place instead."""
    span = place.span if isinstance(place, Place) else place or Span(0, 0)
    fix = None
    if better is not None and isinstance(place, Place):
        edit = edit_at(page.tree.text, place, TEXT, better)
        fix = Fix(edits=(edit,), safe=True, message=f"write {better}")
    yield page.path, report(rule, message, span.start, span.end, fix=fix)


# What keeps records from being read, or makes two of one.
HIDES = frozenset(
    [
        "missing-section",
        "duplicate-section",
        "missing-table",
        "missing-column",
        "ragged-row",
        "stray-row",
        "detail-without-row",
        "duplicate-key",
        "empty-key",
    ]
)


def complete(page: Page) -> bool:
    """Whether all records of ``page`` are read: a count of a part of them must not be written."""
    return not any(each.name in HIDES for each in page.diagnostics) and not any(open_blocks(page.tree))


def sound(page: Page, less: Place | None = None) -> bool:
    """Whether all values of ``page`` are read as well, the one at ``less`` apart: they are to be added up."""
    return complete(page) and not any(
        each.severity == ERROR and (less is None or each.start != less.span.start)
        for each in page.diagnostics
    )


def over_bound(page: Page, what: str, records: Sequence[Any], bound: int) -> Iterable[Finding]:
    """The finding that a bounded list holds more ``records`` than its ``bound``."""
    if len(records) > bound:
        table = records[0].origin.table
        message = f"{len(records)} {what} stand here, and the bound is {bound}"
        yield from found(page, "over-bound", message, table.header.span if table else None)


def place_of(record: Record | Any, attribute: str) -> Place | None:
    """Where the value ``attribute`` of ``record`` stands, if it stands on the page."""
    return record.origin.places.get(attribute) if record.origin is not None else None
