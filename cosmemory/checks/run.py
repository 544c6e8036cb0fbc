"""The checking of a whole memory: pages read, every check run, suppressions heeded, findings in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from cosmemory.checks import CHECKS
from cosmemory.checks.beside import CheckedPage, Day, Months, around, beside, checked, is_known, readable
from cosmemory.checks.clean import mark, recall, remember
from cosmemory.checks.pages import Finding, Pages
from cosmemory.checks.state import missing_pages
from cosmemory.config import Settings
from cosmemory.diagnostics import Diagnostic, report
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import (
    BUILT_IN,
    DEPLOYMENT,
    SESSION_PATH,
    STANDARD,
    SYSTEM_METRICS,
    Kinds,
)
from cosmemory.kinds.page import Page, read_page
from cosmemory.store import Store, Stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.checks.beside import Rules
    from cosmemory.checks.project import Project

# The pages that speak about each other, or that grow stale while nobody touches them.
CENTRAL = frozenset(kind.path for kind in (*STANDARD, DEPLOYMENT, SYSTEM_METRICS)) | {SESSION_PATH}


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
    rules: Rules = (project.rules, project.certain) if project is not None else ((), True)
    every, stamps, clean = store.paths(), store.stamps(), recall(store, settings, rules[0])
    own, texts = _own(store, now, settings, every, kinds, project)
    central: dict[str, Page] = {}
    found: dict[str, list[Diagnostic]] = {}
    done: list[CheckedPage] = []
    still_clean: dict[str, str] = {}
    others: list[str] = []
    how, plain = dict.fromkeys(CENTRAL, read), partial(read_page, kinds=kinds)
    wanted = frozenset(every if paths is None else paths) | CENTRAL
    day, months = Day(store), Months(store, now, every)
    for path in every:
        # What a check of the project finds may hang on any page, so a page that it speaks of is always looked at.
        stamp = _stamp(path, stamps, months.dailies(path) or (day.path,)) if path not in own else ""
        if stamp and clean.get(path) == stamp:
            still_clean[path] = stamp
            done.append(CheckedPage(path=path, text="", diagnostics=()))
            day.follow(path, None)
        elif not is_known(path, kinds):
            others += [path] if path.endswith(".md") else []
        elif path not in wanted:
            # No page speaks of it, and nobody asks for it: so nothing that was known of it has changed.
            still_clean |= {path: clean[path]} if path in clean else {}
            day.follow(path, None)
        elif months.keep(path, stamp) or (page := readable(store, path, found, how.get(path, plain))) is None:
            continue
        elif path in CENTRAL:
            central[path] = page
            found[path] = list(page.diagnostics)
        else:
            days = around(page, day, store)
            done.append(beside(page, days, now, settings, own.pop(path, []), rules, every))
            if stamp and not done[-1].diagnostics and not page.kind.ages(page.document):
                still_clean[path] = stamp
            day.follow(path, page)
    for path, stamp, days in months.kept():
        if (page := readable(store, path, found)) is not None:
            done.append(beside(page, days, now, settings, own.pop(path, []), rules))
            still_clean |= {path: stamp} if stamp and not done[-1].diagnostics else {}
    if still_clean != clean:
        remember(store, settings, still_clean, rules[0])
    pages = Pages(pages=central, now=now, settings=settings, others=tuple(others), every=every, kinds=kinds)
    for path, diagnostic in (*_together(pages, store.strangers()), *_listed(own)):
        found.setdefault(path, []).append(diagnostic)
    done += [checked(path, central.get(path), told, rules, texts) for path, told in found.items()]
    return _chosen(done, paths, others)


def _stamp(path: str, stamps: Mapping[str, str], others: Iterable[str]) -> str:
    """What tells whether a page, or one that it is held beside, was changed; empty where unsure."""
    return mark(stamps[path], *(stamps.get(each, "") for each in others)) if path in stamps else ""


def _chosen(done: Iterable[CheckedPage], paths: Sequence[str] | None, others: Iterable[str]) -> Checked:
    chosen = (each for each in done if paths is None or each.path in paths)
    return Checked(pages=tuple(sorted(chosen, key=lambda each: each.path)), others=tuple(others))


def _together(pages: Pages, strangers: tuple[str, ...]) -> Iterator[Finding]:
    """What the few central pages say of each other, which of them are missing, and what is no page beside them."""
    for path in missing_pages(set(pages.every)):
        message = "this standard page is missing; cosmemory repair brings it back"
        yield path, report("missing-page", message, 0, 0)
    whole = replace(pages, strangers=strangers)
    for check in CHECKS:
        yield from check(whole)


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
            known[path] = (
                readable(store, path, {}, partial(read_page, kinds=kinds)) if is_known(path, kinds) else None
            )
        return known[path]

    seen = Seen(every, read_once, now, settings)
    return own_findings(project, seen, read_once, getattr(store, "root", ""))
