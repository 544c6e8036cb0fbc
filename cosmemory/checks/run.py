"""The checking of a whole memory: pages read, every check run, suppressions heeded, findings in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cosmemory.checks import CHECKS
from cosmemory.checks.pages import Pages
from cosmemory.checks.state import missing_pages
from cosmemory.checks.suppressions import apply_suppressions
from cosmemory.config import Settings
from cosmemory.diagnostics import Diagnostic, report
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, kind_of
from cosmemory.kinds.page import Page, read_page
from cosmemory.store import Store
from cosmemory.text.source import Source


@frozen(kw_only=True)
class CheckedPage:
    """One page that was checked, with its text and findings in page order."""

    path: str
    text: str
    diagnostics: tuple[Diagnostic, ...]


@frozen(kw_only=True)
class Checked:
    """What a check found: the pages it looked at, and the paths of those that are of no kind."""

    pages: tuple[CheckedPage, ...]
    others: tuple[str, ...]


def check_store(store: Store, now: datetime, settings: Settings, paths: Sequence[str] | None) -> Checked:
    """The findings on ``paths``, or on every page; pages beside them are read for what they say of each other."""
    every = store.paths()
    pages: dict[str, Page] = {}
    found: dict[str, list[Diagnostic]] = {}
    others: list[str] = []
    for path in every:
        if kind_of(path) is None and not ARCHIVE.fullmatch(path):
            if path.endswith(".md"):
                others.append(path)
            continue
        stored = store.read(path)
        if stored is None:
            continue
        unreadable = Source.of(stored.data).unreadable
        if unreadable:
            found[path] = [report("not-utf8-text", f"the file is {unreadable}", 0, 0)]
            continue
        pages[path] = read_page(stored)
        found[path] = list(pages[path].diagnostics)
    for path in missing_pages(set(every)):
        found[path] = [report("missing-page", "this standard page is missing; cosmemory init makes it", 0, 0)]
    looked_at = Pages(
        pages=pages, now=now, settings=settings, others=tuple(others), strangers=store.strangers()
    )
    for check in CHECKS:
        for path, diagnostic in check(looked_at):
            found.setdefault(path, []).append(diagnostic)
    chosen = [path for path in sorted(found) if paths is None or path in paths]
    return Checked(
        pages=tuple(_checked(path, pages.get(path), found[path]) for path in chosen),
        others=tuple(others),
    )


def _checked(path: str, page: Page | None, found: list[Diagnostic]) -> CheckedPage:
    if any(each.name == "conflict-marker" for each in found):
        # Of two versions side by side no one can say which a fix is for.
        found = [replace(each, fix=None) for each in found]
    if page is not None:
        code = [(block.start, block.end) for block in page.tree.blocks if block.kind in {"fence", "code"}]
        found = apply_suppressions(page.tree.text, found, code)
    ordered = sorted(found, key=lambda each: (each.start, each.end, each.code))
    return CheckedPage(
        path=path, text=page.tree.text if page else "", diagnostics=tuple(dict.fromkeys(ordered))
    )
