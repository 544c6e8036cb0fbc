"""Edits: replacements of spans, applied to a text all at once."""

from __future__ import annotations

from collections.abc import Iterable

from cosmemory.errors import CosmemoryError
from cosmemory.frozen import frozen


@frozen()
class Edit:
    """``text`` in place of what stands at ``[start, end)``; an insertion where both are equal."""

    start: int
    end: int
    text: str

    def __lt__(self, other: Edit) -> bool:
        return (self.start, self.end, self.text) < (other.start, other.end, other.text)


class OverlappingEdits(CosmemoryError):
    """Two edits claim the same characters."""

    code = "overlapping-edits"


def apply(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with every edit made; insertions at one place stand in the order given.

    Raises OverlappingEdits when two edits claim the same characters.
    """
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < done:
            # Silently applying one of them would lose the other's change.
            raise OverlappingEdits(f"two changes meet at character {edit.start}")
        pieces.append(text[done : edit.start])
        pieces.append(edit.text)
        done = edit.end
    pieces.append(text[done:])
    return "".join(pieces)


def only_real(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """The edits that change something, each once: a change that changes nothing writes nothing."""
    # Two records may say the same of one place, but two equal insertions there are two rows.
    done: set[Edit] = set()
    real: list[Edit] = []
    for edit in edits:
        if text[edit.start : edit.end] != edit.text and (edit.start == edit.end or edit not in done):
            done.add(edit)
            real.append(edit)
    return real
