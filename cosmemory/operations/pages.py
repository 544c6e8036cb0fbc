"""Any field or record of any page: set, add, remove."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cosmemory.document.paths import kept_as, part_at, record_of, without
from cosmemory.errors import InvalidValue
from cosmemory.frozen import replace
from cosmemory.kinds import Kind
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.ids import keep_numbers, next_number
from cosmemory.pattern import pattern
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NUMBERED: Mapping[tuple[str, str], tuple[str, str, re.Pattern[bytes]]] = {
    ("cos-state", "pending_actions"): (
        "action",
        "",
        pattern(rb"^\*\*Action ID:\*\* (\d{1,15})\r?$", re.MULTILINE),
    ),
    ("active-alerts", "critical"): ("alert", "ALERT-", pattern(rb"\bALERT-(\d{1,15})\b")),
    ("active-alerts", "warning"): ("alert", "ALERT-", pattern(rb"\bALERT-(\d{1,15})\b")),
}


def set_value(
    memory: Memory, name: str, path: str, text: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """``text``, read as the type of its field, at ``path`` of the page called ``name``."""

    def verb(transaction: Transaction) -> str:
        transaction.set(name, path, text)
        return path

    return memory.run(verb, expected=expected, operation="set")


def add_record(
    memory: Memory, name: str, path: str, given: Mapping[str, str], *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """A new record at the end of the section ``path``; gives its key, or ``#n`` where records have none."""

    def verb(transaction: Transaction) -> str:
        document = transaction.read(name)
        attribute, part = part_at(document, path)
        records = getattr(document, attribute)
        record = record_of(part, given, path)
        kind = transaction.page(name).kind
        if part.key and getattr(record, part.key) is None:
            record = replace(
                record, **{part.key: _next_key(transaction, kind, document, attribute, part.key)}
            )
        key = str(getattr(record, part.key)) if part.key else f"#{len(records) + 1}"
        if part.key and any(str(getattr(each, part.key)).lower() == key.lower() for each in records):
            raise InvalidValue(
                path, f"a record {key!r} stands there already", "Give it another key, or use set."
            )
        if (numbered := _NUMBERED.get((kind.name, attribute))) is not None:
            keep_numbers(transaction, *numbered[:2], [key])
        record = kept_as(records, record, part)
        transaction.replace(name, replace(document, **{attribute: (*records, record)}))
        return key

    return memory.run(verb, expected=expected, operation="add")


def _next_key(transaction: Transaction, kind: Kind, document: Any, attribute: str, key: str) -> str:
    numbered = _NUMBERED.get((kind.name, attribute))
    if numbered is None:
        raise InvalidValue(key, "a new record needs it", f"Give {key}=VALUE.")
    mark, prefix, in_log = numbered
    sections = [name for (of, name), (same, _, _) in _NUMBERED.items() if of == kind.name and same == mark]
    on_page = [getattr(record, key) for name in sections for record in getattr(document, name)]
    on_page += [record.alert_id for record in getattr(document, "recently_resolved", ())]
    return f"{prefix}{next_number(transaction, mark, on_page, in_log)}"


def _keep_numbers(transaction: Transaction, kind: Kind, document: Any) -> None:
    """Keeps the numbers of the ids on a page that a record is to leave."""
    for (of, attribute), (mark, prefix, _) in _NUMBERED.items():
        if of == kind.name:
            keep_numbers(transaction, mark, prefix, (each.id for each in getattr(document, attribute)))


def remove_record(
    memory: Memory, name: str, path: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The record at ``path`` of the page called ``name`` gone."""

    def verb(transaction: Transaction) -> str:
        document = transaction.read(name)
        _keep_numbers(transaction, transaction.page(name).kind, document)
        transaction.replace(name, without(document, path))
        return path

    return memory.run(verb, expected=expected, operation="remove")
