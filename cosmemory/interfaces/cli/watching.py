"""A check that is done again whenever a page has been saved."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from cosmemory.clock import format_time, now
from cosmemory.errors import CosmemoryError
from cosmemory.interfaces.cli.output import tell_error
from cosmemory.store import Store

# Short for a person, and a few dozen looks at a folder for the machine.
INTERVAL = 0.5


def watching(store: Store, check: Callable[[], int]) -> int:
    """Does ``check`` now and after every change of a page, until Ctrl-C; gives the last exit code."""
    code, seen = 0, None
    try:
        while True:
            standing = state_of(store)
            if standing != seen:
                if seen is not None:
                    print(f"--- {format_time(now())}")
                seen, code = standing, _done(check)
                sys.stdout.flush()
            time.sleep(INTERVAL)
    except KeyboardInterrupt:
        return code


def _done(check: Callable[[], int]) -> int:
    try:
        return check()
    except CosmemoryError as error:
        # A page that is being saved, or a memory that is being moved, is there again at the next look.
        tell_error(error.code, str(error), error.hint, as_json=False)
        return error.exit_code


def state_of(store: Store) -> dict[str, tuple[int, int, int]]:
    """The pages with what changes when one is saved: its time, size and file."""
    root = getattr(store, "root", "")
    found: dict[str, tuple[int, int, int]] = {}
    for path in (*store.paths(), *store.strangers()):
        try:
            status = os.stat(os.path.join(root, path))
        except OSError:
            continue  # gone since it was listed
        found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found
