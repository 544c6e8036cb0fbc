"""Conflicts: values that two sides gave differently, written down for a person, and settled."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.errors import NotFound, did_you_mean
from cosmemory.kinds import CONFLICT
from cosmemory.kinds.conflict import KEPT, PENDING, Conflict, Disputed, disputed, resolve
from cosmemory.kinds.coordination_log import Event
from cosmemory.memory import Memory, Outcome
from cosmemory.merge.strategies import Dispute
from cosmemory.operations.ids import next_number
from cosmemory.operations.new_pages import page_text
from cosmemory.pattern import pattern
from cosmemory.reader import Reader
from cosmemory.transaction import Transaction

MARK = "conflicts"
STRATEGY = "manual"
_IN_LOG = pattern(rb"\bCONFLICT-(\d{1,15})\b")


def open_conflict(transaction: Transaction, path: str, disputes: Sequence[Dispute], notes: str = "") -> str:
    """A new conflict page about the page at ``path``, whose own values are those of ``theirs``; its path."""
    memory = transaction.memory
    ids = [each.rpartition("/")[2].removesuffix(".md") for each in memory.store.paths() if _is_one(each)]
    key = f"CONFLICT-{next_number(transaction, MARK, ids, _IN_LOG)}"
    conflict = Conflict(
        id=key,
        document=path,
        created=transaction.now,
        status=PENDING,
        strategy=STRATEGY,
        disputed_values=tuple(
            Disputed(value=each.where, before=each.base, kept=each.theirs, other=each.ours)
            for each in disputes
        ),
        notes=notes or None,
    )
    page = f"conflicts/{key}.md"
    transaction.create(page, page_text(memory, CONFLICT, conflict))
    values = ", ".join(each.where for each in disputes)
    transaction.append(
        Event(time=transaction.now, type="conflict", action=f"{key} opened about {path}", outcome=values)
    )
    return page


def path_of(key: str) -> str:
    """The page of the conflict ``key``, which may be named by its page as well."""
    return f"conflicts/{key.removeprefix('conflicts/').removesuffix('.md').upper()}.md"


def get(memory: Reader, key: str) -> Conflict:
    """The conflict ``key``.

    Raises NotFound.
    """
    known = [
        path.removeprefix("conflicts/").removesuffix(".md") for path in memory.store.paths() if _is_one(path)
    ]
    path = path_of(key)
    if path not in {path_of(each) for each in known}:
        hint = did_you_mean(key.upper(), known, "cosmemory conflict list --all names them.")
        raise NotFound(f"The conflict {key!r}", hint)
    found: Conflict = memory.read(path)
    return found


def listed(memory: Memory, *, pending: bool = True) -> tuple[Conflict, ...]:
    """The conflicts, or those of them that are pending, oldest first."""
    found = [memory.read(path) for path in memory.store.paths() if _is_one(path)]
    return tuple(each for each in found if not pending or each.status == PENDING)


def resolve_conflict(
    memory: Memory, key: str, *, reason: str, take: str = KEPT, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The conflict ``key`` settled; where the ``other`` values are taken they are written on the page.

    Raises NotFound for a conflict that there is not, IllegalTransition for one that is settled already.
    """
    name = path_of(key)

    def verb(transaction: Transaction) -> str:
        get(transaction.memory, key)
        conflict: Conflict = transaction.read(name)
        done = resolve(conflict, transaction.now, memory.actor, reason)
        if take != KEPT:
            for each in conflict.disputed_values:
                take_other(transaction, conflict, each.value or "")
        transaction.replace(name, done)
        transaction.append(
            Event(
                time=transaction.now,
                type="conflict",
                action=f"{conflict.id} resolved",
                outcome=f"{take} values stand",
                notes=reason,
            )
        )
        return str(conflict.id)

    return memory.run(verb, expected=expected, operation="conflict resolve")


def take_other(transaction: Transaction, conflict: Conflict, value: str) -> None:
    """The other side's text at the path ``value`` of the page that the conflict is about."""
    other = disputed(conflict, value).other
    transaction.set(str(conflict.document), value, other or "")


def _is_one(path: str) -> bool:
    return CONFLICT.pattern.fullmatch(path) is not None
