"""How long something was, in the unit that people would say it in."""

from __future__ import annotations


def spoken(minutes: int) -> str:
    """``71 minutes``, ``5 hours``, ``11 days``: whole units, rounded down."""
    for size, unit in ((2 * 24 * 60, "days"), (2 * 60, "hours")):
        if minutes >= size:
            return f"{minutes // (size // 2)} {unit}"
    return f"{minutes} minutes"
