"""A document from plain data, such as JSON gives: the inverse of ``data_of``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cosmemory.document.fields import RECORDS, Part, layout
from cosmemory.document.values import CHANGE, ITEMS, LIST, MEASURE, Measure, ValueType
from cosmemory.errors import InvalidValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NUMBERS = frozenset({"a number", "a count", "a percentage"})


def document_of(record: type[Any], data: Mapping[str, Any], where: str = "") -> tuple[Any, list[str]]:
    """The document that ``data`` tells, and the names in it that the kind has no place for.

    Raises InvalidValue for data of another shape; a text that cannot be read as its type stays as it is.
    """
    lost: list[str] = []
    return _record(record, data, where, lost), lost


def _record(record: type[Any], data: Any, where: str, lost: list[str]) -> Any:
    if not isinstance(data, Mapping):
        raise InvalidValue(where or "the data", "it is no object", "Give names with their values.")
    shape = layout(record)
    values: dict[str, Any] = {}
    for name, value in data.items():
        at = f"{where}.{name}" if where else name
        if name in shape.values:
            values[name] = _value(shape.values[name].type, value, at)
        elif name in shape.parts:
            values[name] = _part(shape.parts[name], value, at, lost)
        elif name == "extra" and isinstance(value, Mapping):
            lost += [f"{at}.{each}" for each in value]
        else:
            lost.append(at)
    return record(**values)


def _part(part: Part, data: Any, where: str, lost: list[str]) -> Any:
    if part.shape == "prose":
        return None if data is None else str(data)
    if part.shape == "numbered":
        return tuple(str(each) for each in _listed(data, where))
    assert part.record is not None
    if part.shape in RECORDS:
        held = enumerate(_listed(data, where), 1)
        return tuple(_record(part.record, each, f"{where}.#{number}", lost) for number, each in held)
    if data is None:
        return None if part.shape == "details" else part.record()
    return _record(part.record, data, where, lost)


def _listed(data: Any, where: str) -> Sequence[Any]:
    if data is None:
        return ()
    if not isinstance(data, list):
        raise InvalidValue(where, "it is no list", "Give a list, empty where there is nothing.")
    return data


def _value(kind: ValueType, data: Any, where: str) -> Any:
    if kind is LIST or kind is ITEMS:
        return tuple(str(each) for each in _listed(data, where))
    if data is None:
        return None
    if kind.name == "data":
        from cosmemory.document.json_values import Data

        return Data.of(data)
    if isinstance(data, Mapping) and kind in {MEASURE, CHANGE} and "number" in data:
        return Measure(data["number"], str(data.get("unit", "")), data.get("share"))
    if isinstance(data, int | float) and not isinstance(data, bool):
        if kind in {MEASURE, CHANGE}:
            return Measure(data)
        return data if kind.name in NUMBERS else kind.read(str(data)).value
    if not isinstance(data, str):
        raise InvalidValue(where, f"{type(data).__name__} is not {kind.name}")
    return kind.read(data).value
