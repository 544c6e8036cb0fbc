"""A file of the user's, outside any memory, replaced in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress

from cosmemory.errors import NotSaved, Refused, Unsafe


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
    try:
        temporary = write_beside(target, [data] if isinstance(data, bytes) else data)
    except OSError as error:
        raise NotSaved(path, error.strerror or str(error)) from error
    try:
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    sync_folder(os.path.dirname(target))


def write_beside(path: str, data: Iterable[bytes]) -> str:
    """A file beside ``path`` with its mode and, if we may give that, its owner, that takes its place later; its name."""
    like = os.stat(path) if os.path.exists(path) else None
    descriptor, temporary = tempfile.mkstemp(prefix=".cosmemory-", dir=os.path.dirname(path))
    try:
        with open(descriptor, "wb") as file:
            file.writelines(data)
            file.flush()
            os.fsync(file.fileno())
        if like is not None and hasattr(os, "chown"):
            with suppress(PermissionError):
                os.chown(temporary, like.st_uid, like.st_gid)
        os.chmod(temporary, like.st_mode & 0o7777 if like is not None else 0o666 & ~_umask())
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def save_folder(path: str, files: Iterable[tuple[str, bytes]], *, replacing: bool = False) -> None:
    """Puts ``files`` into a new folder, whole or not there; into one that holds something only if that is wished.

    There each file takes the place of the one of its name, whole or not at all, and all others stay. Raises Refused.
    """
    target = os.path.realpath(path)
    if os.path.lexists(path) and not os.path.isdir(target):
        raise Unsafe(path, "it is no folder")
    if os.path.isdir(target) and os.listdir(target):
        if not replacing:
            raise Refused(
                f"{path} is not empty.", "--replace puts files in the place of those of their names."
            )
        for name, data in files:
            place = os.path.join(target, *name.split("/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            save_file(place, data)
        return
    above = os.path.dirname(target)
    try:
        temporary = tempfile.mkdtemp(prefix=".cosmemory-", dir=above)
    except OSError as error:
        raise NotSaved(path, error.strerror or str(error)) from error
    try:
        _write_new(temporary, files)
        os.chmod(temporary, 0o777 & ~_umask())
        os.rename(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(above)


def _write_new(folder: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Writes files into a folder that nobody knows yet: it is durable as a whole, before it gets its name."""
    folders = {folder}
    for name, data in files:
        place = os.path.join(folder, *name.split("/"))
        above = os.path.dirname(place)
        if above not in folders:
            os.makedirs(above, exist_ok=True)
            while above not in folders:
                folders.add(above)
                above = os.path.dirname(above)
        with open(place, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for each in folders:
        sync_folder(each)


def sync_folder(folder: str) -> None:
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
