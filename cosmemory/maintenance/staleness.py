"""Which text of a page a person began to edit from: the newest one of which their save shows a trace."""

from __future__ import annotations

from collections import Counter

from cosmemory.errors import NotFound
from cosmemory.store import History

# So many changes of a page are looked through, and no text longer than this is.
DEPTH = 1000
LONGEST = 4 << 20
NOTHING, PERHAPS, SURE, AGAINST = range(4)  # of what a save shows of a change
WORDS = 3  # letters and digits that a line must have to tell anything

Lines = Counter[bytes]


def begun_from(history: History, path: str, saved: bytes, number: int) -> int | None:
    """The number of the change of which ``saved``, the page as a person left it at change ``number``, goes on.

    It is the newest change before that left a trace in ``saved``: a line that came with it and still stands, or,
    where it only took lines away, one that is still gone. None where nothing tells, as on a page all written anew.
    """
    changes = [change.number for change in history.revisions(path, below=number, limit=DEPTH)]
    if len(saved) > LONGEST:
        return None
    kept = _lines(saved)
    perhaps: int | None = None
    try:
        after = _lines(history.text(path, changes[0]) if changes else None)
        # Before the oldest change there was no page; before the oldest that is looked at there was.
        for newer, older in zip(changes, changes[1:] + [0] * (len(changes) < DEPTH), strict=False):
            before = _lines(history.text(path, older) if older else None)
            shown = _trace(kept, before, after)
            if shown == SURE:
                return perhaps or newer
            if shown == AGAINST:
                perhaps = None
            elif shown == PERHAPS:
                perhaps = perhaps or newer
            after = before
    except NotFound:
        pass  # the history does not reach that far back
    return perhaps


def _trace(saved: Lines, before: Lines, after: Lines) -> int:
    """How ``saved`` shows the step from ``before`` to ``after``."""
    came, went = after - before, before - after
    if any(saved[line] for line in came if not before[line]):
        return SURE
    if went and not came and all(saved[line] <= after[line] for line in went):
        return SURE
    if any(saved[line] for line in went if not after[line]):
        return AGAINST
    # One more of a line that stands in many places: its place may have been another.
    return PERHAPS if any(saved[line] > before[line] for line in came) else NOTHING


def _lines(data: bytes | None) -> Lines:
    """The lines of a text that tell something, whatever ends them."""
    if data is None or len(data) > LONGEST:
        return Counter()
    return Counter(line for line in data.replace(b"\r", b"\n").split(b"\n") if _tells(line))


def _tells(line: bytes) -> bool:
    return sum(1 for each in line if each > 127 or chr(each).isalnum()) >= WORDS
