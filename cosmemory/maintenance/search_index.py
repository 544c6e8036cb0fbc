"""The index of a search: an SQLite file of the store's, or a database in memory, that can be made again at any time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from re import Pattern
from threading import RLock
from weakref import WeakKeyDictionary

from cosmemory.frozen import frozen
from cosmemory.maintenance.search_query import Term, match_of, together
from cosmemory.maintenance.search_refresh import refresh
from cosmemory.maintenance.search_rows import range_of, writing
from cosmemory.maintenance.search_tags import tag
from cosmemory.maintenance.search_units import Unit, of_kind
from cosmemory.store import Store
from cosmemory.trace import trace

NAME = "search-1.sqlite"
FORMAT = 2
WAIT = 10.0
# Words that stand together in more units than these tell none of them from the others: the newest come first.
RANKED = 1_000
ALWAYS = 1 << 62
_IDENTITY = "/proc/sys/kernel/random/boot_id"

_in_memory: WeakKeyDictionary[Store, sqlite3.Connection] = WeakKeyDictionary()
_turn = RLock()


@frozen(kw_only=True)
class Asked:
    """What is asked of an index: the terms, and of which places, kind, times and agent.

    A kind of the project's own is told by the ``paths`` of its pages: an index knows the others alone.
    """

    terms: tuple[Term, ...]
    places: tuple[str, ...] = ()
    kind: str = ""
    paths: Pattern[str] | None = None
    since: int | None = None
    until: int | None = None
    agent: str = ""
    limit: int | None = None


@frozen()
class Found:
    """A unit that fits, the page it stands on, how well it fits (less is better), and who took it away."""

    path: str
    unit: Unit
    score: float
    actor: str = ""


def ask(store: Store, asked: Asked) -> list[Found]:
    """The units that fit, best first, as the pages are at this moment.

    Raises sqlite3.Error where SQLite can do nothing for us.
    """
    path = store.derived(NAME)
    if path is not None:
        for _ in range(2):
            try:
                return _ask_file(store, path, asked)
            except sqlite3.OperationalError as error:
                trace("the index of the search is kept in memory: %s", error)
                break  # somebody else is busy with it, or it may not be written
            except sqlite3.DatabaseError as error:
                trace("the index of the search is made again: %s", error)
                _discard(path)
                store.derived(NAME)
    with _turn:
        return _answer(_kept(store, path), store, asked, _boot())


def _ask_file(store: Store, path: str, asked: Asked) -> list[Found]:
    with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as connection:
        boot = _boot()
        # Who loses power may lose the index: it is made again where the machine was started since.
        connection.execute(f"PRAGMA synchronous = {'OFF' if boot else 'FULL'}")
        connection.execute("PRAGMA journal_mode = TRUNCATE")
        return _answer(connection, store, asked, boot)


def _answer(connection: sqlite3.Connection, store: Store, asked: Asked, boot: str) -> list[Found]:
    if not _is_ready(connection, boot):
        with writing(connection):
            if not _is_ready(connection, boot):
                _begin(connection, boot)
    refresh(connection, store)
    return list(_found(connection, asked))


def _kept(store: Store, path: str | None) -> sqlite3.Connection:
    """The database in memory of a store, begun with what stands in a file that we may not write."""
    if store not in _in_memory:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        if path is not None:
            with suppress(sqlite3.Error, OSError), closing(sqlite3.connect(path, timeout=0)) as file:
                file.backup(connection)
        _in_memory[store] = connection
    return _in_memory[store]


def _is_ready(connection: sqlite3.Connection, boot: str) -> bool:
    if connection.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
        return False
    return bool(not boot or connection.execute("SELECT 1 FROM made WHERE boot = ?", (boot,)).fetchone())


def _begin(connection: sqlite3.Connection, boot: str) -> None:
    """Begins again with nothing, within a transaction."""
    connection.execute("DROP TABLE IF EXISTS found")
    for name in ("page", "unit", "change", "made"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    with open(f"{os.path.dirname(__file__)}/search.sql", encoding="utf-8") as file:
        for statement in _statements(file.read()):
            connection.execute(statement)
    connection.execute("INSERT INTO made VALUES (?)", (boot,))


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: executescript would end the transaction."""
    held = ""
    for line in script.split("\n"):
        held += line + "\n"
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def _discard(path: str) -> None:
    for each in (path, f"{path}-journal"):
        with suppress(OSError):
            os.unlink(each)


