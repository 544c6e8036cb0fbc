"""The past of a memory in the hands of a writer: recorded as it happens, noticed where a person made it, taken over.

All of it happens under the lock. What goes wrong here is told as a notice: the history must not keep anybody from
writing a page.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress

from cosmemory.engines.files import heads as heads_of
from cosmemory.engines.files import noticing
from cosmemory.engines.files.spool import (
    BY_HAND,
    CLOSED,
    EDITED,
    EXAMINED,
    FIRST_SEEN,
    FOUND,
    KEPT,
    NONE,
    UNKNOWN,
    VOID,
    Spool,
    appended,
    head,
    spliced,
    whole,
)
from cosmemory.engines.files.spooled import length_of, revision_in
from cosmemory.errors import CosmemoryError
from cosmemory.frozen import frozen
from cosmemory.store import revision_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cosmemory.engines.files.heads import Heads
    from cosmemory.engines.files.intent import Intent
    from cosmemory.engines.files.lock import Lock
    from cosmemory.engines.files.noticing import Noticed
    from cosmemory.engines.files.replace import Found
    from cosmemory.engines.files.steps import Step
    from cosmemory.store import Attribution

    Read = Callable[[str], bytes | None]

FULL = 256 * 1024  # so many bytes of spool go to the journal
LATER = 4  # times as many where others are waiting for their turn, most of all for an append's
AGAIN = 1.0  # seconds until a process looks for edits by hand once more


@frozen()
class Turned:
    """A page about to get a new text, or to go."""

    path: str
    before: Found | None
    data: bytes | None

    @property
    def after(self) -> str:
        """Its revision then, empty for no page."""
        return "" if self.data is None else revision_of(self.data)


@frozen()
class Extended:
    """A log about to get entries at its end, and its revision then."""

    path: str
    start: int
    data: bytes
    after: str


class Past:
    """What a store knows of its past while it writes."""

    __slots__ = ("_begun", "_follows", "_heads", "_looked", "keep_days", "lock", "spool")

    def __init__(self, lock: Lock, spool: Spool | None = None, keep_days: int = 400) -> None:
        self.lock = lock
        self.keep_days = keep_days
        self.spool = spool or Spool(lock)
        self._heads: Heads | None = None
        self._follows = -1
        self._looked = float("-inf")
        self._begun: dict[str, str] = {}

    @property
    def _current(self) -> bool:
        """Whether nobody else can have written since the heads were known."""
        return self._heads is not None and self._follows == self.lock.follows

    @property
    def edited(self) -> bool:
        """Whether somebody edited a page by hand, and nobody has examined that yet."""
        return self._heads is not None and self._heads.edited

    def heads(self, finished: Intent | None = None) -> Heads | None:
        """What is known last of every page; None where that cannot be known now.

        Where an intent is ``finished`` right now, its own record is one of a change that was made.
        """
        if self.spool.opened() == CLOSED:
            return None
        if self._heads is None or self._follows != self.lock.follows or not self.spool.settled:
            try:
                self._heads, whole_past = heads_of.follow(self._heads, self.spool, finished)
            except (OSError, CosmemoryError) as error:
                self._give_up(error)
                return None
            self._follows = self.lock.follows
            if not whole_past:
                self.take_over()
        return self._heads

    def look(self, *, thoroughly: bool = False) -> None:
        """Record what was saved by hand since; without being thorough at most once a second in one process."""
        if not thoroughly and time.monotonic() - self._looked < AGAIN:
            return
        heads = self.heads()
        if heads is None:
            return
        told = self._told() if thoroughly and heads.revisions else None
        try:
            found = noticing.changed(self.lock.root, heads, told)
        except (OSError, CosmemoryError) as error:
            self._give_up(error)
            return
        self._looked = time.monotonic()
        self._record_found(heads, found)

    @contextmanager
    def remembering(self, told: Attribution, changes: Sequence[Turned | Extended]) -> Iterator[None]:
        """Record a change that the block makes, and before it what a person did to its pages meanwhile.

        Where the block is refused something it may be made all the same: whoever writes next settles that by the pages.
        """
        self._begin(told, changes)
        yield
        self.settle(made=True)

    def finished(self, intent: Intent, edited: Sequence[Step]) -> bool:
        """Record a change that a killed writer began, where its own record does not tell all of it.

        Of pages that somebody ``edited`` since, the texts that they should have had are durable in the history when
        this is true: what a person saved over them counts as saved over that change.
        """
        heads = self.heads(intent)
        if heads is None:
            return False
        steps: list[bytes] = []
        for step in intent.steps:
            if step.appended or step.lost:
                continue
            data = step.after
            stands = step in edited or noticing.page(self.lock.root, step.path) == data
            if stands and not heads.knows(step.path, data, step.revision):
                steps.append(whole(step.path, data, step.revision or NONE))
                self._begun[step.path] = NONE if data is None else f"{step.revision}#{len(data)}"
        if steps:
            self.spool.begin(self.head_of(intent.told), steps)
            self.settle(made=True)
        return not edited or self.spool.lasts()

    def _begin(self, told: Attribution, changes: Sequence[Turned | Extended]) -> None:
        heads = self.heads()
        if heads is None:
            return
        steps: list[bytes] = []
        modes = 0o666
        self._begun = {}
        for change in changes:
            if isinstance(change, Extended):
                self._catch_up_log(heads, change.path, change.start)
                steps.append(appended(change.path, change.after, change.start, change.data))
                self._begun[change.path] = f"{change.after}#{change.start + len(change.data)}"
                continue
            before, now = change.before, change.after or NONE
            data = before.data if before else None
            was = self._caught_up(heads, change.path, before)
            steps.append(spliced(change.path, data, change.data, was, now))
            self._begun[change.path] = NONE if change.data is None else f"{now}#{len(change.data)}"
            modes &= before.status.st_mode if before else 0o666
        self.spool.begin(self.head_of(told), steps, modes)

    def _caught_up(self, heads: Heads, path: str, before: Found | None) -> str:
        """The revision by which the history knows a page as it stands, once it was told what a person did to it."""
        data = before.data if before else None
        known = heads.knows(path, data, before.revision if before else None)
        revision = revision_in(heads.revisions.get(path, UNKNOWN)) or NONE
        if known and "-" in revision and revision != NONE:
            # Named by its length and its end alone; a step tells nothing of a text that is another further up.
            known = self._told()(path) == data
        if not known:
            self._record_found(heads, [noticing.Noticed(path, data, UNKNOWN, 0)])
            revision = revision_in(heads.revisions[path]) or NONE
        return revision

    def _catch_up_log(self, heads: Heads, path: str, start: int) -> None:
        """Record what became of a log that is not as long as the history knows it: by a person, or by a repair."""
        if length_of(heads.revisions.get(path, UNKNOWN)) == start:
            return
        with suppress(OSError, CosmemoryError):  # what follows tells it then, unless it is changed again
            data = noticing.page(self.lock.root, path)
            self._record_found(heads, [noticing.Noticed(path, data, UNKNOWN, 0)])

    def _told(self) -> Read:
        from cosmemory.engines.files.recalled import told_of

        return told_of(self.lock.root)

    def begin_append(self, told: bytes, path: str, start: int, data: bytes, after: str) -> None:
        """Record entries that are about to be written at the end of a log."""
        if self.spool.opened() == CLOSED:
            return
        if self._current or not self.spool.settled:
            heads = self.heads()
            if heads is None:
                return
            self._catch_up_log(heads, path, start)
            self._begun = {path: f"{after}#{start + len(data)}"}
        # Where others wrote since we did, an append need not know what: it would hold the lock for longer.
        self.spool.begin(told, [appended(path, after, start, data)])

    def tidy(self, most: int) -> None:
        """Settle what a killed writer left, and take the spool over where it has grown beyond so many bytes."""
        heads = self.heads()
        if heads is not None and heads.end > most:
            self.take_over()

    def settle(self, *, made: bool) -> None:
        """Say whether the change that was begun was made."""
        self.spool.settle(KEPT if made else VOID)
        heads = self._heads
        if heads is None or not self._current:
            if self.spool.end > FULL * LATER:
                self.take_over()
            return
        if self.spool.closed:
            self._heads = None  # what could not be written is not known: the pages tell what was made
            return
        heads.end = self.spool.end
        if made:
            heads.revisions.update(self._begun)
            for path in self._begun:
                heads.stamps.pop(path, None)
        self._begun = {}
        if heads.end > FULL:
            self.take_over()

    def examined(self) -> None:
        """Remember that every edit by hand so far was examined."""
        heads = self.heads()
        if heads is not None and heads.edited:
            self._record(EXAMINED, "", int(time.time()), [])
            heads.edited = False

    def take_over(self) -> None:
        """Bring the whole spool into the journal."""
        from cosmemory.engines.files import taking

        heads = self.heads()
        if heads is None:
            return
        try:
            self._heads = taking.take_over(self.spool, heads, self.keep_days)
        except (OSError, CosmemoryError) as error:
            self._heads = None
            self._give_up(error)

    def _record_found(self, heads: Heads, found: Sequence[Noticed]) -> None:
        for sort in (FIRST_SEEN, BY_HAND):
            these = [each for each in found if (each.path in heads.revisions) == (sort == BY_HAND)]
            if not these:
                continue
            steps = [whole(each.path, each.data, each.revision) for each in these]
            operation = EDITED if sort == BY_HAND else FOUND
            self._record(sort, operation, max(each.at for each in these) or int(time.time()), steps)
            for each in these:
                heads.revisions[each.path] = each.head
                if each.stamp:
                    heads.stamps[each.path] = each.stamp
                else:
                    heads.stamps.pop(each.path, None)
            heads.edited = heads.edited or sort == BY_HAND

    def _record(self, sort: str, operation: str, at: int, steps: Sequence[bytes]) -> None:
        self.spool.begin(head(at, "", operation, "", sort), steps)
        self.spool.settle()
        if self._heads is not None:
            self._heads.end = self.spool.end

    @staticmethod
    def head_of(told: Attribution) -> bytes:
        """The head of the record of a change that is made now."""
        return head(told.at or int(time.time()), told.actor, told.operation, told.message)

    def _give_up(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error)
        self.lock.notices.append(f"The history could not be brought up to date: {reason}")
