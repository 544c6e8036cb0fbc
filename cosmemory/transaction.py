"""Changes of several pages that land together: documents read, replaced and events appended under the lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from cosmemory.document.changes import Changed
from cosmemory.document.derived import settle
from cosmemory.document.entered import entered
from cosmemory.document.fields import stamped
from cosmemory.document.guard import refuse_unreadable
from cosmemory.document.paths import with_value
from cosmemory.errors import Conflict, CosmemoryError, no_page
from cosmemory.frozen import field, replace, slotted
from cosmemory.kinds import (
    ACTIVE_ALERTS,
    COS_STATE,
    LOG_PATH,
    SESSION_PATH,
    TEAM_ROSTER,
    kind_of,
)
from cosmemory.kinds.changed_page import is_another, parts_for, with_document, with_parts
from cosmemory.kinds.entries import belated, entries_of
from cosmemory.kinds.page import Page
from cosmemory.store import (
    Append,
    Change,
    Remove,
    Replace,
    Revision,
    Stored,
    Writer,
    is_revision_of,
)
from cosmemory.text.source import Source, encode_text
from cosmemory.trace import trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.document.abridged import Abridged
    from cosmemory.kinds.coordination_log import Event
    from cosmemory.reader import Reader

BROADCAST = "broadcast"
# The pages that cos-state shows something of.
_MIRRORED = frozenset([TEAM_ROSTER.path, ACTIVE_ALERTS.path, SESSION_PATH])


@slotted
class Transaction:
    """Changes of several pages that land together."""

    memory: Reader
    writer: Writer
    revisions: dict[str, Revision] = field(default_factory=dict)
    _stored: dict[str, Stored | None] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    _changed: dict[str, Any] = field(default_factory=dict)
    _created: dict[str, bytes] = field(default_factory=dict)
    _rewritten: list[Change] = field(default_factory=list)
    _sets: dict[str, tuple[str, str]] = field(default_factory=dict)
    _written: dict[str, Page] = field(default_factory=dict)
    _events: list[Event] = field(default_factory=list)
    _extended: dict[str, Abridged] = field(default_factory=dict)
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.memory.now()

    def stored(self, path: str) -> Stored | None:
        """The page at ``path`` as it was when this transaction first looked at it; None where there was none.

        What is made from it is compared with it, so that nobody's later save is written over.
        """
        if path not in self._stored:
            self._stored[path] = self.writer.read(path)
        return self._stored[path]

    def expect(self, name: str, revision: Revision) -> None:
        """Refuses the transaction when the page called ``name`` is not at ``revision``.

        Raises Conflict.
        """
        path = self.memory.path_of(name)
        stored = self.stored(path)
        if not is_revision_of(revision, stored.data if stored else None):
            raise Conflict(path, revision, stored.revision if stored else None)

    def page(self, name: str) -> Page:
        """The page called ``name`` as it stands now."""
        path = self.memory.path_of(name)
        if path not in self.pages:
            self.pages[path] = self._load(path)
        if path in self._sets:
            self.replace(path, with_value(self.pages[path].document, *self._sets.pop(path)))
        return self.pages[path]

    def _load(self, path: str, parts: frozenset[str] | None = None) -> Page:
        stored = self.stored(path)
        if stored is None:
            raise no_page(path)
        refuse_unreadable(path, Source.of(stored.data))
        return self.memory.read_stored(stored, parts)

    def exists(self, path: str) -> bool:
        """Whether there is a page at ``path``, with the changes of this transaction."""
        for change in self._rewritten:
            if change.path == path:
                return not isinstance(change, Remove)
        return path in self._created or self.stored(path) is not None

    def read(self, name: str) -> Any:
        """The document called ``name``, with the changes of this transaction."""
        page = self.page(name)
        return self._changed.get(page.path, page.document)

    def replace(self, name: str, document: Any) -> None:
        """``document``, made from the one read here, in its place; its new texts are normalised.

        Raises InvalidValue for a text that says nothing where one is required.
        """
        page = self.page(name)
        self._changed[page.path] = entered(page.document, document)

    def set(self, name: str, path: str, text: str) -> None:
        """``text``, read as the type of its field, at the dotted ``path`` of the page called ``name``."""
        where = self.memory.path_of(name)
        if where in self.pages or where in self._sets:
            self.replace(where, with_value(self.read(where), path, text))
        else:
            # When nothing else is asked of the page, no more of it will be read than this value needs.
            self._sets[where] = path, text

    def extend(self, path: str, part: str, keys: tuple[str, ...], make: Callable[[Any], Any]) -> Any:
        """The document of a long page as ``make`` gives it, with more rows in its ``part``, in its place.

        Most rows of long tables are not read: ``make`` may look at those that begin with one of ``keys``, at the last
        one of each and the one with the highest number. None, with nothing done, where that is not sure to come to
        the same as with all of them read.
        """
        from cosmemory.document.abridged import extended, takes_rows

        kind, stored = kind_of(path, self.memory.kinds), self.stored(path)
        parts = kind.derived_from if kind is not None else None
        if kind is None or stored is None or parts is None or part in parts:
            return None
        if path in self.pages or path in self._sets or path in self._extended:
            return None
        page = self.memory.abridged(stored, kind, keys)
        if page is None or not takes_rows(page, part):
            return None
        try:
            new = entered(page.document, make(page.document))
        except CosmemoryError:
            return None  # with the whole page at hand it is refused in better words
        if any(getattr(new, name) is not getattr(page.document, name) for name in parts):
            return None
        done = extended(path, stored.data, page, stamped(new, kind.stamp, self.now) if kind.stamp else new)
        if done is None:
            return None
        self._rewritten.append(Replace(path=path, data=done.data, expected=stored.revision))
        self._extended[path] = done.page
        return new

    def create(self, path: str, text: str) -> None:
        """A new page; it must not exist yet."""
        self._created[path] = encode_text(text)

    def rewrite(self, path: str, text: str) -> None:
        """``text`` as the whole of the page at ``path``, whether it exists or not."""
        stored = self.stored(path)
        self._rewritten.append(
            Replace(path=path, data=encode_text(text), expected=stored.revision if stored else None)
        )

    def put(self, path: str, data: bytes) -> None:
        """``data``, which need not be text, as a new file at ``path``, such as a page packed for the archive."""
        self._rewritten.append(Replace(path=path, data=data, expected=None))

    def remove(self, path: str) -> None:
        """The page at ``path`` taken away, if there is one."""
        stored = self.stored(path)
        if stored is not None:
            self._rewritten.append(Remove(path=path, expected=stored.revision))

    def move(self, path: str, place: str) -> None:
        """The page at ``path``, byte for byte as it stands, at ``place``, where no page is yet."""
        stored = self.stored(path)
        if stored is None:
            raise no_page(path)
        self._rewritten.append(Replace(path=place, data=stored.data, expected=None))
        self.remove(path)

    def append(self, *events: Event) -> None:
        """``events`` at the end of the coordination log."""
        then = self.memory.happened
        if then is not None and then < self.now:
            events = tuple(belated(each, then) for each in events)
        self._events.extend(events)

    def commit(self, operation: str = "", message: str = "", *, merge: bool = False) -> None:
        """Writes all of it under the lock that is held; a transaction that changes nothing writes nothing.

        Where somebody saved a page by hand meanwhile, both are merged by meaning if ``merge`` is wished and no
        value was changed by both; else it raises EditedMeanwhile.
        """
        made: list[Change] = [change for path in list(self._sets) for change in self._alone(path)]
        self._mirror()
        made += [Replace(path=path, data=data, expected=None) for path, data in self._created.items()]
        made += self._rewritten
        made += [change for path, new in self._changed.items() for change in self._whole(path, new)]
        if self._events:
            made.append(Append(path=LOG_PATH, data=entries_of(self._events)))
        if not made:
            self._finish()
            return
        if self.memory.settings.check_files or self.memory.settings.check_packages:
            self._refuse_unfit(made)
        attribution = self.memory.attribution(operation, message)
        try:
            landed = self.writer.commit(made, attribution)
        except Conflict as edited:
            if not merge:
                raise
            made = [self._merged(change, edited) for change in made]
            self._written.clear()
            landed = self.writer.commit(made, attribution)
        self.revisions = {change.path: revision for change, revision in zip(made, landed, strict=True)}
        for path, page in self._written.items():
            self.memory.keep(replace(page, revision=self.revisions[path]))
        for path, abridged in self._extended.items():
            self.memory.follow(path, self.revisions[path], abridged)
        self._finish()
        pages = ", ".join(self.revisions)
        trace("%s by %s changed %s", operation or "a change", self.memory.actor, pages, level="INFO")

    def _finish(self) -> None:
        """What is to be done when all has landed, still under the lock."""
        for do in self.afterwards:
            do()

    def _refuse_unfit(self, made: Sequence[Change]) -> None:
        """Refuses what verbs made of the pages, where the project's own validators do; what is put back is not judged."""
        typed = {*self._changed, *self._sets, *self._created, *self._extended}
        judged = [each for each in made if isinstance(each, Replace) and each.path in typed]
        if judged:
            from cosmemory.checks.judging import refuse_unfit

            refuse_unfit(self.memory.settings, self.memory.kinds, judged, self.stored)

    def _merged(self, change: Change, edited: Conflict) -> Change:
        """``change`` made to the page as a person saved it after it was read here."""
        page = self.pages.get(change.path)
        stored = self.writer.read(change.path)
        if not isinstance(change, Replace) or page is None or stored is None:
            return change
        if stored.revision == change.expected:
            return change
        from cosmemory.merge.pages import merge_pages

        both = merge_pages(
            change.path, encode_text(page.tree.text), change.data, stored.data, kinds=self.memory.kinds
        )
        if both.disputes or both.data is None:
            raise edited
        return Replace(path=change.path, data=both.data, expected=stored.revision)

    def _alone(self, path: str) -> Sequence[Change]:
        """The change of a single value, with no more read of its page than it needs; none where that is not sure."""
        at, text = self._sets[path]
        kind = kind_of(path, self.memory.kinds)
        parts = parts_for(kind, at) if kind else None
        if kind is None or parts is None:
            self.page(path)
            return ()
        page = self._load(path, parts)
        document = entered(page.document, with_value(page.document, at, text))
        if not is_another(page, document):
            return ()
        done = with_parts(page, document, parts, self.now)
        if done is None:
            self.page(path)
            return ()
        return self._replaced(page, done)

    def _whole(self, path: str, document: Any) -> Sequence[Change]:
        page = self.pages[path]
        done = with_document(page, document, self.now)
        return self._replaced(page, done) if done is not None else ()

    def _replaced(self, page: Page, done: Changed) -> Sequence[Change]:
        read = done.read
        fresh = replace(page, tree=done.tree, document=read.document, diagnostics=read.diagnostics)
        self._written[page.path] = fresh
        return (Replace(path=page.path, data=encode_text(done.tree.text), expected=page.revision),)

    def _mirror(self) -> None:
        """Carries what changed on other pages over to cos-state, if there is one."""
        broadcast = max(filter(None, map(_broadcast_at, self._events)), default=None)
        if broadcast is None and not self._changed.keys() & _MIRRORED:
            return
        from cosmemory.kinds.mirrors import Sources, mirrored, words_with

        sources = Sources(
            roster=self._before_and_after(TEAM_ROSTER.path),
            alerts=self._before_and_after(ACTIVE_ALERTS.path),
            session=self._before_and_after(SESSION_PATH),
            broadcast=broadcast,
        )
        if sources == Sources() or not self.exists(COS_STATE.path):
            return
        state = self.read(COS_STATE.path)
        shown = mirrored(state, sources)
        if shown is not state:
            self.replace(COS_STATE.path, shown)
            self.append(*words_with(state, shown, self.now))

    def _before_and_after(self, path: str) -> tuple[Any, Any] | None:
        document = self._changed.get(path)
        if document is None or document == self.pages[path].document:
            return None
        kind, before = self.pages[path].kind, self.pages[path].document
        settled = settle(before, document, kind.derive)
        return before, stamped(settled, kind.stamp, self.now) if kind.stamp else settled


def _broadcast_at(event: Event) -> datetime | None:
    """When the event went to the whole team; None for any other event."""
    return event.time if event.type == BROADCAST and isinstance(event.time, datetime) else None
