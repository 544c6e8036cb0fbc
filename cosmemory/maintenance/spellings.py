"""How values of JSON files are read as values of pages, and written back in the spelling of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from cosmemory.document.json_values import Data
from cosmemory.document.values import (
    read_count,
    read_number,
    read_percent,
    read_time,
    write_number,
    write_time,
)
from cosmemory.errors import InvalidValue
from cosmemory.frozen import frozen
from cosmemory.kinds.deployment import NO, YES, is_yes
from cosmemory.syntax.escape import is_empty, normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen()
class Spelling:
    """How one value of a file is read as one of a page, None where it cannot be, and written back."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def is_plain(text: str) -> bool:
    """Whether a page keeps ``text`` as it is in a cell of words."""
    return text == normalise(text) and not is_empty(text)


def is_number(value: Any) -> bool:
    """Whether a value of a file is a number; a truth is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON, 25.0 and 25 being two."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    return Data.of(one) == Data.of(other)


def _words(value: Any) -> str | None:
    return value if isinstance(value, str) and is_plain(value) else None


def _prose(value: Any) -> str | None:
    text = normalise(value) if isinstance(value, str) else ""
    return None if is_empty(text) else text


def _moment(value: Any) -> datetime | None:
    found = read_time(value).value if isinstance(value, str) else None
    return found if isinstance(found, datetime) else None


def _answer(value: Any) -> str | None:
    return (YES if value else NO) if isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    if not is_number(value) or abs(value) > 1e9:
        return None
    return value if read_number(write_number(value)).value == value else None


def _count(value: Any) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return value if len(str(value)) <= _DIGITS and read_count(str(value)).value == value else None


# No count on a page has more; a longer number is kept as it stands in the file.
_DIGITS = 18


def _share(value: Any) -> float | None:
    """A text such as ``25%``."""
    if not isinstance(value, str) or not value.endswith("%"):
        return None
    found = read_percent(value).value
    return found if isinstance(found, int | float) and 0 <= found <= 100 else None


def _names(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not value or not all(_words(each) for each in value):
        return None
    return tuple(value)


def _data(value: Any) -> Data | None:
    try:
        return Data.of(value)
    except InvalidValue:
        return None


def whole_if_whole(value: float) -> float:
    """A number without the point that nobody gave it."""
    return int(value) if value == int(value) else value


def one_of(words: Iterable[str]) -> Spelling:
    """One of some words, as they are."""
    known = frozenset(words)
    return Spelling(lambda value: value if isinstance(value, str) and value in known else None, str)


WORDS = Spelling(_words, str)
PROSE = Spelling(_prose, str)
MOMENT = Spelling(_moment, write_time)
ANSWER = Spelling(_answer, is_yes)
# 6.0 of a file, and 6 of one.
FLOAT = Spelling(lambda value: None if (found := _number(value)) is None else float(found), float)
NUMBER = Spelling(_number, whole_if_whole)
COUNT = Spelling(_count, int)
SHARE = Spelling(_share, lambda value: f"{write_number(value)}%")
NAMES = Spelling(_names, list)
ANYTHING = Spelling(_data, lambda value: value.value)
