"""What a unit is filtered by, each as one word: its kind, and whom it names."""

from __future__ import annotations

from collections.abc import Iterable


def tag(sort: str, name: str) -> str:
    """One such word, of letters and digits alone."""
    return sort + name.casefold().encode("utf-8", "surrogateescape").hex()


def tags_of(kind: str, names: Iterable[str]) -> str:
    """All of them for a unit."""
    return " ".join([tag("k", kind), *(tag("a", name) for name in sorted(names))])
