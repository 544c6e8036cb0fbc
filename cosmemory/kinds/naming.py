"""What a name that means no page may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from cosmemory.kinds import BUILT_IN, Kinds


def close_page(name: str, paths: Iterable[str], every: Kinds = BUILT_IN) -> str:
    """A hint at the page or kind that ``name`` is close to, else at what can be named."""
    known = [*(kind.name for kind in every), *(path.removesuffix(".md") for path in paths)]
    word = name.lower().replace("_", "-").removesuffix(".md").removesuffix(".txt")
    last = word.rpartition("/")[2]
    # A path to the file, seen from the project, ends in the page's own name.
    close = (
        [last] if last in known else get_close_matches(word, known, 1) or get_close_matches(last, known, 1)
    )
    if close:
        return f"Did you mean {close[0]!r}?"
    kinds = ", ".join(kind.name for kind in every)
    return f"Name a page by its path in the memory folder, or a kind: {kinds}."
