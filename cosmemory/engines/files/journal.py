"""The journal: the past of a memory in ``.cosmemory/journal.sqlite``, taken over from the spool.

What stands there of a page is a chain of small steps, with a whole text wherever the steps since the last one have
grown as large as the page. It is written under the memory's lock alone, with SQLite's rollback journal: no shared
memory, so that it also works on a network folder. It may be deleted: what is lost then is the past.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from contextlib import suppress

from cosmemory.engines.files.spool import JOURNAL, NONE, spliced_at
from cosmemory.engines.files.spooled import length_of, revision_in
from cosmemory.engines.files.weaving import FOLLOWS, LOST, WHOLE, Woven, WovenStep
from cosmemory.errors import NotFound
from cosmemory.frozen import replace
from cosmemory.store import Attribution, PageStep, Remembered, is_revision_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

    Read = Callable[[str], bytes | None]

FORMAT = 1
LEAST_BETWEEN_WHOLE = 16 * 1024
# What a step counts beside its bytes: a text must not lie thousands of tiny steps from a whole one.
WEIGHT = 128
WORTH_PACKING = 128
LARGE = 1 << 20
OPEN_JOURNAL = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
FIRST = 3  # how a step tells the text when what was before it has been forgotten
PACKED, PLAIN = b"z", b"\0"


class Journal:
    """The journal in a folder, open for reading or, under the lock, for writing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def __del__(self) -> None:
        self.connection.close()

    @property
    def taken(self) -> tuple[str, int]:
        """Which spool is in here up to which offset."""
        row = self.connection.execute("SELECT spool, end FROM taken").fetchone()
        if row is None:
            raise sqlite3.DatabaseError("it does not say what is in it")
        return row[0], row[1]

    @property
    def last(self) -> int:
        """The number of the newest change, 0 when there is none."""
        found: int = self.connection.execute("SELECT coalesce(max(number), 0) FROM revision").fetchone()[0]
        return found

    def heads(self) -> dict[str, str]:
        """The head of every page."""
        found = dict(self.connection.execute("SELECT path, head FROM page"))
        if not all(isinstance(each, str) for pair in found.items() for each in pair):
            raise sqlite3.DatabaseError("what it says of the pages is damaged")
        return found

    def take(self, changes: Iterable[Woven], spool: str, end: int, present: Read) -> None:
        """Take changes over, with how much of the spool that is: all of it, durably, or nothing.

        A page of which nothing tells the text is taken as it is at ``present``.
        """
        lost: set[str] = set()
        with self.connection as connection:
            for change in changes:
                told = change.attribution
                connection.execute(
                    "INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?)",
                    (change.number, told.at, told.actor, told.operation, told.message, change.by_hand),
                )
                for step in change.steps:
                    self._add(change.number, step)
                    if step.told == LOST:
                        lost.add(step.path)
            for path in lost:
                self._find(path, present(path))
            connection.execute("UPDATE taken SET spool = ?, end = ?", (spool, end))

    def revisions(self, path: str | None, below: int | None, limit: int | None) -> tuple[Remembered, ...]:
        """The changes of one page, or of all, newest first."""
        least = -1 if limit is None else limit
        most = 1 << 62 if below is None else below
        if path is None:
            rows = self.connection.execute(
                "SELECT number FROM revision WHERE number < ? ORDER BY number DESC LIMIT ?", (most, least)
            )
        else:
            rows = self.connection.execute(
                "SELECT step.number FROM step JOIN page ON page.id = step.page"
                " WHERE page.path = CAST(? AS TEXT) AND step.number < ? ORDER BY step.number DESC LIMIT ?",
                (_named(path), most, least),
            )
        return tuple(found for (number,) in rows.fetchall() if (found := self.revision(number)))

    def revision(self, number: int) -> Remembered | None:
        """The change of that number."""
        row = self.connection.execute(
            "SELECT at, actor, operation, message, by_hand FROM revision WHERE number = ?", (number,)
        ).fetchone()
        if row is None:
            return None
        at, actor, operation, message, by_hand = row
        steps = self.connection.execute(
            "SELECT page.path, step.after, (SELECT earlier.after FROM step AS earlier"
            " WHERE earlier.page = step.page AND earlier.number < step.number"
            " ORDER BY earlier.number DESC LIMIT 1)"
            " FROM step JOIN page ON page.id = step.page WHERE step.number = ? ORDER BY page.path",
            (number,),
        )
        return Remembered(
            number=number,
            attribution=Attribution(at=at, actor=actor, operation=operation, message=message),
            by_hand=bool(by_hand),
            pages=tuple(
                PageStep(path=path, before=revision_in(before or NONE), after=revision_in(after))
                for path, after, before in steps
            ),
        )

    def text(self, path: str, number: int) -> bytes | None:
        """A page right after the change of that number, None where there was no page.

        Raises NotFound where the text is not kept.
        """
        page = self.connection.execute(
            "SELECT id FROM page WHERE path = CAST(? AS TEXT)", (_named(path),)
        ).fetchone()
        if page is None:
            return None
        base = self.connection.execute(
            "SELECT number, text FROM whole_text WHERE page = ? AND number <= ? ORDER BY number DESC LIMIT 1",
            (page[0], number),
        ).fetchone()
        begin, changes = (base[0], [(0, b"", base[1])]) if base else (0, [])
        after, known = NONE, True
        for each, told, start, removed, inserted, now in self.connection.execute(
            "SELECT number, told, start, removed, inserted, after FROM step"
            " WHERE page = ? AND number >= ? AND number <= ? ORDER BY number",
            (page[0], begin, number),
        ):
            after = now
            known = known and (told == FOLLOWS or each == begin)
            if each != begin:
                changes.append((start, removed, inserted))
        found = revision_in(after)
        if found is None:
            self._refuse_forgotten(page[0], path, number)
            return None
        data = _made_of(changes) if known else None
        if data is None or not is_revision_of(found, data):
            raise NotFound(f"The text of {path} at revision {number}", "The history does not keep it.")
        return data

    def _refuse_forgotten(self, page: int, path: str, number: int) -> None:
        """Refuses to say that there was no page where it was only forgotten what there was."""
        first = self.connection.execute(
            "SELECT number, told FROM step WHERE page = ? ORDER BY number LIMIT 1", (page,)
        ).fetchone()
        if first is not None and first[1] == FIRST and number < first[0]:
            raise NotFound(f"The text of {path} at revision {number}", "The history does not go back so far.")

    def _add(self, number: int, step: WovenStep) -> None:
        connection = self.connection
        row = connection.execute(
            "SELECT id, since FROM page WHERE path = CAST(? AS TEXT)", (_named(step.path),)
        ).fetchone()
        if row is None:
            begun = (_named(step.path), step.after)
            made = connection.execute(
                "INSERT INTO page (path, head, since) VALUES (CAST(? AS TEXT), ?, 0)", begun
            )
            row = made.lastrowid, 0
        elif step.told == WHOLE:
            step = self._as_a_step_from_the_last(number, step)
        page, since = row
        told = (step.told, step.start, packed(step.removed), packed(step.inserted))
        if step.told == WHOLE:
            self._keep_whole(page, number, step.inserted)
            told = (step.told, 0, PLAIN, PLAIN)
        connection.execute("INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?)", (page, number, step.after, *told))
        since = 0 if step.told == WHOLE else since + len(step.removed) + len(step.inserted) + WEIGHT
        if since > max(length_of(step.after) or 0, LEAST_BETWEEN_WHOLE) and step.told == FOLLOWS:
            since = 0
            with suppress(NotFound):
                self._keep_whole(page, number, self.text(step.path, number) or b"")
        connection.execute("UPDATE page SET head = ?, since = ? WHERE id = ?", (step.after, since, page))

    def _find(self, path: str, present: bytes | None) -> None:
        """Keep the text of a page as it is now, where the history leads up to it and does not tell it."""
        query = "SELECT id, max(number), after FROM step JOIN page ON id = page WHERE path = CAST(? AS TEXT)"
        page, number, after = self.connection.execute(query, (_named(path),)).fetchone()
        try:
            self.text(path, number)
        except NotFound:
            if present is not None and is_revision_of(revision_in(after), present):
                self._keep_whole(page, number, present)

    def _as_a_step_from_the_last(self, number: int, step: WovenStep) -> WovenStep:
        """What a person did to a page as small as it was, where the text before it is known."""
        if (length_of(step.after) or 0) > LARGE:
            return step
        try:
            before = self.text(step.path, number - 1) or b""
        except NotFound:
            return step
        start, removed, inserted = spliced_at(before, step.inserted)
        return replace(step, told=FOLLOWS, start=start, removed=removed, inserted=inserted)

    def _keep_whole(self, page: int, number: int, text: bytes) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO whole_text VALUES (?, ?, ?)", (page, number, packed(text))
        )


