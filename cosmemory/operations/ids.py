"""Numbers for new records: above every one that a page, the log, its archives or the kept mark has seen."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cosmemory.kinds import ARCHIVE, LOG_PATH
from cosmemory.transaction import Transaction


def next_number(
    transaction: Transaction, mark: str, on_page: Iterable[str | None], in_log: re.Pattern[bytes]
) -> int:
    """The next free number of the sort kept under ``mark``, which is moved on.

    ``on_page`` are the ids that stand on the page, ``in_log`` finds the numbers that the log tells of.
    """
    highest = max((number_of(each) for each in on_page), default=0)
    kept = transaction.writer.mark(mark)
    store = transaction.memory.store
    paths = [LOG_PATH] if kept else [LOG_PATH, *(path for path in store.paths() if ARCHIVE.fullmatch(path))]
    for path in paths:
        stored = store.read(path)
        if stored is not None:
            highest = max(highest, *(int(found[1]) for found in in_log.finditer(stored.data)), 0)
    number = max(highest, kept) + 1
    transaction.writer.set_mark(mark, number)
    return number


def number_of(key: str | None) -> int:
    """The number at the end of an id, 0 where it has none."""
    found = re.search(r"(\d{1,15})$", key or "", re.ASCII)
    return int(found[1]) if found else 0
