"""A file of the user's, outside any memory, replaced in one step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable

from cosmemory.errors import NotSaved, Unsafe


def read_file(path: str) -> bytes | None:
    """The file's bytes; None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def save_file(path: str, data: bytes | Iterable[bytes] | None) -> None:
    """Puts ``data`` in the file's place, whole or not at all, with the mode that it had; None removes the file.

    Data in parts are written as they come.
    """
    if os.path.lexists(path) and not os.path.isfile(path):
        raise Unsafe(path, "it is no plain file")
    if data is None:
        os.unlink(path)
        return
    target = os.path.realpath(path)
    mode = os.stat(target).st_mode & 0o7777 if os.path.exists(target) else 0o666 & ~_umask()
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".cosmemory-", dir=os.path.dirname(target))
    except OSError as error:
        raise NotSaved(path, error.strerror or str(error)) from error
    try:
        with open(descriptor, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException as error:
        os.unlink(temporary)
        if isinstance(error, OSError) and error.filename is None:
            raise NotSaved(path, error.strerror or str(error)) from error
        raise
    _sync_folder(os.path.dirname(target))


def _sync_folder(folder: str) -> None:
    """Makes the new name of a file last through a power cut; Windows has no such call."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now
