"""How the spool goes over to the journal: taken durably first, then emptied; again after a crash, it is taken once."""

from __future__ import annotations

import os
import sqlite3
from functools import partial

from cosmemory.engines.files import folder, heads, journal, litter, noticing, spooled
from cosmemory.engines.files.disk import let_go, write_all
from cosmemory.engines.files.forgetting import forget
from cosmemory.engines.files.heads import Heads
from cosmemory.engines.files.journal import Journal
from cosmemory.engines.files.lock import FOLDER
from cosmemory.engines.files.replace import MAKE_PAGE
from cosmemory.engines.files.spool import JOURNAL, Spool
from cosmemory.engines.files.spooled import Spooled
from cosmemory.engines.files.weaving import woven
from cosmemory.errors import NotSaved

DAMAGED = f"{JOURNAL}.damaged"
TEMPORARY = f"{litter.PREFIX}{heads.NAME}{litter.SUFFIX}"


def take_over(spool: Spool, known: Heads, keep_days: int) -> Heads:
    """Bring what stands in the spool into the journal and empty it; the heads as they are known then.

    A journal that cannot be read is put aside, and a new one begun. Raises OSError for what a disk refuses.
    """
    own = spool.lock.folder
    found = spooled.read(own)
    try:
        revisions = _taken(spool, found, keep_days)
    except sqlite3.DatabaseError as error:
        # An operation that is wrong, and not only refused for now, meets tables that are not ours any more.
        wrong = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_BUSY) == sqlite3.SQLITE_ERROR
        if isinstance(error, sqlite3.OperationalError) and not wrong:
            raise NotSaved(f"{FOLDER}/{JOURNAL}", str(error)) from error
        os.replace(f"{own}/{JOURNAL}", f"{own}/{DAMAGED}")
        spool.lock.notices.append(f"The history was damaged ({error}); it is kept as {FOLDER}/{DAMAGED}.")
        revisions = _taken(spool, found, keep_days)
    stamps = {path: stamp for path, stamp in known.stamps.items() if path in revisions}
    fresh = Heads(found.name, found.size, known.edited, revisions, stamps)
    _keep(spool, fresh)
    fresh.spool = spool.begin_anew()
    fresh.end = spool.end
    return fresh


def _taken(spool: Spool, found: Spooled, keep_days: int) -> dict[str, str]:
    with journal.writable(spool.lock.folder) as kept:
        _take(kept, found, spool.lock.root)
        forget(kept, spool.lock.root, keep_days)
        return kept.heads()


def _take(kept: Journal, found: Spooled, root: str) -> None:
    name, end = kept.taken
    begin = end if name == found.name else 0
    records = [record for record in found.records if record.end > begin]
    if records:
        present = partial(noticing.page, root)
        changes = woven(records, kept.last + 1, kept.heads(), present)
        kept.take(changes, found.name, found.records[-1].end, present)


def _keep(spool: Spool, known: Heads) -> None:
    """Write the heads down; a power cut may take them, and then the journal tells them."""
    spool.lock.note(f"{FOLDER}/{TEMPORARY}")
    own = folder.enter(spool.lock.root, [FOLDER])
    try:
        try:
            descriptor = os.open(TEMPORARY, MAKE_PAGE, spool.mode, dir_fd=own)
        except FileExistsError:
            os.unlink(TEMPORARY, dir_fd=own)
            descriptor = os.open(TEMPORARY, MAKE_PAGE, spool.mode, dir_fd=own)
        try:
            write_all(descriptor, heads.written(known))
        finally:
            os.close(descriptor)
        os.rename(TEMPORARY, heads.NAME, src_dir_fd=own, dst_dir_fd=own)
    finally:
        let_go(own)
