"""Regular expressions that are compiled when they are first used: most commands use few of those they load."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import compile as pattern
else:

    class pattern:  # noqa: N801 - called as the function that it stands for
        """What ``re.compile`` would give, as soon as anything is asked of it."""

        def __init__(self, source: str | bytes, flags: int = 0) -> None:
            self._given = source, flags

        def __getattr__(self, name: str) -> object:
            # Kept, so that a second use is as quick as that of a compiled pattern.
            found = self.__dict__[name] = getattr(re.compile(*self._given), name)
            return found


__all__ = ["pattern"]
