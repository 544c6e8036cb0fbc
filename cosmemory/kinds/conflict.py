"""Values that two sides gave differently, side by side, until somebody says which it is to be."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, table
from cosmemory.document.values import TIME, Raw, enum
from cosmemory.errors import IllegalTransition, NotFound
from cosmemory.frozen import frozen, replace

Time = datetime | Raw | None
Word = str | Raw | None
PENDING, RESOLVED = "pending", "resolved"
KEPT, OTHER = "kept", "other"
STATUS = enum("conflict status", PENDING, RESOLVED)
STRATEGY = enum("strategy", "last write", "first write", "ours", "theirs", "merge", "manual")


@frozen(kw_only=True)
class Disputed(Record):
    """One value that both sides changed: what it was, what stands on the page now, and what the other side has."""

    value: str | None = column("Value", required=True)
    before: str | None = column("Before")
    kept: str | None = column("On The Page")
    other: str | None = column("Other")


@frozen(kw_only=True)
class Conflict(Record):
    """The page ``conflicts/ID.md``."""

    id: str | None = label("ID", required=True)
    document: str | None = label("Document", required=True)
    created: Time = label("Created", TIME, required=True)
    status: Word = label("Status", STATUS, required=True)
    strategy: Word = label("Strategy", STRATEGY, required=True)
    resolved: Time = label("Resolved", TIME)
    resolved_by: str | None = label("Resolved By")
    reason: str | None = label("Reason")
    disputed_values: tuple[Disputed, ...] = table("Disputed Values", Disputed, key="value", required=True)
    notes: str | None = prose("Notes")


def resolve(conflict: Conflict, at: datetime, by: str, reason: str) -> Conflict:
    """``conflict`` resolved at ``at``.

    Raises IllegalTransition for one that is resolved already.
    """
    if conflict.status != PENDING:
        raise IllegalTransition(f"The conflict {conflict.id}", str(conflict.status), RESOLVED, ())
    return replace(conflict, status=RESOLVED, resolved=at, resolved_by=by, reason=reason)


def disputed(conflict: Conflict, value: str) -> Disputed:
    """The disputed value at the path ``value``.

    Raises NotFound.
    """
    for each in conflict.disputed_values:
        if each.value == value:
            return each
    raise NotFound(f"A disputed value {value!r}", "cosmemory conflict show lists them.")
