"""Files that a run has made: registered with size and hash, and held against the disk later."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib

from cosmemory.document.json_values import Data
from cosmemory.errors import InvalidValue, NotFound, NotRead, Refused
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.run import ABORTED, FAILED, Artifact, Run, exchanged, named
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.runs.changing import Done, change, run_named
from cosmemory.plain_files import open_plain
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SOUND, CHANGED, MISSING, UNKNOWN = "sound", "changed", "missing", "unknown"
PACKED, REMOVED = "packed", "removed"  # by a clean-up
CLEANED, SUFFIX = "cleaned", ".gz"


@frozen(kw_only=True)
class Verified:
    """How the file of an artifact is: as it was registered, changed, missing, never measured, or cleaned up."""

    path: str
    state: str
    registered: str | None = None
    found: str | None = None


def register_artifact(
    memory: Memory,
    key: str,
    path: str,
    *,
    kind: str | None = None,
    phase: str | None = None,
    data: Any = None,
    project: str = ".",
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The file at ``path`` below the folder ``project``, with its size and sha256; one known already is measured anew.

    Raises NotFound where there is no such file, InvalidValue for one outside of the project.
    """
    name = _inside(path, project)
    size, digest = measured(os.path.join(project, name))

    def do(run: Run, transaction: Transaction) -> Done:
        if run.status in {FAILED, ABORTED}:
            raise Refused(f"The run {run.run_id} is {run.status}.", "cosmemory run create makes another.")
        made = Artifact(
            path=name,
            kind=kind,
            phase=named(run, "phases", phase).phase if phase is not None else None,
            size=size,
            sha256=digest,
            registered=transaction.now,
            more=Data.of(data) if data is not None else None,
        )
        known = next((each for each in run.artifacts if each.path == name), None)
        if known is None:
            new = replace(run, artifacts=(*run.artifacts, made))
        else:
            new = exchanged(run, "artifacts", known, _anew(known, made))
        return Done(run=new, result=name, action=f"artifact {name} registered", outcome=f"{size} bytes")

    return change(memory, "artifact register", key, expected, do)


def _anew(known: Artifact, made: Artifact) -> Artifact:
    """A known artifact as it was found now; what was not said this time stays."""
    return replace(
        known,
        size=made.size,
        sha256=made.sha256,
        registered=made.registered,
        kind=made.kind or known.kind,
        phase=made.phase or known.phase,
        more=made.more or known.more,
    )


def _inside(path: str, project: str) -> str:
    """``path`` as it is named from the project, with slashes."""
    root = os.path.realpath(project)
    place = os.path.realpath(os.path.join(root, path))
    if not f"{place}/".startswith(f"{root.rstrip('/')}/") or place == root:
        raise InvalidValue("the artifact", f"{path!r} is no file inside the project", "Copy it there first.")
    return os.path.relpath(place, root).replace(os.sep, "/")


def measured(place: str) -> tuple[int, str]:
    """The size and the sha256 of the file at ``place``.

    Raises NotFound, and NotRead.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with open_plain(place) as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError:
        raise NotFound(f"The file {place!r}", "Artifacts are named from the project's folder.") from None
    except OSError as error:
        raise NotRead(place, error.strerror or str(error)) from None
    return size, digest.hexdigest()


def verify_artifacts(memory: Memory, key: str, *, project: str = ".") -> tuple[Verified, ...]:
    """Every artifact of a run, held against the file on the disk."""
    return tuple(verified(each, project) for each in run_named(memory, key).artifacts)


def verified(artifact: Artifact, project: str) -> Verified:
    """How the file of one artifact of the ``project`` is."""
    path = str(artifact.path)
    try:
        place = os.path.join(os.path.realpath(project), _inside(path, project))
    except InvalidValue:
        return Verified(path=path, state=MISSING, registered=artifact.sha256)
    try:
        _, digest = measured(place)
    except NotFound:
        return Verified(path=path, state=_cleaned(artifact, place), registered=artifact.sha256)
    if artifact.sha256 is None:
        return Verified(path=path, state=UNKNOWN, found=digest)
    state = SOUND if digest == artifact.sha256.lower() else CHANGED
    return Verified(path=path, state=state, registered=artifact.sha256, found=digest)


def _cleaned(artifact: Artifact, place: str) -> str:
    """What became of a file that is not there: cleaned up, or else missing."""
    more = artifact.more.value if isinstance(artifact.more, Data) else None
    told = more.get(CLEANED) if isinstance(more, dict) else None
    if told == REMOVED:
        return REMOVED
    try:
        with gzip.open(f"{place}{SUFFIX}") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, EOFError, zlib.error):
        return MISSING
    return PACKED if told == PACKED and digest == (artifact.sha256 or "").lower() else MISSING


def artifacts(memory: Memory, key: str, *, phase: str | None = None) -> tuple[Artifact, ...]:
    """The artifacts of a run, or those of one of its phases."""
    run = run_named(memory, key)
    name = named(run, "phases", phase).phase if phase is not None else None
    return tuple(each for each in run.artifacts if name in {None, each.phase})
