"""Derived values: rewritten where they stand on the page and only when a change moved what they are made from."""

from __future__ import annotations

from collections.abc import Callable

from cosmemory.document.fields import RECORDS, Record, layout
from cosmemory.frozen import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def settle(old: Any, new: Any, derive: Callable[[Any], Any] | None) -> Any:
    """``new`` with those derived values refreshed that the step from ``old`` to it moved.

    One that is absent from the page is not added, and one that was wrong for another reason stays.
    """
    if old is new or derive is None:
        return new
    return _settled(derive(old), new, derive(new))


def _settled(before: Any, new: Any, after: Any) -> Any:
    shape = layout(type(new))
    moved: dict[str, Any] = {}
    for attribute, value in shape.values.items():
        wanted = getattr(after, attribute)
        if value.derived and getattr(before, attribute) != wanted and _stands(new, attribute):
            moved[attribute] = wanted
    for attribute, part in shape.parts.items():
        if part.shape == "one":
            inner = _settled(getattr(before, attribute), getattr(new, attribute), getattr(after, attribute))
            if inner is not getattr(new, attribute):
                moved[attribute] = inner
        elif part.shape in RECORDS and part.key:
            rows = _settled_rows(
                part.key, getattr(before, attribute), getattr(new, attribute), getattr(after, attribute)
            )
            if rows is not None:
                moved[attribute] = rows
    kept = {
        name: each
        for name, each in moved.items()
        if each != getattr(new, name) or each is not getattr(new, name)
    }
    return replace(new, **kept) if kept else new


def _settled_rows(key: str, before: Any, new: Any, after: Any) -> Any:
    """The rows with their derived cells settled, or None where none moved."""
    if len(new) != len(after):
        return None
    old = {getattr(row, key): row for row in before}
    rows = tuple(
        _settled(old.get(getattr(row, key), row), row, wanted) for row, wanted in zip(new, after, strict=True)
    )
    return None if all(a is b for a, b in zip(rows, new, strict=True)) else rows


def _stands(record: Record, attribute: str) -> bool:
    return record.origin is None or attribute in record.origin.places
