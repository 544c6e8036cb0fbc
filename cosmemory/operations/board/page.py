"""The board as it stands."""

from __future__ import annotations

from cosmemory.kinds import BOARD
from cosmemory.kinds.board import Board
from cosmemory.reader import Reader

PAGE = BOARD.path


def read_board(reader: Reader) -> Board:
    """The board; an empty one where nobody has written anything yet."""
    stored = reader.store.read(PAGE)
    found: Board = reader.read_stored(stored).document if stored is not None else Board()
    return found
