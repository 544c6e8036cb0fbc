"""From a path to a Memory: the only place that chooses an engine."""

from __future__ import annotations

import os

from cosmemory.actor import default_actor
from cosmemory.config import Settings, load_settings
from cosmemory.errors import UsageError
from cosmemory.root import find_root, here
from cosmemory.trace import trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosmemory.engines.files.engine import FilesStore
    from cosmemory.kinds import Kind
    from cosmemory.memory import Memory as BareMemory
    from cosmemory.office import Memory
    from cosmemory.reader import Reader
    from cosmemory.store import Copies, Writer


def open_memory(
    path: str | None = None,
    *,
    actor: str | None = None,
    message: str = "",
    settings: Settings | None = None,
    kinds: Sequence[Kind] = (),
) -> Memory:
    """The memory at ``path``, a memory folder or a project that holds one; found from here without a path.

    The history tells of ``actor``, who changes it, and of ``message``, why. ``kinds`` are kinds of page that the
    program adds to those of the memory (see cosmemory.kinds.declared.kind).

    Raises NoMemory where there is none, ConfigError for a setting that cannot be used.
    """
    from cosmemory.office import Memory

    root = find_root(path, os.environ, here())
    trace("the memory is at %s", root)
    used = settings if settings is not None else load_settings(root)
    store = _files(root, used)
    memory = Memory(store, settings=used, actor=actor or default_actor(), message=message, kinds=kinds)
    memory.on_edits = _examine
    if used.log_file:
        from cosmemory.log_file import tell_file

        amiss = tell_file(used.log_file, used.log_level, most=used.log_bytes, backups=used.log_backups)
        memory.told += [amiss] if amiss else []
    return memory


def open_reader(root: str, settings: Settings) -> Reader:
    """The memory at ``root`` for one who only reads, which takes half as long to load as what can change it."""
    from cosmemory.reader import Reader

    return Reader(_files(root, settings), settings=settings)


def _files(root: str, settings: Settings) -> FilesStore:
    from cosmemory.engines.files.engine import FilesStore

    return FilesStore(
        root,
        durability=settings.durability,
        timeout=settings.lock_timeout,
        keep_days=settings.history_days,
    )


def _examine(memory: BareMemory, writer: Writer) -> None:
    """Brings back what an older copy of a page overwrote, if that is wished; tells of it in any case."""
    from cosmemory.maintenance.reconcile import examine

    memory.told += examine(memory, writer)


def open_backups(destination: str, root: str = "") -> tuple[Copies, str]:
    """Where a backup of the memory at ``root`` to ``destination`` goes, and its name there; none where it gets one.

    A folder that is there takes backups under names of their own; any other is to be the backup. Raises UsageError
    for a place inside the memory, for what is no folder, and where there is none above it.
    """
    from cosmemory.engines.files.copies import FilesCopies

    place = os.path.realpath(destination)
    if root and f"{place}/".startswith(f"{os.path.realpath(root)}/"):
        raise UsageError(
            f"{destination} is inside the memory.", "A backup belongs elsewhere, best to another disk."
        )
    above, name = os.path.split(place)
    if os.path.isdir(place) and not os.path.lexists(f"{place}/manifest.md"):
        above, name = place, ""
    if os.path.isfile(place) or not os.path.isdir(above):
        raise UsageError(
            f"{destination} is no folder, and none can be made there.", "Make the folder above it."
        )
    return FilesCopies(above, "", root or above), name
