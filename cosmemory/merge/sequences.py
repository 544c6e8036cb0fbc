"""Sequences merged by what their members are: by neighbours where each has a key, by regions where they are lines."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher

from cosmemory.frozen import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Key = Hashable


def ordered(
    base: Sequence[Key],
    ours: Sequence[Key],
    theirs: Sequence[Key],
    kept: Callable[[Key], bool] = lambda _: True,
    rank: Callable[[Key], Any] | None = None,
) -> list[Key]:
    """The keys of both sides that are ``kept``, each once and behind the neighbour that it had on its side.

    The order is that of the side that moved some, ours where neither or both did. Where both added
    something in one place ours comes first, or what has the lower ``rank``.
    """
    in_ours, in_theirs = set(ours), set(theirs)
    theirs_lead = _moved(base, theirs, in_theirs) and not _moved(base, ours, in_ours)
    lead, other = (theirs, ours) if theirs_lead else (ours, theirs)
    in_lead, in_other = (in_theirs, in_ours) if theirs_lead else (in_ours, in_theirs)
    added: dict[Key, list[Key]] = {}
    anchor: Key = None
    for key in other:
        if key in in_lead:
            anchor = key
        elif kept(key):
            added.setdefault(anchor, []).append(key)
    found: list[Key] = []
    alone: list[Key] = []
    anchor = None
    for key in lead:
        if key in in_other:
            found += _gap(alone, added.pop(anchor, []), theirs_lead, rank)
            found += [key] if kept(key) else []
            alone, anchor = [], key
        elif kept(key):
            alone.append(key)
    return found + _gap(alone, added.pop(anchor, []), theirs_lead, rank)


def _moved(base: Sequence[Key], side: Sequence[Key], members: set[Key]) -> bool:
    """Whether what base and ``side`` share stands in another order there."""
    in_base = set(base)
    return [key for key in base if key in members] != [key for key in side if key in in_base]


def _gap(
    lead: list[Key], other: list[Key], theirs_lead: bool, rank: Callable[[Key], Any] | None
) -> list[Key]:
    """What both sides have between the same neighbours; each side keeps its own order."""
    first, second = (other, lead) if theirs_lead else (lead, other)
    if rank is None or not first or not second:
        return first + second
    found: list[Key] = []
    at = 0
    for key in first:
        while at < len(second) and rank(second[at]) < rank(key):
            found.append(second[at])
            at += 1
        found.append(key)
    return found + second[at:]


@frozen(eq=False)
class Region:
    """A stretch of the three sequences: one member that all have (``same``), or what stands between two such."""

    same: bool
    base: tuple[int, int]
    ours: tuple[int, int]
    theirs: tuple[int, int]


def regions(base: Sequence[Key], ours: Sequence[Key], theirs: Sequence[Key]) -> Iterator[Region]:
    """The members that all three have in their places, and the stretches between them where somebody changed something."""
    to_ours, to_theirs = dict(matches(base, ours)), dict(matches(base, theirs))
    done = at_ours = at_theirs = 0
    for number in [*sorted(to_ours.keys() & to_theirs.keys()), len(base)]:
        o, t = to_ours.get(number, len(ours)), to_theirs.get(number, len(theirs))
        if (number, o, t) != (done, at_ours, at_theirs):
            yield Region(False, (done, number), (at_ours, o), (at_theirs, t))
        if number < len(base):
            yield Region(True, (number, number + 1), (o, o + 1), (t, t + 1))
        done, at_ours, at_theirs = number + 1, o + 1, t + 1


def is_line(key: Key) -> bool:
    """Whether a member is a line, which may stand anywhere again, and not a thing with a key of its own."""
    return not isinstance(key, tuple)


def matches(old: Sequence[Key], new: Sequence[Key]) -> list[tuple[int, int]]:
    """The places of what ``old`` and ``new`` share in the same order; members with keys are found first."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    found = [(each, each) for each in range(head)]
    places = {key: at for at, key in enumerate(new) if not is_line(key)}
    done, at_new = head, head
    for number in range(head, len(old) - tail):
        there = places.get(old[number]) if not is_line(old[number]) else None
        if there is not None and at_new <= there < len(new) - tail:
            found += _lines(old, new, (done, number), (at_new, there))
            found.append((number, there))
            done, at_new = number + 1, there + 1
    found += _lines(old, new, (done, len(old) - tail), (at_new, len(new) - tail))
    return found + [(len(old) - each, len(new) - each) for each in range(tail, 0, -1)]


def _lines(
    old: Sequence[Key], new: Sequence[Key], in_old: tuple[int, int], in_new: tuple[int, int]
) -> list[tuple[int, int]]:
    before, after = old[slice(*in_old)], new[slice(*in_new)]
    if not before or not after:
        return []
    found = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return [
        (in_old[0] + block.a + each, in_new[0] + block.b + each)
        for block in found
        for each in range(block.size)
    ]
