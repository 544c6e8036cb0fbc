"""The highest numbers given so far, kept in ``.cosmemory/marks`` so that no id is ever given twice.

A mark that a power cut loses costs nothing: the log tells of every id as well. So no write here waits for the disk.
"""

from __future__ import annotations

import os

from cosmemory.engines.files import folder, litter
from cosmemory.engines.files.disk import let_go, read_all, refusal, write_all
from cosmemory.engines.files.lock import FOLDER, Lock

FILE = "marks"
NAME = f"{FOLDER}/{FILE}"
TEMPORARY = f"{litter.PREFIX}{FILE}{litter.SUFFIX}"
READ_MARKS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
MAKE_MARKS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def read(root: str) -> dict[str, int]:
    """The numbers by name; a line that cannot be read is left out."""
    try:
        descriptor = os.open(f"{root}/{NAME}", READ_MARKS)
    except (FileNotFoundError, NotADirectoryError):
        return {}  # no other error: numbers that cannot be read now would be given twice
    try:
        lines = read_all(descriptor).decode("utf-8", "replace").split("\n")
    finally:
        let_go(descriptor)
    pairs = (line.rpartition(" ") for line in lines)
    return {name: int(number) for name, _, number in pairs if number.isascii() and number.isdigit()}


def raise_to(lock: Lock, name: str, value: int) -> None:
    """Keep a number under a name unless a higher one is kept already; only under the lock."""
    try:
        kept = read(lock.root)
        if kept.get(name, 0) < value:
            kept[name] = value
            _write(lock, "".join(f"{each} {number}\n" for each, number in sorted(kept.items())))
    except OSError as error:
        raise refusal(NAME, error) from error


def _write(lock: Lock, text: str) -> None:
    lock.note(f"{FOLDER}/{TEMPORARY}")
    own = folder.enter(lock.root, [FOLDER])
    try:
        try:
            descriptor = os.open(TEMPORARY, MAKE_MARKS, os.fstat(own).st_mode & 0o666, dir_fd=own)
            try:
                write_all(descriptor, text.encode())
            finally:
                os.close(descriptor)
            os.rename(TEMPORARY, FILE, src_dir_fd=own, dst_dir_fd=own)
        except BaseException:
            _drop(own)
            raise
    finally:
        let_go(own)


def _drop(own: int) -> None:
    try:
        os.unlink(TEMPORARY, dir_fd=own)
    except OSError:
        pass  # it never was, or the next holder of the lock takes it away
