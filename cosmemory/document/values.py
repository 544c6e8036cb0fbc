"""What a value on a page can be: how each type is read from its source text and written back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache

from cosmemory import clock
from cosmemory.errors import InvalidValue
from cosmemory.frozen import frozen
from cosmemory.syntax.escape import (
    escape_cell,
    escape_field,
    is_empty,
    join_list,
    normalise,
    split_list,
    unescape,
    unescape_cell,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen()
class Raw:
    """The text of a value that cannot be read as its type; it stays as it is until it is set."""

    text: str

    def __str__(self) -> str:
        return self.text


@frozen()
class Measure:
    """A measured value: a number with a unit (``""``, ``%``, ``min``) and, after it, a share in percent."""

    number: float
    unit: str = ""
    share: float | None = None


@frozen()
class Reading:
    """What a source text was read as; ``rule`` names what is wrong with it, ``better`` is how to write it."""

    value: Any
    rule: str = ""
    message: str = ""
    better: str | None = None


@frozen(eq=False)
class ValueType:
    """A type of value: ``read`` takes the decoded text, ``write`` gives text that ``read`` takes back."""

    name: str
    read: Callable[[str], Reading]
    write: Callable[[Any], str]
    words: tuple[str, ...] = ()
    shape: str = "line"

    def enter(self, what: str, text: str) -> Any:
        """The value that a person gives as ``text`` for the field ``what``.

        Raises InvalidValue when the text cannot be read as this type.
        """
        text = normalise(text)
        if is_empty(text):
            return None if self.shape == "line" and self is not LIST else ()
        reading = self.read(text)
        if isinstance(reading.value, Raw):
            raise InvalidValue(what, reading.message or f"{text!r} is not {self.name}", self.hint(text))
        if self is PERCENT and not 0 <= reading.value <= 100:
            raise InvalidValue(what, f"{text} is no share of a whole", self.hint(text))
        return reading.value

    def hint(self, text: str) -> str:
        """What could have been meant."""
        from difflib import get_close_matches

        close = get_close_matches(text.lower(), self.words, 1)
        if close:
            return f"Did you mean {close[0]!r}?"
        return _HINTS.get(self.name, "")


_HINTS = {"a percentage": "Write a number from 0 to 100, such as 62%."}


def read_text(text: str) -> Reading:
    """Any text at all."""
    return Reading(text)


_NOTES = {
    "zone": ("time-without-zone", "the time has no zone and is taken as UTC"),
    "space": ("time-not-iso", "the time is not written with T and Z"),
    "minutes": ("time-without-seconds", "the time has no seconds"),
    "date": ("time-is-date-only", "only a date is given; the start of that day is taken"),
    "offset": ("time-with-offset", "the time is not written in UTC"),
}


def time_of(seconds: int) -> datetime:
    """The moment ``seconds`` after the epoch, aware, in UTC."""
    return datetime.fromtimestamp(seconds, UTC) if seconds >= 0 else _EPOCH + (seconds * _SECOND)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC) - _EPOCH


def seconds_of(moment: datetime) -> int:
    """The whole seconds since the epoch of ``moment``; one without a zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _SECOND


def read_time(text: str) -> Reading:
    """A moment, in any of the ways people write one."""
    found = clock.read_time(text)
    if found is None:
        return Reading(
            Raw(text), "time-unreadable", f"{text!r} is not an ISO time such as 2026-11-21T06:00:00Z"
        )
    seconds, note = found
    value = time_of(seconds)
    if not note:
        return Reading(value)
    rule, message = _NOTES[note]
    return Reading(value, rule, message, clock.format_time(seconds))


def write_time(value: datetime) -> str:
    """``value`` as ISO 8601 in UTC, with seconds and ``Z``."""
    if value.tzinfo is UTC:
        # Half as long as isoformat takes, and every entry and many a cell needs it.
        parts = value.year, value.month, value.day, value.hour, value.minute, value.second
        return "%04d-%02d-%02dT%02d:%02d:%02dZ" % parts  # noqa: UP031 - a format string takes twice as long
    return clock.format_time(seconds_of(value))


