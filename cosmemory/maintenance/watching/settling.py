"""Waiting until nobody is writing into a page: what an editor has written half is nobody's edit yet.

Recorded half, the other half would count as an edit of its own, and what the person did not know of would be taken
for removed on purpose; brought up to date half, what the editor still writes would go to a file without a name.
"""

from __future__ import annotations

import os
import time

from cosmemory.kinds import LOG_PATH
from cosmemory.maintenance.watching.eye import pages_of
from cosmemory.store import Store

STILL = 0.5  # a page that nobody has written into for so many seconds is whole
PATIENCE = 10.0  # somebody who writes without end keeps nothing else from its work
PAUSE = 0.05


def settled_pages(store: Store, before: dict[str, str] | None) -> dict[str, str]:
    """The pages as `pages_of` tells of them, once none that is not as ``before`` is being written into."""
    known, end = before or {}, time.monotonic() + PATIENCE
    while True:
        pages = pages_of(store)
        fresh = [path for path, glance in pages.items() if known.get(path) != glance and path != LOG_PATH]
        if time.monotonic() >= end or not any(_is_being_written(store, path) for path in fresh):
            return pages
        time.sleep(PAUSE)


def _is_being_written(store: Store, path: str) -> bool:
    """Whether a page was written in its place a moment ago; one that was renamed there changed its inode after it."""
    try:
        found = os.stat(os.path.join(getattr(store, "root", ""), path))
    except OSError:
        return False  # gone since it was listed
    age = time.time_ns() - found.st_mtime_ns
    return found.st_mtime_ns == found.st_ctime_ns and 0 <= age < STILL * 1_000_000_000
