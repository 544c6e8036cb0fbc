"""Any document of any kind, made from what its dataclass declares."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from cosmemory.document.fields import Part, Value, layout
from cosmemory.document.json_values import Data
from cosmemory.document.values import Measure, ValueType
from cosmemory.syntax.escape import is_empty, normalise

HOSTILE = [
    "\n### 2026-01-01T00:00:00Z\n**Type:** forged\n\n---\n",
    "\n## Notes\n",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```",
    "~~~",
    "<!--",
    "-->",
    "---",
    "===",
    "**Status:** forged",
    "- **Status:** forged",
    "&amp;",
    "&lt;br&gt;",
    "<br>",
    "<script>",
    "\\",
    "\\\\",
    "\\|",
    "`|`",
    "``",
    "\\g<0>",
    "{{7*7}}",
    "{% raw %}",
    "[x]: y",
    "# ",
    " #",
    "    code",
    "\x1b[31m",
    "\u2028",
    "\x85",
    "\x0b",
    "\x0c",
    "\x1c",
    "\u202e",
    "\x00",
    "*",
    "_",
    "1. ",
    "> ",
    "+ ",
    ", ",
    "Ünïcödé 漢字 🚀",
]
WORDS = st.text(string.ascii_letters + string.digits + " -_.:,;", min_size=1, max_size=12)
TEXTS = (
    st.lists(st.one_of(WORDS, st.sampled_from(HOSTILE), st.text(max_size=4)), min_size=1, max_size=5)
    .map(lambda parts: normalise("".join(parts)))
    .filter(lambda text: not is_empty(text))
)
TIMES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(  # noqa: DTZ001 - the zone is set below
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
NUMBERS = st.one_of(st.integers(0, 10**6), st.integers(0, 10**6).map(lambda number: number / 100))
DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
).map(Data.of)
MEASURES = st.builds(Measure, NUMBERS, st.sampled_from(["", "%", "min"]), st.none() | NUMBERS)


def values(kind: ValueType) -> st.SearchStrategy[Any]:
    """What a field of the type can hold, empty left out."""
    if kind.words:
        return st.sampled_from(kind.words)
    return {
        "a text": TEXTS,
        "a long text": TEXTS,
        "a time": TIMES,
        "a time or text": st.one_of(TIMES, TEXTS.filter(lambda text: isinstance(kind.read(text).value, str))),
        "a date": st.dates(date(1, 1, 1), date(9999, 12, 31)),
        "a number": NUMBERS,
        "a count": st.integers(0, 10**9),
        "a percentage": NUMBERS,
        "a measure": MEASURES,
        "a difference": MEASURES,
        "data": DATA,
        "a list": st.lists(TEXTS, max_size=3).map(tuple),
        "a list of items": st.lists(TEXTS, max_size=3).map(tuple),
    }[kind.name]


def field(value: Value) -> st.SearchStrategy[Any]:
    """What a declared value can hold."""
    held = values(value.type)
    if value.heading:
        return TEXTS
    if value.type.name in {"a list", "a list of items"}:
        return held
    return st.none() | held


def part(declared: Part, names: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What a declared part can hold; details take the ``names`` of their rows."""
    del names
    if declared.shape == "prose":
        return st.none() | TEXTS
    if declared.shape == "numbered":
        return st.lists(TEXTS, max_size=3).map(tuple)
    if declared.shape == "details":
        return st.none()
    assert declared.record is not None
    one = records(declared.record)
    if declared.shape == "one":
        return one
    keyed = one.filter(
        lambda record: not _blank(record) and (not declared.key or getattr(record, declared.key))
    )
    unique = (lambda record: str(getattr(record, declared.key)).lower()) if declared.key else None
    return st.lists(keyed, max_size=3, unique_by=unique).map(tuple)


def _blank(record: Any) -> bool:
    return all(getattr(record, name) in {None, ()} for name in layout(type(record)).values)


def records(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any record of the dataclass ``kind``."""
    shape = layout(kind)
    given = {name: field(value) for name, value in shape.values.items()}
    given |= {name: part(declared, TEXTS) for name, declared in shape.parts.items()}
    return st.builds(kind, **given)
