"""The JSON Schema of ``cosmemory.toml``, for editors: the same types and bounds that errors tell of."""

from __future__ import annotations

import typing
from typing import Any

from cosmemory.config.checked import types_of
from cosmemory.config.meanings import Meaning, meaning_of, meanings_within
from cosmemory.config.settings import PLACES, Settings
from cosmemory.frozen import fields

DRAFT = "http://json-schema.org/draft-07/schema#"  # the one that editors of TOML know
_TYPES = {int: "integer", float: "number", bool: "boolean", str: "string"}


def settings_schema() -> dict[str, Any]:
    """The schema, in the order in which a file would say the settings."""
    types = types_of(Settings)
    defaults = {each.name: each.default for each in fields(Settings)}
    whole = _table({})
    whole = {"$schema": DRAFT, "title": "Settings of cosmemory (cosmemory.toml)", **whole}
    for (table, key), attribute in PLACES.items():
        inside = whole["properties"].setdefault(table, _table({})) if table else whole
        inside["properties"][key] = _value(types[attribute], meaning_of(attribute), defaults[attribute])
    return whole


def _table(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _value(kind: Any, meaning: Meaning, default: Any = None) -> dict[str, Any]:
    """What is said of one value."""
    said: dict[str, Any] = {"description": meaning.says} if meaning.says else {}
    bounds = Meaning(least=meaning.least, above=meaning.above, most=meaning.most, choices=meaning.choices)
    if typing.get_origin(kind) is dict:
        said |= {"propertyNames": {"enum": list(meaning.keys)}} if meaning.keys else {}
        return {**said, "type": "object", "additionalProperties": _value(typing.get_args(kind)[1], bounds)}
    if typing.get_origin(kind) is tuple:
        return {**said, "type": "array", "items": _value(typing.get_args(kind)[0], bounds)}
    if hasattr(kind, "__own_fields__"):
        return {**said, **_record(kind)}
    if kind in _TYPES:
        said |= {"type": _TYPES[kind], **_bounds(meaning)}
        if not isinstance(default, type) and default not in (None, ""):
            said["default"] = default
    return said


def _record(kind: Any) -> dict[str, Any]:
    types, within = types_of(kind), meanings_within(kind.__name__)
    table = _table(
        {each.name: _value(types[each.name], within[each.name], each.default) for each in fields(kind)}
    )
    return {**table, "required": [each.name for each in fields(kind) if isinstance(each.default, type)]}


def _bounds(meaning: Meaning) -> dict[str, Any]:
    if meaning.choices:
        return {"enum": list(meaning.choices)}
    told = {"minimum": meaning.least, "exclusiveMinimum": meaning.above, "maximum": meaning.most}
    return {name: bound for name, bound in told.items() if bound is not None}
