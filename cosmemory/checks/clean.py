"""Which pages were found clean, kept between two checks, so that only what has changed since is read again.

A page is known by what the storage says of its file. A store that says nothing of a page, because it was saved
only just now or because it is a dict, has it checked every time; so has any page with a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cosmemory
from cosmemory.config import Settings
from cosmemory.rules.rule import Rule
from cosmemory.store import Store
from cosmemory.text.digest import sha256_hex

NAME = "validated"


def recall(store: Store, settings: Settings, own: Sequence[Rule] = ()) -> dict[str, str]:
    """The stamp by path of the pages that were clean; nothing where other settings, rules or another release were used."""
    head, *lines = store.remembered(NAME).decode("utf-8", "surrogateescape").split("\n")
    if head != _key(settings, own):
        return {}
    return {path: stamp for stamp, _, path in (line.partition("\t") for line in lines) if path}


def remember(store: Store, settings: Settings, clean: Mapping[str, str], own: Sequence[Rule] = ()) -> None:
    """Keeps the stamps of the pages that are clean now."""
    data = bytearray(_key(settings, own).encode())
    for path, stamp in clean.items():
        if "\n" not in path:
            data += f"\n{stamp}\t{path}".encode("utf-8", "surrogateescape")
    store.remember(NAME, bytes(data))


def mark(*stamps: str) -> str:
    """What stands for the stamps of the pages that a finding depends on; ten thousand of them should be short."""
    return sha256_hex(" ".join(stamps).encode())[:20]


def _key(settings: Settings, own: Sequence[Rule]) -> str:
    # A page with a suppression is clean only as long as the rule is there that the suppression names.
    codes = " ".join(f"{each.code}={each.name}" for each in own)
    return f"{cosmemory.__version__} {codes} {settings!r}".replace("\n", " ")
