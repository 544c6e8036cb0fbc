"""One value in three versions: what either side changed of it, or what the rules make of both changes."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.fields import Value
from cosmemory.document.values import ITEMS, LIST, LONG, TEXT, TIME, ValueType, read_source, write_number
from cosmemory.merge.sequences import ordered
from cosmemory.merge.strategies import OURS, Dispute, Merging, dotted, field_kind
from cosmemory.syntax.escape import join_list, split_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What a thing was last seen, checked or updated at is the later of two such times.
_LATER = ("last_", "updated", "generated")


def chosen(base: str | None, ours: str, theirs: str) -> str | None:
    """The text that one side alone changed, or both in the same way; None where each changed it in its own way."""
    if theirs in (ours, base):
        return ours
    return theirs if base == ours else None


def settled(
    merging: Merging,
    where: tuple[str, ...],
    value: Value | None,
    base: str | None,
    ours: str,
    theirs: str,
    *,
    cell: bool = False,
) -> str | None:
    """What stands for the value, as its source on the page; None where it is in dispute."""
    found = chosen(base, ours, theirs)
    if found is not None:
        return found
    kind = _read_as(value)
    b, o, t = (None if each is None else _meaning(kind, each, cell) for each in (base, ours, theirs))
    if o == t or (base is not None and b == t):
        return ours
    if base is not None and b == o:
        return theirs
    sort = field_kind(value)
    if merging.strategies.rules(sort):
        found = _by_rule(merging, where, value, (base, ours, theirs), (b, o, t))
        if found is not None:
            return found
    side = merging.strategies.side(sort)
    return None if not side else ours if side == OURS else theirs


def disputed(where: tuple[str, ...], base: str | None, ours: str | None, theirs: str | None) -> Dispute:
    """The dispute about a value."""
    return Dispute(where=dotted(where), base=base, ours=ours, theirs=theirs)


def _read_as(value: Value | None) -> ValueType:
    if value is None or value.type in {ITEMS, LONG}:
        return TEXT
    return value.type


def _meaning(kind: ValueType, source: str, cell: bool) -> Any:
    return read_source(kind, source, cell=cell).value


def _by_rule(
    merging: Merging,
    where: tuple[str, ...],
    value: Value | None,
    sources: tuple[str | None, str, str],
    meanings: tuple[Any, Any, Any],
) -> str | None:
    base, ours, theirs = sources
    path = dotted(where)
    if where == merging.stamp or where[-1].startswith(_LATER):
        newer = newest(ours, theirs)
        if newer is not None:
            merging.note(f"{path}: the later of the two times stands.")
            return newer
    if value is not None and value.type is LIST:
        merging.note(f"{path}: what either side added or took away.")
        return join_list(merged_list(split_list(base or ""), split_list(ours), split_list(theirs)))
    if merging.newer:
        merging.note(f"{dotted(where[:-1])}: what was measured last stands.")
        return ours if merging.newer == OURS else theirs
    if value is None or not value.derived:
        return None
    if merging.derives:
        return ours  # it is made anew when the rest is merged
    summed = _summed(*meanings)
    if summed is not None:
        merging.note(f"{path}: both sides moved it, and both steps are counted.")
        return value.type.write(summed)
    merging.note(f"{path}: it follows from other pages; ours stands until it is made anew.")
    return ours


def _summed(base: Any, ours: Any, theirs: Any) -> Any:
    """A count that both sides moved, with both steps taken."""
    for each in (base, ours, theirs):
        if not isinstance(each, int | float):
            return None
    total = ours + theirs - base
    return total if total >= 0 and write_number(total) else None


def newest(ours: str, theirs: str) -> str | None:
    """The later of two times; None where one of them is no time."""
    first, second = (read_source(TIME, each).value for each in (ours, theirs))
    if not isinstance(first, datetime) or not isinstance(second, datetime):
        return None
    return ours if first >= second else theirs


def merged_list(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """The words of a list whose order has no meaning: those that no side took away, and those that either added."""
    was, mine, yours = set(base), set(ours), set(theirs)
    b, o, t = (list(dict.fromkeys(each)) for each in (base, ours, theirs))
    found = ordered(b, o, t, lambda each: (each in mine and each in yours) or each not in was)
    return [str(each) for each in found]
