"""The question before something is done that nobody has said yes to."""

from __future__ import annotations

import sys

from cosmemory.interfaces.cli.output import on_terminal


def agreed(question: str) -> bool:
    """Whether a person at a terminal says yes; where nobody can be asked, nobody has."""
    if not (on_terminal() and sys.stdin.isatty()):
        return False
    from click import confirm

    return confirm(question)
