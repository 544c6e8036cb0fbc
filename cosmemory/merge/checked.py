"""The check of every merge: what the merged page says holds each change that only one side made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cosmemory.document.decode import decode
from cosmemory.document.fields import RECORDS, Part, Record, layout
from cosmemory.document.values import Raw
from cosmemory.kinds import COORDINATION_LOG, Kind
from cosmemory.kinds.log_archive import proof_of
from cosmemory.merge.condensed import condensed
from cosmemory.merge.logs import parted_log
from cosmemory.merge.strategies import RECORD, Merging, dotted
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import is_empty
from cosmemory.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Flat = dict[tuple[str, ...], Any]

Path = tuple[str, ...]

# What stands for a record itself, beside its values.
_RECORD = True
_WORD = pattern(r"[^\s|]+")
_CHANGING = pattern(r"\d{1,9}[.)]|\d{4}-\d\d-\d\d\S*|:?-+:?|\d\d:\d\d(?::\d\d)?")


def holds_both(
    merging: Merging, kind: Kind | None, base: str, ours: str, theirs: str, merged: Sequence[str]
) -> bool:
    """Whether the merged page says all that one side alone changed, and drops nothing that no side took away.

    Of a page with clashes ``merged`` has more than one reading, and one of them must say it.
    """
    if kind is not COORDINATION_LOG:
        return _page_holds(merging, kind, base, ours, theirs, merged)
    heads: list[str] = []
    counts: list[Counter[str]] = []
    for text in (base, ours, theirs, *merged):
        head, held = parted_log(text)
        heads.append(head)
        counts.append(Counter(said for said, _ in held))
    b, o, t, *found = counts
    if not _entries_hold(b, o, t, found):
        return False
    if all((proof := proof_of(text)) is not None and proof.sound for text in merged):
        return True  # the head of an archive follows from its entries
    return _page_holds(merging, kind, heads[0], heads[1], heads[2], heads[3:])


def _entries_hold(
    base: Counter[str], ours: Counter[str], theirs: Counter[str], merged: Sequence[Counter[str]]
) -> bool:
    """Whether the log has exactly the entries of both sides."""
    for said in set().union(base, ours, theirs, *merged):
        b, o, t = base[said], ours[said], theirs[said]
        wanted = o if t in (o, b) else t if b == o else max(o, t)
        if all(each[said] != wanted for each in merged):
            return False
    return True


def _page_holds(
    merging: Merging, kind: Kind | None, base: str, ours: str, theirs: str, merged: Sequence[str]
) -> bool:
    record = kind.document if kind is not None else Record
    texts = condensed((base, ours, theirs, *merged))
    documents = [decode(parse(text), record).document for text in texts]
    doubled = frozenset(path for document in documents for path in _doubled(document))
    b, o, t, *found = (dict(_flat(document, doubled)) for document in documents)
    t = _with_names(t, merging.renamed)
    for path in set().union(b, o, t, *found):
        was, mine, yours = b.get(path), o.get(path), t.get(path)
        # What a strategy decided against there is no reason to take more of that side away.
        given_up = _words(merging.given_up.get(dotted(path), ""))
        if any(_holds(was, mine, yours, each.get(path), len(found) > 1, given_up) for each in found):
            continue
        if path[:-1] in merging.taken_whole and any(each.get(path) in (mine, yours) for each in found):
            continue
        if not (merging.strategies.side(RECORD) and _goes_with_its_record(path, b, o, t)):
            return False
    return True


def _goes_with_its_record(path: Path, base: Flat, ours: Flat, theirs: Flat) -> bool:
    """Whether one side took away the record of the value and the other changed it: a strategy chose between them."""
    for length in range(1, len(path) + 1):
        record = path[:length]
        if record in base and (record in ours) != (record in theirs):
            side = ours if record in ours else theirs
            inside = {each for each in (*base, *side) if each[:length] == record}
            return any(base.get(each) != side.get(each) for each in inside)
    return False


def _with_names(flat: Flat, renamed: Mapping[Path, str]) -> Flat:
    """``flat`` with the records that have got another name under that."""
    for where, name in renamed.items():
        old = {path: value for path, value in flat.items() if path[: len(where)] == where}
        for path, value in old.items():
            del flat[path]
            is_key = isinstance(value, str) and value.lower() == where[-1]
            flat[*where[:-1], name, *path[len(where) :]] = value + name[len(where[-1]) :] if is_key else value
    return flat


def _holds(base: Any, ours: Any, theirs: Any, merged: Any, disputed: bool, given_up: frozenset[str]) -> bool:
    """Whether one value is what it must be; a value that both changed is one of the two, or holds both."""
    if theirs in (ours, base):
        return bool(merged == ours)
    if base == ours:
        return bool(merged == theirs)
    if merged in (ours, theirs):
        return True
    if isinstance(ours, tuple) or isinstance(theirs, tuple):
        was, mine, yours, now = (frozenset(each or ()) for each in (base, ours, theirs, merged))
        return now >= (mine - was) | (yours - was) | (was & mine & yours) and now <= mine | yours
    if not all(isinstance(each, str) for each in (ours, theirs, merged)):
        return False
    was, mine, yours, now = (_words(each or "") for each in (base, ours, theirs, merged))
    return disputed or now >= ((mine - was) | (yours - was)) - given_up


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text) if not _CHANGING.fullmatch(word))


def _doubled(document: Any) -> Iterator[Path]:
    """The paths that more than one record of a part without keys would have."""
    for attribute, part in layout(type(document)).parts.items():
        if part.shape == "table" and not part.key and part.record is not None:
            counts = Counter(_name(part, record) for record in getattr(document, attribute))
            yield from ((attribute, name) for name, count in counts.items() if count > 1)


def _flat(record: Any, doubled: frozenset[Path], where: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a document by its path; those that follow from others are left out."""
    shape = layout(type(record))
    for attribute, value in shape.values.items():
        if not value.derived:
            yield (*where, attribute), getattr(record, attribute)
    for name, text in record.extra.items():
        yield (*where, "extra", name), None if is_empty(text) else text
    for attribute, part in shape.parts.items():
        held = getattr(record, attribute)
        if part.shape in {"one", "details"}:
            if held is not None:
                yield from _flat(held, doubled, (*where, attribute))
        elif part.shape in RECORDS:
            for name, each in _named(part, held, doubled, (*where, attribute)):
                yield (*where, attribute, name), _RECORD
                yield from _flat(each, doubled, (*where, attribute, name))
        else:
            yield (*where, attribute), held


def _named(
    part: Part, records: tuple[Any, ...], doubled: frozenset[Path], where: Path
) -> Iterator[tuple[str, Any]]:
    """The records of a part by their keys, those of one key by number; without keys by what tells them apart."""
    seen: Counter[str] = Counter()
    for record in records:
        name = _name(part, record)
        if (*where, name) in doubled:
            name = repr([getattr(record, attribute) for attribute in layout(type(record)).values])
        seen[name] += 1
        yield (f"{name} {seen[name]}" if seen[name] > 1 else name), record


def _name(part: Part, record: Any) -> str:
    value = getattr(record, part.key or next(iter(layout(type(record)).values)))
    if isinstance(value, datetime):
        return value.isoformat()
    return (value.text if isinstance(value, Raw) else str(value or "")).lower()
