"""JSON of a file, read so that nothing of it is lost unseen: no key twice, no number that Python has no value for."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from cosmemory.errors import UsageError
from cosmemory.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOTHING = "Nothing was imported."
# A text, or a word that only Python takes for a number.
_TOKEN = pattern(r'"(?:\\.|[^"\\])*"|(-?Infinity|NaN)|(-?\d[\d.]*(?:[eE][-+]?\d+)?)')


def read_object(name: str, data: bytes) -> dict[str, Any]:
    """The object that the file ``name`` holds.

    Raises UsageError, which tells file, line and reason, for what is none.
    """
    text = read_text(name, data)
    try:
        held = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_float, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise _damaged(name, error.lineno, f"{error.msg[:1].lower()}{error.msg[1:]}") from None
    except _Twice as error:
        raise _damaged(name, 0, f"an object has the key {error.args[0]!r} twice") from None
    except _NoNumber as error:
        line = _line_of(text, error.args[0])
        raise _damaged(name, line, f"{_short(error.args[0])} is no number that can be kept") from None
    except RecursionError:
        raise _damaged(name, 0, "its objects and lists stand too deep in each other") from None
    if not isinstance(held, dict):
        raise _damaged(name, 1, "it is no object")
    return held


def read_text(name: str, data: bytes) -> str:
    """The text of the file ``name``, less a byte order mark.

    Raises UsageError for what is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _damaged(name, data.count(b"\n", 0, error.start) + 1, "it is not UTF-8") from None


class _Twice(Exception):
    """A key that an object has twice: the first value would be lost."""


class _NoNumber(Exception):
    """A number that would become another one, or none."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return held


def _no_number(text: str) -> Any:
    raise _NoNumber(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NoNumber(text)
    return value


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # Python reads so many digits and no more
        raise _NoNumber(text) from None


def _line_of(text: str, token: str) -> int:
    """The line on which a number stands that is not within a text."""
    for found in _TOKEN.finditer(text):
        if token in (found[1], found[2]):
            return text.count("\n", 0, found.start()) + 1
    return 0


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _damaged(name: str, line: int, reason: str) -> UsageError:
    return UsageError(f"{name}{f':{line}' if line else ''} cannot be taken in: {reason}.", NOTHING)


def json_bytes(held: Any) -> bytes:
    """A value as the text of a file, for people and programs alike."""
    text = json.dumps(held, ensure_ascii=False, indent=2)
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:  # half of a character, which only an escape can say
        return f"{json.dumps(held, indent=2)}\n".encode()
