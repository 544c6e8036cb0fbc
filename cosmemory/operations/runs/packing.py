"""Old artifacts of runs that are over, packed or removed: only files in the folder that the settings name for them."""

from __future__ import annotations

import gzip
import os
import shutil
from contextlib import suppress
from datetime import datetime, timedelta

from cosmemory.document.json_values import Data
from cosmemory.errors import NotFound, NotRead, NotSaved, Refused
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.run import ENDED, Artifact
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.interrupted_runs import heads
from cosmemory.operations.runs.changing import RUN_EVENT, run_page
from cosmemory.operations.runs.listing import get
from cosmemory.operations.runs.registering import CLEANED, PACKED, REMOVED, SOUND, SUFFIX, measured, verified
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@frozen(kw_only=True)
class OldArtifact:
    """An artifact whose time is over: whose it is, how its file is, and what becomes of that."""

    run: str
    path: str
    state: str
    becomes: str
    sha256: str | None


def old_artifacts(
    memory: Memory, key: str | None = None, *, days: int | None = None, project: str | None = None
) -> tuple[OldArtifact, ...]:
    """The artifacts that a clean-up would take: of runs that are over, or of the run ``key`` where that is.

    They were registered ``days`` ago, lie in the folder of the settings, and are as they were registered; one that is
    not is told with what it is, and stays. Raises Refused where the settings name no folder.
    """
    settings = memory.settings
    if not settings.artifacts:
        hint = "cosmemory config set artifacts.folder artifacts names one."
        raise Refused("The settings name no folder of artifacts, and no other file is cleaned up.", hint)
    before = memory.now() - timedelta(days=settings.artifact_days if days is None else days)
    root = project or settings.folder or "."
    becomes = PACKED if settings.artifact_gzip else REMOVED
    return tuple(
        OldArtifact(
            run=run,
            path=seen.path,
            state=seen.state,
            becomes=becomes if seen.state == SOUND else "",
            sha256=seen.found,
        )
        for run, each in _aged(memory, key, before)
        if _lies_in(os.path.join(root, str(each.path)), settings.artifacts)
        for seen in [verified(each, root)]
        if seen.state not in {PACKED, REMOVED}
    )


def _aged(memory: Memory, key: str | None, before: datetime) -> Iterator[tuple[str, Artifact]]:
    names = [key] if key is not None else [str(each.run_id) for each in heads(memory) if each.status in ENDED]
    for name in names:
        run = get(memory, name)
        if run.status not in ENDED:
            raise Refused(f"The run {run.run_id} is {run.status}.", "Its artifacts may still be needed.")
        for each in run.artifacts:
            if isinstance(each.registered, datetime) and each.registered <= before:
                yield str(run.run_id), each


def _lies_in(path: str, folder: str) -> bool:
    """Whether ``path`` is a file of its own inside ``folder``: none that a link leads to elsewhere."""
    above = os.path.realpath(folder).rstrip(os.sep) + os.sep
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)).startswith(above)


def clean_artifacts(
    memory: Memory,
    key: str | None = None,
    *,
    days: int | None = None,
    project: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[tuple[OldArtifact, ...]]:
    """Those artifacts packed by gzip beside where they were, or removed where the settings want none kept.

    Packed ones are written first, then the pages tell of them, and then the files go: whatever ends us in between, the
    next clean-up goes on from there. Raises NotSaved.
    """
    root = project or memory.settings.folder or "."
    found = old_artifacts(memory, key, days=days, project=project)
    due = [each for each in found if each.becomes]
    for each in due:
        if each.becomes == PACKED:
            _pack(os.path.join(root, each.path))

    def verb(transaction: Transaction) -> tuple[OldArtifact, ...]:
        for run in dict.fromkeys(each.run for each in due):
            page = run_page(transaction.memory, run)
            held = transaction.read(page)
            gone = {each.path: each.becomes for each in due if each.run == run}
            artifacts = tuple(_cleaned(each, gone.get(str(each.path))) for each in held.artifacts)
            transaction.replace(page, replace(held, artifacts=artifacts))
        if due:
            told = ", ".join(f"{each.run}: {each.path}" for each in due)
            transaction.append(
                Event(
                    time=transaction.now,
                    type=RUN_EVENT,
                    action=f"Artifacts cleaned up: {told}",
                    outcome=due[0].becomes,
                )
            )
        return found

    done = memory.run(verb, expected=expected, operation="run artifact clean")
    for each in due:
        path = os.path.join(root, each.path)
        # Somebody may have written another file of that name meanwhile.
        with suppress(OSError, NotFound, NotRead):
            if measured(path)[1] == each.sha256:
                os.unlink(path)
    return done


def _cleaned(artifact: Artifact, becomes: str | None) -> Artifact:
    if becomes is None:
        return artifact
    held = artifact.more.value if isinstance(artifact.more, Data) else {}
    known = held if isinstance(held, dict) else {"data": held}
    return replace(artifact, more=Data.of({**known, CLEANED: becomes}))


def _pack(path: str) -> None:
    """The file at ``path`` packed beside it, whole or not at all."""
    made, part = f"{path}{SUFFIX}", f"{path}{SUFFIX}.part"
    try:
        with open(path, "rb") as source, open(part, "wb") as target:
            # Without the time in it, the same file is always packed into the same bytes.
            with gzip.GzipFile("", "wb", fileobj=target, mtime=0) as packed:
                shutil.copyfileobj(source, packed, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        shutil.copymode(path, part)
        os.replace(part, made)
    except OSError as error:
        with suppress(OSError):
            os.unlink(part)
        raise NotSaved(made, error.strerror or str(error)) from None
