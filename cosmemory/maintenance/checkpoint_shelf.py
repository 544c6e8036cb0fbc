"""The checkpoints that there are: the newest, the one of a name, what its manifest says, and whether it is whole."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

from cosmemory import clock
from cosmemory.errors import (
    Damaged,
    NotFound,
    NotRead,
    NotSaved,
    Unsafe,
    did_you_mean,
)
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import LOG_PATH
from cosmemory.kinds.log_archive import entry_texts
from cosmemory.maintenance.manifest import (
    MANIFEST,
    Listed,
    Manifest,
    digested,
    read_manifest,
)
from cosmemory.pattern import pattern
from cosmemory.reader import Reader
from cosmemory.store import Copies, revision_of
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


SHELF = "checkpoints"
ARCHIVE_SHELF = "archive/checkpoints"
EVENT = "checkpoint"
LATEST = "latest"
RESTORE = "checkpoint restore"
REPAIR = "repair"
_NAME = pattern(r"(?:checkpoint|backup)_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)(?:-(\d{1,6}))?", re.ASCII)


@frozen(kw_only=True)
class Checkpoint:
    """A copy of all pages: where it stands, when it was made, and what its manifest says, once it was read."""

    name: str
    shelf: str
    at: int
    manifest: Manifest | None = None

    @property
    def path(self) -> str:
        """Its folder, below the memory's."""
        return f"{self.shelf}/{self.name}" if self.shelf else self.name


def listed(memory: Reader, *, archived: bool = False) -> list[Checkpoint]:
    """The checkpoints, newest first; those that were put into the archive too, where that is asked for."""
    shelves = (SHELF, ARCHIVE_SHELF) if archived else (SHELF,)
    found = [each for shelf in shelves for each in standing(memory.store.copies(shelf), shelf)]
    return sorted(found, key=_age, reverse=True)


def newest_made(memory: Reader) -> Checkpoint | None:
    """The newest checkpoint, but for any that a clock which was wrong has put into the future."""
    now = int(memory.now().timestamp())
    return next((each for each in listed(memory) if each.at <= now), None)


def standing(copies: Copies, shelf: str = "") -> list[Checkpoint]:
    """The copies whose names tell when they were made; what people put beside them is theirs."""
    made = [(name, made_at(name)) for name in copies.names()]
    return [Checkpoint(name=name, shelf=shelf, at=at) for name, at in made if at is not None]


def with_manifest(memory: Reader, checkpoint: Checkpoint) -> Checkpoint:
    """The same with what its manifest says; None where that is missing or cannot be read whole."""
    return replace(checkpoint, manifest=manifest_of(memory.store.copies(checkpoint.shelf), checkpoint.name))


def _age(each: Checkpoint) -> tuple[int, int]:
    found = _NAME.fullmatch(each.name)
    return each.at, int(found[7] or 1) if found else 0


