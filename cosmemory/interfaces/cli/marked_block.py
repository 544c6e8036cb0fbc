"""Lines of ours in somebody's file, between two marks; taken out again, not a byte of theirs has changed."""

from __future__ import annotations

import re

from cosmemory.frozen import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCK = (
    rb"^%(begin)s(?P<newline>\r?\n)"
    rb"(?P<inside>(?:(?!%(begin)s|%(end)s).*\n)*)"
    rb"%(end)s(?P<after>\r?\n|\Z)"
)


@frozen()
class Marks:
    """The two lines around a block; ``begins`` matches the first one of older versions too."""

    begin: bytes
    end: bytes
    begins: bytes = b""

    @property
    def block(self) -> re.Pattern[bytes]:
        """What matches a whole block."""
        names = {b"begin": self.begins or re.escape(self.begin), b"end": re.escape(self.end)}
        return re.compile(_BLOCK % names, re.MULTILINE)


BEGIN = b"# >>> cosmemory >>>"
END = b"# <<< cosmemory <<<"
HASH = Marks(BEGIN, END)


def with_block(data: bytes | None, lines: tuple[bytes, ...], marks: Marks = HASH) -> bytes:
    """The file with our lines at its end, in the style of its own; None stands for a file that is not there.

    The block ends as the file did: whether the newline before it is ours can then be told from its last byte.
    """
    if data is None:
        return b"\n".join([marks.begin, *lines, marks.end, b""])
    newline = b"\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else b"\n"
    block = newline.join([marks.begin, *lines, marks.end])
    if data.endswith(b"\n"):
        return data + block + newline
    return data + newline + block if data else block


def with_lines(data: bytes, lines: tuple[bytes, ...], marks: Marks = HASH) -> bytes:
    """The file with our lines in the block that it has, wherever that stands."""
    found = _found(data, marks)
    assert found is not None
    block = found["newline"].join([marks.begin, *lines, marks.end])
    return data[: found.start()] + block + found["after"] + data[found.end() :]


def without_block(
    data: bytes | None, theirs: Callable[[bytes], bool] | None = None, marks: Marks = HASH
) -> bytes | None:
    """The file without our block, and None where nothing is left of a file that we made, or there is none.

    Of the lines between the marks those stay of which ``theirs`` says that somebody else wrote them.
    """
    found = _found(data, marks) if data is not None else None
    if data is None or found is None:
        return data
    before, after = data[: found.start()], data[found.end() :]
    inside = found["inside"].splitlines(keepends=True) if theirs else []
    kept = b"".join(line for line in inside if theirs and theirs(line))
    if found["after"] or kept:
        return before + kept + after or None
    # The block ends the file without a newline, as the file itself did: the one before it is ours.
    return before.removesuffix(found["newline"])


def has_block(data: bytes, marks: Marks = HASH) -> bool:
    """Whether a whole block of ours is there."""
    return _found(data, marks) is not None


def _found(data: bytes, marks: Marks) -> re.Match[bytes] | None:
    """The last whole block: marks that stand alone are somebody's words."""
    return next(reversed(list(marks.block.finditer(data))), None)
