"""Numbers that are given on the command line, whole or not as they are written."""

from __future__ import annotations

from cosmemory.document.json_values import DATA
from cosmemory.errors import UsageError
from cosmemory.kinds.system_metrics import number_of


def figure(text: str) -> float:
    """The number that ``text`` is.

    Raises UsageError.
    """
    number = number_of(DATA.enter("the figure", text))
    if number is None:
        raise UsageError(f"{text!r} is no number.", "Write, say, 0.85.")
    return number
