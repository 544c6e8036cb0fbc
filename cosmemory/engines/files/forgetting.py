"""What the journal lets go: changes older than it is to keep, of which every page's text at that time stays whole."""

from __future__ import annotations

import os
import re
import sqlite3
import time

from cosmemory.engines.files.journal import FIRST, Journal, packed
from cosmemory.errors import NotFound
from cosmemory.pattern import pattern

DAY = 86_400
CHECKPOINTS = "checkpoints"
_NAMED = pattern(r"checkpoint_(\d{8})_(\d{6})(?:_\d+)?", re.ASCII)


def forget(journal: Journal, root: str, days: int) -> int:
    """Let go of what was changed ``days`` before the newest change, a day's worth at least; how many changes went.

    Nothing goes that is younger than the oldest checkpoint: the way from each to the present stays known.
    """
    connection = journal.connection
    # By the clock of those who change things: a file may bear any time, and a machine's clock may be wrong today.
    newest = connection.execute("SELECT max(at) FROM revision WHERE by_hand = 0").fetchone()[0] or 0
    horizon = min([newest - days * DAY, *_checkpoints(root)])
    oldest, last = connection.execute(
        "SELECT min(at), max(number) FROM revision WHERE at < ?", (horizon,)
    ).fetchone()
    if last is None or oldest > horizon - DAY:
        return 0
    with connection:
        return _cut(journal, connection, last)


def _cut(journal: Journal, connection: sqlite3.Connection, last: int) -> int:
    """Everything up to the change ``last`` away; what a page was then becomes the text that its past begins with."""
    for page, path in connection.execute("SELECT id, path FROM page").fetchall():
        found = connection.execute(
            "SELECT max(number) FROM step WHERE page = ? AND number <= ?", (page, last)
        ).fetchone()[0]
        if found is None:
            continue
        try:
            text = journal.text(path, found)
        except NotFound:
            continue  # what is not known begins with the next text that is
        if text is not None:
            whole = (page, found, packed(text))
            connection.execute("INSERT OR REPLACE INTO whole_text VALUES (?, ?, ?)", whole)
        connection.execute(
            "UPDATE step SET told = ?, start = 0, removed = ?, inserted = ? WHERE page = ? AND number = ?",
            (FIRST, packed(b""), packed(b""), page, found),
        )
        connection.execute("DELETE FROM step WHERE page = ? AND number < ?", (page, found))
        connection.execute("DELETE FROM whole_text WHERE page = ? AND number < ?", (page, found))
    gone = connection.execute(
        "DELETE FROM revision WHERE number <= ? AND number NOT IN (SELECT number FROM step)", (last,)
    )
    return gone.rowcount


def _checkpoints(root: str) -> list[int]:
    """When the checkpoints that stand were made."""
    import calendar

    try:
        names = os.listdir(f"{root}/{CHECKPOINTS}")
    except OSError:
        return []
    found = [_NAMED.fullmatch(name) for name in names]
    return [
        calendar.timegm(time.strptime(each[1] + each[2], "%Y%m%d%H%M%S"))
        for each in found
        if each is not None
    ]
