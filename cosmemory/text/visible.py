"""Text that a terminal shows and does not obey."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cosmemory.pattern import pattern

# C0 but tab and line feed, DEL, C1, bidirectional marks, the separators that Python and JavaScript take for
# line ends, and lone surrogates (bytes that are not UTF-8).
HIDDEN = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]")


def hidden_in(text: str) -> Iterable[re.Match[str]]:
    """Every character of ``text`` that would steer a terminal; a carriage return, as at the end of a line, may be one."""
    # Nothing hidden is printable, and to see that of a page takes less time than to compile the pattern.
    plain = text.replace("\n", "").replace("\t", "").replace("\r", "")
    return () if plain.isprintable() else HIDDEN.finditer(text)


def visible(text: str) -> str:
    r"""``text`` with every character that would steer a terminal shown as ``\x1b`` or ``\u202e``."""
    return HIDDEN.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
