"""The pages of a memory by their names, read as the documents that they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from cosmemory import clock
from cosmemory.config import Settings
from cosmemory.document.values import time_of
from cosmemory.errors import Locked, NotFound, no_page
from cosmemory.frozen import replace
from cosmemory.kinds import BUILT_IN, Kind, Kinds, kind_named, kind_of
from cosmemory.kinds.page import Page, read_page
from cosmemory.pattern import pattern
from cosmemory.store import Attribution, Revision, Store, Stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.checks.run import Checked
    from cosmemory.document.abridged import Abridged

# So many pages, of at most so many characters each, are kept as they were read last.
KEPT = 32
ROUNDS = 1_000
LARGE = 256 * 1024
CURRENT = "current"  # the id of the page of a kind that is the one at hand
_MOMENT = pattern(r"\d{8}_\d{6}")
# So many characters may an abridged page grow by, a row at a time, until its tables are abridged again.
GROWTH = 2048


class Reader:
    """What a memory says: its pages in a store, its settings and kinds, and who asks at what time, and why."""

    # When what is written now happened, where that was before: what a hook could not write at once.
    happened: datetime | None = None

    def __init__(
        self,
        store: Store,
        *,
        settings: Settings | None = None,
        now: Callable[[], int] = clock.now,
        actor: str = "",
        message: str = "",
        kinds: Sequence[Kind] = (),
    ) -> None:
        self.store = store
        self.settings = settings or Settings()
        self.kinds = known_kinds(self.settings, kinds)
        self.actor = actor
        self.message = message
        self.told: list[str] = []
        self._now = now
        self._recent: dict[tuple[str, frozenset[str] | None], Page] = {}
        self._abridged: dict[str, tuple[Revision, tuple[str, ...], int, Abridged]] = {}

    def notices(self) -> tuple[str, ...]:
        """What had to be repaired or brought together, one sentence each."""
        return (*self.store.notices(), *self.told)

    def now(self) -> datetime:
        """The present moment, in whole seconds."""
        return time_of(self._now())

    def then(self) -> datetime:
        """When what is written now happened: at this moment, unless it comes late."""
        return self.now() if self.happened is None else min(self.happened, self.now())

    def attribution(self, operation: str, message: str = "") -> Attribution:
        """Who changes something now by the verb called ``operation``, and why."""
        return Attribution(
            actor=self.actor, operation=operation, message=message or self.message, at=self._now()
        )

    def path_of(self, name: str) -> str:
        """The path of the page called ``name``: a path with or without ``.md``, or a kind.

        Raises NotFound when no page answers to the name.
        """
        kind = kind_named(name, self.kinds)
        if kind is not None and kind.single:
            return kind.path
        if kind_of(name, self.kinds) is not None or self.store.read(name) is not None:
            return name
        path = name if name.endswith(".md") else name + ".md"
        if kind_of(path, self.kinds) is not None or self.store.read(path) is not None:
            return path
        if kind is not None:
            return self._newest(kind)
        from cosmemory.kinds.naming import close_page

        raise NotFound(f"The page {name!r}", close_page(name, self.store.paths(), self.kinds))

    def _newest(self, kind: Kind) -> str:
        """The page of a kind with many pages that is today's, or the one at hand, or else the newest."""
        pages = [path for path in self.store.paths() if kind.pattern.fullmatch(path)]
        today = kind.path.replace("{date}", self.now().date().isoformat()).replace("{id}", CURRENT)
        if today in pages:
            return today
        if not pages:
            raise NotFound(f"A page of the kind {kind.name!r}", f"It would stand at {kind.path}.")
        return max(pages, key=made_at)

    def page(self, name: str) -> Page:
        """The page called ``name``, read.

        Raises NotFound when it does not exist.
        """
        path = self.path_of(name)
        stored = self.store.read(path)
        return self.read_stored(_there(path, stored))

    def read_stored(self, stored: Stored, parts: frozenset[str] | None = None) -> Page:
        """What ``stored`` says, of its parts those named, or all; not read again while its bytes are the same."""
        known = self._recent.get((stored.path, parts))
        if known is not None and known.revision == stored.revision:
            return known
        page = read_page(stored, parts, self.kinds)
        self.keep(page)
        return page

    def keep(self, page: Page) -> None:
        """Keeps a page for the next time that it is asked for."""
        if len(page.tree.text) <= LARGE:
            if len(self._recent) >= KEPT:
                self._recent.clear()
            self._recent[page.path, page.parts] = page

    def abridged(self, stored: Stored, kind: Kind, keys: tuple[str, ...]) -> Abridged | None:
        """What ``stored`` says without most rows of its long tables, those of ``keys`` among the rest.

        None where that would not be sure.
        """
        from cosmemory.document.abridged import abridge

        known = self._abridged.get(stored.path)
        if known is not None and known[:2] == (stored.revision, keys) and len(known[3].tree.text) < known[2]:
            return known[3]
        page = abridge(stored.data, kind.document, keys)
        if page is not None:
            # With every row that is put to it the page grows; then its tables are abridged again.
            self._keep_abridged(stored.path, (stored.revision, keys, len(page.tree.text) + GROWTH, page))
        return page

    def follow(self, path: str, revision: Revision, page: Abridged) -> None:
        """Keeps an abridged page as it became by a change of ours."""
        known = self._abridged.get(path)
        if known is not None:
            self._keep_abridged(path, (revision, known[1], known[2], page))

    def _keep_abridged(self, path: str, held: tuple[Revision, tuple[str, ...], int, Abridged]) -> None:
        if len(self._abridged) >= KEPT:
            self._abridged.clear()
        self._abridged[path] = held

    def read(self, name: str) -> Any:
        """The typed document on the page called ``name``."""
        return self.page(name).document

    def read_together(self, *names: str) -> tuple[Any, ...]:
        """The documents called ``names`` as they all were at one moment: none from before a change of them, none after.

        Raises Locked when somebody keeps changing them.
        """
        paths = [self.path_of(name) for name in names]
        before = [self.store.read(path) for path in paths]
        for _ in range(ROUNDS):
            # What two rounds found alike stood there together between the two of them.
            after = [self.store.read(path) for path in paths]
            if after == before:
                return tuple(
                    self.read_stored(_there(path, each)).document
                    for path, each in zip(paths, after, strict=True)
                )
            before = after
        raise Locked("somebody who changes these pages again and again", 0)

    def validate(self, paths: Sequence[str] | None = None, *, project_checks: bool = True) -> Checked:
        """Everything that is wrong on the pages at ``paths``, or on all of them; nothing is written.

        The project's own checks, which its settings name, are run unless that is not wished for.
        """
        from cosmemory.checks.run import check_store

        settings = self.settings if project_checks else replace(self.settings, checks_run=False)
        project = None
        if settings.check_files or settings.check_packages:
            from cosmemory.checks.project import project_of

            project = project_of(settings)
        return check_store(self.store, self.now(), settings, paths, self.read_stored, self.kinds, project)


def made_at(path: str) -> tuple[str, str]:
    """What sorts pages and ids by their age where they bear their moment in their name, else by that name."""
    found = _MOMENT.search(path)
    return (found[0] if found else "", path)


def known_kinds(settings: Settings, more: Sequence[Kind] = ()) -> Kinds:
    """The kinds of a memory with those ``settings``, and ``more`` that a program adds.

    Raises ConfigError for a kind that cannot be.
    """
    if not settings.kinds and not more:
        return BUILT_IN
    from cosmemory.kinds.declared import own_kinds

    return own_kinds(settings.kinds, settings.folder, tuple(more))


def _there(path: str, stored: Stored | None) -> Stored:
    if stored is None:
        raise no_page(path)
    return stored
