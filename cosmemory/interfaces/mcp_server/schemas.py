"""The shape of a kind's typed content as a JSON schema, from the dataclasses that its pages are read as."""

from __future__ import annotations

from typing import Any

from cosmemory.document.data import EVENT_VALUES
from cosmemory.document.fields import RECORDS, Part, Value, layout
from cosmemory.kinds import COORDINATION_LOG, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What a value is as JSON has it. A text that could not be read as its type stands there as it is: any may be a string.
_NUMBERS = frozenset({"a number", "a count", "a percentage"})
_LISTS = frozenset({"a list", "a list of items"})
_ANY = frozenset({"a measure", "a difference", "data"})
_EXTRA = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "What the kind does not know.",
}


def schema_of(kind: Kind) -> dict[str, Any]:
    """What read_document with form=data gives of a page of the kind."""
    held = _record(kind.document)
    if kind.name == COORDINATION_LOG.name:
        values = {name: {"type": ["string", "null"]} for name in EVENT_VALUES}
        event = {"type": "object", "properties": {**values, "extra": _EXTRA}}
        held["properties"]["events"] = {"type": "array", "items": event}
    return {"$schema": DIALECT, "title": kind.name, "description": f"A page at {kind.path}.", **held}


def _record(record: type[Any]) -> dict[str, Any]:
    shape = layout(record)
    properties = {name: _value(each) for name, each in shape.values.items()}
    properties |= {name: _part(each) for name, each in shape.parts.items()}
    required = [
        *(name for name, value in shape.values.items() if value.required),
        *(name for name, part in shape.parts.items() if part.required),
    ]
    return {"type": "object", "properties": {**properties, "extra": _EXTRA}, "required": required}


def _value(value: Value) -> dict[str, Any]:
    words = f": {', '.join(value.type.words)}" if value.type.words else ""
    told = f"{value.title or 'Heading'}, {value.type.name}{words}{' (derived)' if value.derived else ''}."
    if value.type.name in _LISTS:
        return {"type": ["array", "string", "null"], "description": told}
    if value.type.name in _NUMBERS:
        return {"type": ["number", "string", "null"], "description": told}
    if value.type.name in _ANY:
        return {"description": told}
    return {"type": ["string", "null"], "description": told}


def _part(part: Part) -> dict[str, Any]:
    if part.shape == "numbered":
        return {"type": "array", "items": {"type": "string"}, "description": f"{part.title}."}
    if part.record is None:
        return {"type": ["string", "null"], "description": f"{part.title}, in words."}
    if part.shape in RECORDS:
        key = f", each with its {part.key}" if part.key else ""
        return {"type": "array", "items": _record(part.record), "description": f"{part.title}{key}."}
    held = _record(part.record)
    return {**held, "type": ["object", "null"], "description": part.title}