def opened(folder: str) -> Journal | None:
    """The journal in a folder, for reading; None where there is none.

    Raises sqlite3.Error for one that cannot be read.
    """
    path = f"{folder}/{JOURNAL}"
    if not os.path.exists(path):
        return None
    try:
        return _opened(path, "ro")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_READONLY:
            raise
        return _opened(path, "rw")  # SQLite takes back what a killed writer left half done


def _opened(path: str, mode: str) -> Journal | None:
    connection = sqlite3.connect(f"file:{_quoted(path)}?mode={mode}", uri=True)
    try:
        if _format(connection) == 0:
            connection.close()
            return None  # it was only begun
    except BaseException:
        connection.close()
        raise
    return Journal(connection)


def writable(folder: str) -> Journal:
    """The journal in a folder, made where there is none; only under the lock.

    Raises sqlite3.Error for one that cannot be written, OSError where none can be made.
    """
    path = f"{folder}/{JOURNAL}"
    mode = os.stat(f"{folder}/spool").st_mode & 0o777
    # Opened by us first: SQLite would follow a link, and give the file whatever mode it likes.
    os.close(os.open(path, OPEN_JOURNAL, mode))
    connection = sqlite3.connect(path)
    try:
        # The text of the past is not made again: what leaves the spool must be on the disk.
        connection.execute("PRAGMA synchronous = FULL")
        if _format(connection) == 0:
            with open(f"{os.path.dirname(__file__)}/journal.sql", encoding="utf-8") as file:
                # One transaction: a journal that was begun and has no tables would never be begun again.
                connection.executescript(f"BEGIN;\n{file.read()}\nCOMMIT;")
    except BaseException:
        connection.close()
        raise
    return Journal(connection)


