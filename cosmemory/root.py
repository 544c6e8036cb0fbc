"""The search for the memory folder."""

from __future__ import annotations

import os

from cosmemory.errors import NoMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

INSIDE = os.path.join("design", "memory")
_HINT = "cosmemory init makes one here; --root DIR names another."


def find_root(explicit: str | None, environ: Mapping[str, str], cwd: str) -> str:
    """The memory folder: the one given, else COSMEMORY_ROOT, else the nearest ``design/memory`` upward.

    Raises NoMemory when there is none.
    """
    named = explicit or environ.get("COSMEMORY_ROOT")
    if named:
        return _given(os.path.join(cwd, named))
    folder = os.path.abspath(cwd)
    while True:
        found = os.path.join(folder, INSIDE)
        if os.path.isdir(found):
            return found
        above = os.path.dirname(folder)
        if above == folder:
            raise NoMemory(f"There is no {INSIDE} in {cwd} or above it.", _HINT)
        folder = above


def _given(folder: str) -> str:
    folder = os.path.abspath(folder)
    if os.path.isfile(os.path.join(folder, "cos-state.md")):
        return folder
    inside = os.path.join(folder, INSIDE)
    if os.path.isdir(inside):
        return inside
    if os.path.isdir(folder):
        return folder
    if os.path.exists(folder):
        raise NoMemory(f"{folder} is a file and no folder.", "Name the folder that holds cos-state.md.")
    raise NoMemory(f"There is no folder {folder}.", "cosmemory init makes it, with the same --root.")


def here() -> str:
    """The folder that we run in; the one above all where somebody took it away meanwhile."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return os.path.abspath(os.sep)


def new_root(explicit: str | None) -> str:
    """Where ``init`` makes a memory: exactly the folder given, else the one found from here, else ``design/memory``."""
    named = explicit or os.environ.get("COSMEMORY_ROOT")
    if named:
        return os.path.abspath(named)
    try:
        return find_root(None, os.environ, os.getcwd())
    except NoMemory:
        return os.path.join(os.getcwd(), INSIDE)
