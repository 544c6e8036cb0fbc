"""Numbers for new records: above every one that a page, the log, its archives or the kept mark has seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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
    for data in _logs(transaction, archives=not kept):
        highest = max(highest, *(int(found[1]) for found in in_log.finditer(data)), 0)
    number = max(highest, kept) + 1
    transaction.writer.set_mark(mark, number)
    return number


def number_after(
    transaction: Transaction, mark: str, on_page: Iterable[str | None], in_log: re.Pattern[bytes]
) -> int:
    """The next free number where many are given: the log is only read while no mark is kept, and none is moved on.

    `keep_given` moves it on once the record is made, for what is made may be made anew before it is written.
    """
    highest = max(map(number_of, on_page), default=0)
    kept = transaction.writer.mark(mark)
    if not kept:
        for data in _logs(transaction, archives=True):
            highest = max(highest, *(int(found[1]) for found in in_log.finditer(data)), 0)
    # The mark is one above the last number given, so that there is a mark also where none was given yet.
    return max(highest, kept - 1) + 1


def keep_given(transaction: Transaction, mark: str, number: int) -> None:
    """Keeps ``number`` as the last one given, 0 for a record that has just begun to give some."""
    transaction.writer.set_mark(mark, number + 1)


def _logs(transaction: Transaction, *, archives: bool) -> Iterator[bytes]:
    """The bytes of the log, and of its archives too where they are asked for."""
    store = transaction.memory.store
    more = (path for path in store.paths() if ARCHIVE.fullmatch(path)) if archives else ()
    for path in (LOG_PATH, *more):
        stored = store.read(path)
        if stored is not None:
            yield stored.data


def stands_in_log(transaction: Transaction, words: re.Pattern[bytes]) -> bool:
    """Whether the log or one of its archives holds ``words``."""
    return any(words.search(data) for data in _logs(transaction, archives=True))


def keep_numbers(transaction: Transaction, mark: str, prefix: str, keys: Iterable[str | None]) -> None:
    """Keeps the numbers of ids that somebody chose, so that none is given to another record later."""
    plain = re.compile(re.escape(prefix) + r"(\d{1,15})", re.ASCII | re.IGNORECASE)
    highest = max((int(found[1]) for key in keys if (found := plain.fullmatch(key or ""))), default=0)
    if highest > transaction.writer.mark(mark):
        transaction.writer.set_mark(mark, highest)


def number_of(key: str | None) -> int:
    """The number at the end of an id, 0 where it has none."""
    found = re.search(r"(\d{1,15})$", key or "", re.ASCII)
    return int(found[1]) if found else 0
