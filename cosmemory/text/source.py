"""A page as it lies in the store: its bytes, and the text that stands for every one of them."""

from __future__ import annotations

from cosmemory.frozen import frozen
from cosmemory.text.digest import sha256_hex

BOM = "\ufeff"


@frozen()
class Source:
    """The bytes of a page with their text.

    A byte that is not UTF-8 becomes a lone surrogate (U+DC80 to U+DCFF) and goes back as it came;
    a byte order mark stays the first character.
    """

    data: bytes
    text: str
    newline: str

    @classmethod
    def of(cls, data: bytes) -> Source:
        """The source of ``data``, whatever it holds."""
        text = decode_text(data)
        return cls(data, text, newline_of(text))

    @property
    def revision(self) -> str:
        """The sha256 of the bytes, in hex."""
        return sha256_hex(self.data)

    @property
    def unreadable(self) -> str:
        """Why nothing may be written here: a name of what the bytes are, or nothing."""
        if self.data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "UTF-16"
        if b"\x00" in self.data and self.data.count(b"\x00") * 10 > len(self.data):
            return "binary"
        return ""


def decode_text(data: bytes) -> str:
    """The text of ``data``; bad bytes become lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def encode_text(text: str) -> bytes:
    """The bytes of ``text``; the inverse of decode_text."""
    return text.encode("utf-8", "surrogateescape")


def newline_of(text: str) -> str:
    r"""The line end that most lines of ``text`` have: ``\n``, ``\r\n`` or ``\r``."""
    if "\r" not in text:
        return "\n"
    crlf = text.count("\r\n")
    lf = text.count("\n") - crlf
    cr = text.count("\r") - crlf
    if crlf >= lf and crlf >= cr:
        return "\r\n"
    return "\n" if lf >= cr else "\r"
