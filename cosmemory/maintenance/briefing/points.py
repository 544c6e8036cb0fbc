"""What a brief is made of: points by section, and the text that those of them make for which there was room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from cosmemory.frozen import frozen
from cosmemory.text.fenced import one_line

LONG, SHORT = 400, 80  # characters of a text where there is room, and where there is little
WORD, LONGEST_ID = 60, 120


@frozen(kw_only=True)
class Section:
    """One sort of points: its title, how they are counted, what shows them all.

    The ``first`` of them are more urgent than anything of later sections; the others come after the first of all.
    """

    name: str
    title: str
    one: str
    many: str
    command: str
    first: int = 1_000_000

    def counted(self, count: int) -> str:
        """``3 open actions``."""
        return f"{count} {self.one if count == 1 else self.many}"


_STATE = "cosmemory show cos-state"
SECTIONS = (
    Section(name="session", title="Session and focus", one="word on session and focus",
            many="words on session and focus", command=_STATE),
    Section(name="alarms", title="Critical alerts", one="critical alert", many="critical alerts",
            command="cosmemory show active-alerts"),
    Section(name="damage", title="Pages damaged or missing", one="damaged or missing page",
            many="damaged or missing pages", command="cosmemory validate"),
    Section(name="pressing", title="Overdue and blocked actions", one="overdue or blocked action",
            many="overdue or blocked actions", command="cosmemory show cos-state"),
    Section(name="interrupted", title="Interrupted", one="interrupted piece of work",
            many="interrupted pieces of work", command="cosmemory recover list"),
    Section(name="handoffs", title="Handoffs waiting for an acknowledgement", one="waiting handoff",
            many="waiting handoffs", command="cosmemory handoff list"),
    Section(name="actions", title="Other open actions", one="other open action", many="other open actions",
            command="cosmemory show cos-state", first=15),
    Section(name="alerts", title="Other alerts", one="other alert", many="other alerts",
            command="cosmemory show active-alerts", first=15),
    Section(name="under_way", title="Under way", one="piece of work under way",
            many="pieces of work under way", command="cosmemory recover list", first=15),
    Section(name="team", title="Team", one="summary of the team", many="summaries of the team",
            command="cosmemory show team-roster"),
    Section(name="members", title="Members", one="member", many="members",
            command="cosmemory show team-roster", first=15),
    Section(name="decisions", title="Decisions", one="decision", many="decisions", command=_STATE, first=10),
    Section(name="events", title="Events", one="event", many="events", command="cosmemory events", first=10),
    Section(name="health", title="Health", one="health problem", many="health problems",
            command="cosmemory health"),
)  # fmt: skip
PLACES = {section.name: place for place, section in enumerate(SECTIONS)}


@frozen(kw_only=True)
class Point:
    """One thing to know: what it is called and how it stands, which is told whole, and a text, which may be cut.

    ``id`` is what to ask for more with, and ``command`` what to do about it, where there is one. What is ``routine``
    is less urgent than everything that is not. There are so many ``more`` of its section, which are only counted.
    """

    section: str
    head: str
    id: str = ""
    text: str = ""
    command: str = ""
    routine: bool = False
    more: int = 0

    def line(self, most: int = LONG) -> str:
        """The point on one line, with at most so many characters of its text."""
        text = f": {one_line(self.text, most)}" if self.text.strip() else ""
        command = f" ({one_line(self.command)})" if self.command else ""
        return f"- {self.head}{text}{command}"

    def is_cut(self, most: int) -> bool:
        """Whether a line of that length leaves something of the text out."""
        return len(" ".join(self.text.split())) > most


@frozen(kw_only=True)
class Told:
    """A point for which there was room, with the line that tells it."""

    point: Point
    line: str
    cut: bool


@frozen(kw_only=True)
class Left:
    """How many points of a section there was no room for, and what shows them."""

    section: Section
    count: int


@frozen(kw_only=True)
class Brief:
    """What somebody who comes back needs to know, most urgent first, as far as there was room.

    ``text`` is all of it, fenced, for a model; ``lines`` are the same for a person. ``since`` is what decisions and
    events were asked for since, None where there was no such moment.
    """

    now: datetime
    since: datetime | None
    told: tuple[Told, ...]
    left: tuple[Left, ...]
    lines: tuple[str, ...]
    text: str


def counts_of(points: Iterable[Point]) -> Counter[str]:
    """How many points there are of each section, those that are only counted among them."""
    counts: Counter[str] = Counter()
    for each in points:
        counts[each.section] += 1 + each.more
    return counts


def word(value: object, most: int = WORD) -> str:
    """A short value of a page within the words of a head."""
    return one_line(str(value), most) if value not in (None, "") else ""


def id_of(value: object) -> str:
    """An id as it stands, for an id that was cut would name something else; nothing for one that nobody would type."""
    shown = one_line(str(value)) if value is not None else ""
    return shown if len(shown) <= LONGEST_ID else ""
