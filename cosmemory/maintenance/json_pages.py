"""The JSON object of a file as a page and back, whatever else stands in it.

A shape says under which key of the file each value of the page stands. What the page has no place for, or spells in
another way, goes to its Other Values, and comes back from there as long as the page still says the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from cosmemory.document.decode import decode
from cosmemory.document.fields import layout
from cosmemory.document.json_values import Data
from cosmemory.document.render import render
from cosmemory.document.values import Raw
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import Kind
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.maintenance.spellings import Spelling, alike, is_plain
from cosmemory.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The keys that lead to a value of a file, the outermost first.
Path = tuple[str, ...]


@frozen()
class Value:
    """A value that stands on the page at a dotted attribute."""

    attribute: str
    spelling: Spelling


@frozen()
class Rows:
    """An object whose keys and values are rows of a table; ``record`` makes a row of both."""

    attribute: str
    key: str
    value: str
    record: Callable[..., Any]
    spelling: Spelling


@frozen(kw_only=True)
class Shape:
    """What the file of a kind holds, in its order.

    ``read`` adds to the values of a page what keys alone do not tell, and ``write`` what a page tells besides; of the
    objects ``inside`` each value is kept or left over by itself.
    """

    kind: Kind
    places: Mapping[Path, Value | Rows]
    inside: frozenset[Path] = frozenset()
    read: Callable[[dict[str, Any], Mapping[str, Any]], None] | None = None
    write: Callable[[Any, dict[str, Any]], None] | None = None

    def descends(self, path: Path) -> bool:
        """Whether the values of the object at ``path`` are looked at one by one."""
        return (
            path in self.inside
            or isinstance(self.places.get(path), Rows)
            or any(place[: len(path)] == path != place for place in self.places)
        )


def page_of_json(shape: Shape, held: Mapping[str, Any]) -> Any:
    """The page that says what the file does; what it has no place for stands in Other Values."""
    values: dict[str, Any] = {}
    for path, place in shape.places.items():
        told = _at(held, path)
        if isinstance(place, Value):
            found = place.spelling.read(told) if told is not _NOTHING else None
            if found is not None:
                values[place.attribute] = found
        elif isinstance(told, dict):
            values[place.attribute] = tuple(_rows(shape, path, place, told))
    if shape.read is not None:
        shape.read(values, held)
    page = _document(shape.kind.document, values)
    # What stands on the page in the end decides what is left over: nothing is lost between the two.
    said = _said(shape, decode(parse(render(page, shape.kind.template)), shape.kind.document).document)
    left = dict(_left(shape, held, said, ()))
    return replace(page, other_values=tuple(other(path, value) for path, value in left.items()))


def json_of_page(shape: Shape, page: Any) -> dict[str, Any]:
    """What a file of that shape says of the page."""
    found = _said(shape, page)
    for each in page.other_values:
        path = path_of(each)
        if path is not None:
            value = each.value.value if each.value is not None else None
            _complete(shape, found, path, value)
    order = {path[0]: number for number, path in enumerate(shape.places)} if shape.write is None else {}
    return dict(sorted(found.items(), key=lambda each: order.get(each[0], len(order))))


_NOTHING: Any = object()


def _at(held: Any, path: Path) -> Any:
    for key in path:
        if not isinstance(held, dict) or key not in held:
            return _NOTHING
        held = held[key]
    return held


def _rows(shape: Shape, path: Path, place: Rows, told: Mapping[str, Any]) -> Iterable[Any]:
    """What can stand in rows by its key; two keys that differ in case alone would be one row."""
    known: set[str] = set()
    for key, value in told.items():
        found = place.spelling.read(value)
        if found is None or not is_plain(key) or key.lower() in known or (*path, key) in shape.places:
            continue
        known.add(key.lower())
        yield place.record(**{place.key: key, place.value: found})


def _document(record: Any, values: Mapping[str, Any]) -> Any:
    own: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for attribute, value in values.items():
        name, _, rest = attribute.partition(".")
        if rest:
            inner.setdefault(name, {})[rest] = value
        else:
            own[name] = value
    for name, within in inner.items():
        part = layout(record).parts[name].record
        assert part is not None
        own[name] = part(**within)
    return record(**own)


def _said(shape: Shape, page: Any) -> dict[str, Any]:
    """What the page says by itself, under the keys of the file."""
    found: dict[str, Any] = {}
    for path, place in shape.places.items():
        if isinstance(place, Value):
            told: Any = page
            for name in place.attribute.split("."):
                told = getattr(told, name)
            if told is not None and told != ():
                _put(found, path, told.text if isinstance(told, Raw) else place.spelling.write(told))
            continue
        for row in getattr(page, place.attribute):
            key, told = getattr(row, place.key), getattr(row, place.value)
            if key and told is not None:
                _put(found, (*path, key), told.text if isinstance(told, Raw) else place.spelling.write(told))
    if shape.write is not None:
        shape.write(page, found)
    return found


def _put(found: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        inner = found.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        found = inner
    found[path[-1]] = value


def _left(shape: Shape, held: Mapping[str, Any], said: Any, above: Path) -> Iterable[tuple[Path, Any]]:
    """What a file says otherwise than its page does, each value with its keys."""
    for key, value in held.items():
        path = (*above, key)
        now = said.get(key, _NOTHING) if isinstance(said, dict) else _NOTHING
        if isinstance(value, dict) and value and shape.descends(path):
            yield from _left(shape, value, now, path)
        elif now is _NOTHING or not alike(now, value):
            yield path, value


def _complete(shape: Shape, found: dict[str, Any], path: Path, value: Any) -> None:
    """Puts back a value that was left over, unless the page has come to say something else in its place."""
    place, now = shape.places.get(path), _at(found, path)
    read = place.spelling.read(value) if isinstance(place, Value) else None
    if now is _NOTHING:
        if read is None:
            _put(found, path, value)
    elif isinstance(place, Value) and read is not None and alike(place.spelling.write(read), now):
        _put(found, path, value)


def other(path: Path, value: Any) -> KeyedValue:
    """The row of a value that was left over; the keys that lead to it stand with ``/`` between them."""
    return KeyedValue(key=SEPARATOR.join(map(_key_text, path)), value=Data.of(value))


SEPARATOR = " / "
# What a key does not begin with where it stands in words: a quote begins one in JSON, the others a placeholder.
_MARKS = ('"', "[", "<", "{")


def _key_text(key: str) -> str:
    """A key in words where that reads back as it, else as JSON."""
    bare = is_plain(key) and not key.startswith(_MARKS) and "/ " not in key and " /" not in key and key != "/"
    return key if bare else Data.of(key).json


def path_of(row: KeyedValue) -> Path | None:
    """The keys that a row stands for; None for one that names none."""
    text = row.key or ""
    found: list[str] = []
    while text:
        if text.startswith('"'):
            try:
                key, end = _DECODER.raw_decode(text)
            except ValueError:
                return (*found, text)
            rest = text[end:]
        else:
            key = text.partition(SEPARATOR)[0]
            rest = text[len(key) :]
        if rest and not rest.startswith(SEPARATOR):
            return (*found, text)
        found.append(key)
        text = rest.removeprefix(SEPARATOR)
    return tuple(found) or None


_DECODER = json.JSONDecoder()
