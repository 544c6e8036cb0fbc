"""What only a terminal is shown: colour, columns that fit its width, differences in red and green."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from cosmemory.interfaces.cli.output import on_terminal, print_text
from cosmemory.text.columns import columns, cut, padded, wrapped
from cosmemory.text.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STYLES: dict[str, dict[str, Any]] = {
    "": {},
    "title": {"bold": True},
    "bad": {"fg": "red"},
    "warn": {"fg": "yellow"},
    "good": {"fg": "green"},
    "note": {"fg": "blue"},
    "name": {"fg": "cyan"},
    "quiet": {"dim": True},
}
GAP = "  "
# Where a column is cut, unless it is the last; and what the last one needs, or its words fall apart.
WIDEST = 32
NARROWEST = 24

Cell = tuple[str, str]  # a text, and the style it is shown in


def width() -> int:
    """How many columns the terminal has."""
    from shutil import get_terminal_size

    return get_terminal_size().columns


def styled(text: str, style: str) -> str:
    """``text`` in a style; whatever in it would steer the terminal itself is spelled out."""
    from click import style as coloured

    shown = visible(text.replace("\n", " "))
    return coloured(shown, **_STYLES[style]) if style and shown else shown


def plain(text: str, style: str) -> str:
    """``text`` where there are no colours."""
    del style
    return text


def show(lines: Iterable[str]) -> None:
    """Lines that are made for a terminal, steering characters and all."""
    sys.stdout.flush()
    for line in lines:
        sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def table(
    rows: Sequence[Sequence[Cell]],
    heads: Sequence[str] = (),
    *,
    indent: str = "",
    sizes: Sequence[int] = (),
) -> Iterator[str]:
    """Rows in columns as wide as their texts, or as ``sizes`` says; the last is wrapped to what is left.

    Where next to nothing is left it stands on lines of its own below.
    """
    titled = [[(head, "title") for head in heads], *rows] if heads else rows
    flat = [[(visible(" ".join(text.split())), style) for text, style in row] for row in titled]
    if not flat:
        return
    if not sizes:
        sizes = [min(WIDEST, max(columns(row[at][0]) for row in flat)) for at in range(len(flat[0]) - 1)]
    before = len(indent) + sum(size + len(GAP) for size in sizes)
    whole = width()
    below = whole - before < NARROWEST
    before = len(indent) + 4 if below else before
    room = max(NARROWEST, whole - before)
    for row in flat:
        fixed = [
            styled(padded(cut(text, size), size), style)
            for (text, style), size in zip(row, sizes, strict=False)
        ]
        text, style = row[-1]
        first, *more = [styled(line, style) for line in wrapped(text, room)]
        if below:
            first, more = "", [first, *more]
        yield (indent + GAP.join([*fixed, first])).rstrip()
        yield from (" " * before + line for line in more)


def prose(text: str, style: str) -> Iterator[str]:
    """A sentence on as many lines as the terminal's width asks for."""
    return (styled(line, style) for line in wrapped(text, width()))


def print_difference(text: str) -> None:
    """A unified diff, what goes in red and what comes in green; as it is where there are no colours."""
    if not on_terminal():
        print_text(text, end="")
        return
    show(styled(line, _style_of(line)) for line in text.split("\n")[:-1])


def _style_of(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return "title"
    return {"-": "bad", "+": "good", "@": "name"}.get(line[:1], "")
