"""New texts of long pages, whole and durable beside their pages before the record that names them is.

A text that stands in the record as well is written twice; so long a one waits under a temporary name instead, and
takes its page's place by changing names with it.
"""

from __future__ import annotations

import os

from cosmemory.engines.files import litter
from cosmemory.engines.files.disk import sync_folders
from cosmemory.engines.files.lock import Lock
from cosmemory.engines.files.replace import find, stage
from cosmemory.engines.files.shelf import CONFLICTS, put_aside
from cosmemory.engines.files.steps import Intent, Step
from cosmemory.errors import Unsafe
from cosmemory.frozen import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cosmemory.engines.files.replace import Found

# Below that a second long page costs more, by the sync of its name, than to write both twice: as it was measured.
LONG = 128 * 1024


def arranged(lock: Lock, intent: Intent, believed: Mapping[str, Found | None]) -> Intent:
    """The intent with a file for each long text of a page that stands, these pages first.

    First, because a record whose first text is not there can be taken for one of a change that never began.
    """
    steps: list[Step] = []
    for step in intent.steps:
        found = believed.get(step.path)
        if found is not None and step.after is not None and not step.appended and len(step.after) >= LONG:
            name = f"{litter.PREFIX}{os.getpid()}-{lock.number}-{len(steps)}{litter.SUFFIX}"
            place = "/".join([*found.path.split("/")[:-1], name])
            steps.append(replace(step, staged=place, digest=step.revision or ""))
        else:
            steps.append(step)
    return replace(intent, steps=tuple(sorted(steps, key=lambda step: not step.staged)))


def write(lock: Lock, intent: Intent, believed: Mapping[str, Found | None], durability: str) -> None:
    """Write every text that is to be staged; each one is durable when this returns."""
    steps = [step for step in intent.steps if step.staged]
    for step in steps:
        found = believed[step.path]
        assert found is not None
        assert step.after is not None
        stage(lock.root, step.staged, step.after, found, durable=durability != "none")
    if len(steps) > 1 and durability != "none":
        # Of one text the name lasts once its page has been written, before anything else is. With another page
        # written before that, a text that is not there would leave half of the change.
        sync(lock.root, steps)


def sync(root: str, steps: Iterable[Step]) -> None:
    """Make the names of staged texts, and of the pages beside them, durable."""
    sync_folders(root, (step.staged.rpartition("/")[0] for step in steps if step.staged))


def filled(root: str, intent: Intent) -> Intent:
    """The intent with the texts that are staged, or that stand on their pages already."""
    steps = [_filled(root, step) if step.staged else step for step in intent.steps]
    first = steps[0] if steps else None
    void = first is not None and first.lost and _text_of(root, first.path, first.before) is not None
    return replace(intent, steps=tuple(steps), void=void)


def _filled(root: str, step: Step) -> Step:
    # Beside the page first: a writer at work lets the two change places between our looks, one way only.
    for path in (step.staged, step.path):
        text = _text_of(root, path, step.digest)
        if text is not None:
            return replace(step, after=text)
    return replace(step, lost=True)


def _text_of(root: str, path: str, revision: str | None) -> bytes | None:
    """The bytes of a file that has this revision; None for any other."""
    found = _plain(root, path)
    return found.data if found is not None and found.revision == revision else None


def _plain(root: str, path: str) -> Found | None:
    """The file at a path; None where there is none, or no plain one."""
    try:
        return find(root, path)
    except Unsafe:
        return None


def left(root: str, intent: Intent) -> tuple[list[str], list[Step]]:
    """The staged files that are still there, and the steps whose file holds neither the old nor the new text.

    That is a person's, saved at the last moment.
    """
    standing: list[str] = []
    others: list[Step] = []
    for step in intent.steps:
        found = _plain(root, step.staged) if step.staged else None
        if found is not None:
            standing.append(step.staged)
            if found.revision not in (step.before, step.digest) and not intent.void:
                others.append(step)
    return standing, others


def keep(lock: Lock, step: Step) -> None:
    """Keep what a person saved, where nobody can tell any more how to give it back."""
    found = _plain(lock.root, step.staged)
    if found is not None:
        name = f"{step.path.replace('/', '_')[-150:]}.{found.revision[:12]}"
        kept = put_aside(lock.folder, name, found.data, CONFLICTS)
        lock.notices.append(f"{step.path} was saved while a writer died; that text is in {kept}.")
