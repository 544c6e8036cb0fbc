"""What the past tells of the changes made under a key: asked under the lock, before one is made under it once more."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from cosmemory.engines.files import journal, spooled
from cosmemory.engines.files.spool import NAME, plain
from cosmemory.store import CALL, Attribution, verbs_under

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosmemory.store import Verb

# Whoever repeats a call does so soon; a look through years of history would make each of them wait.
NEWEST = 10_000
_QUERY = (
    "SELECT operation, message FROM revision WHERE number > (SELECT max(number) FROM revision) - ?"
    " AND (message = ? OR message BETWEEN ? AND ?)"
)


def made_under(folder: str, key: str) -> frozenset[Verb]:
    """The verbs of the changes under ``key`` in the spool, and the newest in the journal, of a folder ``.cosmemory``.

    A past that cannot be read tells of nothing: history must not keep anybody from writing a page.
    """
    found: frozenset[Verb] = frozenset()
    for told in (_in_spool, _in_journal):
        with suppress(OSError, sqlite3.Error):
            found |= verbs_under(key, told(folder, key))
    return found


def _in_spool(folder: str, key: str) -> Iterator[Attribution]:
    try:
        with open(f"{folder}/{NAME}", "rb") as file:
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return
    # Mostly it is a new key: then nothing in the spool looks like it, and no record is read.
    if plain(key).encode("utf-8", "backslashreplace") in data:
        yield from (each.attribution for each in spooled.parsed(data).records if each.state == spooled.MADE)


def _in_journal(folder: str, key: str) -> Iterator[Attribution]:
    found = journal.opened(folder)
    if found is None:
        return
    with found:
        # Every digest is of hex digits, which all come before a "g".
        values = (NEWEST, key, f"{key}{CALL}", f"{key}{CALL}g")
        for operation, message in found.connection.execute(_QUERY, values):
            yield Attribution(operation=operation, message=message)
