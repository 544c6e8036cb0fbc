"""A history in memory: every change with the texts that it made, for as long as the process lives."""

from __future__ import annotations

import time
from itertools import islice

from cosmemory.frozen import frozen, replace
from cosmemory.store import Attribution, PageStep, Remembered, revision_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

BY_HAND = "edited by hand"


@frozen()
class Recollection:
    """The changes of a dict of pages, oldest first, and the pages as each of them left them."""

    changes: tuple[Remembered, ...] = ()
    pages: tuple[Mapping[str, bytes], ...] = ()

    def with_change(
        self, after: Mapping[str, bytes], attribution: Attribution, *, by_hand: bool = False
    ) -> Recollection:
        """The same with one change more, if ``after`` differs from the pages as they are known."""
        before: Mapping[str, bytes] = self.pages[-1] if self.pages else {}
        paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        if not paths:
            return self
        change = Remembered(
            number=len(self.changes) + 1,
            attribution=attribution if attribution.at else replace(attribution, at=int(time.time())),
            pages=tuple(
                PageStep(path=path, before=_revision(before.get(path)), after=_revision(after.get(path)))
                for path in paths
            ),
            by_hand=by_hand,
        )
        return Recollection((*self.changes, change), (*self.pages, dict(after)))

    def with_present(self, pages: Mapping[str, bytes]) -> Recollection:
        """The same with what somebody changed without a word as a change of its own."""
        return self.with_change(pages, Attribution(operation=BY_HAND), by_hand=True)

    def revisions(
        self, path: str | None = None, *, below: int | None = None, limit: int | None = None
    ) -> tuple[Remembered, ...]:
        """The changes of one page, or of all, newest first."""
        found = (
            change
            for change in reversed(self.changes)
            if (below is None or change.number < below) and (path is None or change.step(path))
        )
        return tuple(islice(found, limit))

    def revision(self, number: int) -> Remembered | None:
        """The change of that number."""
        return self.changes[number - 1] if 0 < number <= len(self.changes) else None

    def text(self, path: str, number: int) -> bytes | None:
        """A page right after the change of that number."""
        return self.pages[min(number, len(self.pages)) - 1].get(path) if number > 0 and self.pages else None


def _revision(data: bytes | None) -> str | None:
    return None if data is None else revision_of(data)
