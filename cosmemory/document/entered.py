"""Values on their way in: normalised once, so that what is written is what will be read."""

from __future__ import annotations

from cosmemory.document.changes import records_of
from cosmemory.document.fields import Record, layout
from cosmemory.errors import InvalidValue
from cosmemory.frozen import replace
from cosmemory.syntax.escape import is_empty, normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# What stands in the front matter is short: all of it together is read within bounds.
LONGEST_ENTRY = 2_000


def entered(old: Any, new: Any) -> Any:
    """``new`` with those texts normalised that ``old`` does not have: a spelling of Empty is empty.

    Raises InvalidValue for a text that says nothing where one is required.
    """
    before = {id(each.origin): each for each in records_of(old) if each.origin} if old is not None else {}
    if old is not None:
        before[id(old.origin)] = old
    return _record(before, new)


def _record(before: dict[int, Any], new: Any) -> Any:
    known = before.get(id(new.origin)) if new.origin is not None else None
    if known is new:
        return new
    shape = layout(type(new))
    values: dict[str, Any] = {}
    for attribute in (*shape.values, *shape.parts):
        held = getattr(new, attribute)
        if known is not None and held is getattr(known, attribute):
            continue
        value = _value(before, held)
        declared = shape.values.get(attribute)
        if declared is not None and declared.front and len(str(value or "")) > LONGEST_ENTRY:
            reason = f"it has more than {LONGEST_ENTRY} characters"
            raise InvalidValue(declared.title, reason, "Say it shorter, or in a section of the page.")
        if value is None and held is not None and declared is not None and declared.required:
            raise InvalidValue(declared.title, "it is empty", "Say it in words.")
        if value != held:
            values[attribute] = value
    return replace(new, **values) if values else new


def _value(before: dict[int, Any], held: Any) -> Any:
    if isinstance(held, str):
        text = normalise(held)
        return None if is_empty(text) else text
    if isinstance(held, Record):
        return _record(before, held)
    if isinstance(held, tuple):
        return tuple(value for each in held if (value := _value(before, each)) is not None)
    return held
