"""The end of a log: whether its last entry is closed, and what closes it before the next one is written."""

from __future__ import annotations

SEPARATOR = b"---"
HEADING = b"### "


def newline_of(text: bytes) -> bytes:
    """The newline that stands last in a text; a line feed where there is none."""
    feed = text.rfind(b"\n")
    if feed > 0 and text[feed - 1 : feed] == b"\r":
        return b"\r\n"
    return b"\r" if feed < 0 and b"\r" in text else b"\n"


def in_style_of(text: bytes, data: bytes) -> bytes:
    """Entries, written with line feeds, with the newline of the log that they go to."""
    newline = newline_of(text)
    return data if newline == b"\n" or b"\r" in data else data.replace(b"\n", newline)


def open_entry(text: bytes, *, whole: bool) -> int | None:
    """Where the unfinished last entry begins, len(text) when there is none, None when more text must tell.

    `whole` says that the text begins at the beginning of the log, not somewhere within it.
    """
    lines = text.replace(b"\r", b"\n")  # same length: CRLF only gains an empty line
    end = len(lines)
    while True:
        begin = lines.rfind(b"\n", 0, end) + 1
        known = begin > 0 or whole
        line = lines[begin:end]
        if known and line.startswith(HEADING):
            return begin
        if known and is_separator(line):
            return len(text)
        if begin == 0:
            return len(text) if whole else None
        end = begin - 1


def is_separator(line: bytes) -> bool:
    """Whether a line closes an entry."""
    bare = line.rstrip(b" \t\r\n")
    return len(bare) >= len(SEPARATOR) and not bare.strip(b"-")


def closing(text: bytes, *, unfinished: bool) -> bytes:
    """What must stand between the end of a log and a new entry."""
    newline = newline_of(text)
    ended = not text or text.endswith(newline)
    if not unfinished:
        return b"" if ended else newline + newline
    gap = b"" if text.endswith(newline * 2) else newline if ended else newline * 2
    return gap + SEPARATOR + newline * 2


def appended(text: bytes, data: bytes) -> bytes:
    """What entries come to be at the end of the whole log ``text``, an unfinished entry there closed first."""
    begin = open_entry(text, whole=True)
    unfinished = begin is not None and begin < len(text)
    return closing(text, unfinished=unfinished) + in_style_of(text, data)


def is_part(standing: bytes, text: bytes) -> bool:
    """Whether bytes are what a crash left of a text: its begin, or that with NULs where the disk had nothing."""
    if len(standing) > len(text):
        return False
    return text.startswith(standing) or all(
        byte in (0, wanted) for byte, wanted in zip(standing, text, strict=False)
    )


def bad_bytes(text: bytes) -> int:
    """Where the first NUL or byte that is no UTF-8 stands; the length when all are good."""
    nul = text.find(b"\0")
    end = len(text) if nul < 0 else nul
    try:
        text[:end].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return end


def good_bytes(text: bytes) -> bytes:
    """A text without NULs and without bytes that are no UTF-8; nothing else goes."""
    return text.replace(b"\0", b"").decode("utf-8", "ignore").encode("utf-8")
