"""The rows of a search index: what it knows of each page, and the units of a page as they are put in and taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cosmemory.frozen import frozen
from cosmemory.maintenance.search_query import apart
from cosmemory.maintenance.search_tags import tags_of
from cosmemory.maintenance.search_units import ARCHIVED, HISTORY, LOG, PAGES, Unit, kind_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

BATCH = 2_000
# The numbers of units: those of a place behind those of the one before it, in it by time, 4,096 for each second.
_BASE = {place: rank << 50 for rank, place in enumerate((HISTORY, ARCHIVED, LOG, PAGES))}
_EACH = 1 << 12
_LATEST = (1 << 50) // _EACH - 2

Row = tuple[str, str, int | None, int, str, str]  # what makes two units the same, wherever they stand


@frozen(kw_only=True)
class Known:
    """What the index knows of a page; of a log its length, what names its text, and its last entry."""

    number: int
    stamp: str = ""
    revision: str = ""
    size: int = 0
    checksum: int = 0
    tail: str = ""
    start: int = 0
    line: int = 1
    dated: int | None = None


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that nobody else writes in."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def range_of(place: str) -> tuple[int, int]:
    """The smallest and the largest number that a unit of a place may have."""
    return _BASE[place], _BASE[place] + (1 << 50) - 1


def known_pages(connection: sqlite3.Connection) -> dict[str, Known]:
    """What the index knows of every page."""
    rows = connection.execute(
        "SELECT path, id, stamp, revision, size, checksum, tail, start, line, dated FROM page WHERE past = 0"
    )
    return {
        path.decode("utf-8", "surrogateescape"): Known(
            number=number,
            stamp=stamp,
            revision=revision,
            size=size,
            checksum=checksum,
            tail=tail,
            start=start,
            line=line,
            dated=dated,
        )
        for path, number, stamp, revision, size, checksum, tail, start, line, dated in rows
    }


def page_number(connection: sqlite3.Connection, path: str, *, past: bool = False) -> int:
    """The number of a page, or of what is gone from it, given now where it has none."""
    named = (path.encode("utf-8", "surrogateescape"), past)
    row = connection.execute("SELECT id FROM page WHERE path = ? AND past = ?", named).fetchone()
    if row is not None:
        return int(row[0])
    made = connection.execute("INSERT INTO page VALUES (NULL, ?, ?, '', '', 0, 0, '', 0, 1, NULL)", named)
    return made.lastrowid or 0


def note(connection: sqlite3.Connection, known: Known) -> None:
    """Remember what is known of a page now."""
    connection.execute(
        "UPDATE page SET stamp = ?, revision = ?, size = ?, checksum = ?, tail = ?, start = ?, line = ?, dated = ?"
        " WHERE id = ?",
        (
            known.stamp,
            known.revision,
            known.size,
            known.checksum,
            known.tail,
            known.start,
            known.line,
            known.dated,
            known.number,
        ),
    )


def drop_page(connection: sqlite3.Connection, number: int) -> None:
    """Take out a page with its units."""
    _take_out(connection, "page = ?", (number,))
    connection.execute("DELETE FROM page WHERE id = ?", (number,))


def drop_change(connection: sqlite3.Connection, number: int) -> None:
    """Take out a change with what it took away."""
    _take_out(connection, "change = ?", (number,))
    connection.execute("DELETE FROM change WHERE number = ?", (number,))


def put(
    connection: sqlite3.Connection, page: int, path: str, place: str, units: Iterable[Unit], start: int
) -> None:
    """Make the units of a page from ``start`` on those given; what stays is not written again."""
    there: dict[Row, list[tuple[int, int, int]]] = {}
    for number, line, begin, *row in connection.execute(
        "SELECT id, line, start, section, key, time, change, words, tags FROM unit"
        " WHERE page = ? AND start >= ? AND change = 0 ORDER BY id DESC",
        (page, start),
    ):
        there.setdefault(tuple(row), []).append((number, line, begin))
    kind, fresh = kind_name(path), []
    for unit in units:
        row = _row(unit, kind)
        held = there.get(row)
        if not held:
            fresh.append((unit, row))
            if len(fresh) >= BATCH:
                _put_in(connection, page, place, fresh)
                fresh = []
            continue
        number, line, begin = held.pop()
        if (line, begin) != (unit.line, unit.start):
            connection.execute(
                "UPDATE unit SET line = ?, start = ? WHERE id = ?", (unit.line, unit.start, number)
            )
    _put_in(connection, page, place, fresh)
    for number in [number for held in there.values() for number, _, _ in held]:
        _take_out(connection, "id = ?", (number,))


def put_gone(connection: sqlite3.Connection, path: str, units: Iterable[Unit]) -> None:
    """Add what a change took away from a page."""
    kind = kind_name(path)
    rows = [(unit, _row(unit, kind)) for unit in units]
    _put_in(connection, page_number(connection, path, past=True), HISTORY, rows)


def _row(unit: Unit, kind: str) -> Row:
    tags = tags_of(kind, unit.names)
    return unit.section, unit.key, unit.time, unit.change, apart(unit.text), tags


def _put_in(connection: sqlite3.Connection, page: int, place: str, rows: list[tuple[Unit, Row]]) -> None:
    taken = 0
    numbered = []
    for unit, row in sorted(rows, key=lambda each: each[0].time or 0):
        first = _BASE[place] + min(max(unit.time or 0, 0), _LATEST) * _EACH
        taken = _free(connection, max(first, taken + 1) if taken >= first else first)
        numbered.append((taken, unit, row))
    # In the order of their numbers: FTS5 writes out what it has gathered whenever a smaller one comes.
    connection.executemany(
        "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(number, page, unit.start, unit.line, *row) for number, unit, row in numbered],
    )
    connection.executemany(
        "INSERT INTO found (rowid, words, tags) VALUES (?, ?, ?)",
        [(number, row[4], row[5]) for number, _, row in numbered],
    )


def _free(connection: sqlite3.Connection, first: int) -> int:
    """The first number from one on that no unit has."""
    query = "SELECT max(id) FROM unit WHERE id >= ? AND id < ?"
    if connection.execute("SELECT 1 FROM unit WHERE id = ?", (first,)).fetchone() is None:
        return first
    last = connection.execute(query, (first, first + _EACH)).fetchone()[0]
    return _free(connection, last + 1)


def _take_out(connection: sqlite3.Connection, which: str, values: tuple[int, ...]) -> None:
    query = f"SELECT id, words, tags FROM unit WHERE {which} ORDER BY id"  # noqa: S608
    rows = connection.execute(query, values).fetchall()
    connection.executemany("INSERT INTO found (found, rowid, words, tags) VALUES ('delete', ?, ?, ?)", rows)
    connection.executemany("DELETE FROM unit WHERE id = ?", [row[:1] for row in rows])
