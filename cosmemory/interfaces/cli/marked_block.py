"""Lines of ours in somebody's file, between two marks; taken out again, not a byte of theirs has changed."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN = b"# >>> cosmemory >>>"
END = b"# <<< cosmemory <<<"
_BLOCK = re.compile(
    rb"^# >>> cosmemory >>>(?P<newline>\r?\n)"
    rb"(?P<inside>(?:(?!# (?:>>>|<<<) cosmemory).*\n)*)"
    rb"# <<< cosmemory <<<(?P<after>\r?\n|\Z)",
    re.MULTILINE,
)


def with_block(data: bytes | None, lines: tuple[bytes, ...]) -> bytes:
    """The file with our lines at its end, in the style of its own; None stands for a file that is not there.

    The block ends as the file did: whether the newline before it is ours can then be told from its last byte.
    """
    if data is None:
        return b"\n".join([BEGIN, *lines, END, b""])
    newline = b"\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else b"\n"
    block = newline.join([BEGIN, *lines, END])
    if data.endswith(b"\n"):
        return data + block + newline
    return data + newline + block if data else block


def without_block(data: bytes, theirs: Callable[[bytes], bool] | None = None) -> bytes | None:
    """The file without our block, and None where nothing is left of a file that we made.

    Of the lines between the marks those stay of which ``theirs`` says that somebody else wrote them.
    """
    found = _found(data)
    if found is None:
        return data
    before, after = data[: found.start()], data[found.end() :]
    inside = found["inside"].splitlines(keepends=True) if theirs else []
    kept = b"".join(line for line in inside if theirs and theirs(line))
    if found["after"] or kept:
        return before + kept + after or None
    # The block ends the file without a newline, as the file itself did: the one before it is ours.
    return before.removesuffix(found["newline"])


def has_block(data: bytes) -> bool:
    """Whether a whole block of ours is there."""
    return _found(data) is not None


def _found(data: bytes) -> re.Match[bytes] | None:
    """The last whole block: marks that stand alone are somebody's words."""
    return next(reversed(list(_BLOCK.finditer(data))), None)