def made_at(name: str) -> int | None:
    """When a copy was made, as its name tells; None for any other name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    year, month, day, hour, minute, second, _ = found.groups()
    read = clock.read_time(f"{year}-{month}-{day}T{hour}:{minute}:{second}Z")
    return read[0] if read else None


def manifest_of(copies: Copies, name: str) -> Manifest | None:
    """What the manifest of a copy says; None where it is missing or damaged."""
    try:
        with reading(copies, name, MANIFEST) as file:
            return read_manifest(name, decode_text(file.read()))
    except (NotFound, Unsafe):
        return None


@contextmanager
def reading(copies: Copies, name: str, path: str) -> Iterator[BinaryIO]:
    """A file of a copy.

    Raises NotRead for what the disk refuses.
    """
    try:
        with copies.open_read(name, path) as file:
            yield file
    except OSError as error:
        raise NotRead(f"{name}/{path}", error.strerror or str(error)) from error


def found_as(memory: Reader, name: str) -> Checkpoint:
    """The checkpoint of that name, or for ``latest`` the newest one that neither restore nor repair made.

    Raises NotFound.
    """
    known = listed(memory, archived=True)
    for each in known:
        if name in (each.name, each.path) or (name == LATEST and each.shelf == SHELF):
            found = with_manifest(memory, each)
            # A second restore of the latest one must not take the first one back, nor bring damage back.
            if name != LATEST or found.manifest is None or found.manifest.before not in (RESTORE, REPAIR):
                return found
    names = [each.name for each in known]
    hint = did_you_mean(name, names, "cosmemory checkpoint list shows what there is.")
    raise NotFound("A checkpoint" if name == LATEST else f"The checkpoint {name!r}", hint)


def faults_of(
    copies: Copies, name: str, wanted: set[str] | None = None, *, refusals: bool = False
) -> list[str]:
    """What is wrong with a copy, or with those of its files that are wanted, one sentence for each fault.

    What the disk refuses to give is raised, or with ``refusals`` a fault like others.
    """
    manifest = manifest_of(copies, name)
    if manifest is None:
        held = copies.paths(name)
        return [f"{MANIFEST} is {'damaged' if MANIFEST in held else 'missing'}."]
    faults: list[str] = []
    for each in manifest.files:
        if wanted is None or each.path in wanted:
            try:
                faults += _faults_of_file(copies, name, each)
            except (NotRead, NotSaved) as error:
                if not refusals:
                    raise
                faults.append(f"{each.path} cannot be read: {error.reason}.")
    if wanted is None:
        known = {MANIFEST, *(each.path for each in manifest.files)}
        faults += [f"{path} is not in the manifest." for path in copies.paths(name) if path not in known]
    return faults


def _faults_of_file(copies: Copies, name: str, told: Listed) -> list[str]:
    try:
        with reading(copies, name, told.path) as file:
            found = digested(file, told.path)
    except NotFound:
        return [f"{told.path} is missing."]
    except Unsafe:
        return [f"{told.path} is not a plain file."]
    if found.size != told.size:
        return [f"{told.path} has {found.size} bytes where the manifest tells of {told.size}."]
    if found.sha256 != told.sha256:
        return [f"{told.path} is damaged: its checksum is another."]
    return []


def refuse_damaged(memory: Reader, checkpoint: Checkpoint, wanted: set[str] | None = None) -> Manifest:
    """The manifest of a checkpoint that is sound.

    Raises Damaged for the first fault otherwise.
    """
    faults = faults_of(memory.store.copies(checkpoint.shelf), checkpoint.name, wanted)
    if faults or checkpoint.manifest is None:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        hint = "cosmemory checkpoint verify tells which checkpoints are sound."
        raise Damaged(f"{checkpoint.path}/{MANIFEST}", 1, faults[0].rstrip(".") + more, hint)
    return checkpoint.manifest


def is_in_one(memory: Reader, path: str, data: bytes) -> bool:
    """Whether a checkpoint holds a page with these very bytes, as its manifest tells."""
    digest = revision_of(data)
    manifests = (with_manifest(memory, each).manifest for each in listed(memory, archived=True))
    files = (each.of(path) for each in manifests if each is not None)
    return any(file.sha256 == digest for file in files if file is not None)


def holds_the_present(memory: Reader, checkpoint: Checkpoint, *, exactly: bool = False) -> bool:
    """Whether a checkpoint's manifest tells of the live pages.

    Events of checkpoints at the end of the log make no difference, unless it must hold them ``exactly``.
    """
    manifest = manifest_of(memory.store.copies(checkpoint.shelf), checkpoint.name)
    if manifest is None or memory.store.paths() != tuple(each.path for each in manifest.files):
        return False
    return all(_is_the_same(memory, each, exactly=exactly) for each in manifest.files)


def _is_the_same(memory: Reader, told: Listed, *, exactly: bool) -> bool:
    size = memory.store.size(told.path)
    longer = told.path == LOG_PATH and not exactly and size > told.size
    if size != told.size and not longer:
        return False
    try:
        with memory.store.open_read(told.path) as file:
            if not longer:
                return digested(file, told.path).sha256 == told.sha256
            if digested(io.BytesIO(file.read(told.size)), told.path).sha256 != told.sha256:
                return False
            since = decode_text(file.read())
    except NotFound:
        return False
    except OSError as error:
        raise NotRead(told.path, error.strerror or str(error)) from error
    added = entry_texts(since)
    return "".join(each.text for each in added) == since and all(each.event.type == EVENT for each in added)
