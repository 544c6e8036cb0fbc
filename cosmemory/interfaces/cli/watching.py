"""A check that is done again whenever a page has been saved."""

from __future__ import annotations

import sys
from collections.abc import Callable

from cosmemory.clock import format_time, now
from cosmemory.errors import CosmemoryError
from cosmemory.interfaces.cli.output import tell_error
from cosmemory.maintenance.watching.eye import pages_of
from cosmemory.maintenance.watching.settling import settled_pages
from cosmemory.maintenance.watching.waking import Waker, stopped_by_signals
from cosmemory.store import Store

# Where no change wakes it: short for a person, and a few dozen looks at a folder for the machine.
INTERVAL = 0.5


def watching(store: Store, root: str, check: Callable[[], int], *, mends: bool) -> int:
    """Does ``check`` now and after every change of a page, until Ctrl-C; gives the last exit code.

    One that ``mends`` waits until nobody is writing into a page; one that only reads may see it half.
    """
    stop = stopped_by_signals()
    waker = Waker(root, INTERVAL, stop)
    code, seen = 0, None
    while not stop.is_set():
        standing = {
            **(settled_pages(store, seen) if mends else pages_of(store)),
            **dict.fromkeys(store.strangers(), ""),
        }
        if standing != seen:
            if seen is not None:
                print(f"--- {format_time(now())}")
            seen, code = standing, _done(check)
            sys.stdout.flush()
        waker.wait()
    return code


def _done(check: Callable[[], int]) -> int:
    try:
        return check()
    except CosmemoryError as error:
        # A page that is being saved, or a memory that is being moved, is there again at the next look.
        tell_error(error.code, str(error), error.hint, as_json=False)
        return error.exit_code
