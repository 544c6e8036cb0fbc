"""So many of a thing, in words."""

from __future__ import annotations


def counted(number: int, noun: str, many: str = "") -> str:
    """``1 page``, ``2 pages``; ``many`` is what several are called where an s is not enough."""
    return f"{number} {noun}" if number == 1 else f"{number} {many or noun + 's'}"
