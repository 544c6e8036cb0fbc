"""Rows that are found by their key: one set among the others, and tallies of how many records bear each name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cosmemory.frozen import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Row = TypeVar("Row")


def with_row(rows: tuple[Row, ...], key: str, row: Row, *values: str) -> tuple[Row, ...]:
    """``rows`` with the ``values`` of ``row`` in the row of its key, whose other words stay, or with one more row."""
    name = _name(row, key)
    for each in rows:
        if _name(each, key) == name:
            fresh: Any = replace(each, **{attribute: getattr(row, attribute) for attribute in values})  # type: ignore[type-var]
            return tuple(fresh if other is each else other for other in rows)
    return (*rows, row)


def with_tallies(
    rows: tuple[Row, ...], key: str, names: Iterable[str | None], made: Callable[[str], Row]
) -> tuple[Row, ...]:
    """``rows`` with one more for each of the ``names`` that none stands for."""
    known = {_name(row, key) for row in rows}
    for name in names:
        if name and name.lower() not in known:
            known.add(name.lower())
            rows = (*rows, made(name))
    return rows


def tallied(rows: tuple[Row, ...], key: str, number: str, names: Iterable[str | None]) -> tuple[Row, ...]:
    """``rows`` with how often each of their keys is among ``names``."""
    held = [(name or "").lower() for name in names]
    return tuple(_set(row, number, held.count(_name(row, key))) for row in rows)


def _set(row: Any, attribute: str, value: int) -> Any:
    return row if getattr(row, attribute) == value else replace(row, **{attribute: value})


def _name(row: Any, key: str) -> str:
    return str(getattr(row, key)).lower()
