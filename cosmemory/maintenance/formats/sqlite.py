"""A database file of SQLite with the six tables of runs, their foreign keys and indexes."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing

from cosmemory.maintenance.exporting import Chosen, Piece
from cosmemory.maintenance.run_tables import RUNS, insertion, rows_of, schema, values_of
from cosmemory.memory import Memory

BLOCK = 1 << 20


def pieces(memory: Memory, chosen: Chosen) -> Iterator[Piece]:
    """The file, block by block: it is made elsewhere, whole, before the first one is told."""
    with tempfile.TemporaryDirectory(prefix="cosmemory-") as folder:
        path = os.path.join(folder, "runs.db")
        with closing(sqlite3.connect(path)) as database:
            pages = _fill(database, memory, chosen)
        with open(path, "rb") as file:
            while block := file.read(BLOCK):
                yield Piece(data=block, pages=pages)
                pages = 0


def _fill(database: sqlite3.Connection, memory: Memory, chosen: Chosen) -> int:
    pages = 0
    for statement in schema():
        database.execute(statement)
    for table, row in rows_of(memory, (*chosen.pages, *chosen.packed)):
        database.execute(insertion(table), values_of(table, row))
        pages += table == RUNS
    database.commit()
    return pages
