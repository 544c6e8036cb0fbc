"""How a harness calls cosmemory, and how such a call is known again in somebody's file."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys

from cosmemory.frozen import frozen
from cosmemory.root import INSIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ON_PATH = ("cosmemory",)
_CALL = r"""(?:^|[\s"'/\\])cosmemory(?:\.exe)?["']?\s+{}(?=\s|$)"""
_OURS = {name: re.compile(_CALL.format(name)) for name in ("hook", "mcp")}
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_MORE = re.compile(r"[;&|<>`\n]")


@frozen(kw_only=True)
class Program:
    """The words that start cosmemory, and the memory that it is told of; none where it finds it by itself."""

    words: tuple[str, ...] = ON_PATH
    root: str | None = None

    def hook(self, harness: str) -> list[str]:
        """The call that answers the events of a harness."""
        return [*self.words, "hook", "--harness", harness, *self._root()]

    def server(self, workspace: str | None = None) -> list[str]:
        """The call that serves the memory over MCP; ``workspace`` stands for the project where the memory is found."""
        return [*self.words, "mcp", *(self._root() or (["--root", workspace] if workspace else []))]

    def _root(self) -> list[str]:
        return ["--root", self.root] if self.root else []


def this_python() -> tuple[str, ...]:
    """The interpreter that runs now as the program; with ``-P`` nothing that lies in the project is imported."""
    return (sys.executable, "-P", "-m", "cosmemory")


def program_of(root: str | None, project: str, *, python: bool) -> Program:
    """The program for the files of ``project``; it is told of its memory where it would not find that by itself."""
    words = this_python() if python else ON_PATH
    if root is None or os.path.realpath(os.path.join(project, INSIDE)) == os.path.realpath(root):
        return Program(words=words)
    return Program(words=words, root=os.path.realpath(root))


def is_on_path() -> bool:
    """Whether a harness, which has this shell's PATH, would find cosmemory."""
    return shutil.which(ON_PATH[0]) is not None


def shell_line(words: list[str]) -> str:
    """The call as a line for the shell of this system."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def calls_us(held: Any, command: str) -> bool:
    """Whether an entry of a harness's file, whatever else it says, calls ``cosmemory hook`` or ``cosmemory mcp``.

    A line for a shell that does something beside is somebody's own.
    """
    if not isinstance(held, dict):
        return False
    words: list[Any] = []
    for key in ("command", "args"):
        value = held.get(key)
        words += value if isinstance(value, list) else [value]
    line = " ".join(each for each in words if isinstance(each, str))
    in_shell = isinstance(held.get("command"), str) and "args" not in held
    if in_shell and _MORE.search(_QUOTED.sub("", line)):
        return False
    return _OURS[command].search(line) is not None
