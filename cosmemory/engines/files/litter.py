"""Temporary files that a killed writer left: found through its note in the lock file, or by one walk after a boot."""

from __future__ import annotations

import os

PREFIX = ".cosmemory-"
SUFFIX = ".tmp"
UNFINISHED = ".part"


def is_temporary(name: str) -> bool:
    """Whether a file name is one that only a writer of ours gives."""
    return name.startswith(PREFIX) and name.endswith(SUFFIX)


def is_unfinished(name: str) -> bool:
    """Whether a folder's name is one that only a copy has which is being made."""
    return name.startswith(PREFIX) and name.endswith(UNFINISHED)


def stands(path: str) -> bool:
    """Whether there is a file of that name; a disk that cannot say so raises, and is not taken for a no."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def stands_in(folder: int, name: str) -> bool:
    """Whether there is something of that name in a folder."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def sweep(root: str, needed: frozenset[str] = frozenset()) -> None:
    """Remove every temporary file below a folder but those ``needed``, which nobody writes while the lock is held."""
    pending = [root]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if is_unfinished(entry.name):
                            remove_unfinished(entry.path)
                            continue
                        pending.append(entry.path)
                    elif is_temporary(entry.name) and entry.path[len(root) + 1 :] not in needed:
                        _unlink(entry.path)
        except OSError:
            continue  # a folder we may not read holds nothing that we wrote


def release_link(folder: int, inode: int) -> None:
    """Remove our temporary second name of a page, left by a writer killed between link and unlink."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if is_temporary(entry.name) and entry.inode() == inode]
    for name in names:
        os.unlink(name, dir_fd=folder)


def remove_tree(name: str, folder: int) -> None:
    """Remove a folder with everything in it, no link followed."""
    inside = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        with os.scandir(inside) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for each, is_folder in found:
            if is_folder:
                remove_tree(each, inside)
            else:
                os.unlink(each, dir_fd=inside)
    finally:
        os.close(inside)
    os.rmdir(name, dir_fd=folder)


def remove_unfinished(path: str) -> None:
    """Remove the folder of a copy that was being made, with everything in it."""
    above, _, name = path.rpartition("/")
    try:
        folder = os.open(above, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            remove_tree(name, folder)
        finally:
            os.close(folder)
    except OSError:
        pass  # not ours to remove, or refused for now: it has no name that anybody would read


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass  # gone already, or not ours to remove: it hurts nobody
