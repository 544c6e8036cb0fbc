"""The checking of a whole memory: pages read, every check run, suppressions heeded, findings in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from cosmemory.checks import CHECKS, PAGE_CHECKS
from cosmemory.checks.clean import mark, recall, remember
from cosmemory.checks.pages import Finding, Pages
from cosmemory.checks.state import missing_pages
from cosmemory.checks.workflow import linked
from cosmemory.config import Settings
from cosmemory.diagnostics import Diagnostic, report
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import (
    AGENT_METRICS,
    ARCHIVE,
    BUILT_IN,
    DAILY_METRICS,
    DEPLOYMENT,
    HANDOFF,
    RUN,
    SESSION_PATH,
    STANDARD,
    SYSTEM_METRICS,
    TEAM_ROSTER,
    Kinds,
)
from cosmemory.kinds.page import Page, read_page
from cosmemory.store import Store, Stored
from cosmemory.text.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.checks.project import Project
    from cosmemory.rules.rule import Rule

    # The rules of the project, and whether those are all of them.
    _Rules = tuple[tuple[Rule, ...], bool]

_DAILY = DAILY_METRICS.path.partition("{")[0]
# The pages that speak about each other, or that grow stale while nobody touches them.
_CENTRAL = frozenset(kind.path for kind in (*STANDARD, DEPLOYMENT, SYSTEM_METRICS)) | {SESSION_PATH}


@frozen(kw_only=True)
class CheckedPage:
    """One page that was checked, with its findings in page order, and its text where there are any."""

    path: str
    text: str
    diagnostics: tuple[Diagnostic, ...]


@frozen(kw_only=True)
class Checked:
    """What a check found: the pages it looked at, and the paths of those that are of no kind."""

    pages: tuple[CheckedPage, ...]
    others: tuple[str, ...]


def check_store(
    store: Store,
    now: datetime,
    settings: Settings,
    paths: Sequence[str] | None,
    read: Callable[[Stored], Page] = read_page,
    kinds: Kinds = BUILT_IN,
    project: Project | None = None,
) -> Checked:
    """The findings on ``paths``, or on every page; pages beside them are read for what they say of each other.

    Those of the ``project``'s own checks are among them. Only the few pages that others speak about are held
    together, read by ``read``, which may have them at hand; any number of others pass one by one.
    """
    rules: _Rules = (project.rules, project.certain) if project is not None else ((), True)
    every, stamps, clean = store.paths(), store.stamps(), recall(store, settings, rules[0])
    own, texts = _own(store, now, settings, every, kinds, project)
    central: dict[str, Page] = {}
    found: dict[str, list[Diagnostic]] = {}
    done: list[CheckedPage] = []
    still_clean: dict[str, str] = {}
    others: list[str] = []
    wanted = frozenset(every if paths is None else paths) | _CENTRAL
    day, months = _Day(store), _Months(store, now, every)
    for path in every:
        # What a check of the project finds may hang on any page, so a page that it speaks of is always looked at.
        stamp = _stamp(path, stamps, months.dailies(path) or (day.path,)) if path not in own else ""
        if stamp and clean.get(path) == stamp:
            still_clean[path] = stamp
            done.append(CheckedPage(path=path, text="", diagnostics=()))
            day.follow(path, None)
        elif not _is_known(path, kinds):
            others += [path] if path.endswith(".md") else []
        elif path not in wanted:
            # No page speaks of it, and nobody asks for it: so nothing that was known of it has changed.
            still_clean |= {path: clean[path]} if path in clean else {}
            day.follow(path, None)
        elif months.keep(path, stamp) or (page := _read(store, path, found, read, kinds)) is None:
            continue
        elif path in _CENTRAL:
            central[path] = page
            found[path] = list(page.diagnostics)
        else:
            days = _around(page, day, store)
            done.append(_beside(page, days, now, settings, own.pop(path, []), rules, every))
            if stamp and not done[-1].diagnostics and not page.kind.ages(page.document):
                still_clean[path] = stamp
            day.follow(path, page)
    for path, stamp, days in months.kept():
        if (page := _read(store, path, found)) is not None:
            done.append(_beside(page, days, now, settings, own.pop(path, []), rules))
            still_clean |= {path: stamp} if stamp and not done[-1].diagnostics else {}
    if still_clean != clean:
        remember(store, settings, still_clean, rules[0])
    alone = Pages(pages=central, now=now, settings=settings, others=tuple(others), every=every, kinds=kinds)
    around = replace(alone, strangers=store.strangers())
    for path, diagnostic in (*_together(around, every), *_listed(own)):
        found.setdefault(path, []).append(diagnostic)
    done += [_checked(path, central.get(path), told, rules, texts) for path, told in found.items()]
    return _chosen(done, paths, others)


def _stamp(path: str, stamps: Mapping[str, str], beside: Iterable[str]) -> str:
    """What tells whether a page, or one that it is held beside, was changed; empty where unsure."""
    return mark(stamps[path], *(stamps.get(each, "") for each in beside)) if path in stamps else ""


def _chosen(done: Iterable[CheckedPage], paths: Sequence[str] | None, others: Iterable[str]) -> Checked:
    chosen = (each for each in done if paths is None or each.path in paths)
    return Checked(pages=tuple(sorted(chosen, key=lambda each: each.path)), others=tuple(others))


def _together(pages: Pages, every: Sequence[str]) -> Iterator[Finding]:
    """What the few central pages say of each other, and which of them are missing."""
    for path in missing_pages(set(every)):
        message = "this standard page is missing; cosmemory repair brings it back"
        yield path, report("missing-page", message, 0, 0)
    for check in CHECKS:
        yield from check(pages)


def _listed(found: Mapping[str, Sequence[Diagnostic]]) -> Iterator[Finding]:
    return ((path, each) for path, told in found.items() for each in told)


def _own(
    store: Store,
    now: datetime,
    settings: Settings,
    every: Sequence[str],
    kinds: Kinds,
    project: Project | None,
) -> tuple[dict[str, list[Diagnostic]], dict[str, str]]:
    """What the project's own checks find by page, and the texts of those of their files that failed."""
    if project is None or project.off:
        return {}, {}
    from cosmemory.checks.judging import own_findings
    from cosmemory.checks.seen import Seen

    known: dict[str, Page | None] = {}

    def read_once(path: str) -> Page | None:
        if path not in known:
            known[path] = _read(store, path, {}, kinds=kinds) if _is_known(path, kinds) else None
        return known[path]

    seen = Seen(every, read_once, now, settings)
    return own_findings(project, seen, read_once, getattr(store, "root", ""))


