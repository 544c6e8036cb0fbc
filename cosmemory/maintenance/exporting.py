"""The export of a memory: what is chosen of it, written in one of the formats, each of which is a file of its own.

A format is a module below ``formats`` that offers ``pieces(memory, chosen)``: what it writes, piece by piece, so that
no memory is too large for it; and, where it can be read back, ``incoming(lines)``. One that makes a folder of files
says so by ``FOLDER``; what such folders become is told by ``moving_in``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module

from cosmemory.errors import NotFound, UsageError, did_you_mean
from cosmemory.frozen import frozen
from cosmemory.maintenance.search_units import is_log, kind_name
from cosmemory.memory import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

FORMATS = ("jsonl", "state", "agents", "tables", "sqlite")
# Those that can be taken in again.
INCOMING = ("jsonl", "state", "agents")


@frozen(kw_only=True)
class Chosen:
    """The pages that are exported, in order: live ones, archives of the log, and what was moved below ``archive/``.

    Those that were ``packed`` there stand apart: they are told only by formats that can look into them.
    """

    pages: tuple[str, ...]
    packed: tuple[str, ...] = ()
    everything: bool = True


@frozen(kw_only=True)
class Piece:
    """Some bytes of an export: of the file ``name`` of a folder, or of the one file where it has no name.

    ``pages`` and ``events`` are how many of them are told in it.
    """

    data: bytes
    name: str = ""
    pages: int = 0
    events: int = 0


def format_named(name: str) -> ModuleType:
    """The module of a format.

    Raises UsageError for one that nobody knows.
    """
    if name not in FORMATS:
        raise UsageError(
            f"There is no format {name!r}.", did_you_mean(name, FORMATS, f"There is {', '.join(FORMATS)}.")
        )
    return import_module(f"cosmemory.maintenance.formats.{name.replace('-', '_')}")


def choose(memory: Memory, kinds: Sequence[str] = ()) -> Chosen:
    """The pages of some kinds, or all of them; those of no kind are only among all.

    Raises NotFound for a kind that nobody knows.
    """
    known = [kind.name for kind in memory.kinds]
    for name in kinds:
        if name not in known:
            raise NotFound(f"The kind {name!r}", did_you_mean(name, known, "cosmemory kinds lists them."))
    paths = (*memory.store.paths(), *memory.store.paths(archived=True))
    chosen = (path for path in paths if not kinds or kind_name(path, memory.kinds) in kinds)
    # The log last: what is read of it in one go may be the most of all.
    pages = sorted(chosen, key=lambda path: (is_log(path), path))
    packed = (
        path
        for path in memory.store.packed()
        if not kinds or kind_name(path.removesuffix(".gz"), memory.kinds) in kinds
    )
    return Chosen(pages=tuple(pages), packed=tuple(packed), everything=not kinds)


def makes_folder(name: str) -> bool:
    """Whether a format makes a folder of files, and not one file."""
    return bool(getattr(format_named(name), "FOLDER", False))


def export(memory: Memory, name: str, chosen: Chosen) -> Iterator[Piece]:
    """The pieces of an export in the format called ``name``."""
    pieces: Iterable[Piece] = format_named(name).pieces(memory, chosen)
    return iter(pieces)
