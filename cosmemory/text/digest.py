"""SHA-256, without loading OpenSSL for the few bytes that most commands digest, and what is named by it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256 as lean
else:
    # As the standard library's own `random` does it.
    try:
        from _sha2 import sha256 as lean  # since Python 3.12
    except ImportError:
        try:
            from _sha256 import sha256 as lean
        except ImportError:
            from hashlib import sha256 as lean

# OpenSSL is several times as fast, but takes longer to load than the lean code to digest all of this.
FEW = 1 << 18
TAIL = 4096

# A commit asks for the digest of one and the same large page up to ten times; those of the last few are kept, but no
# page of a size that nobody would want to be kept for that.
LARGE, HUGE, KEPT = 1 << 16, 1 << 23, 4

_recent: list[tuple[bytes, str]] = []
_digested = [0]
_digest = [lean]


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of ``data``, in hex."""
    if LARGE <= len(data) <= HUGE and type(data) is bytes:
        for held, known in tuple(_recent):
            # A page that is read again is other bytes, of the same text as a rule: far quicker compared than digested.
            if held is data or (len(held) == len(data) and held == data):
                return known
        digest = _hex(data)
        _recent[KEPT - 1 :] = []
        _recent.insert(0, (data, digest))
        return digest
    return _hex(data)


def _hex(data: bytes) -> str:
    if _digested[0] <= FEW:
        _digested[0] += len(data)
        if _digested[0] > FEW:
            from hashlib import sha256

            _digest[0] = sha256
    return _digest[0](data).hexdigest()


def log_revision(length: int, tail: bytes) -> str:
    """The name of a log's state, from its length and its last bytes, so that no append reads it whole."""
    return f"{length}-{sha256_hex(tail[-TAIL:])[:16]}"
