"""Folders: entered part by part so that no symbolic link leads out, and made so that they survive a power cut."""

from __future__ import annotations

import os

from cosmemory.errors import Unsafe

OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def enter(root: str, parts: list[str], *, make: bool = False) -> int:
    """A descriptor of the folder at `parts` below the root, no link followed; `make` creates what is missing."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        try:
            try:
                deeper = os.open(part, OPEN_FOLDER, dir_fd=folder)
            except FileNotFoundError:
                if not make:
                    raise
                make_folder(part, folder)
                deeper = os.open(part, OPEN_FOLDER, dir_fd=folder)
            else:
                if make:
                    os.fsync(folder)  # whoever made the folder may have died before it was durable
        finally:
            os.close(folder)
        folder = deeper
    return folder


def make_folder(name: str, parent: int) -> None:
    """Make a folder with its parent's mode and owner, durably."""
    status = os.fstat(parent)
    try:
        os.mkdir(name, status.st_mode & 0o777, dir_fd=parent)
    except FileExistsError:
        pass  # somebody else made it first, and may have died before it was durable
    else:
        follow_owner(name, parent, status)
    os.fsync(parent)


def follow_owner(name: str, parent: int, status: os.stat_result) -> None:
    """Give a new folder the mode and owner of the folder it stands in, as far as we may."""
    descriptor = os.open(name, OPEN_FOLDER, dir_fd=parent)
    try:
        made = os.fstat(descriptor)
        if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
            give(descriptor, status.st_uid, status.st_gid)
        if made.st_mode & 0o7777 != status.st_mode & 0o7777:
            os.fchmod(descriptor, status.st_mode & 0o7777)
    finally:
        os.close(descriptor)


def give(descriptor: int, owner: int, group: int) -> None:
    """Set owner and group, or the group alone where only root may change owners."""
    try:
        os.fchown(descriptor, owner, group)
    except PermissionError:
        try:
            os.fchown(descriptor, -1, group)
        except PermissionError:
            pass  # an ordinary user outside the group: the file stays theirs, as with any editor


def create_own_folder(root: str, name: str) -> None:
    """Make cosmemory's own folder with its lock file, ignored by git before anything else is put in it."""
    parent = enter(root, [])
    try:
        make_folder(name, parent)
        folder = os.open(name, OPEN_FOLDER, dir_fd=parent)
    finally:
        os.close(parent)
    try:
        _create(".gitignore", folder, b"*\n")
        _create("lock", folder, b"")
        os.fsync(folder)
    finally:
        os.close(folder)


def _create(name: str, folder: int, content: bytes) -> None:
    mode = os.fstat(folder).st_mode & 0o666
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        if status.st_size == 0 and status.st_uid == os.geteuid():
            # Also where a writer was killed before its only write; the mode lets those in who share the folder.
            os.fchmod(descriptor, mode)
            os.write(descriptor, content)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def resolve_inside(root: str, path: str) -> str:
    """The path that a link inside the root really means, refused when that lies outside."""
    real = os.path.realpath(f"{root}/{path}")
    if not real.startswith(f"{root}/"):
        raise Unsafe(path, "it is a symbolic link out of the memory")
    inside = real[len(root) + 1 :]
    if inside.split("/", 1)[0].lower() == ".cosmemory":
        raise Unsafe(path, "it is a symbolic link into cosmemory's own folder")
    return inside
