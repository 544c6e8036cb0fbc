"""The history of a folder as a reader finds it: the journal, what the spool adds to it, and the pages as they stand.

No page is written, and no lock is waited for.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice, takewhile

from cosmemory.engines.files import heads, journal, noticing, spooled
from cosmemory.engines.files.disk import refusal
from cosmemory.engines.files.heads import Heads
from cosmemory.engines.files.journal import Journal
from cosmemory.engines.files.lock import FOLDER
from cosmemory.engines.files.spool import EDITED, JOURNAL, NONE, UNKNOWN
from cosmemory.engines.files.spooled import MADE, Record, revision_in
from cosmemory.engines.files.weaving import FOLLOWS, LOST, WHOLE, Woven, WovenStep, woven
from cosmemory.errors import Damaged, NotFound
from cosmemory.frozen import field, frozen, replace
from cosmemory.store import Attribution, Remembered, is_revision_of

Read = Callable[[str], bytes | None]


@frozen()
class FilesHistory:
    """What is known of the past of a folder's pages; what the journal does not have yet follows its last number."""

    journal: Journal | None
    fresh: tuple[Woven, ...]
    last: int
    present: Read

    def revisions(
        self, path: str | None = None, *, below: int | None = None, limit: int | None = None
    ) -> tuple[Remembered, ...]:
        """The changes of one page, or of all, newest first."""
        fits = (
            change.remembered
            for change in reversed(self.fresh)
            if (below is None or change.number < below)
            and (path is None or any(step.path == path for step in change.steps))
        )
        found = list(islice(fits, limit))
        if self.journal is not None and (limit is None or len(found) < limit):
            # Not what the journal took over since this history was asked for: that stands among the fresh ones.
            most = self.last + 1 if below is None else min(below, self.last + 1)
            with _refusing():
                found += self.journal.revisions(path, most, None if limit is None else limit - len(found))
        return tuple(found)

    def revision(self, number: int) -> Remembered | None:
        """The change of that number."""
        if number > self.last:
            index = number - self.last - 1
            return self.fresh[index].remembered if index < len(self.fresh) else None
        with _refusing():
            return self.journal.revision(number) if self.journal is not None else None

    def text(self, path: str, number: int) -> bytes | None:
        """A page right after the change of that number, None where there was no page.

        Raises NotFound where the text is not kept any more.
        """
        try:
            return self._text(path, number)
        except NotFound:
            newest = self.revisions(path, limit=1)[0]
            step = newest.step(path)
            data = self.present(path)
            if newest.number > number or step is None or not is_revision_of(step.after, data):
                raise
            return data

    def _text(self, path: str, number: int) -> bytes | None:
        steps = [
            step
            for change in self.fresh
            for step in change.steps
            if change.number <= number and step.path == path
        ]
        wholes = [index for index, step in enumerate(steps) if step.told != FOLLOWS]
        begin = wholes[-1] if wholes else 0
        text: bytes | None = None
        if not wholes and self.journal is not None:
            with _refusing():
                text = self.journal.text(path, min(number, self.last))
        for step in steps[begin:]:
            if step.told == LOST:
                raise NotFound(f"The text of {path} at revision {number}", "The history does not keep it.")
            held = text or b""
            if step.told == WHOLE:
                text = step.inserted
            else:
                text = held[: step.start] + step.inserted + held[step.start + len(step.removed) :]
            text = None if step.after == NONE else text
        if steps and not is_revision_of(revision_in(steps[-1].after), text):
            raise NotFound(f"The text of {path} at revision {number}", "The history does not keep it.")
        return text


@frozen()
class Known:
    """What was read of a spool before, up to the last of its records of which nothing can change any more."""

    spool: str = ""
    taken: tuple[str, int, int] = ("", 0, 0)
    end: int = 0
    heads: Mapping[str, str] = field(default_factory=dict)
    fresh: tuple[Woven, ...] = ()
    stamps: Mapping[str, tuple[str, str]] = field(
        default_factory=dict
    )  # of pages that were read, with their heads


