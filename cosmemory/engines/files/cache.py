"""What may be lost at any time, kept in ``.cosmemory/cache/``: written without a lock, replaced whole."""

from __future__ import annotations

import os
from _thread import get_ident

from cosmemory.engines.files import litter
from cosmemory.engines.files.disk import write_all
from cosmemory.engines.files.lock import FOLDER

SHELF = f"{FOLDER}/cache"
MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def read(root: str, name: str) -> bytes:
    """What is kept under a name, empty when nothing is."""
    try:
        with open(f"{root}/{SHELF}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""


def place(root: str, name: str) -> str | None:
    """A file for others to keep something in, made empty with the mode of our own; None where there can be none."""
    shelf, path = f"{root}/{SHELF}", f"{root}/{SHELF}/{name}"
    try:
        if (
            os.path.islink(f"{root}/{FOLDER}")
            or os.path.islink(shelf)
            or not os.path.isdir(f"{root}/{FOLDER}")
        ):
            return None
        if not os.path.lexists(path):
            os.makedirs(shelf, exist_ok=True)
            mode = os.stat(f"{root}/{FOLDER}").st_mode & 0o666
            descriptor = os.open(path, MAKE, mode)
            try:
                os.fchmod(descriptor, mode)
            finally:
                os.close(descriptor)
    except FileExistsError:
        pass  # somebody else made it first
    except OSError:
        return None
    return path if os.path.isfile(path) and not os.path.islink(path) else None


def write(root: str, name: str, data: bytes) -> None:
    """Keep something; a tree that cannot be written, or where nobody ever wrote, stays as it is."""
    shelf = f"{root}/{SHELF}"
    temporary = f"{shelf}/{litter.PREFIX}{name}-{os.getpid()}-{get_ident()}{litter.SUFFIX}"
    try:
        if os.path.islink(f"{root}/{FOLDER}") or not os.path.isdir(f"{root}/{FOLDER}"):
            return
        os.makedirs(shelf, exist_ok=True)
        descriptor = os.open(temporary, MAKE, 0o666)
        try:
            write_all(descriptor, data)
        finally:
            os.close(descriptor)
        os.replace(temporary, f"{shelf}/{name}")
    except OSError:
        try:
            os.unlink(temporary)
        except OSError:
            pass  # it never was
