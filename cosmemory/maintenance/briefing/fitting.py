"""As many points as there is room for: none less urgent is told where a more urgent one is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from cosmemory.frozen import frozen
from cosmemory.maintenance.briefing.points import LONG, PLACES, SECTIONS, SHORT, Left, Point, Told, counts_of

_LENGTHS = (LONG, LONG // 2, 2 * SHORT)
_WIDE = "\u2e80"  # from here on are the letters that take a token or more each
QUARTERS = 4


@frozen()
class Size:
    """How long a text is: in characters as JavaScript counts them, and in quarters of a token."""

    characters: int = 0
    quarters: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.characters + other.characters, self.quarters + other.quarters)

    def __sub__(self, other: Size) -> Size:
        return Size(self.characters - other.characters, self.quarters - other.quarters)


def size_of(text: str) -> Size:
    """The size of a text: four ASCII characters are a token, two of other letters, half of a CJK one or an emoji."""
    if text.isascii():
        return Size(len(text), len(text))
    quarters = characters = 0
    for each in text:
        quarters += 1 if each < "\x80" else 2 if each < _WIDE else 8
        characters += 2 if each > "\uffff" else 1
    return Size(characters, quarters)


def tokens_of(text: str) -> int:
    """How many tokens a text is estimated at, rather too many than too few."""
    return -(-size_of(text).quarters // QUARTERS)


@frozen(kw_only=True)
class Room:
    """How long a brief may be, in characters, in tokens, or both."""

    characters: int | None = None
    tokens: int | None = None

    def holds(self, size: Size) -> bool:
        """Whether a text of that size fits."""
        return (self.characters is None or size.characters <= self.characters) and (
            self.tokens is None or size.quarters <= self.tokens * QUARTERS
        )


@frozen(kw_only=True)
class Frame:
    """What stands around the points: what is always there, a title for each section, and words on what is left out."""

    always: str
    titles: Mapping[str, str]
    left: Callable[[Sequence[Left]], str]

    def size(self, left: Mapping[str, int]) -> Size:
        """The size of what is always there, with the words on what is left out."""
        return size_of(self.always) + size_of(self.left(lefts(left)))


def waves(points: Sequence[Point]) -> list[list[Point]]:
    """The points, most urgent first: the first of each section, then what else there is of any, then routine."""
    found: list[list[tuple[int, Point]]] = [[], [], []]
    seen: Counter[str] = Counter()
    for each in points:
        place = PLACES[each.section]
        if each.routine:
            found[2].append((place, each))
            continue
        seen[each.section] += 1
        found[seen[each.section] > SECTIONS[place].first].append((place, each))
    return [[each for _, each in sorted(held, key=lambda pair: pair[0])] for held in found]


def lefts(counts: Mapping[str, int]) -> tuple[Left, ...]:
    """What is left out, by section."""
    return tuple(
        Left(section=section, count=counts[section.name]) for section in SECTIONS if counts.get(section.name)
    )


def fit(points: Sequence[Point], room: Room, frame: Frame) -> tuple[tuple[Told, ...], tuple[Left, ...]]:
    """The points that there is room for, most urgent first, and how many of each section there is none for.

    All of a wave that fit in short are told before any of it is told at length, and at length before the next wave.
    """
    left = counts_of(points)
    told: list[Told] = []
    titled: set[str] = set()
    lines, more = Size(), True
    for wave in waves(points):
        fitting, size = _prefix(wave, lines, left, titled, room, frame)
        left.subtract(each.section for each in fitting)
        titled.update(each.section for each in fitting)
        done, lines, more = _lengthened(fitting, size, room, frame.size(left), more=more)
        told += done
        if len(fitting) < len(wave):
            break
    return tuple(told), lefts(left)


def _prefix(
    wave: Sequence[Point], lines: Size, left: Counter[str], titled: set[str], room: Room, frame: Frame
) -> tuple[Sequence[Point], Size]:
    """As many points of a wave as fit in short, and the size of all lines with theirs."""
    left, titled = Counter(left), set(titled)
    always = size_of(frame.always)
    best, fitting = 0, lines
    for count, each in enumerate(wave, 1):
        lines += size_of(each.line(SHORT) + "\n")
        if each.section not in titled:
            titled.add(each.section)
            lines += size_of(frame.titles[each.section] + "\n")
        if not room.holds(always + lines):
            break
        left[each.section] -= 1
        # What tells of the rest gets shorter with it, so that more may fit where less did not.
        if room.holds(lines + frame.size(left)):
            best, fitting = count, lines
    return wave[:best], fitting


def _lengthened(
    told: Sequence[Point], lines: Size, room: Room, around: Size, *, more: bool
) -> tuple[list[Told], Size, bool]:
    """The lines of points, the most urgent at length as far as there is room for that and ``more`` may be.

    Besides them the size of all lines, and whether there is still room for more.
    """
    done = []
    for each in told:
        line, length = each.line(SHORT), SHORT
        if more and each.is_cut(SHORT):
            rest = lines - size_of(line)
            longer = (size for size in _LENGTHS if room.holds(around + rest + size_of(each.line(size))))
            length = next(longer, SHORT)
            more = length == LONG
            line = each.line(length)
            lines = rest + size_of(line)
        done.append(Told(point=each, line=line, cut=each.is_cut(length)))
    return done, lines, more
