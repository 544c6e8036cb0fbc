"""Dotted paths: ``pending_actions.3.status`` names one value inside a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from cosmemory.document.data import EVENT_VALUES, is_event
from cosmemory.document.fields import RECORDS, Part, Record, Value, layout
from cosmemory.document.values import ITEMS, LIST
from cosmemory.errors import InvalidValue, NotFound, UsageError
from cosmemory.frozen import replace
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.syntax.tree import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PART = pattern(r'"((?:[^"]|"")*)"|([^."]+)')


def parse_path(path: str) -> list[str]:
    """The parts of ``path``; one that holds a dot is quoted, a quote inside doubled.

    Raises UsageError for an empty part or a quote that does not close.
    """
    parts: list[str] = []
    at = 0
    while True:
        found = _PART.match(path, at)
        if found is None:
            raise UsageError(
                f"{path!r} is not a path.", "Write section.key, such as current_focus.primary_task."
            )
        parts.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        at = found.end()
        if at == len(path):
            return parts
        if path[at] != ".":
            raise UsageError(
                f"{path!r} is not a path.", "Part the names by dots, and quote one that holds a dot."
            )
        at += 1


def value_at(document: Record, path: str) -> Any:
    """What stands at ``path``: a value, a record, or a tuple of records.

    Raises NotFound when nothing answers to one of its names.
    """
    node: Any = document
    part: Part | None = None
    for name in parse_path(path):
        node, part = _step(node, part, name, path)
    return node


def _step(node: Any, part: Part | None, name: str, path: str) -> tuple[Any, Part | None]:
    if isinstance(node, Record):
        if name == "extra":
            return node.extra, None
        attribute, inner = _attribute(node, name, path)
        return getattr(node, attribute), inner
    if isinstance(node, tuple):
        return node[_index(node, part, name, path)], None
    if isinstance(node, Mapping) and name in node:
        return node[name], None
    if is_event(node) and name in (*EVENT_VALUES, "extra"):
        return getattr(node, name), None
    raise _missing(name, path, node if isinstance(node, Mapping) else ())


def part_called(record: type[Any], name: str) -> str | None:
    """The attribute of the part that ``name`` in a path means; None where it means a value."""
    wanted = name_of(name)
    parts = layout(record).parts
    return next((each for each, part in parts.items() if wanted == each or wanted in part.names), None)


def _attribute(record: Record, name: str, path: str) -> tuple[str, Part | None]:
    shape = layout(type(record))
    part = part_called(type(record), name)
    if part is not None:
        return part, shape.parts[part]
    wanted = name_of(name)
    for attribute, value in shape.values.items():
        if wanted == attribute or wanted in value.names:
            return attribute, None
    if hasattr(record, "events") and wanted == "events":
        return "events", None
    raise _missing(name, path, (*shape.values, *shape.parts, *record.extra))


def _missing(name: str, path: str, known: Any) -> NotFound:
    from difflib import get_close_matches

    named = [each for each in known if each]
    close = get_close_matches(name, named, 1)
    hint = f"There is {', '.join(named)}." if named else "Name the nth with #n." if known else "It has none."
    hint = f"Did you mean {close[0]!r}?" if close else hint
    return NotFound(f"{name!r} in the path {path!r}", hint)


def _index(records: Sequence[Any], part: Part | None, name: str, path: str) -> int:
    """The place in ``records`` of the one whose key is ``name``, or of the nth for ``#n``."""
    if re.fullmatch(r"#\d+", name, re.ASCII):
        number = int(name[1:])
        if 1 <= number <= len(records):
            return number - 1
        raise NotFound(
            f"Record {name} in the path {path!r}",
            f"There {'is' if len(records) == 1 else 'are'} {len(records)}.",
        )
    keys = [_key(record, part) for record in records]
    found = [index for index, key in enumerate(keys) if key == name]
    found = found or [index for index, key in enumerate(keys) if name_of(key) == name_of(name)]
    if len(found) > 1:
        raise InvalidValue(path, f"{len(found)} records are called {name!r}", "Name the nth of them with #n.")
    if not found:
        raise _missing(name, path, keys)
    return found[0]


def _key(record: Any, part: Part | None) -> str:
    if isinstance(record, Record) and part is not None and part.key:
        return str(getattr(record, part.key) or "")
    return ""


def with_value(document: Any, path: str, text: str) -> Any:
    """``document`` with ``text``, read as the type of its field, at ``path``.

    Raises NotFound when there is no such field, InvalidValue when the text cannot be read as its type.
    """

    def enter(declared: Value | Part | None) -> Any:
        if isinstance(declared, Value):
            return _entered(declared, text)
        if isinstance(declared, Part) and declared.shape == "prose":
            value = normalise(text)
            return None if is_empty(value) else value
        if isinstance(declared, Part) and declared.shape == "numbered":
            return tuple(line for line in normalise(text).split("\n") if line.strip())
        if declared is None:
            return normalise(text)
        raise InvalidValue(path, "it names a whole section", "Name one value inside it.")

    return _rebuilt(document, None, parse_path(path), path, enter)


