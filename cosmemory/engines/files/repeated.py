"""Whether the past tells of a change by its verb and message: asked under the lock, before it is made once more."""

from __future__ import annotations

import sqlite3

from cosmemory.engines.files import journal, spooled

# Whoever repeats a call does so soon; a look through years of history would make each of them wait.
NEWEST = 10_000
_QUERY = (
    "SELECT 1 FROM revision WHERE number > (SELECT max(number) FROM revision) - ?"
    " AND operation = ? AND message = ? LIMIT 1"
)


def tells_of(folder: str, operation: str, message: str) -> bool:
    """Whether the spool, or the newest changes in the journal, of a folder ``.cosmemory`` tell of such a change.

    A past that cannot be read tells of nothing: history must not keep anybody from writing a page.
    """
    try:
        records = spooled.read(folder).records
        if any(
            (each.attribution.operation, each.attribution.message) == (operation, message)
            for each in records
            if each.state == spooled.MADE
        ):
            return True
        found = journal.opened(folder)
        if found is None:
            return False
        with found:
            row = found.connection.execute(_QUERY, (NEWEST, operation, message)).fetchone()
            return row is not None
    except (OSError, sqlite3.Error):
        return False
