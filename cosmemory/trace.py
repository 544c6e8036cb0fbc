"""What is being done, told to whoever listens: the standard logger ``cosmemory``, and the file that settings name."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Any

LOGGERS = ["cosmemory"]


def trace(message: str, *values: object, level: str = "DEBUG") -> None:
    """One line for the loggers, if the program uses logging at all: importing it takes longer than a write."""
    logging = sys.modules.get("logging")
    if logging is not None:
        for name in LOGGERS:
            logging.getLogger(name).log(getattr(logging, level), message, *values)


def aside() -> AbstractContextManager[Any]:
    """What a project's own code prints within, on stderr: stdout holds the one answer of a command."""
    import threading
    from contextlib import nullcontext, redirect_stdout

    # Two threads that took turns at it would leave the wrong one behind.
    ours = threading.current_thread() is threading.main_thread()
    return redirect_stdout(sys.stderr) if ours else nullcontext()
