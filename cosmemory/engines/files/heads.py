"""What the history knows last of every page: its revision, and what the file system said of its file.

``.cosmemory/heads`` holds it as of one offset of one spool; the records that follow are laid over it.
"""

from __future__ import annotations

import os

from cosmemory.engines.files import spooled
from cosmemory.engines.files.disk import let_go, read_all
from cosmemory.engines.files.spool import BY_HAND, EXAMINED, JOURNAL, KEPT, NONE, UNKNOWN, VOID, Spool
from cosmemory.engines.files.spooled import MADE, Record, SpoolStep, length_of
from cosmemory.frozen import field, replace, slotted
from cosmemory.text.digest import log_revision, sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.engines.files.steps import Intent, Step
    from cosmemory.store import Revision

NAME = "heads"
TITLE = b"cosmemory-heads 1 "
READ_HEADS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


@slotted
class Heads:
    """The last known revision of each page with its length, as of an offset of a spool; "-" for no page."""

    spool: str = ""
    end: int = 0
    edited: bool = False  # by hand, and nobody has examined it since
    revisions: dict[str, str] = field(default_factory=dict)
    stamps: dict[str, str] = field(default_factory=dict)
    gap: bool = False  # somebody changed a log before entries, and only the log itself tells how

    def knows(self, path: str, data: bytes | None, revision: Revision | None) -> bool:
        """Whether a page is as the history knows it."""
        known = self.revisions.get(path, UNKNOWN)
        if data is None:
            return known in (NONE, UNKNOWN)
        said, _, length = known.partition("#")
        if "-" in said and said != NONE:
            return length == str(len(data)) and said == log_revision(len(data), data)
        return said == revision

    def lay(self, record: Record) -> None:
        """Take over what a record says, if its change was made."""
        self.end = record.end
        if record.state == "V":
            return
        if record.sort == EXAMINED:
            self.edited = False
        elif record.sort == BY_HAND:
            self.edited = True
        for step in record.steps:
            self._lay(step)

    def _lay(self, step: SpoolStep) -> None:
        self.stamps.pop(step.path, None)
        if step.kind == "A":
            length = length_of(self.revisions.get(step.path, UNKNOWN))
            self.gap = self.gap or length != step.start
            self.edited = self.edited or length not in (None, step.start)
        elif step.kind == "S":
            self.gap = self.gap or (step.path not in self.revisions and step.before != NONE)
        self.revisions[step.path] = step.head


def follow(heads: Heads | None, spool: Spool, finished: Intent | None = None) -> tuple[Heads, bool]:
    """The heads as they are now, under the lock, and whether the spool may stay as it is.

    It may not where it cannot be read, nor with a gap in it.
    What a killed writer left unsettled is settled first: by what stands on the pages, or as made where it is what
    was ``finished`` for it. Raises OSError for what a disk refuses.
    """
    folder = spool.lock.folder
    found = spooled.read_on(spool.opened(), heads.spool, heads.end, spool.end) if heads else None
    if heads is None or found is None:
        heads = read(folder)
        found = spooled.read(folder, heads.spool, heads.end)
        if found.name != heads.spool:
            heads.spool, heads.end = found.name, 0
    sound = found.sound or (found.name != "" and spool.cut(found.end))
    spool.settled = True
    for record in found.records:
        made = record.state == MADE
        if not record.state:
            made = _is_of(finished, record) or _stand(spool.lock.root, record)
        heads.lay(record if made else replace(record, state="V"))
        spool.settled = bool(record.state)
        if not record.state and record is found.records[-1]:
            spool.settle(KEPT if made else VOID)
            heads.end = spool.end
    return heads, sound and not heads.gap


def read(folder: str) -> Heads:
    """The heads as they were written last; those of the journal where that cannot be read."""
    heads = written_last(folder)
    if heads is not None:
        return heads
    from cosmemory.engines.files import journal

    return Heads(revisions=journal.heads(folder))


def written_last(folder: str) -> Heads | None:
    """The heads in their own file; None where that cannot be read."""
    try:
        descriptor = os.open(f"{folder}/{NAME}", READ_HEADS)
        try:
            data = read_all(descriptor)
        finally:
            let_go(descriptor)
        if os.stat(f"{folder}/{JOURNAL}").st_size:  # or else the texts of these heads are gone
            return _parsed(data)
    except (OSError, ValueError):
        pass  # never written, or by a machine that lost its power
    return None


def _parsed(data: bytes) -> Heads:
    """The heads in a file's bytes.

    Raises ValueError where they are not whole.
    """
    title, _, rest = data.partition(b"\n")
    if title != TITLE + sha256_hex(rest)[:16].encode():
        raise ValueError
    first, *lines = rest.decode("utf-8", "surrogateescape").split("\n")[:-1]
    name, end, edited = first.split(" ")
    heads = Heads(name, int(end), edited == "edited")
    for line in lines:
        revision, stamp, path = line.split("\t", 2)
        heads.revisions[path] = revision
        if stamp:
            heads.stamps[path] = stamp
    return heads


def written(heads: Heads) -> bytes:
    """The bytes of the file of the heads."""
    first = f"{heads.spool} {heads.end} {'edited' if heads.edited else 'examined'}"
    lines = [
        f"{revision}\t{heads.stamps.get(path, '')}\t{path}" for path, revision in heads.revisions.items()
    ]
    rest = "\n".join([first, *lines, ""]).encode("utf-8", "surrogateescape")
    return TITLE + sha256_hex(rest)[:16].encode() + b"\n" + rest


def _stand(root: str, record: Record) -> bool:
    """Whether the change of a writer that was killed was made."""
    return all(_stands(root, step) for step in record.steps)


def _is_of(intent: Intent | None, record: Record) -> bool:
    """Whether a record tells of this very intent, all of which has happened, whatever was saved over it since."""
    if intent is None or len(intent.steps) != len(record.steps):
        return False
    steps = ((intent.of(each.path), each) for each in record.steps)
    return all(step is not None and not step.lost and _is_that(step, each) for step, each in steps)


def _is_that(step: Step, told: SpoolStep) -> bool:
    if step.appended:
        return (told.kind, told.start, told.inserted) == ("A", step.length, step.after)
    return told.after == (step.revision or NONE)


def _stands(root: str, step: SpoolStep) -> bool:
    from cosmemory.engines.files.replace import find  # who only looks needs nothing that writes

    try:
        found = find(root, step.path)
    except OSError:
        return False
    if step.kind == "A":
        return found is not None and found.data[step.start :].startswith(step.inserted)
    return (found.revision if found else NONE) == step.after
