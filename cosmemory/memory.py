"""A memory: typed documents read from its pages, changed in transactions, with every write by one door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cosmemory import clock
from cosmemory.config import FORMAT, Settings
from cosmemory.document.values import time_of
from cosmemory.errors import EditedMeanwhile, NotFound, ReadOnly
from cosmemory.frozen import frozen
from cosmemory.kinds import KINDS, LOG_PATH, Kind, kind_named, kind_of
from cosmemory.kinds.page import Page, read_page
from cosmemory.store import Revision, Store, Stored
from cosmemory.trace import trace
from cosmemory.transaction import BROADCAST, Transaction, entries_of

if TYPE_CHECKING:
    from cosmemory.checks.run import Checked
    from cosmemory.kinds.coordination_log import Event

# A person who saves again and again must not keep a verb waiting for ever.
ATTEMPTS = 20
# So many pages, of at most so many characters each, are kept as they were read last.
KEPT = 32
LARGE = 256 * 1024

Result = TypeVar("Result")


class Memory:
    """The state of one Chief of Staff, as pages in a store."""

    def __init__(
        self,
        store: Store,
        *,
        settings: Settings | None = None,
        now: Callable[[], int] = clock.now,
        actor: str = "",
    ) -> None:
        self.store = store
        self.settings = settings or Settings()
        self.actor = actor
        self._now = now
        self._recent: dict[tuple[str, frozenset[str] | None], Page] = {}

    def now(self) -> datetime:
        """The present moment, in whole seconds."""
        return time_of(self._now())

    def path_of(self, name: str) -> str:
        """The path of the page called ``name``: a path with or without ``.md``, or a kind.

        Raises NotFound when no page answers to the name.
        """
        kind = kind_named(name)
        if kind is not None and kind.single:
            return kind.path
        if kind_of(name) is not None or self.store.read(name) is not None:
            return name
        path = name if name.endswith(".md") else name + ".md"
        if kind_of(path) is not None or self.store.read(path) is not None:
            return path
        if kind is not None:
            return self._newest(kind)
        known = ", ".join(each.name for each in KINDS)
        raise NotFound(f"The page {name!r}", f"Name a page below the memory folder, or a kind: {known}.")

    def _newest(self, kind: Kind) -> str:
        """The page of a kind with many pages that is today's, or else the newest."""
        pages = [path for path in self.store.paths() if kind.pattern.fullmatch(path)]
        today = kind.path.replace("{date}", self.now().date().isoformat())
        if today in pages:
            return today
        if not pages:
            raise NotFound(f"A page of the kind {kind.name!r}", f"It would stand at {kind.path}.")
        return max(pages)

    def page(self, name: str) -> Page:
        """The page called ``name``, read.

        Raises NotFound when it does not exist.
        """
        path = self.path_of(name)
        stored = self.store.read(path)
        if stored is None:
            raise NotFound(f"The page {path}", "cosmemory init creates what is missing.")
        return self.read_stored(stored)

    def read_stored(self, stored: Stored, parts: frozenset[str] | None = None) -> Page:
        """What ``stored`` says, of its parts those named, or all; not read again while its bytes are the same."""
        known = self._recent.get((stored.path, parts))
        if known is not None and known.revision == stored.revision:
            return known
        page = read_page(stored, parts)
        self.keep(page)
        return page

    def keep(self, page: Page) -> None:
        """Keeps a page for the next time that it is asked for."""
        if len(page.tree.text) <= LARGE:
            if len(self._recent) >= KEPT:
                self._recent.clear()
            self._recent[page.path, page.parts] = page

    def read(self, name: str) -> Any:
        """The typed document on the page called ``name``."""
        return self.page(name).document

    @contextmanager
    def transaction(
        self, *, expected: dict[str, Revision] | None = None, operation: str = ""
    ) -> Iterator[Transaction]:
        """Documents read, replaced and events appended in this block land together at its end, or not at all.

        The one lock is held from the first line to the last: keep slow work outside, and hand over the
        revisions it was based on as ``expected``. Raises Conflict for a page that is no longer at its
        expected revision, EditedMeanwhile when an editor saved a page during the block, Locked when
        somebody else holds the lock for too long, ReadOnly for a memory of a newer format.
        """
        if self.settings.format > FORMAT:
            raise ReadOnly(
                f"its format is {self.settings.format}, and this release knows formats up to {FORMAT}"
            )
        with self.store.writing() as writer:
            transaction = Transaction(self, writer)
            for name, revision in (expected or {}).items():
                transaction.expect(name, revision)
            yield transaction
            transaction.commit(operation)

    def run(
        self,
        verb: Callable[[Transaction], Result],
        *,
        expected: dict[str, Revision] | None = None,
        operation: str = "",
    ) -> Outcome[Result]:
        """``verb`` done in a transaction, again from the start if a person saved a page meanwhile."""
        for attempt in range(ATTEMPTS):
            try:
                with self.transaction(expected=expected, operation=operation) as transaction:
                    result = verb(transaction)
                return Outcome(result, tuple(transaction.revisions.items()))
            except EditedMeanwhile as edited:
                trace("%s begins again: %s", operation or "a change", edited)
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def validate(self, paths: Sequence[str] | None = None) -> Checked:
        """Everything that is wrong on the pages at ``paths``, or on all of them; nothing is written."""
        from cosmemory.checks.run import check_store

        return check_store(self.store, self.now(), self.settings, paths)

    def log(self, *events: Event) -> Revision:
        """``events`` appended to the coordination log, durably and with one sync."""
        if self.settings.format > FORMAT or any(event.type == BROADCAST for event in events):
            # A broadcast is shown on cos-state too.
            return self.run(lambda transaction: transaction.append(*events)).revision_of(LOG_PATH)
        return self.store.append(LOG_PATH, entries_of(events))


@frozen()
class Outcome(Generic[Result]):
    """What a verb gave back, and the revisions of the pages that it changed."""

    result: Result
    revisions: tuple[tuple[str, Revision], ...]

    def revision_of(self, path: str) -> Revision:
        """The revision that ``path`` has now, if the verb changed it."""
        return dict(self.revisions).get(path, "")
