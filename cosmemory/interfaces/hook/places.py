"""Where a call belongs: the memory of the project that the harness works in, and whether a file lies in it."""

from __future__ import annotations

import os

from cosmemory.errors import NoMemory
from cosmemory.root import find_root, here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

PROJECTS = ("CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR", "CURSOR_PROJECT_DIR")
TOOLS = frozenset(["PreToolUse", "PostToolUse", "PostToolUseFailure", "FileChanged"])
# What in the memory's folder is cosmemory's own, why nobody else writes there, and which command does.
OWN = {
    ".cosmemory": "only cosmemory writes there, and the history would be lost; cosmemory history and undo work with it",
    "checkpoints": "the copies of a checkpoint must stay as they are; cosmemory checkpoint create makes another one",
    "backups": "the copies of a backup must stay as they are; cosmemory backup makes another one",
}
PATCH = b"*** Begin Patch"
# What tools call the file that they touch.
FILES = ("file_path", "notebook_path", "filePath", "path", "absolute_path", "target_file")


def root_of(named: str | None, environ: Mapping[str, str], payload: Mapping[str, Any]) -> str:
    """The memory: the one named on the command line or in COSMEMORY_ROOT, else that of the project.

    The project is the one that the harness names in the environment, else the folder that it says it works in:
    nothing that a model says is asked. Empty where there is no memory.
    """
    if named or environ.get("COSMEMORY_ROOT"):
        return _found(here(), named, environ)
    for folder in _folders(environ, payload):
        found = _found(folder, None, {}) if os.path.isabs(folder) and "\0" not in folder else ""
        if found:
            return found
    return ""


def _folders(environ: Mapping[str, str], payload: Mapping[str, Any]) -> Iterator[str]:
    yield from filter(None, (environ.get(name) for name in PROJECTS))
    if isinstance(payload.get("cwd"), str):
        yield payload["cwd"]
    roots = payload.get("workspace_roots")
    if isinstance(roots, list):
        yield from (each for each in roots[:16] if isinstance(each, str))
    if not any(name in payload for name in ("cwd", "workspace_roots")):
        yield here()


def _found(cwd: str, named: str | None, environ: Mapping[str, str]) -> str:
    try:
        root = find_root(named, environ, cwd)
    except (NoMemory, OSError, ValueError):
        return ""
    # A folder of that name need not be ours: without our pages nothing is to be written there.
    ours = os.path.isfile(f"{root}/cos-state.md") or os.path.isdir(f"{root}/.cosmemory")
    return root if ours else ""


def concerns(event: str, payload: Mapping[str, Any], root: str, told: bytes) -> bool:
    """Whether a tool may have to do with the memory: its file lies there, or, of one without a file, the text names it."""
    if event not in TOOLS:
        return True
    given = payload.get("tool_input")
    held = [payload, given] if isinstance(given, dict) else [payload]
    files = [each[name] for each in held for name in FILES if isinstance(each.get(name), str)]
    if not files:
        if event == "PreToolUse" and PATCH not in told:
            return False  # of what a command is going to do nothing is known
        return os.path.basename(root).encode() in told
    cwd = payload.get("cwd")
    folder = cwd if isinstance(cwd, str) and os.path.isabs(cwd) else here()
    return any(is_below(root, os.path.join(folder, each)) for each in files)


def is_below(root: str, path: str) -> bool:
    """Whether a path leads into the memory, by its name or by where its links lead."""
    if "\0" in path:
        return False
    return any(_below(*both) for both in _readings(root, path))


def page_at(root: str, folder: str, file: str) -> str:
    """What is at ``file``, said from ``folder``, by its path in the memory; empty for what lies elsewhere.

    Where letters have no case, it is the name that the file has on the disk.
    """
    if not file or "\0" in file:
        return ""
    for above, path in reversed(list(_readings(root, os.path.join(folder, file)))):
        if _below(above, path):
            return _as_named(above, path[len(above) + 1 :].replace(os.sep, "/"))
    return ""


def _readings(root: str, path: str) -> Iterator[tuple[str, str]]:
    """The root and a path as they are written, and as they are once every link was followed."""
    yield os.path.abspath(root), os.path.abspath(path)
    yield os.path.realpath(root), os.path.realpath(path)


def _below(root: str, path: str) -> bool:
    start = root + os.sep
    if path.startswith(start):
        return True
    if path[: len(start)].lower() != start.lower():
        return False
    try:
        return os.path.samefile(root, path[: len(root)])
    except OSError:
        return False


def _as_named(root: str, path: str) -> str:
    """``path`` as its file is called, where another case of its letters leads to it."""
    place, named = root, []
    for part in path.split("/"):
        found = part
        try:
            names = os.listdir(place)
        except OSError:
            names = [part]
        alike = [each for each in names if each.lower() == part.lower()]
        if part not in names and os.path.exists(os.path.join(place, part)) and alike:
            found = alike[0]
        named.append(found)
        place = os.path.join(place, found)
    return "/".join(named)
