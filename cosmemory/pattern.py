"""Regular expressions that are compiled when they are first used: most commands use few of those they load."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import compile as pattern

    def beginning_with(first: str, source: str) -> re.Pattern[str]:
        """What a type checker takes it for."""

else:

    class pattern:  # noqa: N801 - called as the function that it stands for
        """What ``re.compile`` would give, as soon as anything is asked of it."""

        def __init__(self, source: str | bytes, flags: int = 0) -> None:
            self._given = source, flags

        def __getattr__(self, name: str) -> object:
            # Kept, so that a second use is as quick as that of a compiled pattern.
            found = self.__dict__[name] = getattr(re.compile(*self._given), name)
            return found

    class beginning_with(pattern):  # noqa: N801 - as above
        """The same for what is literally ``first`` at its beginning: where a text is not, that alone is looked at."""

        def __init__(self, first: str, source: str) -> None:
            super().__init__(source)
            self._first = first

        def fullmatch(self, text: str) -> re.Match[str] | None:
            """What the compiled pattern would find in ``text``."""
            if not text.startswith(self._first):
                return None
            # From now on the compiled pattern is asked itself.
            self.fullmatch = re.compile(*self._given).fullmatch
            return self.fullmatch(text)


__all__ = ["beginning_with", "pattern"]
