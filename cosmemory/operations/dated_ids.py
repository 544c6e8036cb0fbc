"""Ids made of a name and a day: ``payments-2026-11-21``, then ``payments-2026-11-21-2``."""

from __future__ import annotations

from cosmemory.kinds import Kind
from cosmemory.operations.page_ids import ids_of, is_archived, new_id, page_of
from cosmemory.pattern import pattern
from cosmemory.transaction import Transaction

_NOT_IN_A_NAME = pattern(r"[^\w.-]+")
# Names of files may not be longer than 255 bytes, and a letter may take four.
_LONGEST = 48


def as_id(name: str) -> str:
    """``name`` as the first part of an id: marks and spaces become ``-``."""
    return _NOT_IN_A_NAME.sub("-", name)[:_LONGEST].strip("-.") or "unnamed"


def dated_id(transaction: Transaction, kind: Kind, name: str) -> str:
    """The id of today for ``name``, or with the next number that no record of the day has or had."""
    first = f"{as_id(name)}-{transaction.now:%Y-%m-%d}"
    taken = {each.lower() for each in ids_of(transaction.memory, kind)}
    key, number = first, 1
    while key.lower() in taken or is_archived(transaction, page_of(kind, key)):
        number += 1
        key = f"{first}-{number}"
    return new_id(transaction, kind, key)
