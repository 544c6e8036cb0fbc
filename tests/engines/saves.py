"""The two ways in which editors save: a new file in the place of the old one, and the old one emptied and filled."""

from __future__ import annotations

from pathlib import Path


def atomically(place: Path, text: bytes) -> None:
    draft = place.with_name("draft~")
    draft.write_bytes(text)
    draft.rename(place)


def in_place(place: Path, text: bytes) -> None:
    with open(place, "r+b") as file:
        file.truncate()
        file.write(text)
