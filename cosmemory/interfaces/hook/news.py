"""What a session does not know yet: the changes of others since it was told last."""

from __future__ import annotations

from cosmemory.frozen import replace
from cosmemory.interfaces.hook import notes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from cosmemory.interfaces.hook.call import Call
    from cosmemory.interfaces.hook.notes import Notes
    from cosmemory.memory import Memory
    from cosmemory.store import History, Remembered

SIGN_OF_LIFE = "hook session seen"


CHUNK = 100


def is_own(session: str, change: Remembered) -> bool:
    """Whether a change is a hook's of that session, or no more than a sign of life of any."""
    told = change.attribution
    return told.operation == SIGN_OF_LIFE or (bool(session) and session in told.message)


def news(call: Call, memory: Memory, known: Notes) -> str:
    """What others changed since the session was told last; it counts as told then."""
    from cosmemory.maintenance.briefing import changes, newest

    signature = notes.signature_of(call.root)  # what is changed from now on is told the next time
    number = newest(memory)
    since = known.number or _number_before(memory.store.history(), known.at)
    text = changes(memory, since, unless=lambda change: is_own(call.session, change)) if known.known else ""
    notes.keep(call.root, call.session, replace(known, number=number, signature=signature))
    return text


def _number_before(history: History, at: int) -> int:
    """The number of the last change before a second."""
    below: int | None = None
    while found := history.revisions(below=below, limit=CHUNK):
        for change in found:
            if change.attribution.at < at:
                return change.number
        below = found[-1].number
    return 0


def all_is_told(call: Call, memory: Memory, *, absent: bool) -> None:
    """Remembers that the session was told how everything stands at this moment."""
    at = int(memory.now().timestamp())
    known = notes.Notes(at=at, signature=notes.signature_of(call.root), absent=absent)
    notes.keep(call.root, call.session, known)


def step_over_own(call: Call, before: str, known: Notes) -> None:
    """Remembers how the pages look after a change of the hook's own, where they looked ``before`` as they did last.

    What others changed in this very moment is told together with their next change: it still counts as not told.
    """
    if before == known.signature:
        known = replace(known, signature=notes.signature_of(call.root))
    notes.keep(call.root, call.session, known)


def own_edits_are_told(call: Call, memory: Memory, pages: Collection[str]) -> None:
    """Remembers that the session knows of what its own tool saved on ``pages``, if nothing else has happened since."""
    known = notes.read(call.root, call.session) if call.session and pages else notes.Notes()
    if not known.known:
        return
    history = memory.store.history()
    since = known.number or _number_before(history, known.at)
    signature, newest = notes.signature_of(call.root), 0
    for change in history.revisions(limit=CHUNK):
        newest = newest or change.number
        if change.number <= since:
            notes.keep(call.root, call.session, replace(known, number=newest, signature=signature))
            return
        own = change.by_hand and all(step.path in pages for step in change.pages)
        if not own and not is_own(call.session, change):
            return
