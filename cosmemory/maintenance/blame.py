"""Who set what a page says: for each value and record the change that made it so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cosmemory.document.data import data_of, plain
from cosmemory.document.fields import RECORDS, Record, layout
from cosmemory.document.paths import parse_path, part_called, value_at
from cosmemory.errors import NotFound
from cosmemory.frozen import frozen
from cosmemory.kinds import BUILT_IN, COORDINATION_LOG, Kind, Kinds
from cosmemory.kinds.page import read_document
from cosmemory.maintenance.history import ABSENT, kind_at, may_differ, value_of
from cosmemory.maintenance.moments import Texts, changes_of
from cosmemory.maintenance.narrowing import Narrowed, narrowed
from cosmemory.maintenance.steps import called, signature
from cosmemory.merge.strategies import dotted
from cosmemory.store import History, Remembered
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen(kw_only=True)
class Blame:
    """One value or record of a page as it stands, the change that made it so, and what stood there before.

    The change is None where it lies before what the history remembers.
    """

    where: str
    value: Any
    change: Remembered | None
    before: Any = None


def blame_page(history: History, path: str, data: bytes, kinds: Kinds = BUILT_IN) -> list[Blame]:
    """The last change of every field and record of the page at ``path``, which stands as ``data``, in page order."""
    kind = kind_at(path, kinds)
    document = read_document(kind, parse(decode_text(data))).document
    return _blamed(history, path, kind, dict(_units(document)))


def blame_value(history: History, path: str, data: bytes, where: str, kinds: Kinds = BUILT_IN) -> list[Blame]:
    """The same for what ``where`` names: a value, or every value of a record or section.

    Raises NotFound when nothing answers to the path.
    """
    kind = kind_at(path, kinds)
    document = read_document(kind, parse(decode_text(data))).document
    found = value_at(document, where)
    first, *rest = parse_path(where)
    names = (part_called(type(document), first) or first, *rest)
    if len(names) > 1 and names[1].startswith("#"):
        # A record without a key is known by what it says, and so it is blamed as a whole.
        whole = dict(_units(document))
        units = {names[:2]: whole[names[:2]]} if names[:2] in whole else {names: plain(found)}
    elif isinstance(found, Record):
        units = dict(_values(found, names))
    elif len(names) == 1 and isinstance(found, tuple):
        units = {unit: held for unit, held in _units(document) if unit[0] == names[0]}
    else:
        units = {names: plain(found)}
    return _blamed(history, path, kind, units)


Unit = tuple[str, ...]


def _units(document: Record) -> Iterator[tuple[Unit, Any]]:
    """What a page is blamed for: its fields one by one, its records whole."""
    shape = layout(type(document))
    for name in shape.values:
        yield (name,), plain(getattr(document, name))
    for name, part in shape.parts.items():
        held = getattr(document, name)
        if part.shape == "one":
            yield from _values(held, (name,))
        elif part.shape in RECORDS:
            for key, record in zip(called(held, part), held, strict=True):
                yield (name, key), data_of(record)
        else:
            yield (name,), plain(held)
    for number, event in enumerate(getattr(document, "events", ()), 1):
        yield ("events", f"#{number}"), plain(event)
    for name, text in document.extra.items():
        yield ("extra", name), text


def _values(record: Any, where: Unit) -> Iterator[tuple[Unit, Any]]:
    shape = layout(type(record))
    for name in (*shape.values, *shape.parts):
        held = getattr(record, name)
        if isinstance(held, Record):
            yield from _values(held, (*where, name))
        else:
            yield (*where, name), plain(held)
    for name, text in record.extra.items():
        yield (*where, "extra", name), text


def _blamed(history: History, path: str, kind: Kind, units: dict[Unit, Any]) -> list[Blame]:
    """Walks back from the newest change until each of the ``units`` has found its own."""
    found: dict[Unit, tuple[Remembered, Any]] = {}
    search = _Search(kind, dict(units))
    texts = Texts(history)
    for change in changes_of(history, [path]):
        if not search.left:
            break
        try:
            before, after = texts.of(change, path)
        except NotFound:
            break
        found |= {unit: (change, old) for unit, old in search.step(before, after)}
    return [
        Blame(where=dotted(unit), value=value, change=found[unit][0], before=found[unit][1])
        if unit in found
        else Blame(where=dotted(unit), value=value, change=None)
        for unit, value in units.items()
    ]


class _Search:
    """The values that no change has been found for yet, on the way back; all have been so since."""

    def __init__(self, kind: Kind, units: dict[Unit, Any]) -> None:
        self.left = units
        self._kind = kind
        # Records without a key by what they say; of those that say the same the last came last.
        self._rows: dict[tuple[str, str], list[Unit]] = {}
        for unit, held in units.items():
            if _is_row(unit):
                self._rows.setdefault((unit[0], repr(held)), []).append(unit)

    def step(self, before: bytes | None, after: bytes | None) -> list[tuple[Unit, Any]]:
        """Those that were not so before a change, with what stood there; they are left no longer."""
        settled = list(self._settled(before, after))
        for unit, _ in settled:
            del self.left[unit]
        return settled

    def _settled(self, before: bytes | None, after: bytes | None) -> Iterator[tuple[Unit, Any]]:
        if before is None or after is None:
            yield from [(unit, None) for unit in self.left]
            return
        old, new = decode_text(before), decode_text(after)
        if self._kind is COORDINATION_LOG:
            if new.startswith(old) and old.endswith("\n"):
                # Of a long log no more is read than what was put to its end.
                yield from self._appended(new[len(old) :])
                return
            less = None
        else:
            less = narrowed(self._kind, old, new)
        yield from self._changed(old if less is None else less.before, less)

    def _appended(self, text: str) -> Iterator[tuple[Unit, Any]]:
        document = read_document(self._kind, parse(text)).document
        for event in reversed(document.events):
            of = self._rows.get(("events", signature(event)))
            if of:
                yield of.pop(), None

    def _changed(self, old: str, less: Narrowed | None) -> Iterator[tuple[Unit, Any]]:
        parts = layout(self._kind.document).parts
        rows = [name for name, part in parts.items() if part.shape in RECORDS]
        rows = [name for name in (*rows, "events") if less is None or name in less.parts]
        rows = [name for name in rows if any(section == name for section, _ in self._rows)]
        asked = [
            unit
            for unit in self.left
            if not _is_row(unit) and (less is None or may_differ(self._kind, unit, less))
        ]
        if not asked and not rows:
            return
        document = read_document(self._kind, parse(old), less.parts if less else None).document
        for unit in asked:
            stood = value_of(document, unit)
            if stood is ABSENT or stood != self.left[unit]:
                yield unit, None if stood is ABSENT else stood
        for name in rows:
            yield from self._rows_gone(document, name)

    def _rows_gone(self, document: Record, name: str) -> Iterator[tuple[Unit, Any]]:
        """The records without a key of one section that stood on the page less often than now."""
        said = Counter(signature(each) for each in getattr(document, name, None) or ())
        for (section, what), units in self._rows.items():
            while section == name and len(units) > said[what]:
                yield units.pop(), None


def _is_row(unit: Unit) -> bool:
    return len(unit) == 2 and unit[1].startswith("#")
