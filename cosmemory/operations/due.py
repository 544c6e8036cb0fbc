"""When something is due: a moment, or as long from now as ``2h`` or ``7d`` says."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cosmemory.document.values import read_time
from cosmemory.errors import InvalidValue
from cosmemory.pattern import pattern

_LONG = pattern(r"(\d{1,6}) ?(s|m|h|d|w)\w*", re.ASCII | re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def due_of(given: datetime | str | None, now: datetime) -> datetime | None:
    """The moment that ``given`` names; raises InvalidValue for words that name none, and for one that is past."""
    if given is None:
        return None
    found = given
    if isinstance(given, str):
        lasting = _LONG.fullmatch(given.strip())
        try:
            found = (
                now + timedelta(**{_UNITS[lasting[2].lower()]: int(lasting[1])})
                if lasting
                else read_time(given.strip()).value
            )
        except OverflowError:
            found = given
    if not isinstance(found, datetime):
        raise InvalidValue(
            "the time it expires", f"{given!r} is not a time", "Write 2h, 7d or 2026-11-21T18:00Z."
        )
    if found <= now:
        raise InvalidValue("the time it expires", f"{given} is past", "Give one to come.")
    return found
