"""The texts that a verb cannot do without."""

from __future__ import annotations

from cosmemory.errors import InvalidValue


def needed(**texts: str) -> None:
    """Makes sure that each of ``texts`` says something.

    Raises InvalidValue for one that is empty: an empty value on a page says that nobody gave one.
    """
    for name, text in texts.items():
        if not text.strip():
            raise InvalidValue(name, "it is empty", "Say it in words.")
