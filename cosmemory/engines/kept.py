"""Copies of pages in a dict, alone or in front of those that another store has."""

from __future__ import annotations

import io

from cosmemory.errors import NotFound, NotSaved, Refused, Unsafe
from cosmemory.frozen import slotted
from cosmemory.store import check_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from cosmemory.store import Copies, Readable

# What was kept on each shelf by name; None where a copy of the store behind has been moved away.
Shelves = dict[str, dict[str, dict[str, bytes] | None]]


@slotted
class KeptCopies:
    """The copies on one of some shelves; those of `behind` stand there too."""

    shelves: Shelves
    shelf: str
    locked: Callable[[], bool]
    behind: Copies | None = None

    def names(self) -> tuple[str, ...]:
        """The copies there are, sorted."""
        own = self.shelves.get(self.shelf, {})
        behind = self.behind.names() if self.behind else ()
        return tuple(sorted({*(name for name in behind if name not in own), *filter(own.get, own)}))

    def paths(self, name: str) -> tuple[str, ...]:
        """The files of a copy, sorted."""
        _check_name(name)
        own = self.shelves.get(self.shelf, {})
        if name in own or self.behind is None:
            return tuple(sorted(own.get(name) or ()))
        return self.behind.paths(name)

    def open_read(self, name: str, path: str) -> BinaryIO:
        """A file of a copy for streaming.

        Raises NotFound when there is none.
        """
        _check_name(name)
        check_path(path)
        own = self.shelves.get(self.shelf, {})
        if name not in own and self.behind is not None:
            return self.behind.open_read(name, path)
        held = own.get(name) or {}
        if path not in held:
            raise NotFound(f"The file {self.shelf}/{name}/{path}")
        return io.BytesIO(held[path])

    def keep(self, name: str, files: Iterable[tuple[str, Readable]]) -> None:
        """Makes a copy of what is read from `files`.

        Raises Refused for a name that is taken.
        """
        _check_name(name)
        self._refuse_without_lock(name)
        if name in self.names():
            raise Refused(f"There is a {self.shelf}/{name} already.", "Give it another name.")
        made: dict[str, bytes] = {}
        for path, file in files:
            check_path(path)
            made[path] = file.read()
        self.shelves.setdefault(self.shelf, {})[name] = made

    def move(self, name: str, shelf: str) -> None:
        """Moves a copy to another shelf.

        Raises NotFound where there is none, Refused for a name that is taken there.
        """
        self._refuse_without_lock(name)
        if name not in self.names():
            raise NotFound(f"The copy {self.shelf}/{name}")
        there = self.shelves.setdefault(shelf, {})
        if there.get(name):
            raise Refused(f"There is a {shelf}/{name} already.", "Give one of the two another name.")
        held: dict[str, bytes] = {}
        for path in self.paths(name):
            with self.open_read(name, path) as file:
                held[path] = file.read()
        there[name] = held
        self.shelves.setdefault(self.shelf, {})[name] = None

    def _refuse_without_lock(self, name: str) -> None:
        if not self.locked():
            raise NotSaved(f"{self.shelf}/{name}", "the lock was given back")


def _check_name(name: str) -> None:
    check_path(name, new=True)
    if "/" in name or name.startswith("."):
        raise Unsafe(name, "it is not the name of a copy")