def _boot() -> str:
    try:
        with open(_IDENTITY, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""  # a system that does not tell: every change is made durable there


def _found(connection: sqlite3.Connection, asked: Asked) -> Iterator[Found]:
    condition, values = _condition(connection, asked)
    ranked = [(number, 0.0) for (number,) in _newest(connection, asked, condition, values)]
    if not ranked:
        ranked = connection.execute(
            f"SELECT found.rowid, bm25(found, 1.0, 0.0) AS score {condition}"
            " ORDER BY score, found.rowid DESC LIMIT ?",
            (*values, -1 if asked.limit is None else asked.limit),
        ).fetchall()
    for number, score in ranked:
        path, words, change, actor, line, section, key, time, dated = connection.execute(
            "SELECT page.path, words, unit.change, change.actor, unit.line, section, key, time, dated FROM unit"
            " JOIN page ON page.id = unit.page LEFT JOIN change ON change.number = unit.change"
            " WHERE unit.id = ?",
            (number,),
        ).fetchone()
        unit = Unit(line, section, key, time, frozenset(), together(words), 0, change, dated)
        yield Found(path.decode("utf-8", "surrogateescape"), unit, score, actor or "")


def _newest(
    connection: sqlite3.Connection, asked: Asked, condition: str, values: tuple[object, ...]
) -> list[tuple[int]]:
    """The newest units that fit, where so many do that their words tell none from the others."""
    if asked.limit is None:
        return []
    most = RANKED + asked.limit
    query = f"SELECT found.rowid {condition} ORDER BY found.rowid DESC LIMIT ?"
    newest: list[tuple[int]] = connection.execute(query, (*values, most)).fetchall()
    return newest[: asked.limit] if len(newest) == most else []


def _condition(connection: sqlite3.Connection, asked: Asked) -> tuple[str, tuple[object, ...]]:
    """What follows SELECT for the units that are asked for, and the values in it."""
    match = [match_of(asked.terms)]
    match += [f'tags : "{tag("k", asked.kind)}"'] if asked.kind else []
    match += [f'tags : "{tag("a", asked.agent)}"'] if asked.agent else []
    text = "FROM found WHERE found MATCH ?"
    values: list[object] = [" AND ".join(match)]
    if asked.since is not None or asked.until is not None:
        bounds = (asked.since, -ALWAYS), (asked.until, ALWAYS)
        values += [given if given is not None else open_ended for given, open_ended in bounds]
        text = (
            "FROM found JOIN unit ON unit.id = found.rowid JOIN page ON page.id = unit.page"
            " WHERE found MATCH ? AND coalesce(time, dated) BETWEEN ? AND ?"
        )
    if asked.paths is not None:
        pages = [
            int(number)
            for number, path in connection.execute("SELECT id, path FROM page")
            if of_kind(asked.paths, path.decode("utf-8", "surrogateescape"))
        ]
        marks = ", ".join("?" * len(pages))
        text += f" AND found.rowid IN (SELECT id FROM unit WHERE page IN ({marks}))"  # noqa: S608 - question marks
        values += pages
    if asked.places:
        ranges = [range_of(place) for place in asked.places]
        text += f" AND ({' OR '.join(['found.rowid BETWEEN ? AND ?'] * len(ranges))})"
        values += [end for pair in ranges for end in pair]
    return text, tuple(values)