def _entered(value: Value, text: str) -> Any:
    if value.type is ITEMS:
        return tuple(normalise(line) for line in normalise(text).split("\n") if not is_empty(normalise(line)))
    entered = value.type.enter(value.title, text)
    if value.heading and entered is None:
        raise InvalidValue(value.title, "it is empty", "A record needs its name.")
    return () if entered is None and value.type is LIST else entered


def _rebuilt(
    node: Any, part: Part | None, names: list[str], path: str, enter: Callable[[Value | Part | None], Any]
) -> Any:
    """``node`` with the value at the end of ``names`` exchanged, all the way up."""
    name, *rest = names
    if isinstance(node, Record) and name == "extra":
        key = ".".join(rest)
        if key not in node.extra:
            raise _missing(key, path, node.extra)
        return replace(node, extra={**node.extra, key: enter(None)})
    if isinstance(node, Record):
        attribute, inner = _attribute(node, name, path)
        if not rest:
            return replace(node, **{attribute: enter(inner or layout(type(node)).values[attribute])})
        return replace(node, **{attribute: _rebuilt(getattr(node, attribute), inner, rest, path, enter)})
    if isinstance(node, tuple):
        index = _index(node, part, name, path)
        if not rest:
            raise InvalidValue(
                path, "it names a whole record", "Name one value inside it, or use add and remove."
            )
        record = _rebuilt(node[index], None, rest, path, enter)
        return (*node[:index], _with_its_details(part, node[index], record), *node[index + 1 :])
    raise _missing(name, path, ())


def _with_its_details(part: Part | None, old: Any, new: Any) -> Any:
    """``new`` with the block of details that is headed by its key renamed along with it."""
    before, after = (getattr(each, part.key, None) if part else None for each in (old, new))
    for attribute, inner in layout(type(new)).parts.items():
        if inner.shape == "details" and before != after and inner.record is not None:
            block, headed = getattr(new, attribute), layout(inner.record).headed
            if block is not None and getattr(block, headed) == before:
                new = replace(new, **{attribute: replace(block, **{headed: after})})
    return new


def without(document: Any, path: str) -> Any:
    """``document`` less the record at ``path``.

    Raises NotFound when there is none, InvalidValue when the path names a value.
    """
    names = parse_path(path)
    node: Any = document
    chain: list[tuple[Any, str]] = []
    part: Part | None = None
    for name in names[:-1]:
        if isinstance(node, Record) and name != "extra":
            attribute, part = _attribute(node, name, path)
            chain.append((node, attribute))
            node = getattr(node, attribute)
        else:
            node, part = _step(node, part, name, path)
    if not isinstance(node, tuple) or not chain or chain[-1][0] is not document:
        raise InvalidValue(path, "it names no record", "Name a section and the key of a record in it.")
    if part is None:
        raise InvalidValue(
            path, "the log is only ever appended to", "Append an event that says what is right."
        )
    index = _index(node, part, names[-1], path)
    left: dict[str, Any] = {chain[-1][1]: (*node[:index], *node[index + 1 :])}
    return replace(document, **left)


def part_at(document: Record, path: str) -> tuple[str, Part]:
    """The attribute and declaration of the section that ``path`` names, for adding a record to it.

    Raises NotFound when there is none, InvalidValue when it holds no records.
    """
    names = parse_path(path)
    attribute, part = _attribute(document, names[0], path)
    if len(names) > 1 or part is None or part.shape not in RECORDS:
        raise InvalidValue(
            path, "it names no section that holds records", "Name a section such as pending_actions."
        )
    return attribute, part


def record_of(part: Part, given: Mapping[str, str], path: str) -> Any:
    """A new record for the section declared by ``part``, of the texts ``given`` by name.

    Raises NotFound for a name that the record does not have, InvalidValue for a text of the wrong type.
    """
    assert part.record is not None
    shape = layout(part.record)
    values: dict[str, Any] = {}
    for name, text in given.items():
        wanted = name_of(name)
        attribute = next(
            (a for a, value in shape.values.items() if wanted == a or wanted in value.names), None
        )
        if attribute is None:
            raise _missing(name, f"{path}.{name}", shape.values)
        values[attribute] = _entered(shape.values[attribute], text)
    return part.record(**values)


def kept_as(records: Sequence[Any], record: Any, part: Part) -> Any:
    """``record`` as it will be read back beside ``records``: one that is kept as a block is its own details."""
    last = records[-1].origin if records else None
    if last is None or last.row is not None or last.section is None:
        return record
    for name, inner in layout(type(record)).parts.items():
        if inner.shape == "details" and inner.record is not None and getattr(record, name) is None:
            shape = layout(inner.record)
            shared = {each: getattr(record, each, None) for each in shape.values}
            values = {each: value for each, value in shared.items() if value is not None}
            values[shape.headed] = getattr(record, part.key)
            record = replace(record, **{name: inner.record(**values)})
    return record
