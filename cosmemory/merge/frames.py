"""What is around the words of a page: its line ends, its byte order mark, whether its last line is ended."""

from __future__ import annotations

import re

from cosmemory.frozen import frozen
from cosmemory.text.source import BOM, newline_of

_ENDS = re.compile(r"\r\n|\n|\r")


@frozen()
class Frame:
    """The line end that most lines have, whether there is a byte order mark, and whether the last line is ended."""

    newline: str = "\n"
    mark: bool = False
    ended: bool = True


def unframed(text: str) -> tuple[Frame, str]:
    """The frame of a page, and its text with plain line ends in place of its own.

    Line ends other than those of most lines stay as what they are not: they change places with the plain one.
    """
    mark = text.startswith(BOM)
    body = text.removeprefix(BOM)
    newline = newline_of(body)
    plain = swapped(body, newline)
    if swapped(plain, newline) != body:
        # A bare \r before a line end would become a part of it.
        newline, plain = "\n", body
    ended = plain.endswith("\n") or not plain
    return Frame(newline, mark, ended), plain if ended else plain + "\n"


def framed(text: str, frame: Frame) -> str:
    """``text`` with the line ends and marks of ``frame``."""
    if not frame.ended and text.endswith("\n"):
        text = text[:-1]
    return (BOM if frame.mark else "") + swapped(text, frame.newline)


def swapped(text: str, newline: str) -> str:
    """``text`` with ``newline`` where it has plain line ends, and plain ones where it has ``newline``."""
    if newline == "\n":
        return text
    if newline == "\r\n" and "\r" not in text:
        return text.replace("\n", newline)
    if newline == "\r\n" and text.count("\r\n") == text.count("\n") == text.count("\r"):
        return text.replace(newline, "\n")
    other = {newline: "\n", "\n": newline}
    return _ENDS.sub(lambda found: other.get(found[0], found[0]), text)


def merged_frame(base: Frame | None, ours: Frame, theirs: Frame) -> Frame:
    """The frame with what either side changed of it; ours where both did."""
    if base is None:
        return ours
    return Frame(
        theirs.newline if ours.newline == base.newline else ours.newline,
        theirs.mark if ours.mark == base.mark else ours.mark,
        theirs.ended if ours.ended == base.ended else ours.ended,
    )
