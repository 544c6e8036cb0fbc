"""Which text of a page a person began to edit from: the newest one of which their save shows a trace."""

from __future__ import annotations

from collections import Counter

from cosmemory.clock import read_time
from cosmemory.errors import NotFound
from cosmemory.frozen import field, slotted
from cosmemory.pattern import pattern
from cosmemory.store import History, Remembered

# So many changes of a page are looked through, and no text longer than this is.
DEPTH = 1000
LONGEST = 4 << 20
NOTHING, PERHAPS, SURE, AGAINST = range(4)  # of what a save shows of a change
LOOKED_BACK = 100  # so many older texts are asked whether they had a line
_MOMENT = pattern(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
WORDS = 3  # letters and digits that a line must have to tell anything

Lines = Counter[bytes]


def begun_from(history: History, path: str, saved: bytes, number: int) -> int | None:
    """The number of the change of which ``saved``, the page as a person left it at change ``number``, goes on.

    It is the newest change before that left a trace in ``saved``: a line that came with it and still stands, or,
    where it only took lines away, one that is still gone. None where nothing tells, as on a page all written anew.
    """
    changes = history.revisions(path, below=number, limit=DEPTH)
    if len(saved) > LONGEST:
        return None
    kept, past = _lines(saved), _Past(history, path, changes)
    perhaps: int | None = None
    try:
        # Before the oldest change there was no page; before the oldest that is looked at there was.
        for place in range(len(changes) - (len(changes) == DEPTH)):
            shown = _trace(kept, past, place)
            if shown == SURE:
                return perhaps or changes[place].number
            if shown == AGAINST:
                perhaps = None
            elif shown == PERHAPS:
                perhaps = perhaps or changes[place].number
    except NotFound:
        pass  # the history does not reach that far back
    return perhaps


@slotted
class _Past:
    """The texts of a page after each of its changes, newest first, as the lines that tell something."""

    history: History
    path: str
    changes: tuple[Remembered, ...]
    _known: dict[int, Lines] = field(default_factory=dict)

    def after(self, place: int) -> Lines:
        """The lines after the change at ``place``; none before the first of all."""
        if place >= len(self.changes):
            return Counter()
        if place not in self._known:
            self._known[place] = _lines(self.history.text(self.path, self.changes[place].number))
        return self._known[place]

    def dates(self, place: int, line: bytes) -> bool:
        """Whether a line bears a moment since the change before the one at ``place``, so that no older text had it."""
        if place + 1 >= len(self.changes):
            return False
        moments = [read for found in _MOMENT.findall(line) if (read := read_time(found.decode())) is not None]
        if not moments:
            return False
        # Where the clock was set back an older change may be the later one, and its text have the same moment.
        since = max(each.attribution.at for each in self.changes[place + 1 :])
        until = self.changes[place].attribution.at
        return any(since < moment[0] <= until for moment in moments)

    def is_older(self, place: int, line: bytes) -> bool:
        """Whether a text from before the change at ``place`` had the line already."""
        oldest = min(len(self.changes), place + 1 + LOOKED_BACK)
        try:
            return any(self.after(each)[line] for each in range(place + 1, oldest))
        except NotFound:
            return False  # a full disk left a gap in the history: what stands on this side of it tells enough


def _trace(saved: Lines, past: _Past, place: int) -> int:
    """How ``saved`` shows the change at ``place``."""
    before, after = past.after(place + 1), past.after(place)
    came, went = after - before, before - after
    stand = [line for line in came if saved[line] and not before[line]]
    back = any(saved[line] for line in went if not after[line])
    if any(past.dates(place, line) for line in stand):
        return SURE
    if any(not past.is_older(place, line) for line in stand):
        # A person may have written by chance what came with the change too: then little else of it stands.
        more = _between(saved, after) - _between(saved, before)
        return PERHAPS if more == 0 else SURE if more < 0 else AGAINST
    if went and not came and all(saved[line] <= after[line] for line in went):
        return SURE
    if back:
        return AGAINST
    # One more of a line that stands in many places, or did before: its place may have been another.
    return PERHAPS if any(saved[line] > before[line] for line in came) else NOTHING


def _between(one: Lines, other: Lines) -> int:
    """How many lines have to come and go to make one text of the other."""
    return (one - other).total() + (other - one).total()


def _lines(data: bytes | None) -> Lines:
    """The lines of a text that tell something, whatever ends them."""
    if data is None or len(data) > LONGEST:
        return Counter()
    return Counter(line for line in data.replace(b"\r", b"\n").split(b"\n") if _tells(line))


def _tells(line: bytes) -> bool:
    return sum(1 for each in line if each > 127 or chr(each).isalnum()) >= WORDS
