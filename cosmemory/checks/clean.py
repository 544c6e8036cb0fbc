"""Which pages were found clean, kept between two checks, so that only what has changed since is read again.

A page is known by what the storage says of its file. A store that says nothing of a page, because it was saved
only just now or because it is a dict, has it checked every time; so has any page with a finding.
"""

from __future__ import annotations

from collections.abc import Mapping

import cosmemory
from cosmemory.config import Settings
from cosmemory.store import Store

NAME = "validated"


def recall(store: Store, settings: Settings) -> dict[str, str]:
    """The stamp by path of the pages that were clean; nothing where other settings or another release were used."""
    head, _, rest = store.remembered(NAME).decode("utf-8", "surrogateescape").partition("\n")
    if head != _key(settings):
        return {}
    pairs = (line.partition("\t") for line in rest.split("\n"))
    return {path: stamp for stamp, _, path in pairs if path}


def remember(store: Store, settings: Settings, clean: Mapping[str, str]) -> None:
    """Keeps the stamps of the pages that are clean now."""
    lines = [f"{stamp}\t{path}" for path, stamp in clean.items() if "\n" not in path]
    store.remember(NAME, "\n".join([_key(settings), *lines]).encode("utf-8", "surrogateescape"))


def _key(settings: Settings) -> str:
    return f"{cosmemory.__version__} {settings!r}".replace("\n", " ")
