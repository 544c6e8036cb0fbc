"""What a session does not know yet: the changes of others since it was told last."""

from __future__ import annotations

from cosmemory.frozen import replace
from cosmemory.interfaces.hook import notes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.hook.call import Call
    from cosmemory.interfaces.hook.notes import Notes
    from cosmemory.memory import Memory
    from cosmemory.store import Remembered

SIGN_OF_LIFE = "hook session seen"


def newest_number(memory: Memory) -> int:
    """The number of the newest change, 0 where there is none."""
    newest = next(iter(memory.store.history().revisions(limit=1)), None)
    return newest.number if newest is not None else 0


def is_own(session: str, change: Remembered) -> bool:
    """Whether a change is a hook's of that session, or no more than a sign of life of any."""
    told = change.attribution
    return told.operation == SIGN_OF_LIFE or (bool(session) and session in told.message)


def told_of_all(call: Call, memory: Memory, known: Notes) -> None:
    """Remembers that the session was told of everything there is."""
    signature = notes.signature_of(call.root)
    told = replace(known, number=newest_number(memory), signature=signature)
    notes.keep(call.root, call.session, told)


def step_over_own(call: Call, memory: Memory, known: Notes) -> None:
    """Remembers how the pages look after a change of the hook's own, unless others changed something meanwhile."""
    signature = notes.signature_of(call.root)
    number = newest_number(memory)
    if known.number >= 0 and number in (known.number, known.number + 1):
        known = replace(known, number=number, signature=signature)
    notes.keep(call.root, call.session, known)