class _Day:
    """The daily page before the one that is checked, read only when that one is."""

    def __init__(self, store: Store) -> None:
        self.path = ""
        self._store = store
        self._page: Page | None = None

    def follow(self, path: str, page: Page | None) -> None:
        """Goes on from the page at a path, if it is a daily one."""
        if path.startswith(_DAILY) and DAILY_METRICS.pattern.fullmatch(path):
            self.path, self._page = path, page

    def page(self) -> Page | None:
        """The page, if there is one before."""
        if self._page is None and self.path:
            self._page = _read(self._store, self.path, {})
        return self._page


class _Months:
    """The pages of agents' months, put off so that the days of each month are read once for all of them."""

    def __init__(self, store: Store, now: datetime, every: Sequence[str]) -> None:
        self._store = store
        self._running = f"{now:%Y-%m}"
        self._days: dict[str, list[str]] = {}
        self._kept: dict[str, list[tuple[str, str]]] = {}
        for path in every:
            if path.startswith(_DAILY) and (matched := DAILY_METRICS.pattern.fullmatch(path)):
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
            days = [page for path in self._days[month] if (page := _read(self._store, path, {})) is not None]
            for path, stamp in pages:
                yield path, stamp, days


def _around(page: Page, day: _Day, store: Store) -> list[Page]:
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


def _beside(
    page: Page,
    others: Sequence[Page],
    now: datetime,
    settings: Settings,
    own: list[Diagnostic],
    rules: _Rules,
    every: Sequence[str] = (),
) -> CheckedPage:
    """A page checked beside those that it follows from; ``every`` names all that there are."""
    pages = {each.path: each for each in (*others, page)}
    seen = Pages(pages=pages, now=now, settings=settings, every=tuple(every), about=page.path)
    told = [*page.diagnostics, *own, *(each for check in PAGE_CHECKS for _, each in check(seen))]
    return _checked(page.path, page, told, rules)


def _is_known(path: str, kinds: Kinds) -> bool:
    return kinds.of(path) is not None or ARCHIVE.fullmatch(path) is not None


def _read(
    store: Store,
    path: str,
    found: dict[str, list[Diagnostic]],
    read: Callable[[Stored], Page] = read_page,
    kinds: Kinds = BUILT_IN,
) -> Page | None:
    """The page at a path; None, with what is wrong, for a file that cannot be read as one."""
    stored = store.read(path)
    if stored is None:
        return None
    unreadable = Source.of(stored.data).unreadable
    if unreadable:
        found[path] = [report("not-utf8-text", f"the file is {unreadable}", 0, 0)]
        return None
    return read(stored) if path in _CENTRAL else read_page(stored, None, kinds)


def _checked(
    path: str,
    page: Page | None,
    found: list[Diagnostic],
    rules: _Rules,
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
