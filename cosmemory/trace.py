"""What is being done, told to whoever listens: the standard logger ``cosmemory``, and the file that settings name."""

from __future__ import annotations

import sys

LOGGERS = ["cosmemory"]


def trace(message: str, *values: object, level: str = "DEBUG") -> None:
    """One line for the loggers, if the program uses logging at all: importing it takes longer than a write."""
    logging = sys.modules.get("logging")
    if logging is not None:
        for name in LOGGERS:
            logging.getLogger(name).log(getattr(logging, level), message, *values)
