"""Where a call belongs: the memory of the project that the harness works in, and whether a file lies in it."""

from __future__ import annotations

import os

from cosmemory.errors import NoMemory
from cosmemory.root import find_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

PROJECTS = ("CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR", "CURSOR_PROJECT_DIR")
TOOLS = frozenset(["PreToolUse", "PostToolUse", "PostToolUseFailure", "FileChanged"])
# What tools call the file that they touch.
FILES = ("file_path", "notebook_path", "filePath", "path", "absolute_path", "target_file")


def root_of(named: str | None, environ: Mapping[str, str], payload: Mapping[str, Any]) -> str:
    """The memory: the one named on the command line or in COSMEMORY_ROOT, else that of the project.

    The project is the one that the harness names in the environment, else the folder that it says it works in:
    nothing that a model says is asked. Empty where there is no memory.
    """
    if named or environ.get("COSMEMORY_ROOT"):
        return _found(os.getcwd(), named, environ)
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
        yield os.getcwd()


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
        return os.path.basename(root).encode() in told
    cwd = payload.get("cwd")
    folder = cwd if isinstance(cwd, str) and os.path.isabs(cwd) else os.getcwd()
    return any(is_below(root, os.path.join(folder, each)) for each in files)


def is_below(root: str, path: str) -> bool:
    """Whether a path leads into the memory, by its name or by where its links lead."""
    if "\0" in path:
        return False
    if os.path.abspath(path).startswith(os.path.abspath(root) + os.sep):
        return True
    return os.path.realpath(path).startswith(os.path.realpath(root) + os.sep)
