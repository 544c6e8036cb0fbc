"""A long page without most rows of its long tables: what is left says where it is changed, and the rest stays unread.

It answers for tables whose rows are surely rows and nothing else: each a line from pipe to pipe with as many cells as
the header. Whatever surrounds them stays on the abridged page, so that it is read as on the whole page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from cosmemory.document.changes import allowed
from cosmemory.document.decode import decode
from cosmemory.errors import CosmemoryError
from cosmemory.frozen import frozen
from cosmemory.pattern import pattern
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import Tree
from cosmemory.syntax.writers import is_aligned
from cosmemory.text.edits import Edit, apply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A table of fewer rows is read whole; pages that are shorter are as well.
LONG = 40
LARGE = 32 * 1024
_RUN = pattern(rb"^\|[^\n]*\|\n\|(?: *:?-+:? *\|)+ *\n(?:\|[^\n]*\|\n){%d,}" % LONG, re.MULTILINE)
_NUMBERED = pattern(rb"\| ([^|\\\n]*?)(\d{1,15}) \|")
# What makes a reader see more, or less, than lines: a carriage return, a NUL, a conflict marker.
_ODD = (b"\r", b"\0", b"\n|||||||")


@frozen()
class Abridged:
    """A page with rows left out, as it reads.

    A cut is a place in its text and the number of bytes that are left out there. ``numbered`` says where the tables
    begin of which every row begins with the same word and a number, the highest one being there.
    """

    tree: Tree
    document: Any
    cuts: tuple[tuple[int, int], ...]
    numbered: frozenset[int]


def abridge(data: bytes, record: type[Any], keys: Iterable[str] = ()) -> Abridged | None:
    """The page of bytes ``data`` with the rows that begin with one of ``keys``; None where it is not sure."""
    if len(data) < LARGE or any(odd in data for odd in _ODD) or not _is_text(data):
        return None
    wanted = [re.compile(rb"\n\|[ \t]*%s[ \t]*\|" % re.escape(key.encode())) for key in keys]
    gaps: list[tuple[int, int]] = []
    begins: list[int] = []
    for run in _RUN.finditer(data):
        if not _even(run[0]):
            return None
        staying, numbered = _staying(run[0], wanted)
        gaps += [(run.start() + end, run.start() + start) for end, start in _between(staying)]
        begins += [run.start()] if numbered else []
    text, places = _without(data, gaps)
    cuts = tuple((at, end - start) for at, (start, end) in zip(places, gaps, strict=True))
    numbered_at = frozenset(len(_left(data, gaps, each).decode()) for each in begins)
    return _read(text, record, cuts, numbered_at) if cuts else None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _between(parts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The gaps between parts."""
    for one, other in pairwise(parts):
        yield one[1], other[0]


def _left(data: bytes, gaps: Sequence[tuple[int, int]], upto: int) -> bytes:
    """What of the first bytes of a page is not left out."""
    pieces: list[bytes] = []
    at = 0
    for start, end in gaps:
        if start >= upto:
            break
        pieces.append(data[at:start])
        at = end
    return b"".join([*pieces, data[at:upto]])


def _without(data: bytes, gaps: Sequence[tuple[int, int]]) -> tuple[str, list[int]]:
    """The text of a page without the ``gaps``, and where each of them was."""
    pieces: list[str] = []
    places: list[int] = []
    at = length = 0
    for start, end in gaps:
        pieces.append(data[at:start].decode())
        length += len(pieces[-1])
        places.append(length)
        at = end
    return "".join([*pieces, data[at:].decode()]), places


def _staying(table: bytes, wanted: Sequence[re.Pattern[bytes]]) -> tuple[list[tuple[int, int]], bool]:
    """The parts of a table that stay, its head first, and whether the highest of its numbers is among them."""
    head = table.index(b"\n", table.index(b"\n") + 1) + 1
    last = table.rindex(b"\n", 0, len(table) - 1) + 1
    rows = {last} | {found.start() + 1 for key in wanted for found in key.finditer(table, head - 1)}
    highest = _highest(table, head, last)
    rows |= {highest} if highest is not None else set()
    # The first row stays with the head: below a head alone the next line need not be one of a table.
    parts = [(0, table.index(b"\n", head) + 1)]
    for row in sorted(rows):
        if row >= parts[-1][1]:
            end = table.index(b"\n", row) + 1
            parts[-1:] = [(parts[-1][0], end)] if row == parts[-1][1] else [parts[-1], (row, end)]
    return parts, highest is not None


