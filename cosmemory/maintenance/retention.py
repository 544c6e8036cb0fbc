"""Which checkpoints stay at hand: the newest ones and one a day; the others go to the archive, none is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.frozen import frozen
from cosmemory.maintenance.checkpoint_shelf import ARCHIVE_SHELF, SHELF, Checkpoint, faults_of, listed
from cosmemory.maintenance.checkpoints import tell
from cosmemory.memory import Memory
from cosmemory.transaction import Transaction

DAY = 86_400


@frozen(kw_only=True)
class Pruned:
    """What a clean-up put into the archive, and what stays."""

    archived: tuple[str, ...]
    kept: tuple[str, ...]


def prune(memory: Memory) -> Pruned:
    """Checkpoints that are no longer needed at hand moved to the archive, whole; run again it finds nothing to do.

    The newest one that is sound always stays, so that ``latest`` and whoever looks in the folder find it.
    """

    def verb(transaction: Transaction) -> Pruned:
        settings = transaction.memory.settings
        known = listed(transaction.memory)
        now = int(transaction.now.timestamp())
        stay = staying(known, settings.checkpoints_kept, settings.checkpoint_days, now)
        copies = transaction.memory.store.copies(SHELF)
        sound = next((each for each in known if not faults_of(copies, each.name)), None)
        if sound is not None:
            stay.add(sound.name)
        gone = [each.name for each in known if each.name not in stay]
        for name in reversed(
            gone
        ):  # the oldest first: whoever kills us leaves what another run would leave too
            copies.move(name, ARCHIVE_SHELF)
        if gone:
            tell(
                transaction, f"Moved {len(gone)} checkpoints to {ARCHIVE_SHELF}", f"{len(stay)} stay at hand"
            )
        kept = tuple(each.name for each in known if each.name in stay)
        return Pruned(archived=tuple(gone), kept=kept)

    return memory.run(verb, operation="checkpoint prune").result


def staying(known: Sequence[Checkpoint], newest: int, days: int, now: int) -> set[str]:
    """The names of those to stay, of some that are sorted newest first: so many, and the last one of each recent day."""
    stay = {each.name for each in known[:newest]}
    today = now // DAY
    seen: set[int] = set()
    for each in known:
        day = each.at // DAY
        if day > today - days and day not in seen:
            seen.add(day)
            stay.add(each.name)
    return stay
