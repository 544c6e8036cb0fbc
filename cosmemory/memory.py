"""A memory: typed documents read from its pages, changed in transactions, with every write by one door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cosmemory import clock
from cosmemory.config import FORMAT, Settings
from cosmemory.document.changes import changed, changes
from cosmemory.document.decode import Decoded
from cosmemory.document.derived import settle
from cosmemory.document.guard import refuse_unreadable
from cosmemory.document.values import time_of, write_time
from cosmemory.errors import Conflict, Damaged, EditedMeanwhile, NotFound, ReadOnly
from cosmemory.frozen import frozen
from cosmemory.kinds import ACTIVE_ALERTS, COS_STATE, LOG_PATH, TEAM_ROSTER, Kind, kind_named, kind_of
from cosmemory.kinds.page import Page, read_document, read_page
from cosmemory.store import Append, Change, Replace, Revision, Store, Writer, is_revision_of
from cosmemory.syntax.entry import entry_text, event_fields
from cosmemory.syntax.tree import Tree
from cosmemory.text.edits import only_real
from cosmemory.text.source import Source, encode_text
from cosmemory.trace import trace

if TYPE_CHECKING:
    from cosmemory.checks.run import Checked
    from cosmemory.kinds.coordination_log import Event

# A person who saves again and again must not keep a verb waiting for ever.
ATTEMPTS = 20
BROADCAST = "broadcast"

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

    def now(self) -> datetime:
        """The present moment, in whole seconds."""
        return time_of(self._now())

    def path_of(self, name: str) -> str:
        """The path of the page called ``name``: a path with or without ``.md``, or a kind.

        Raises NotFound when no page answers to the name.
        """
        if self.store.read(name) is not None:
            return name
        kind = kind_named(name)
        if kind is not None and kind.single:
            return kind.path
        path = name if name.endswith(".md") else name + ".md"
        if kind_of(path) is not None or self.store.read(path) is not None:
            return path
        if kind is not None:
            return self._newest(kind)
        from cosmemory.kinds.naming import close_page

        raise NotFound(f"The page {name!r}", close_page(name, self.store.paths()))

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
        return read_page(stored)

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


@dataclass(slots=True)
class Transaction:
    """Changes of several pages that land together."""

    memory: Memory
    writer: Writer
    revisions: dict[str, Revision] = field(default_factory=dict)
    _pages: dict[str, Page] = field(default_factory=dict)
    _changed: dict[str, Any] = field(default_factory=dict)
    _created: dict[str, bytes] = field(default_factory=dict)
    _rewritten: list[Replace] = field(default_factory=list)
    _events: list[Event] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.memory.now()

    def expect(self, name: str, revision: Revision) -> None:
        """Refuses the transaction when the page called ``name`` is not at ``revision``.

        Raises Conflict.
        """
        path = self.memory.path_of(name)
        stored = self.writer.read(path)
        if not is_revision_of(revision, stored.data if stored else None):
            raise Conflict(path, revision, stored.revision if stored else None)

    def page(self, name: str) -> Page:
        """The page called ``name`` as it stands now."""
        path = self.memory.path_of(name)
        if path not in self._pages:
            stored = self.writer.read(path)
            if stored is None:
                raise NotFound(f"The page {path}", "cosmemory init creates what is missing.")
            refuse_unreadable(path, Source.of(stored.data))
            self._pages[path] = read_page(stored)
        return self._pages[path]

    def exists(self, path: str) -> bool:
        """Whether there is a page at ``path``."""
        return path in self._created or self.writer.read(path) is not None

    def read(self, name: str) -> Any:
        """The document called ``name``, with the changes of this transaction."""
        path = self.memory.path_of(name)
        return self._changed[path] if path in self._changed else self.page(path).document

    def replace(self, name: str, document: Any) -> None:
        """``document``, made from the one read here, in its place."""
        self._changed[self.page(name).path] = document

    def create(self, path: str, text: str) -> None:
        """A new page; it must not exist yet."""
        self._created[path] = encode_text(text)

    def rewrite(self, path: str, text: str) -> None:
        """``text`` as the whole of the page at ``path``, whether it exists or not."""
        stored = self.writer.read(path)
        self._rewritten.append(
            Replace(path=path, data=encode_text(text), expected=stored.revision if stored else None)
        )

    def append(self, *events: Event) -> None:
        """``events`` at the end of the coordination log."""
        self._events.extend(events)

    def commit(self, operation: str = "") -> None:
        """Writes all of it under the lock that is held; a transaction that changes nothing writes nothing."""
        self._mirror()
        changes: list[Change] = [
            Replace(path=path, data=data, expected=None) for path, data in self._created.items()
        ]
        changes.extend(self._rewritten)
        for path, document in self._changed.items():
            changes.extend(self._replaced(path, document))
        if self._events:
            changes.append(Append(path=LOG_PATH, data=entries_of(self._events)))
        if not changes:
            return
        landed = self.writer.commit(changes, operation, self.memory.actor)
        self.revisions = {change.path: revision for change, revision in zip(changes, landed, strict=True)}
        trace("%s by %s changed %s", operation or "a change", self.memory.actor, ", ".join(self.revisions))

    def _replaced(self, path: str, document: Any) -> Sequence[Change]:
        page = self._pages[path]
        settled = settle(page.document, document, page.kind.derive)
        if not only_real(page.tree.text, changes(page.tree, page.document, settled)):
            return ()
        text = None

        def read(tree: Tree, _: type[Any]) -> Decoded:
            return read_document(page.kind, tree)

        if page.kind.touch is not None:
            # Damage where only the time of the change stands must not stop the change itself.
            with suppress(Damaged):
                text = changed(path, page.tree, page.document, page.kind.touch(settled, self.now), read)
        if text is None:
            text = changed(path, page.tree, page.document, settled, read)
        return (Replace(path=path, data=encode_text(text), expected=page.revision),)

    def _mirror(self) -> None:
        """Carries what changed on other pages over to cos-state, if there is one."""
        broadcast = max(filter(None, map(_broadcast_at, self._events)), default=None)
        if broadcast is None and not self._changed.keys() & {TEAM_ROSTER.path, ACTIVE_ALERTS.path}:
            return
        from cosmemory.kinds.mirrors import Sources, mirrored, words_with

        sources = Sources(
            roster=self._before_and_after(TEAM_ROSTER),
            alerts=self._before_and_after(ACTIVE_ALERTS),
            broadcast=broadcast,
        )
        if sources == Sources() or not self.exists(COS_STATE.path):
            return
        state = self.read(COS_STATE.path)
        shown = mirrored(state, sources)
        if shown is not state:
            self.replace(COS_STATE.path, shown)
            self.append(*words_with(state, shown, self.now))

    def _before_and_after(self, kind: Kind) -> tuple[Any, Any] | None:
        document = self._changed.get(kind.path)
        if document is None or document == self._pages[kind.path].document:
            return None
        before = self._pages[kind.path].document
        settled = settle(before, document, kind.derive)
        return before, kind.touch(settled, self.now) if kind.touch else settled


def _broadcast_at(event: Event) -> datetime | None:
    """When the event went to the whole team; None for any other event."""
    return event.time if event.type == BROADCAST and isinstance(event.time, datetime) else None


def entries_of(events: Iterable[Event]) -> bytes:
    """The entries of ``events`` as they go to the log."""
    return encode_text("".join(map(event_text, events)))


def event_text(event: Event) -> str:
    """The entry of ``event`` as it stands in the log."""
    moment = (
        write_time(event.time) if isinstance(event.time, datetime) else str(getattr(event.time, "text", ""))
    )
    values = (
        event.type or "",
        event.involved or "",
        event.action or "",
        event.outcome or "",
        event.notes or "",
    )
    return entry_text(moment, event_fields(*values, list(event.extra.items())))
