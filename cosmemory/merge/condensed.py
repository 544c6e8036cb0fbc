"""Long pages without what is the same in all of them, so that reading them takes the time of what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

# Below this many characters the whole page is read in less time than its parts are compared.
SHORT = 20_000

_UNSURE = ("```", "~~~", "<!--", "\r")


def condensed(texts: Sequence[str]) -> list[str]:
    """``texts`` less the rows and the blocks below headings of records that each of them has, letter by letter.

    A row stays where there is a block of its name that differs: the two are read as one record.
    """
    if sum(map(len, texts)) < SHORT * len(texts) or any(mark in text for text in texts for mark in _UNSURE):
        return list(texts)
    parted = [_parted(text) for text in texts]
    same = _shared([[piece for piece in pieces if piece[1].startswith("### ")] for pieces in parted])
    left = [[piece for piece in pieces if piece not in same] for pieces in parted]
    names = {
        piece[1].partition("\n")[0].removeprefix("### ").strip()
        for pieces in left
        for piece in pieces
        if piece[1].startswith("### ")
    }
    rows = _shared([[piece for piece in pieces if _is_row(piece[1])] for pieces in left])
    gone = (
        {piece for piece in rows if names.isdisjoint(map(str.strip, piece[1].split("|")))} if names else rows
    )
    return ["".join([piece[1] for piece in pieces if piece not in gone]) for pieces in left]


def _is_row(piece: str) -> bool:
    return piece.startswith("|") and piece.find("\n") == len(piece) - 1


def _parted(text: str) -> list[tuple[str, str]]:
    """The page in its lines and its blocks under headings of the third level, each with the section that it is in."""
    section = ""
    found: list[tuple[str, str]] = []
    block: list[str] = []
    for line in text.split("\n"):
        first = line[:1]
        if first == "#":
            if block:
                found.append((section, "\n".join(block) + "\n"))
                block = []
            if line.startswith("### "):
                block = [line]
                continue
            section = line
        if block:
            block.append(line)
        elif first == "|" and line[1:3].strip("-: ") == "" and not line.strip("|-: ") and found:
            # The titles of the columns stay with the line below them: without them no row could be read.
            found[-1] = section, f"{found[-1][1]}{line}\n"
        else:
            found.append((section, line + "\n"))
    if block:
        found.append((section, "\n".join(block)))
    return found


def _shared(sides: Sequence[Sequence[tuple[str, str]]]) -> set[tuple[str, str]]:
    """What stands once in every one of them."""
    first, *others = (Counter(side) for side in sides)
    return {
        piece for piece, count in first.items() if count == 1 and all(other[piece] == 1 for other in others)
    }
