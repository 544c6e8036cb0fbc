"""Whether the past tells of a change by its verb and message: asked under the lock, before it is made once more."""

from __future__ import annotations

import sqlite3

from cosmemory.engines.files import journal, spooled
from cosmemory.engines.files.spool import NAME, head

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
        if _in_spool(folder, operation, message):
            return True
        found = journal.opened(folder)
        if found is None:
            return False
        with found:
            row = found.connection.execute(_QUERY, (NEWEST, operation, message)).fetchone()
            return row is not None
    except (OSError, sqlite3.Error):
        return False


def _in_spool(folder: str, operation: str, message: str) -> bool:
    try:
        with open(f"{folder}/{NAME}", "rb") as file:
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return False
    # Mostly it is a new call: then nothing in the spool looks like it, and no record is read.
    if head(0, "", operation, message).split(b"\t", 3)[3] not in data:
        return False
    told = [each.attribution for each in spooled.parsed(data).records if each.state == spooled.MADE]
    return any((each.operation, each.message) == (operation, message) for each in told)
