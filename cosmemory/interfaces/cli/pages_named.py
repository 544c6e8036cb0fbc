"""Pages by the names that people, editors and pre-commit give them: files, folders, kinds, pages."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cosmemory.errors import NotFound
from cosmemory.interfaces.cli.output import tell_notices
from cosmemory.kinds import STANDARD
from cosmemory.memory import Memory


def root_of(memory: Memory) -> str:
    """The folder of a memory that is kept in files, links followed; empty for any other."""
    root = getattr(memory.store, "root", "")
    return os.path.realpath(root) if root else ""


def prefix_of(memory: Memory) -> str:
    """What stands before a page's path so that it is found from here; nothing for a memory somewhere else."""
    root, here = root_of(memory), os.path.realpath(os.getcwd())
    if not root or not root.startswith(here.rstrip(os.sep) + os.sep):
        return ""
    return os.path.relpath(root, here).replace(os.sep, "/") + "/"


def pages_named(memory: Memory, names: Sequence[str]) -> list[str] | None:
    """The pages that ``names`` mean, None for all; a folder means all below it.

    A file of the memory that is no live page (a checkpoint, a copy) is told and left alone. Raises NotFound
    for a name that means nothing.
    """
    if not names:
        return None
    known = {*memory.store.paths(), *memory.store.strangers()}
    named: list[str] = []
    for name in names:
        inside = _inside(memory, name)
        below = [path for path in known if inside in (".", path) or path.startswith(f"{inside}/")]
        if inside == ".":
            below += [kind.path for kind in STANDARD]
        if not below and inside and os.path.exists(name):
            tell_notices([f"{name} is no live page and was not checked"])
        elif not below:
            below = [_page(memory, name, known)]
        named += below
    return named


def page_of_file(memory: Memory, name: str) -> str:
    """The path of the page that the file ``name`` is, or would be."""
    inside = _inside(memory, name)
    return inside if inside not in {"", "."} else memory.path_of(name)


def _inside(memory: Memory, name: str) -> str:
    """Where the file or folder ``name``, seen from here, lies in the memory: ``.`` for all of it, empty outside."""
    root, there = root_of(memory), os.path.realpath(name)
    if not root:
        return ""
    if root == there or root.startswith(there.rstrip(os.sep) + os.sep):
        return "."
    if not there.startswith(root + os.sep):
        return ""
    return os.path.relpath(there, root).replace(os.sep, "/")


def _page(memory: Memory, name: str, known: set[str]) -> str:
    if os.path.exists(name):
        raise NotFound(f"{name!r} in the memory at {root_of(memory)}", "--root DIR names another memory.")
    path = memory.path_of(name)
    if path not in known and all(path != kind.path for kind in memory.kinds):
        raise NotFound(f"The page {name!r}", "cosmemory validate without a name checks every page.")
    return path


def path_shown(prefix: str, path: str) -> str:
    """The path of a page as it is seen from here; a file of the project lies outside of the memory's folder."""
    return os.path.normpath(prefix + path) if path.startswith("../") else prefix + path
