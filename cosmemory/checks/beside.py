"""One page held beside the few that it follows from: the day before it, the handoff before it, what a run names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from cosmemory.checks import CHECKS, PAGE_CHECKS
from cosmemory.checks.pages import Pages
from cosmemory.checks.workflow import linked
from cosmemory.config import Settings
from cosmemory.diagnostics import Diagnostic, report
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import (
    AGENT_METRICS,
    ARCHIVE,
    BUILT_IN,
    DAILY_METRICS,
    HANDOFF,
    RUN,
    TEAM_ROSTER,
    Kinds,
)
from cosmemory.kinds.page import Page, read_page
from cosmemory.store import Store, Stored
from cosmemory.text.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.rules.rule import Rule

    # The rules of the project, and whether those are all of them.
    Rules = tuple[tuple[Rule, ...], bool]

DAILY = DAILY_METRICS.path.partition("{")[0]


@frozen(kw_only=True)
class CheckedPage:
    """One page that was checked, with its findings in page order, and its text where there are any."""

    path: str
    text: str
    diagnostics: tuple[Diagnostic, ...]


class Day:
    """The daily page before the one that is checked, read only when that one is."""

    def __init__(self, store: Store) -> None:
        self.path = ""
        self._store = store
        self._page: Page | None = None

    def follow(self, path: str, page: Page | None) -> None:
        """Goes on from the page at a path, if it is a daily one."""
        if path.startswith(DAILY) and DAILY_METRICS.pattern.fullmatch(path):
            self.path, self._page = path, page

    def page(self) -> Page | None:
        """The page, if there is one before."""
        if self._page is None and self.path:
            self._page = readable(self._store, self.path, {})
        return self._page


class Months:
    """The pages of agents' months, put off so that the days of each month are read once for all of them."""

    def __init__(self, store: Store, now: datetime, every: Sequence[str]) -> None:
        self._store = store
        self._running = f"{now:%Y-%m}"
        self._days: dict[str, list[str]] = {}
        self._kept: dict[str, list[tuple[str, str]]] = {}
        for path in every:
            if path.startswith(DAILY) and (matched := DAILY_METRICS.pattern.fullmatch(path)):
                self._days.setdefault(matched[1][:7], []).append(path)

    def _over(self, path: str) -> str:
        """The month of an agent's page, if it is over."""
        matched = AGENT_METRICS.pattern.fullmatch(path)
        return matched[2] if matched and matched[2] < self._running else ""

    def dailies(self, path: str) -> list[str]:
        """The daily pages that an agent's page follows from; none for any other page."""
        return self._days.get(self._over(path), [])

    def keep(self, path: str, stamp: str) -> bool:
        """Whether a page is to be checked beside the days of its month, and is put off for that."""
        if not self.dailies(path):
            return False
        self._kept.setdefault(self._over(path), []).append((path, stamp))
        return True

    def kept(self) -> Iterator[tuple[str, str, list[Page]]]:
        """The pages put off, each with its stamp and the daily pages of its month."""
        for month, pages in self._kept.items():
            days = [
                page for path in self._days[month] if (page := readable(self._store, path, {})) is not None
            ]
            for path, stamp in pages:
                yield path, stamp, days


def around(page: Page, day: Day, store: Store) -> list[Page]:
    """The pages that one is checked beside: the day before it, the handoff before it, what a run names."""
    if page.kind is DAILY_METRICS:
        earlier = day.page()
        return [earlier] if earlier is not None else []
    named = [*linked(page)]
    if page.kind is HANDOFF:
        from cosmemory.checks.handoffs import before

        named[:0] = filter(None, [before(page)])
    found = [(path, store.read(path) or store.read(f"archive/{path}")) for path in named]
    if page.kind is RUN and found:
        found.append((TEAM_ROSTER.path, store.read(TEAM_ROSTER.path)))
    return [read_page(replace(stored, path=path)) for path, stored in found if stored is not None]


def beside(
    page: Page,
    others: Sequence[Page],
    now: datetime,
    settings: Settings,
    own: list[Diagnostic],
    rules: Rules,
    every: Sequence[str] = (),
) -> CheckedPage:
    """A page checked beside those that it follows from; ``every`` names all that there are."""
    pages = {each.path: each for each in (*others, page)}
    seen = Pages(pages=pages, now=now, settings=settings, every=tuple(every), about=page.path)
    told = [*page.diagnostics, *own, *(each for check in PAGE_CHECKS for _, each in check(seen))]
    return checked(page.path, page, told, rules)


def check_alone(
    store: Store, stored: Stored, now: datetime, settings: Settings, kinds: Kinds = BUILT_IN
) -> CheckedPage:
    """What is found on one page that would stand as ``stored``, every error among it.

    Left out is what the central pages say of each other, which is never an error, and what the project checks itself.
    """
    path, every = stored.path, store.paths()
    if not is_known(path, kinds):
        return CheckedPage(path=path, text="", diagnostics=())
    unreadable = _unreadable(stored)
    if unreadable is not None:
        return CheckedPage(path=path, text="", diagnostics=(unreadable,))
    page = read_page(stored, None, kinds)
    day, months = Day(store), Months(store, now, every)
    for each in every:
        if each < path:
            day.follow(each, None)
    others = around(page, day, store)
    others += [found for each in months.dailies(path) if (found := readable(store, each, {})) is not None]
    pages = Pages(
        pages={each.path: each for each in (*others, page)},
        now=now,
        settings=settings,
        every=(*every, path),
        about=path,
        kinds=kinds,
    )
    told = [each for check in CHECKS for where, each in check(pages) if where == path]
    return checked(path, page, [*page.diagnostics, *told], ((), False))


def is_known(path: str, kinds: Kinds) -> bool:
    """Whether the page at a path is of a kind."""
    return kinds.of(path) is not None or ARCHIVE.fullmatch(path) is not None


def readable(
    store: Store,
    path: str,
    found: dict[str, list[Diagnostic]],
    read: Callable[[Stored], Page] = read_page,
) -> Page | None:
    """The page at a path; None, with what is wrong, for a file that cannot be read as one."""
    stored = store.read(path)
    if stored is None:
        return None
    unreadable = _unreadable(stored)
    if unreadable is not None:
        found[path] = [unreadable]
        return None
    return read(stored)


def _unreadable(stored: Stored) -> Diagnostic | None:
    why = Source.of(stored.data).unreadable
    return report("not-utf8-text", f"the file is {why}", 0, 0) if why else None


def checked(
    path: str,
    page: Page | None,
    found: list[Diagnostic],
    rules: Rules,
    texts: Mapping[str, str] | None = None,
) -> CheckedPage:
    """What was found on a page, in order; ``texts`` are those of files that are no pages."""
    if any(each.name == "conflict-marker" for each in found):
        # Of two versions side by side no one can say which a fix is for.
        found = [replace(each, fix=None) for each in found]
    # Most pages have no comment that suppresses anything.
    if page is not None and "cosmemory-" in page.tree.text:
        from cosmemory.checks.suppressions import apply_suppressions

        code = [(block.start, block.end) for block in page.tree.blocks if block.kind in {"fence", "code"}]
        found = apply_suppressions(page.tree.text, found, code, rules[0], certain=rules[1])
    ordered = sorted(found, key=lambda each: (each.start, each.end, each.code))
    # Only where something was found will anybody want to see the text.
    text = page.tree.text if page and ordered else (texts or {}).get(path, "")
    return CheckedPage(path=path, text=text, diagnostics=tuple(dict.fromkeys(ordered)))