def read_time_or_text(text: str) -> Reading:
    """A moment if it can be one, else the text; a bare day stays one, for it is not over when it begins."""
    found = clock.read_time(text)
    return read_time(text) if found and found[1] != "date" else Reading(text)


def write_time_or_text(value: datetime | str) -> str:
    """A moment as ISO 8601, a text as it is."""
    return write_time(value) if isinstance(value, datetime) else value


def read_date(text: str) -> Reading:
    """A calendar day, ``YYYY-MM-DD``."""
    found = clock.read_time(text)
    if found is None or len(text) != len("2026-11-21"):
        return Reading(Raw(text), "date-unreadable", f"{text!r} is not a date such as 2026-11-21")
    return Reading(time_of(found[0]).date())


def write_date(value: date) -> str:
    """``value`` as ``YYYY-MM-DD``."""
    return value.isoformat()


def _decimal(text: str) -> float | None:
    """``text`` as a plain decimal number; float() alone would take nan, 1_0 and other digits."""
    digits = text[1:] if text[:1] in {"-", "+"} else text
    whole, _, part = digits.partition(".")
    if (
        not (digits.isascii() and whole.isdigit() and (part.isdigit() or "." not in digits))
        or len(digits) > 18
    ):
        return None
    return int(text) if "." not in digits else float(text)


def write_number(value: float) -> str:
    """The shortest decimal of ``value`` that reads back the same."""
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    text = repr(value)
    return text if "e" not in text else f"{value:.12f}".rstrip("0")


def read_number(text: str) -> Reading:
    """A decimal number."""
    value = _decimal(text)
    return (
        Reading(value)
        if value is not None
        else Reading(Raw(text), "not-a-number", f"{text!r} is not a number")
    )


def read_count(text: str) -> Reading:
    """A whole number from 0 on."""
    value = _decimal(text)
    if not isinstance(value, int) or value < 0 or text[0] in "+-":
        return Reading(Raw(text), "not-a-count", f"{text!r} is not a whole number")
    return Reading(value)


def read_percent(text: str) -> Reading:
    """A percentage; a bare number is taken as one."""
    value = _decimal(text.removesuffix("%").rstrip(" "))
    if value is None:
        return Reading(Raw(text), "not-a-percent", f"{text!r} is not a percentage")
    if not text.endswith("%"):
        return Reading(value, "percent-without-sign", "the percentage has no %", write_number(value) + "%")
    if not 0 <= value <= 100:
        return Reading(value, "percent-out-of-range", f"{text} is no share of a whole")
    return Reading(value)


def write_percent(value: float) -> str:
    """``value`` with a ``%``."""
    return write_number(value) + "%"


def read_measure(text: str) -> Reading:
    """``n``, ``n%``, ``n min`` or ``n (n%)``; ``n/m (n%)``, ``n minutes`` and ``n avg`` mean the same."""
    head, bracket, tail = text.partition(" (")
    share = _decimal(tail.removesuffix(")").removesuffix("%")) if tail.endswith("%)") else None
    word = head.partition(" ")[2].strip(" ")
    unit = "%" if head.endswith("%") else "min" if word in _MINUTES else ""
    digits = head.removesuffix("%") if unit == "%" else head.removesuffix(word) if word in _WORDS else head
    count, slash, whole = digits.rstrip(" ").partition("/")
    number = _decimal(count.rstrip(" "))
    if number is None or (bracket and share is None) or (slash and _decimal(whole.lstrip(" ")) is None):
        return Reading(Raw(text), "not-a-measure", f"{text!r} is not n, n%, n (n%) or n min")
    value = Measure(number, unit, share)
    if share is not None and not 0 <= share <= 100:
        return Reading(value, "percent-out-of-range", f"{write_number(share)}% is no share of a whole")
    if slash or word in _WORDS[1:]:
        better = write_measure(value) if word in _MINUTES and not slash else None
        return Reading(value, "measure-wording", f"{text!r} is read as {write_measure(value)}", better)
    return Reading(value)


