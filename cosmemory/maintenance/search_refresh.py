"""An index brought up to what the pages say at this moment: only what was changed since is read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

from cosmemory.errors import NotFound
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.coordination_log import ENTRY
from cosmemory.maintenance.moments import Texts
from cosmemory.maintenance.search_past import digest_of, gone_in, last_left_out, newest_changes, past_of
from cosmemory.maintenance.search_rows import (
    Known,
    drop_change,
    drop_page,
    known_pages,
    note,
    page_number,
    put,
    put_gone,
    writing,
)
from cosmemory.maintenance.search_units import (
    Unit,
    is_log,
    lines_in,
    log_units,
    page_time,
    page_units,
    place_of,
)
from cosmemory.operations.events import whole_entries
from cosmemory.store import History, Store
from cosmemory.text.digest import TAIL, log_revision
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from typing import BinaryIO

    from cosmemory.store import Remembered

BLOCK = 1 << 18
# A log that is no longer than this is compared whole, which costs little more than a look at its end.
SHORT = 1 << 20


def refresh(connection: sqlite3.Connection, store: Store) -> None:
    """Bring an index up to what the store says; where that is what it says already, nothing is written."""
    version = _version(connection)
    look = _Look(connection, store)
    history = past_of(store)
    behind = _Behind.of(connection, history)
    if look.is_current() and not behind:
        return
    with writing(connection):
        if _version(connection) != version:  # somebody else brought it up meanwhile
            look = _Look(connection, store)
            history = past_of(store)
            behind = _Behind.of(connection, history)
        look.catch_up()
        behind.catch_up(connection, history)


def _version(connection: sqlite3.Connection) -> int:
    """A number that is another one when somebody else has written."""
    found: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return found


class _Look:
    """The pages of a store beside what the index knows of them."""

    def __init__(self, connection: sqlite3.Connection, store: Store) -> None:
        self.connection = connection
        self.store = store
        # The stamps first: a page that is saved after that is taken for changed the next time.
        self.stamps = {**store.stamps(), **store.stamps(archived=True)}
        self.known = known_pages(connection)
        paths = {*store.paths(), *store.paths(archived=True)}
        self.gone = [path for path in self.known if path not in paths]
        self.doubtful = sorted(path for path in paths if not self._is_stamped(path))

    def _is_stamped(self, path: str) -> bool:
        known = self.known.get(path)
        return known is not None and known.stamp != "" and known.stamp == self.stamps.get(path)

    def is_current(self) -> bool:
        """Whether the index says what the pages say; a page of which nothing else tells that is read."""
        return not self.gone and all(self._is_same(path) for path in self.doubtful)

    def _is_same(self, path: str) -> bool:
        known = self.known.get(path)
        if known is None or path in self.stamps:
            return False
        if is_log(path):
            return self.store.size(path) == known.size and self._begins(path, known)
        stored = self.store.read(path)
        return stored is not None and stored.revision == known.revision

    def _begins(self, path: str, known: Known) -> bool:
        """Whether a log begins with what is known of it."""
        with self.store.open_read(path) as file:
            if known.size <= SHORT or path in self.stamps:
                return _checksum(file, 0, known.size) == known.checksum
            return _tail(file, known.size) == known.tail

    def catch_up(self) -> None:
        """Take over what was changed, within a transaction."""
        for path in self.gone:
            drop_page(self.connection, self.known[path].number)
        for path in self.doubtful:
            known = self.known.get(path)
            with suppress(NotFound):  # it has just gone; the next look finds that
                if known is None:
                    known = Known(number=page_number(self.connection, path))
                known = self._log(path, known) if is_log(path) else self._page(path, known)
                note(self.connection, replace(known, stamp=self.stamps.get(path, "")))

    def _page(self, path: str, known: Known) -> Known:
        stored = self.store.read(path)
        if stored is None or stored.revision == known.revision:
            return known
        text = decode_text(stored.data)
        put(self.connection, known.number, path, place_of(path), page_units(path, text), 0)
        return replace(known, revision=stored.revision, dated=page_time(path, text))

    def _log(self, path: str, known: Known) -> Known:
        """What is known of a log when all its entries are in; its last one is read again, for it may have grown."""
        if not self._begins(path, known):
            known = Known(number=known.number)
        with self.store.open_read(path) as file:
            size = file.seek(0, 2)
            checksum = _checksum(file, known.size, size, known.checksum)
            file.seek(known.start)
            reading = _Entries(known.start, known.line)
            units = reading.units(_reader(file, size - known.start))
            put(self.connection, known.number, path, place_of(path), units, known.start)
            return Known(
                number=known.number,
                size=size,
                checksum=checksum,
                tail=_tail(file, size),
                start=reading.start,
                line=reading.line,
            )


class _Entries:
    """The entries of a log from one of them on; afterwards, where the last of them begins."""

    def __init__(self, start: int, line: int) -> None:
        self.start = start
        self.line = line

    def units(self, read: Callable[[int], bytes]) -> Iterator[Unit]:
        """The units, one after the other."""
        start, line = self.start, self.line
        for part in whole_entries(read):
            for unit in log_units(part, start, line):
                if ENTRY.match(unit.text):
                    self.start, self.line = unit.start, unit.line
                yield unit
            start += len(part)
            line += lines_in(decode_text(part))


@frozen()
class _Behind:
    """What the index does not have of the history, oldest first, and the changes in it that are not its any more."""

    fresh: tuple[Remembered, ...]
    stale: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.fresh or self.stale)

    @classmethod
    def of(cls, connection: sqlite3.Connection, history: History | None) -> _Behind:
        """The same for a history."""
        fresh: list[Remembered] = []
        last = newest = 0
        for change in newest_changes(history):
            newest = newest or change.number
            row = connection.execute(
                "SELECT digest FROM change WHERE number = ?", (change.number,)
            ).fetchone()
            if row is not None and row[0] == digest_of(change):
                last = change.number
                break
            fresh.append(change)
        rows = connection.execute(
            "SELECT number FROM change WHERE number > ? OR number <= ?", (last, last_left_out(newest))
        )
        stale = [number for (number,) in rows]
        for (number,) in connection.execute("SELECT number FROM change ORDER BY number"):
            if history is not None and history.revision(number) is not None:
                break
            stale.append(number)  # forgotten since
        return cls(tuple(fresh[::-1]), tuple(dict.fromkeys(stale)))

    def catch_up(self, connection: sqlite3.Connection, history: History | None) -> None:
        """Take it over, within a transaction."""
        for number in self.stale:
            drop_change(connection, number)
        if history is None:
            return
        texts = Texts(history)
        # Newest first, so that each text is made once: it is what one change began with and the other left.
        for change in reversed(self.fresh):
            for path, units in gone_in(texts, change).pages:
                put_gone(connection, path, units)
            connection.execute(
                "INSERT INTO change VALUES (?, ?, ?)",
                (change.number, digest_of(change), change.attribution.actor),
            )


def _reader(file: BinaryIO, left: int) -> Callable[[int], bytes]:
    """What reads so many bytes of a file and no more: it may grow meanwhile."""

    def read(size: int) -> bytes:
        nonlocal left
        data = file.read(min(size, left))
        left -= len(data)
        return data

    return read


def _checksum(file: BinaryIO, start: int, end: int, checksum: int = 0) -> int:
    """The CRC-32 of a part of a file, gone on with from that of what stands before; -1 where it is too short."""
    file.seek(start)
    left = end - start
    while left > 0:
        data = file.read(min(BLOCK, left))
        if not data:
            return -1
        checksum = zlib.crc32(data, checksum)
        left -= len(data)
    return checksum


def _tail(file: BinaryIO, size: int) -> str:
    """What names the last bytes of the first ``size`` of a file, as a log's revision does."""
    start = max(0, size - TAIL)
    file.seek(start)
    return log_revision(size, file.read(size - start))
