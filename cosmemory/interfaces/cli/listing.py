"""Records in rows: a table with heads on a terminal, a line each anywhere else."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.data import plain
from cosmemory.interfaces.cli.output import on_terminal, print_text, visible_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def tell_rows(heads: Sequence[str], rows: Sequence[Sequence[Any]], none: str) -> None:
    """Rows of values under their heads, or ``none`` where there is no row."""
    cells = [[_said(value) for value in row] for row in rows]
    if not cells:
        print_text(none)
    elif on_terminal():
        from cosmemory.interfaces.cli.terminal import show, table

        show(table([[(cell, "" if at else "name") for at, cell in enumerate(row)] for row in cells], heads))
    else:
        for row in cells:
            print_text("  ".join(visible_line(cell) for cell in row))


def _said(value: Any) -> str:
    held = plain(value)
    return "-" if held is None or held == "" else str(held)
