"""Names of agents and projects as file names: an allow-list, and an encoding that can be turned back."""

from __future__ import annotations

from cosmemory.errors import InvalidValue
from cosmemory.text.digest import sha256_hex

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_LONGEST = 100
_DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))])


def file_name(name: str) -> str:
    """``name`` as a part of a file name; two names never share one, whatever letters they are of.

    Lower-case ASCII letters, digits, ``-`` and ``_`` stand for themselves, every other byte of the UTF-8 text
    is ``%`` and two hex digits: capitals too, since some file systems take ``A`` and ``a`` for one. A long
    name ends in the hash of the whole. Raises InvalidValue for an empty name.
    """
    if not name.strip():
        raise InvalidValue("name", "it is empty")
    data = name.encode("utf-8", "surrogatepass")
    written = "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02x}" for byte in data)
    if len(written) > _LONGEST:
        cut = written[: _LONGEST - 33]
        return f"{cut}%~{sha256_hex(data)[:30]}"
    return f"%{data[0]:02x}{written[1:]}" if written in _DEVICES else written


def name_of_file(part: str) -> str | None:
    """The name that ``part`` stands for; None for a long one, of which only the hash is kept."""
    if "%~" in part:
        return None
    data = bytearray()
    at = 0
    while at < len(part):
        if part[at] == "%":
            try:
                data.append(int(part[at + 1 : at + 3], 16))
            except ValueError:
                return None
            at += 3
        else:
            data += part[at].encode("utf-8")
            at += 1
    return data.decode("utf-8", "surrogateescape")