def recalled(root: str, read: Read, before: Known | None = None) -> tuple[FilesHistory, Known]:
    """The history of the memory in a folder, and what of it need not be read again, which may be given ``before``.

    ``read`` gives a page with what is half done laid over it. Raises Damaged where the journal cannot be read.
    """
    folder = f"{root}/{FOLDER}"
    with _refusing():
        # The spool first: what the journal takes over meanwhile is then in both, and counted once.
        spool = spooled.read(folder, before.spool, before.end) if before else spooled.read(folder)
        kept = journal.opened(folder)
        last = kept.last if kept else 0
        name, end = kept.taken if kept else ("", 0)
        if before is None:
            before = Known(spool.name, (name, end, last), 0, kept.heads() if kept else {})
    if (spool.name, (name, end, last)) != (before.spool, before.taken):
        return recalled(root, read)
    begin = max(before.end, end if spool.name == name else 0)
    records = [each for each in spool.records if each.end > begin]
    settled = list(takewhile(lambda each: each.state, records))
    known = dict(before.heads)
    fresh = [*before.fresh, *woven(settled, last + 1 + len(before.fresh), known, read)]
    after = Known(spool.name, before.taken, settled[-1].end if settled else begin, dict(known), tuple(fresh))
    open_ones = [_judged(each, read) for each in records[len(settled) :]]
    fresh += woven(open_ones, last + 1 + len(fresh), known, read)
    stamps = heads.read(folder)
    seen = Heads(revisions=known)
    seen.stamps = {
        path: stamp
        for path, stamp in stamps.stamps.items()
        if stamps.revisions.get(path) == known.get(path, UNKNOWN)
    }
    seen.stamps |= {path: stamp for path, (stamp, head) in before.stamps.items() if known.get(path) == head}
    present = _present(root, seen, last + len(fresh) + 1, read)
    after = replace(
        after, stamps={path: (stamp, known[path]) for path, stamp in seen.stamps.items() if path in known}
    )
    return FilesHistory(kept, (*fresh, *present), last, read), after


@contextmanager
def _refusing() -> Iterator[None]:
    """Say in our own words what SQLite or the disk refuses."""
    try:
        yield
    except sqlite3.Error as error:
        hint = (
            "Nothing that stands on the pages is touched by that; move the file away to begin a new history."
        )
        raise Damaged(f"{FOLDER}/{JOURNAL}", 1, f"it cannot be read ({error})", hint) from error
    except OSError as error:
        raise refusal(FOLDER, error) from error


def told_of(root: str) -> Read:
    """What gives the text of a page as the history knows it, None where it does not."""

    def told(path: str) -> bytes | None:
        with suppress(NotFound, Damaged):
            history, _ = recalled(root, lambda path: noticing.page(root, path))
            newest = history.revisions(path, limit=1)
            return history.text(path, newest[0].number) if newest else None
        return None

    return told


def _judged(record: Record, read: Read) -> Record:
    """The record with what became of it, told by the pages where its writer was killed, or is at it now."""
    if record.state:
        return record
    for step in record.steps:
        data = read(step.path)
        if step.kind == "A":
            made = data is not None and data[step.start :].startswith(step.inserted)
        else:
            made = is_revision_of(None if step.after == NONE else step.after, data)
        if not made:
            return replace(record, state="V")
    return replace(record, state=MADE)


def _present(root: str, known: Heads, number: int, read: Read) -> list[Woven]:
    """What somebody saved and no writer has noticed yet, as a change of its own."""
    found = []
    for each in noticing.changed(root, known):
        now = replace(each, data=read(each.path))
        if not known.knows(each.path, now.data, now.revision):
            found.append(now)
    if not found:
        return []
    steps = tuple(
        WovenStep(
            path=each.path,
            before=known.revisions.get(each.path, UNKNOWN) or NONE,
            after=each.head,
            told=WHOLE,
            start=0,
            removed=b"",
            inserted=each.data or b"",
        )
        for each in found
    )
    at = max(each.at for each in found) or int(time.time())
    return [Woven(number=number, attribution=Attribution(operation=EDITED, at=at), by_hand=True, steps=steps)]