_MINUTES = ("min", "mins", "minute", "minutes")
_WORDS = (*_MINUTES, "avg", "average")


def write_measure(value: Measure) -> str:
    """The measure as a person writes it."""
    unit = f" {value.unit}" if value.unit == "min" else value.unit
    share = "" if value.share is None else f" ({write_number(value.share)}%)"
    return write_number(value.number) + unit + share


def read_change(text: str) -> Reading:
    """A difference: a measure with its sign."""
    reading = read_measure(text)
    return (
        reading if isinstance(reading.value, Measure) else Reading(Raw(text), "not-a-change", reading.message)
    )


def write_change(value: Measure) -> str:
    """The difference with its sign, also where it grew."""
    return ("+" if value.number > 0 else "") + write_measure(value)


def read_list(text: str) -> Reading:
    """Comma-separated words; this one alone reads the source, since the commas in words are escaped."""
    return Reading(tuple(item for item in split_list(text) if not is_empty(item)))


def enum(name: str, *words: str, also: tuple[str, ...] = ()) -> ValueType:
    """The type of a value that is one of ``words``; those in ``also`` are read too."""
    article = "an" if name[0] in "aeiou" else "a"

    def read(text: str) -> Reading:
        bare = text
        for quote in ("'", '"', "`", "**"):
            if len(bare) > 2 * len(quote) and bare.startswith(quote) and bare.endswith(quote):
                bare = bare[len(quote) : -len(quote)].strip()
        word = bare.lower().replace(" ", "_") if bare.lower() not in every else bare.lower()
        if word not in every and word.replace("_", "-") in every:
            word = word.replace("_", "-")
        if word in every:
            if bare != text:
                return Reading(word, "quoted-enum", f"the {name} is quoted", word)
            return (
                Reading(word)
                if word == text
                else Reading(word, "enum-case", f"{text!r} is written {word!r}", word)
            )
        return Reading(
            Raw(text), "unknown-enum", f"{text!r} is not {article} {name}: one of {', '.join(words)}"
        )

    every = (*words, *also)
    return ValueType(name, read, str, words)


TEXT = ValueType("a text", read_text, str)
TIME = ValueType("a time", read_time, write_time)
TIME_OR_TEXT = ValueType("a time or text", read_time_or_text, write_time_or_text)
DATE = ValueType("a date", read_date, write_date)
NUMBER = ValueType("a number", read_number, write_number)
COUNT = ValueType("a count", read_count, write_number)
PERCENT = ValueType("a percentage", read_percent, write_percent)
MEASURE = ValueType("a measure", read_measure, write_measure)
CHANGE = ValueType("a difference", read_change, write_change)
LIST = ValueType("a list", read_list, lambda value: join_list(list(value)))
ITEMS = ValueType("a list of items", read_list, str, shape="items")
LONG = ValueType("a long text", read_text, str, shape="long")


def read_source(kind: ValueType, source: str, *, cell: bool = False) -> Reading:
    """The value that stands on a page as ``source``."""
    return (_read_short if len(source) <= _SHORT else _read)(kind, source, cell)


def _read(kind: ValueType, source: str, cell: bool) -> Reading:
    text = (unescape_cell(source) if cell else unescape(source)).strip()
    if is_empty(text):
        return Reading(() if kind is LIST else None)
    return kind.read(source if kind is LIST else text)


# The same few words, times and figures stand on most pages: reading them anew was a fifth of reading a page.
_SHORT = 48
_read_short = lru_cache(maxsize=1024)(_read)


def source_of(kind: ValueType, value: Any, *, cell: bool) -> str:
    """``value`` as it is written on a page, in a cell or after a label; empty is ``-``."""
    if value is None or value == ():
        return "-"
    if isinstance(value, Raw):
        text = value.text
    elif kind is LIST:
        # The items carry their own escapes already; only what a cell needs on top is still to do.
        return kind.write(value)
    else:
        text = kind.write(value)
    return escape_cell(text) if cell else escape_field(text)
