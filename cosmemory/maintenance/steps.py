"""What differs between two documents of one kind, value by value and record by record, in their declared order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cosmemory.document.data import is_event, plain
from cosmemory.document.fields import RECORDS, Part, Record, Value, layout
from cosmemory.frozen import frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"


@frozen(kw_only=True)
class Step:
    """One difference: where, of which sort, from what to what.

    ``record`` is the class of the innermost record it is about, ``key`` what that is called, ``value`` the
    declaration of the value that changed.
    """

    sort: str
    where: tuple[str, ...]
    old: Any = None
    new: Any = None
    record: type[Any] | None = None
    key: str = ""
    field: str = ""
    value: Value | Part | None = None


def steps(old: Record, new: Record, where: tuple[str, ...] = (), key: str = "") -> Iterator[Step]:
    """From ``old`` to ``new``, records of one class."""
    record = type(new)
    shape = layout(record)
    for name, value in shape.values.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            changed = Step(sort=CHANGED, where=(*where, name), old=before, new=after, record=record)
            yield replace(changed, key=key, field=name, value=value)
    for name, part in shape.parts.items():
        yield from _part_steps(getattr(old, name), getattr(new, name), part, record, (*where, name), key)
    events = getattr(new, "events", None)
    if events is not None:
        yield from _unkeyed(getattr(old, "events", ()), events, (*where, "events"), None)
    yield from _extra_steps(old, new, where, key)


def _part_steps(
    old: Any, new: Any, part: Part, record: type[Any], where: tuple[str, ...], key: str
) -> Iterator[Step]:
    if old is new:
        return
    if part.shape in {"prose", "numbered"}:
        if old != new:
            held = Step(sort=CHANGED, where=where, old=old, new=new, record=record)
            yield replace(held, key=key, field=where[-1], value=part)
    elif part.shape in RECORDS:
        yield from _keyed(old, new, part, where) if part.key else _unkeyed(old, new, where, part.record)
    elif old is None or new is None:
        sort = ADDED if old is None else REMOVED
        if old is not new:
            yield Step(sort=sort, where=where, old=old, new=new, record=part.record, key=key)
    else:
        yield from steps(old, new, where, key)


def _extra_steps(old: Record, new: Record, where: tuple[str, ...], key: str) -> Iterator[Step]:
    if old.extra == new.extra:
        return
    for name in dict.fromkeys((*old.extra, *new.extra)):
        before, after = old.extra.get(name), new.extra.get(name)
        if before != after:
            sort = ADDED if before is None else REMOVED if after is None else CHANGED
            held = Step(sort=sort, where=(*where, "extra", name), old=before, new=after, record=type(new))
            yield replace(held, key=key, field=name)


def called(records: Sequence[Any], part: Part) -> list[str]:
    """What each record is called in a path: its key, or ``#n`` where that is missing or doubled."""
    keys = [str(getattr(each, part.key) or "") for each in records] if part.key else []
    counts: dict[str, int] = {}
    for each in keys:
        counts[each.lower()] = counts.get(each.lower(), 0) + 1
    return [
        keys[at] if keys and keys[at] and counts[keys[at].lower()] == 1 else f"#{at + 1}"
        for at in range(len(records))
    ]


def _keyed(old: Sequence[Any], new: Sequence[Any], part: Part, where: tuple[str, ...]) -> Iterator[Step]:
    before = dict(zip(_identities(old, part), zip(called(old, part), old, strict=True), strict=True))
    after = dict(zip(_identities(new, part), zip(called(new, part), new, strict=True), strict=True))
    for identity, (name, each) in before.items():
        if identity not in after:
            yield Step(
                sort=REMOVED, where=(*where, name), old=each, record=part.record, key=identity[0] or name
            )
    for identity, (name, each) in after.items():
        key = identity[0] or name
        if identity not in before:
            yield Step(sort=ADDED, where=(*where, name), new=each, record=part.record, key=key)
        elif before[identity][1] is not each:
            yield from steps(before[identity][1], each, (*where, name), key)
    stayed = [identity for identity in before if identity in after]
    if stayed != [identity for identity in after if identity in before]:
        yield Step(
            sort=MOVED,
            where=where,
            old=tuple(name for name, _ in before.values()),
            new=tuple(name for name, _ in after.values()),
            record=part.record,
            value=part,
        )


def _identities(records: Sequence[Any], part: Part) -> list[tuple[str, int]]:
    """The key of each record, and how many of that key stand above it."""
    seen: dict[str, int] = {}
    found: list[tuple[str, int]] = []
    for each in records:
        key = str(getattr(each, part.key) or "")
        found.append((key, seen.get(key, 0)))
        seen[key] = seen.get(key, 0) + 1
    return found


def _unkeyed(
    old: Sequence[Any], new: Sequence[Any], where: tuple[str, ...], record: type[Any] | None
) -> Iterator[Step]:
    """Records without a key are known by what they say; one that says mostly the same was changed."""

    def gone(at: int) -> Step:
        return Step(sort=REMOVED, where=(*where, f"#{at + 1}"), old=old[at], record=record)

    def come(at: int) -> Step:
        return Step(sort=ADDED, where=(*where, f"#{at + 1}"), new=new[at], record=record)

    for a, b, c, d in runs([signature(each) for each in old], [signature(each) for each in new]):
        pairs = min(b - a, d - c)
        for offset in range(pairs):
            before, after = old[a + offset], new[c + offset]
            if isinstance(after, Record) and _alike(before, after):
                name = f"#{c + offset + 1}"
                yield from steps(before, after, (*where, name), name)
            else:
                yield gone(a + offset)
                yield come(c + offset)
        yield from map(gone, range(a + pairs, b))
        yield from map(come, range(c + pairs, d))


def signature(record: Any) -> str:
    """What a record says, as one text that only an equal record has."""
    return repr(plain(record))


def _alike(old: Record, new: Record) -> bool:
    names = list(layout(type(new)).values)
    same = sum(getattr(old, name) == getattr(new, name) for name in names)
    return bool(2 * same >= len(names))


def runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches ``old[a:b]`` that became ``new[c:d]``; what is the same at both ends costs next to nothing."""
    start = 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if not left or not right:
        if left or right:
            yield start, start + len(left), start, start + len(right)
        return
    from difflib import SequenceMatcher

    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            yield start + a, start + b, start + c, start + d


def is_logged(step: Step) -> bool:
    """Whether the step is an event put into a log."""
    return step.sort == ADDED and is_event(step.new)
