"""How editors save: a new file in the place of the old one, the old one emptied and filled, or taken away and made anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def atomically(place: Path, text: bytes) -> None:
    draft = place.with_name("draft~")
    draft.write_bytes(text)
    draft.rename(place)


def in_place(place: Path, text: bytes) -> None:
    with open(place, "r+b" if place.exists() else "xb") as file:
        file.truncate()
        file.write(text)


def made_anew(place: Path, text: bytes) -> None:
    place.unlink(missing_ok=True)
    place.write_bytes(text)


STYLES: tuple[Callable[[Path, bytes], None], ...] = (atomically, in_place, made_anew)
