"""Checks of the board: values that no longer hold."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.checks.pages import Finding, Pages, found, place_of
from cosmemory.document.values import write_time
from cosmemory.kinds import BOARD


def check_board(pages: Pages) -> Iterator[Finding]:
    """Entries whose time to live is over."""
    page = pages.the(BOARD)
    if page is None:
        return
    from cosmemory.kinds.board import expired, expires

    for entry in expired(page.document, pages.now):
        end = expires(entry)
        message = f"{entry.key} held until {write_time(end) if end else '-'}"
        yield from found(page, "expired-entry", message, place_of(entry, "time_to_live"))
