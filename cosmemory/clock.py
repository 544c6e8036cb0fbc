"""Time as pages write it: ISO 8601 in UTC, read strictly, with whole seconds since the epoch inside."""

from __future__ import annotations

import os
import time

from cosmemory.errors import ConfigError

_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def now() -> int:
    """The present moment, or the one that COSMEMORY_NOW freezes.

    Raises ConfigError when that is no time.
    """
    frozen = os.environ.get("COSMEMORY_NOW")
    if not frozen:
        return int(time.time())
    read = read_time(frozen)
    if read is None:
        raise ConfigError(
            "COSMEMORY_NOW", "", f"{frozen!r} is not an ISO time", "Write 2026-11-21T06:00:00Z."
        )
    return read[0]


def days_of(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, days_from_civil)."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def date_of(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day counted from 1970-01-01; the inverse of days_of."""
    days += 719_468
    era = days // 146_097
    of_era = days - era * 146_097
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month += 3 if month < 10 else -9
    return year + era * 400 + (month <= 2), month, day


def date_text(seconds: int) -> str:
    """The UTC day of ``seconds``, ``2026-11-21``."""
    year, month, day = date_of(seconds // 86_400)
    return f"{year:04d}-{month:02d}-{day:02d}"


def format_time(seconds: int) -> str:
    """``seconds`` as ISO 8601 in UTC, ``2026-11-21T06:00:00Z``."""
    rest = seconds % 86_400
    return f"{date_text(seconds)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z"


def read_time(text: str) -> tuple[int, str] | None:
    """The seconds that ``text`` names, with a note of how it is written; None when it is no time.

    The note is empty for exact UTC, else offset, zone (none given; taken as UTC), space (a space for the T),
    minutes (no seconds) or date (nothing but the day).
    """
    if not text.isascii() or len(text) < 10:
        return None
    day = _day(text[:10])
    if day is None:
        return None
    if len(text) == 10:
        return day * 86_400, "date"
    if text[10] not in "T ":
        return None
    clock, offset = _zone(text[11:])
    seconds = _clock(clock)
    if seconds is None or offset is None:
        return None
    shift, note = offset
    if text[10] == " ":
        note = "space"
    elif len(clock) == 5:
        note = "minutes"
    total = day * 86_400 + seconds - shift
    return (total, note) if _FIRST <= total <= _LAST else None


_FIRST = days_of(1, 1, 1) * 86_400
_LAST = days_of(9999, 12, 31) * 86_400 + 86_399


def _digits(text: str, length: int) -> int:
    """``text`` as a number of exactly ``length`` digits, or -1."""
    return int(text) if len(text) == length and text.isdigit() else -1


def _day(text: str) -> int | None:
    year, month, day = _digits(text[:4], 4), _digits(text[5:7], 2), _digits(text[8:10], 2)
    if text[4] != "-" or text[7] != "-" or year < 1 or not 1 <= month <= 12:
        return None
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return days_of(year, month, day) if 1 <= day <= _MONTHS[month - 1] + leap else None


def _zone(text: str) -> tuple[str, tuple[int, str] | None]:
    """The clock part of ``text``, and the offset of its zone in seconds with the note that it deserves."""
    if text.endswith("Z"):
        return text[:-1], (0, "")
    if text.endswith(" UTC"):
        return text[:-4], (0, "space")
    for length in (6, 5):
        sign = text[-length : -length + 1]
        if sign in {"+", "-"} and len(text) > length:
            hours, minutes = _digits(text[-length + 1 :][:2], 2), _digits(text[-2:], 2)
            colon = length == 5 or text[-3] == ":"
            if not (colon and 0 <= hours <= 23 and 0 <= minutes <= 59):
                return text, None
            shift = (hours * 3600 + minutes * 60) * (1 if sign == "+" else -1)
            return text[:-length], (shift, "offset")
    return text, (0, "zone")


def _clock(text: str) -> int | None:
    """The seconds of the day that ``HH:MM``, ``HH:MM:SS`` or ``HH:MM:SS.fff`` names."""
    whole, dot, part = text.partition(".")
    if dot and (not part.isdigit() or len(whole) != 8):
        return None
    hours, minutes = _digits(whole[:2], 2), _digits(whole[3:5], 2)
    seconds = _digits(whole[6:8], 2) if len(whole) == 8 else 0
    if len(whole) not in {5, 8} or whole[2] != ":" or (len(whole) == 8 and whole[5] != ":"):
        return None
    if not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= seconds <= 59):
        return None
    return hours * 3600 + minutes * 60 + seconds
