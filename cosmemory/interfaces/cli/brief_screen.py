"""The brief on a terminal: the same words without a fence, broken between words at the width that there is."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.document.values import write_time
from cosmemory.interfaces.cli.terminal import width
from cosmemory.maintenance.briefing import Brief
from cosmemory.maintenance.briefing.page import left_text
from cosmemory.text.columns import wrapped


def screen(seen: Brief) -> Iterator[str]:
    """The lines of the screen."""
    wide = width()
    yield from wrapped(f"Brief of {write_time(seen.now)}, most urgent first", wide)
    for line in seen.lines:
        if line.startswith("- "):
            first, *rest = wrapped(line[2:], max(1, wide - 4))
            yield f"  {first}"
            yield from (f"    {each}" for each in rest)
        else:
            yield ""
            yield from wrapped(line.removeprefix("## "), wide)
    said = left_text(seen.left).strip()
    if said:
        yield ""
        yield from wrapped(said, wide)
