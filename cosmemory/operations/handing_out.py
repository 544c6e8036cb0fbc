"""What is handed out to be gone on with, once: a mark of the page as it stood when somebody got it.

The mark is the revision of the page, so whoever goes on with the work, and changes its page by that, takes it away;
no clock has a part in it. It is kept beside the numbers that were given, each above the one before it.
"""

from __future__ import annotations

from cosmemory.errors import Refused
from cosmemory.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.transaction import Transaction

_BITS = 60


def was_handed_out(memory: Reader, path: str) -> bool:
    """Whether somebody got what stands on the page at ``path``, and nothing was changed there since."""
    kept = memory.store.mark(_name(path))
    stored = memory.store.read(path) if kept else None
    return stored is not None and kept % (1 << _BITS) == _short(stored.revision)


def hand_out(transaction: Transaction, path: str, what: str, go_on: str, *, again: bool) -> None:
    """Marks the page at ``path`` as handed out when the transaction has landed.

    Raises Refused where it was handed out before and nobody has gone on with it since, unless it is wished ``again``.
    """
    stored, kept = transaction.stored(path), transaction.writer.mark(_name(path))
    if stored is not None and not again and kept and kept % (1 << _BITS) == _short(stored.revision):
        raise Refused(
            f"{what} was handed out before, and nobody has gone on with it since.",
            f"{go_on} goes on with it; --again hands it out once more, where whoever got it is gone.",
        )

    def mark() -> None:
        revision = transaction.revisions.get(path) or (stored.revision if stored is not None else "")
        number = (kept >> _BITS) + 1
        transaction.writer.set_mark(_name(path), (number << _BITS) + _short(revision))

    transaction.afterwards.append(mark)


def _name(path: str) -> str:
    return f"handed out {path}"


def _short(revision: str) -> int:
    return int(revision[: _BITS // 4] or "0", 16)
