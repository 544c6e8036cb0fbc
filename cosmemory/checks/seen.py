"""A memory as a project's own check sees it, and what such a check may find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from cosmemory.checks.pages import place_of
from cosmemory.config import Settings
from cosmemory.diagnostics import Fix
from cosmemory.document.fields import Record
from cosmemory.document.places import edit_at
from cosmemory.document.values import TEXT
from cosmemory.frozen import frozen
from cosmemory.kinds.page import Page
from cosmemory.text.spans import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen(kw_only=True)
class Found:
    """One finding of a project's check: a page, what is said of it, where, and what should stand there instead."""

    path: str
    message: str
    start: int = 0
    end: int = 0
    fix: Fix | None = None


@frozen(kw_only=True)
class SeenPage:
    """A page as a check sees it: frozen, so that looking at it changes nothing."""

    path: str
    kind: str
    text: str
    document: Any

    def found(
        self,
        message: str,
        record: Record | None = None,
        attribute: str = "",
        *,
        span: tuple[int, int] | None = None,
        better: str | None = None,
        safe: bool = True,
    ) -> Found:
        """A finding at the value ``attribute`` of ``record``, at the record, at a ``span`` of the text, or at the top.

        ``better`` is the value that should stand at that place; a fix that may change a meaning is not ``safe``.
        """
        place = place_of(record, attribute) if record is not None and attribute else None
        where = place.span if place is not None else _span_of(record) if record is not None else Span(0, 0)
        fix = None
        if better is not None and place is not None:
            edit = edit_at(self.text, place, TEXT, better)
            fix = Fix(edits=(edit,), safe=safe, message=f"write {better}")
        start, end = span or where
        end = min(max(end, 0), len(self.text))
        return Found(path=self.path, message=message, start=min(max(start, 0), end), end=end, fix=fix)


def _span_of(record: Record) -> Span:
    """Where a record stands: its row, or the heading of its section."""
    if record.origin is None:
        return Span(0, 0)
    if record.origin.row is not None:
        return record.origin.row.span
    return record.origin.section.heading if record.origin.section is not None else Span(0, 0)


class Seen:
    """The memory as a check sees it: pages read when they are asked for, the moment and the settings."""

    def __init__(
        self, paths: Sequence[str], read: Callable[[str], Page | None], now: datetime, settings: Settings
    ) -> None:
        self.paths = tuple(paths)
        self.now = now
        self.settings = settings
        self._read = read

    def page(self, path: str) -> SeenPage | None:
        """The page at ``path``; None where there is none, or none that can be read."""
        page = self._read(path) if path in self.paths else None
        if page is None:
            return None
        return SeenPage(path=path, kind=page.kind.name, text=page.tree.text, document=page.document)

    def of(self, kind: str) -> Iterator[SeenPage]:
        """The pages of a kind, sorted by path."""
        for path in self.paths:
            page = self.page(path)
            if page is not None and page.kind == kind:
                yield page
