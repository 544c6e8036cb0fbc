"""The brief on a terminal: the same words without a fence, broken between words at the width that there is."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.interfaces.cli.terminal import width
from cosmemory.maintenance.briefing import Brief
from cosmemory.maintenance.briefing.page import left_text
from cosmemory.text.columns import wrapped


def screen(seen: Brief) -> Iterator[str]:
    """The lines of the screen."""
    wide = width()
    for number, line in enumerate(seen.lines):
        if line.startswith("- "):
            first, *rest = wrapped(line[2:], max(1, wide - 4))
            yield f"  {first}"
            yield from (f"    {each}" for each in rest)
        else:
            if number:
                yield ""
            yield from wrapped(line.removeprefix("## "), wide)
    said = left_text(seen.left).strip()
    if said:
        yield ""
        yield from wrapped(said, wide)
