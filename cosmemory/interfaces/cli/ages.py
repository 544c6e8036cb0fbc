"""How long ago something was, in words."""

from __future__ import annotations

from datetime import datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def age(moment: datetime, now: datetime) -> str:
    """How long ago a moment was: ``5 min ago``, ``3 h ago``; ``just now``, and ``in 2 h`` for one to come."""
    seconds = int((now - moment).total_seconds())
    for size, unit in _UNITS:
        count = abs(seconds) // size
        if count:
            return f"in {count} {unit}" if seconds < 0 else f"{count} {unit} ago"
    return "just now"


def since(moment: object, now: datetime) -> str:
    """The same behind a comma; nothing where no moment is known."""
    return f", {age(moment, now)}" if isinstance(moment, datetime) else ""
