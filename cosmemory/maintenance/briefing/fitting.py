"""As many points as there is room for: none less urgent is told where a more urgent one is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from cosmemory.frozen import frozen
from cosmemory.maintenance.briefing.points import LONG, PLACES, SECTIONS, SHORT, Left, Point, Told

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


def by_rank(points: Sequence[Point]) -> list[Point]:
    """The points, most urgent first: by section, but what is too much of a section after all others."""
    seen: Counter[str] = Counter()
    ranked = []
    for each in points:
        place = seen[each.section]
        seen[each.section] += 1
        late = place >= SECTIONS[PLACES[each.section]].first
        ranked.append(((late, PLACES[each.section], place), each))
    return [each for _, each in sorted(ranked, key=lambda pair: pair[0])]


def lefts(counts: Mapping[str, int]) -> tuple[Left, ...]:
    """What is left out, by section."""
    return tuple(
        Left(section=section, count=counts[section.name]) for section in SECTIONS if counts.get(section.name)
    )


def fit(points: Sequence[Point], room: Room, frame: Frame) -> tuple[tuple[Told, ...], tuple[Left, ...]]:
    """The points that there is room for, most urgent first, and how many of each section there is none for.

    All that fit in short are told before any is told at length.
    """
    ranked = by_rank(points)
    sizes = _short_sizes(ranked, room, frame)
    left = Counter(each.section for each in ranked)
    best, used = 0, frame.size(left)
    for count, size in enumerate(sizes, 1):
        left[ranked[count - 1].section] -= 1
        whole = size + frame.size(left)
        # What tells of the rest gets shorter with it, so that more may fit where less did not.
        if room.holds(whole):
            best, used = count, whole
    rest = Counter(each.section for each in ranked[best:])
    return _lengthened(ranked[:best], room, used), lefts(rest)


def _short_sizes(ranked: Sequence[Point], room: Room, frame: Frame) -> list[Size]:
    """The size of the first point, of the first two, and so on, as far as they could fit at all."""
    sizes: list[Size] = []
    titled: set[str] = set()
    size = Size()
    for each in ranked:
        size += size_of(each.line(SHORT) + "\n")
        if each.section not in titled:
            titled.add(each.section)
            size += size_of(frame.titles[each.section] + "\n")
        if not room.holds(size_of(frame.always) + size):
            break
        sizes.append(size)
    return sizes


def _lengthened(told: Sequence[Point], room: Room, used: Size) -> tuple[Told, ...]:
    """The lines of points, the most urgent at length as far as there is room for that."""
    lines = []
    more = True
    for each in told:
        short = each.line(SHORT)
        line, length = short, SHORT
        if more and each.is_cut(SHORT):
            for length in _LENGTHS:
                line = each.line(length)
                grown = used + size_of(line) - size_of(short)
                if room.holds(grown):
                    used = grown
                    break
            else:
                line, length = short, SHORT
            more = length == LONG
        lines.append(Told(point=each, line=line, cut=each.is_cut(length)))
    return tuple(lines)
