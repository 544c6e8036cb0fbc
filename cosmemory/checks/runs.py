"""Checks of runs; what they look for is loaded where there is a run."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.checks.pages import Finding, Pages
from cosmemory.kinds import RUN


def check_runs(pages: Pages) -> Iterator[Finding]:
    """Each run by itself."""
    for page in pages.of(RUN):
        if pages.about in {None, page.path}:
            from cosmemory.checks.run_rules import check_run

            yield from check_run(page, pages.now, pages.settings)
