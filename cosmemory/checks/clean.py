"""Which pages were found clean, kept between two checks, so that only what has changed since is read again.

A page is known by what the storage says of its file. A store that says nothing of a page, because it was saved
only just now or because it is a dict, has it checked every time; so has any page with a finding.
"""

from __future__ import annotations

from collections.abc import Mapping

import cosmemory
from cosmemory.config import Settings
from cosmemory.store import Store
from cosmemory.text.digest import sha256_hex

NAME = "validated"


def recall(store: Store, settings: Settings) -> dict[str, str]:
    """The stamp by path of the pages that were clean; nothing where other settings or another release were used."""
    head, *lines = store.remembered(NAME).decode("utf-8", "surrogateescape").split("\n")
    if head != _key(settings):
        return {}
    return {path: stamp for stamp, _, path in (line.partition("\t") for line in lines) if path}


def remember(store: Store, settings: Settings, clean: Mapping[str, str]) -> None:
    """Keeps the stamps of the pages that are clean now."""
    data = bytearray(_key(settings).encode())
    for path, stamp in clean.items():
        if "\n" not in path:
            data += f"\n{stamp}\t{path}".encode("utf-8", "surrogateescape")
    store.remember(NAME, bytes(data))


def mark(*stamps: str) -> str:
    """What stands for the stamps of the pages that a finding depends on; ten thousand of them should be short."""
    return sha256_hex(" ".join(stamps).encode())[:20]


def _key(settings: Settings) -> str:
    return f"{cosmemory.__version__} {settings!r}".replace("\n", " ")
