"""Which records of a list stay where they are when it is put in another order: as many as can."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def kept(old: Sequence[Any], new: Sequence[Any]) -> tuple[dict[int, Any], list[Any]]:
    """The old records, by origin, that stay where they are, and those that do not: gone, or moved.

    Of records whose order changes as few as possible move (a longest increasing subsequence stays).
    """
    places = {id(record.origin): index for index, record in enumerate(old)}
    order = [places[id(record.origin)] for record in new if id(record.origin) in places]
    staying = set(order) if order == sorted(order) else set(_longest_rise(order))
    mine = {id(record.origin): record for index, record in enumerate(old) if index in staying}
    return mine, [record for index, record in enumerate(old) if index not in staying]


def _longest_rise(order: Sequence[int]) -> list[int]:
    """A longest increasing subsequence of ``order`` (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for index, value in enumerate(order):
        pile = bisect_left(tops, value)
        tops[pile : pile + 1] = [value]
        before.append(piles[pile - 1] if pile else -1)
        piles[pile : pile + 1] = [index]
    rise: list[int] = []
    at = piles[-1] if piles else -1
    while at >= 0:
        rise.append(order[at])
        at = before[at]
    return rise
