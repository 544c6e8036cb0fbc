"""Where a text goes that a repair takes off a page: below ``archive/damaged/``, under a name that tells of its bytes."""

from __future__ import annotations

from cosmemory.text.digest import sha256_hex
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction

FOLDER = "archive/damaged"


def place_for(path: str, data: bytes) -> str:
    """Where the text ``data`` of the page at ``path`` is kept."""
    return f"{FOLDER}/{path.replace('/', '_')[-150:]}.{sha256_hex(data)[:12]}"


def keep(transaction: Transaction, path: str, data: bytes) -> str:
    """Puts the text aside together with the other changes of the transaction, once; gives its place."""
    place = place_for(path, data)
    if transaction.stored(place) is None:
        transaction.rewrite(place, decode_text(data))
    return place
