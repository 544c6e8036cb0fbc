"""A person at the pages with an editor: rows, cells, notes and whole sections, also saved from an old copy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

Edit = dict[str, Any]


def edited(text: str, edit: Edit) -> str | None:
    """The text as the person leaves it; None where what was to be changed is not there."""
    if edit["does"] == "cell":
        return _celled(text, edit["row"], edit["cell"], edit["put"])
    if edit["does"] == "row":
        return _rowed(text, edit["below"], edit["put"])
    gap = "" if text.endswith("\n") else "\n"
    return f"{text}{gap}{edit['put']}"


def _rowed(text: str, below: str, row: str) -> str | None:
    lines = text.split("\n")
    try:
        at = next(
            number
            for number in range(lines.index(f"## {below}"), len(lines))
            if re.fullmatch(r"\|[-|]+\|", lines[number])
        )
    except (StopIteration, ValueError):
        return None
    return "\n".join([*lines[: at + 1], row, *lines[at + 1 :]])


def _celled(text: str, row: str, cell: int, put: str) -> str | None:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.startswith("|") and f"| {row} |" in line:
            cells = line.split("|")
            cells[cell] = f" {put} "
            return "\n".join([*lines[:number], "|".join(cells), *lines[number + 1 :]])
    return None


def save(place: Path, text: str, *, anew: bool) -> None:
    """Saves as editors do: a new file in the place of the old one, or the old one filled again."""
    if anew:
        draft = place.with_name(f".{place.name}.swp~")
        draft.write_bytes(text.encode())
        draft.rename(place)
    else:
        with open(place, "r+b") as file:
            file.truncate()
            file.write(text.encode())
