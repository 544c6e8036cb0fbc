"""Text by the columns of a terminal that it takes: measured, cut, wrapped."""

from __future__ import annotations

ELLIPSIS = "…"


def columns(shown: str) -> int:
    """How many columns of a terminal ``shown`` takes."""
    if shown.isascii():
        return len(shown)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1 for character in shown
    )


def padded(text: str, width: int) -> str:
    """``text`` with as many blanks behind as make it ``width`` columns wide."""
    return text + " " * (width - columns(text))


def cut(text: str, width: int) -> str:
    """``text``, or as much of it as fits into ``width`` columns with an ellipsis."""
    if columns(text) <= width:
        return text
    return _head(text, max(0, width - 1)) + ELLIPSIS


def wrapped(text: str, width: int) -> list[str]:
    """``text`` on lines of at most ``width`` columns, broken between words; a longer word is broken itself."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if columns(joined) <= width:
            line = joined
            continue
        lines += [line] if line else []
        line = word
        while columns(line) > width:
            head = _head(line, width) or line[0]
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line] if line or not lines else lines


def _head(text: str, width: int) -> str:
    used = 0
    for count, character in enumerate(text):
        used += columns(character)
        if used > width:
            return text[:count]
    return text
