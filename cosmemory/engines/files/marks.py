"""The highest numbers given so far, kept in ``.cosmemory/marks`` so that no id is ever given twice.

A mark that a power cut loses costs nothing: the log tells of every id as well. So no write here waits for the disk.
"""

from __future__ import annotations

import os

from cosmemory.engines.files.disk import write_all
from cosmemory.engines.files.lock import FOLDER

NAME = f"{FOLDER}/marks"
OPEN_MARKS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def read(root: str) -> dict[str, int]:
    """The numbers by name; a line that cannot be read is left out."""
    try:
        with open(f"{root}/{NAME}", encoding="utf-8", errors="replace") as file:
            lines = file.read().split("\n")
    except OSError:
        return {}
    pairs = (line.rpartition(" ") for line in lines)
    return {name: int(number) for name, _, number in pairs if number.isascii() and number.isdigit()}


def raise_to(root: str, name: str, value: int) -> None:
    """Keep a number under a name unless a higher one is kept already; only under the lock."""
    kept = read(root)
    if kept.get(name, 0) >= value:
        return
    kept[name] = value
    text = "".join(f"{each} {number}\n" for each, number in sorted(kept.items()))
    temporary = f"{root}/{NAME}.part"
    descriptor = os.open(temporary, OPEN_MARKS, 0o666)
    try:
        write_all(descriptor, text.encode())
    finally:
        os.close(descriptor)
    os.replace(temporary, f"{root}/{NAME}")
