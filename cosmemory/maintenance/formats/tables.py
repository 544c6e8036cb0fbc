"""One JSON object with a list for each of the six tables of runs."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.maintenance.exporting import Chosen, Piece
from cosmemory.maintenance.run_tables import RUNS, TABLES, Row, rows_of
from cosmemory.maintenance.strict_json import json_bytes
from cosmemory.memory import Memory


def pieces(memory: Memory, chosen: Chosen) -> Iterator[Piece]:
    """The object, in one piece."""
    held: dict[str, list[Row]] = {table: [] for table in TABLES}
    for table, row in rows_of(memory, (*chosen.pages, *chosen.packed)):
        held[table].append(row)
    yield Piece(data=json_bytes(held), pages=len(held[RUNS]))