def heads(folder: str) -> dict[str, str]:
    """The head of every page as the journal knows it; none where it cannot be read."""
    try:
        journal = opened(folder)
        if journal is None:
            return {}
        with journal:
            return journal.heads()
    except sqlite3.Error:
        return {}


def _format(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > FORMAT:
        raise sqlite3.OperationalError(
            f"its format is {found}, and this release knows formats up to {FORMAT}"
        )
    return found


def _made_of(changes: Iterable[tuple[int, bytes, bytes]]) -> bytes | None:
    """The text that steps lead to; None where one of them is damaged."""
    text = bytearray()
    try:
        for start, removed, inserted in changes:
            text[start : start + len(_unpacked(removed))] = _unpacked(inserted)
    except zlib.error:
        return None
    return bytes(text)


def packed(data: bytes) -> bytes:
    """A text as it is kept: compressed where that is worth it."""
    packed = zlib.compress(data) if len(data) > WORTH_PACKING else data
    return PACKED + packed if len(packed) < len(data) else PLAIN + data


def _unpacked(data: bytes) -> bytes:
    return zlib.decompress(data[1:]) if data[:1] == PACKED else data[1:]


def _named(path: str) -> bytes:
    """A path as SQLite can be asked for it: a name need not be UTF-8."""
    return path.encode("utf-8", "surrogateescape")


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(os.path.abspath(path))
