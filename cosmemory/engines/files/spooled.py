"""What stands in the spool: the records, read back as they were written."""

from __future__ import annotations

import os

from cosmemory.engines.files.disk import let_go, read_all
from cosmemory.engines.files.spool import KEPT, NAME, NAMED, NONE, TITLE, UNKNOWN, VOID
from cosmemory.frozen import frozen
from cosmemory.store import Attribution
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


MADE = "K"  # the state of a change that was made
READ_SPOOL = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@frozen()
class SpoolStep:
    """What a record says of one page; the revisions are "-" where there is no page and "" where it is not known."""

    kind: str
    path: str
    before: str
    after: str
    length: int
    start: int
    removed: bytes
    inserted: bytes

    @property
    def head(self) -> str:
        """What the page is after it, as the heads say it."""
        return NONE if self.after == NONE else f"{self.after}#{self.length}"


@frozen()
class Record:
    """A change in the spool, whose it was, where it ends, and whether it was made: "K", "V", or "" if unknown."""

    attribution: Attribution
    sort: str
    steps: tuple[SpoolStep, ...]
    end: int
    state: str


@frozen()
class Spooled:
    """A spool as it was read: its name, its records, and how many of its bytes could be read."""

    name: str
    records: tuple[Record, ...]
    end: int
    size: int

    @property
    def sound(self) -> bool:
        """Whether all of it could be read: a power cut may have taken a part."""
        return self.end == self.size


EMPTY = Spooled("", (), 0, 0)


def length_of(head: str) -> int | None:
    """How long a page is by its head; None where that is not known."""
    length = head.partition("#")[2]
    return int(length) if length else None


def revision_in(head: str) -> str | None:
    """The revision in a head, None where there is no page."""
    return None if head in (NONE, UNKNOWN) else head.partition("#")[0]


def read(folder: str, known: str = "", begin: int = 0) -> Spooled:
    """The spool in a folder: what follows the offset ``begin`` of the one called ``known``, or else all of it.

    Empty where there is none. Raises OSError for what a disk refuses.
    """
    try:
        descriptor = os.open(f"{folder}/{NAME}", READ_SPOOL)
    except (FileNotFoundError, NotADirectoryError):
        return EMPTY
    try:
        data = read_all(descriptor)
    finally:
        let_go(descriptor)
    found = name_of(data)
    return parsed(data, begin if found == known else 0) if found else Spooled("", (), 0, len(data))


def read_on(descriptor: int, known: str, begin: int, end: int) -> Spooled | None:
    """What follows the offset ``begin`` of a spool that is open; None where it is not the one called ``known``."""
    if begin < NAMED or name_of(os.pread(descriptor, NAMED, 0)) != known:
        return None
    data = os.pread(descriptor, end - begin, begin) if end > begin else b""
    records = tuple(_records(data, 0, begin))
    return Spooled(known, records, records[-1].end if records else begin, begin + len(data))


def name_of(data: bytes) -> str:
    """The name of a spool, empty where its first line cannot be read."""
    if not data.startswith(TITLE) or len(data) < NAMED or data[NAMED - 1 : NAMED] != b"\n":
        return ""
    return data[len(TITLE) : NAMED - 1].decode("ascii", "replace")


def parsed(data: bytes, begin: int = 0) -> Spooled:
    """The records in a spool's bytes, from an offset on."""
    records = tuple(_records(data, max(begin, NAMED)))
    end = records[-1].end if records else max(begin, NAMED)
    return Spooled(name_of(data), records, end, len(data))


def _records(data: bytes, at: int, before: int = 0) -> Iterator[Record]:
    while data[at : at + 2] == b"R ":
        line = data.find(b"\n", at, at + 40)
        words = data[at:line].split(b" ") if line > 0 else []
        try:
            length = int(words[1], 16)
            check = words[2].decode("ascii")
        except (IndexError, ValueError):
            return
        payload = data[line + 1 : line + 1 + length]
        if len(payload) != length or sha256_hex(payload)[:8] != check:
            return
        at = line + 1 + length
        mark = data[at : at + 2]
        state = MADE if mark == KEPT else "V" if mark == VOID else ""
        at += 2 if state else 0
        yield _record(payload, before + at, state)


def _record(payload: bytes, end: int, state: str) -> Record:
    line = payload.find(b"\n")
    hand, at, actor, operation, message = payload[:line].decode("utf-8", "replace").split("\t")
    told = Attribution(at=int(at), actor=_told(actor), operation=_told(operation), message=_told(message))
    return Record(told, hand, tuple(_steps(payload, line + 1)), end, state)


def _steps(payload: bytes, at: int) -> Iterator[SpoolStep]:
    while at < len(payload):
        line = payload.index(b"\n", at)
        kind, path, before, after, *numbers = payload[at:line].decode("utf-8", "surrogateescape").split("\t")
        length, start, removed, inserted = map(int, numbers)
        between = line + 1 + removed
        at = between + inserted
        yield SpoolStep(
            kind, _told(path), before, after, length, start, payload[line + 1 : between], payload[between:at]
        )


_ESCAPES = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def _told(text: str) -> str:
    """Text as it was before it was written into one field."""
    if "\\" not in text:
        return text
    parts = text.split("\\")
    told = [parts[0]]
    rest = iter(parts[1:])
    for part in rest:
        if part:
            told.append(_ESCAPES.get(part[0], "\\" + part[0]) + part[1:])
        else:
            told.append("\\" + next(rest, ""))
    return "".join(told)
