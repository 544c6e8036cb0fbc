"""What is being done, told to whoever listens: the standard logger ``cosmemory``, level debug."""

from __future__ import annotations

import sys


def trace(message: str, *values: object) -> None:
    """One line for the logger, if the program uses logging at all: importing it takes longer than a write."""
    logging = sys.modules.get("logging")
    if logging is not None:
        logging.getLogger("cosmemory").debug(message, *values)
