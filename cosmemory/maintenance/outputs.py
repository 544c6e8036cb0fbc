"""What the processes of agents print: a file each below ``.cosmemory/``, rotated by its size, never a page."""

from __future__ import annotations

import os
import stat

from cosmemory.errors import NotSaved, UsageError
from cosmemory.frozen import frozen
from cosmemory.memory import Memory
from cosmemory.store import check_path

FOLDER = ".cosmemory/output"
LONGEST = 1000  # bytes of a line, as far as the last ones are looked for
BLOCK = 1 << 20
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@frozen()
class Output:
    """The file that holds what an agent's process prints; ``limit`` bytes of it, and so many older files, stay."""

    path: str
    limit: int
    kept: int

    def open(self) -> int:
        """A descriptor that appends; what its reader may see nobody else may.

        Raises NotSaved.
        """
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            return os.open(self.path, _FLAGS, 0o600)
        except OSError as error:
            raise NotSaved(self.path, error.strerror or str(error)) from None

    def rotate(self) -> bool:
        """Moves what was printed to an older file once there is too much of it; whether that was done.

        The process goes on to append to the same file, so that this one is copied and then emptied: what is printed in
        the instant between is lost, and nothing else.
        """
        try:
            if os.stat(self.path).st_size < self.limit:
                return False
            descriptor = self.open()
        except (OSError, NotSaved):
            return False  # there is none, or no room for it
        try:
            if self.kept:
                for number in range(self.kept - 1, 0, -1):
                    if os.path.lexists(f"{self.path}.{number}"):
                        os.replace(f"{self.path}.{number}", f"{self.path}.{number + 1}")
                _copy(descriptor, f"{self.path}.1")
            os.ftruncate(descriptor, 0)
        except OSError:
            return False  # a disk without room must not end the work
        finally:
            os.close(descriptor)
        return True

    def last_line(self) -> str:
        """The last line that says something."""
        lines = last_lines(self.path, 50)
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _copy(descriptor: int, path: str) -> None:
    target = os.open(path, _FLAGS | os.O_TRUNC, 0o600)
    try:
        at = 0
        while data := os.pread(descriptor, BLOCK, at):
            at += len(data)
            written = 0
            while written < len(data):
                written += os.write(target, data[written:])
    finally:
        os.close(target)


def output_of(memory: Memory, key: str, path: str | None = None) -> Output:
    """Where the process of the agent ``key`` prints to, or to ``path``.

    Raises UsageError for a path among the pages, and for a memory that is no folder where no path is given.
    """
    settings = memory.settings
    root = getattr(memory.store, "root", "")
    if path is not None:
        _refuse_page(root, path)
    elif root:
        check_path(f"{key}.log", new=True)
        path = f"{root}/{FOLDER}/{key}.log"
    else:
        raise UsageError("This memory is no folder that could hold the output.", "Name a file for it.")
    return Output(os.path.abspath(path), settings.agent_output_bytes, settings.agent_outputs_kept)


def _refuse_page(root: str, path: str) -> None:
    """Refuses a file in the memory's folder: what a process prints would stand on a page, or in the history."""
    if not root:
        return
    held, wanted = os.path.realpath(root), os.path.realpath(path)
    if f"{wanted}/".startswith(f"{held}/") and not wanted.startswith(f"{held}/{FOLDER}/"):
        hint = f"Name a file elsewhere; without one it goes below {FOLDER}."
        raise UsageError(f"{path} lies in the memory, and output is no page.", hint)


def last_lines(path: str | None, count: int) -> list[str]:
    """The last lines of an output; none where there is no such file."""
    try:
        # A pipe has nobody who writes, and a device no end.
        if not stat.S_ISREG(os.stat(path or "").st_mode):
            return []
        with open(path or "", "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - count * LONGEST))
            lines = file.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return []
    return (lines[:-1] if not lines[-1] else lines)[-count:]