def _highest(table: bytes, head: int, last: int) -> int | None:
    """Where the row with the highest number begins; None where not every row begins with the same word and a number."""
    shown = _NUMBERED.match(table, last)
    if shown is None:
        return None
    numbers = re.compile(rb"\n\| " + re.escape(shown[1]) + rb"(\d{1,15}) \|").findall(table, head - 1)
    if len(numbers) != table.count(b"\n", head):
        return None
    values = list(map(int, numbers))
    most = max(values)
    if values[-1] == most:
        return last
    # Numbers may be written with zeros before them: the place is that of the row, not of its words.
    nth = values.index(most)
    at = head
    for _ in range(nth):
        at = table.index(b"\n", at) + 1
    return at


def _even(table: bytes) -> bool:
    """Whether all rows of a table have as many cells: a ragged one makes readers disagree about the table."""
    rows = table.split(b"\n")
    rows.pop()
    if b"\\" in table:
        rows = [re.sub(rb"\\.", b"", row[1:-1]) + b"||" if b"\\" in row else row for row in rows]
    return len({row.count(b"|") for row in rows}) == 1


def _read(
    text: str, record: type[Any], cuts: tuple[tuple[int, int], ...], numbered: frozenset[int]
) -> Abridged | None:
    tree = parse(text)
    tables = [(block.start, block.end) for block in tree.blocks if block.kind == "table"]
    # Where a cut lies in anything but a table, its lines were no rows.
    if not all(any(start < at < end for start, end in tables) for at, _ in cuts):
        return None
    return Abridged(tree, decode(tree, record).document, cuts, numbered)


def takes_rows(page: Abridged, part: str) -> bool:
    """Whether the rows of a ``part`` that are left tell all that a new row needs to know.

    That is the highest number among them, and that they are not all aligned: whether those left out are nobody knows.
    """
    tables = {id(table): table for each in getattr(page.document, part) if (table := each.origin.table)}
    return not any(map(is_aligned, tables.values())) and all(
        table.span.start in page.numbered
        or not any(table.span.start < at < table.span.end for at, _ in page.cuts)
        for table in tables.values()
    )


@frozen()
class Extended:
    """A long page changed: the bytes of the whole of it, and the abridged page as it reads now."""

    data: bytes
    page: Abridged


def extended(path: str, data: bytes, page: Abridged, new: Any) -> Extended | None:
    """The page of bytes ``data``, which is abridged as ``page``, made to say ``new``; None where that is not sure."""
    try:
        edits = allowed(path, page.tree, page.document, new)
    except CosmemoryError:
        return None  # with the whole page at hand it is told in better words
    if any(edit.start <= at <= edit.end for edit in edits for at, _ in page.cuts):
        return None
    text = apply(page.tree.text, edits)
    cuts = tuple((at + _grown(edits, at), length) for at, length in page.cuts)
    numbered = frozenset(at + _grown(edits, at) for at in page.numbered)
    again = _read(text, type(new), cuts, numbered)
    if again is None or again.document != new:
        return None
    return Extended(b"".join(_spliced(data, page, sorted(edits, key=lambda edit: edit.start))), again)


def _grown(edits: Iterable[Edit], at: int) -> int:
    """How much the edits above a place move it down."""
    return sum(len(edit.text) - (edit.end - edit.start) for edit in edits if edit.end <= at)


def _spliced(data: bytes, page: Abridged, edits: Sequence[Edit]) -> Iterator[bytes]:
    whole = _place_in(page)
    at = 0
    for edit in edits:
        yield data[at : whole(edit.start)]
        yield edit.text.encode()
        at = whole(edit.end)
    yield data[at:]


def _place_in(page: Abridged) -> Callable[[int], int]:
    """Where a place of the abridged text lies in the bytes of the whole page."""

    def place(at: int) -> int:
        left_out = sum(length for cut, length in page.cuts if cut <= at)
        return len(page.tree.text[:at].encode()) + left_out

    return place
