"""The command by which git merges a page, and what that page is called in its memory."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import cosmemory
from cosmemory.config import load_settings
from cosmemory.errors import ConfigError
from cosmemory.kinds import ARCHIVE, BUILT_IN, Kinds, kind_of
from cosmemory.reader import known_kinds
from cosmemory.root import INSIDE

# Neither is the exit code of a Python that could not start, or of a shell that found none: git would be told
# that our side alone is the merged page.
MERGED, DISPUTED, FAILED = 0, 3, 4

_CALL = "-P -m cosmemory git merge-driver --ancestor %O --current %A --other %B --marker-size %L --path %P"
_BY_LINE = (
    'echo "cosmemory could not merge "%P" by meaning; look at what git makes of its lines" >&2; '
    "git merge-file -q --marker-size=%L -L ours -L base -L theirs %A %O %B; exit 1"
)


def driver_command() -> str:
    """What git is told to run for a page: this very cosmemory, else git's own merge of lines, left as a conflict."""
    # Git before 2.44 knows no names for the sides and hands over the two letters as they stand.
    call = f"{_program()} {_CALL} --ours-label %X --theirs-label %Y"
    return f"{call}; case $? in {MERGED}) exit 0;; {DISPUTED}) exit 1;; esac; {_BY_LINE}"


def base_driver_command() -> str:
    """What git is told to run where it first merges two common ancestors: never a conflict, at worst the oldest."""
    return f"{_program()} {_CALL} --virtual || cat %O > %A"


def _program() -> str:
    """The interpreter that runs now, for a shell and for git, which doubles each per cent sign.

    With ``-P`` nothing that lies in the work tree, which git makes the current folder, is imported.
    """
    words = [sys.executable]
    if not finds_itself():
        return f"PYTHONPATH={shlex.quote(_home())} {shlex.join(words)}".replace("%", "%%")
    return shlex.join(words).replace("%", "%%")


def _home() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(cosmemory.__file__)))


def finds_itself() -> bool:
    """Whether the interpreter finds this very cosmemory where others call it, without what this shell has set."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    asked = "import cosmemory, sys; sys.stdout.write(cosmemory.__file__)"
    call = [sys.executable, "-P", "-c", asked]
    ran = subprocess.run(call, capture_output=True, text=True, env=kept, check=False)  # noqa: S603 - this Python
    return ran.returncode == 0 and os.path.abspath(ran.stdout).startswith(_home() + os.sep)


def page_path(path: str, top: str = ".") -> str:
    """What the file ``path``, as seen from the folder ``top``, is called in the memory that it belongs to."""
    parts = [part for part in path.replace(os.sep, "/").split("/") if part not in {"", "."}]
    inside = INSIDE.split(os.sep)
    for at in range(len(parts) - len(inside), 0, -1):
        if parts[at - 1 : at + 1] == inside:
            return "/".join(parts[at + 1 :])
    for at in range(len(parts) - 1, -1, -1):
        if os.path.isfile(os.path.join(top, *parts[:at], "cos-state.md")):
            return "/".join(parts[at:])
    for at in range(len(parts)):
        name = "/".join(parts[at:])
        if kind_of(name) or ARCHIVE.fullmatch(name):
            return name
    return "/".join(parts)


def kinds_of_page(path: str, top: str = ".") -> Kinds:
    """The kinds that the memory of the file ``path`` knows; where its settings cannot be used, those of every memory.

    A merge that git began must not fail for the sake of the settings: by line it is still merged.
    """
    page = page_path(path, top)
    whole = path.replace(os.sep, "/")
    root = os.path.join(top, whole.removesuffix(page)) if whole.endswith(page) else top
    try:
        return known_kinds(load_settings(os.path.abspath(root)))
    except ConfigError:
        return BUILT_IN
