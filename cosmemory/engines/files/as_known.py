"""Whether a page is as the history knows it last, found out without the lock and by the fewest files."""

from __future__ import annotations

import os

from cosmemory.engines.files import heads as heads_of
from cosmemory.engines.files import spooled
from cosmemory.engines.files.disk import let_go, read_all
from cosmemory.engines.files.lock import FOLDER, INTENT
from cosmemory.store import revision_of

READ_PAGE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def is_as_known(root: str, path: str) -> bool:
    """Whether nobody but cosmemory wrote the page at ``path`` last; False wherever that is not sure.

    So it is while a change is half done, and while an edit by hand, on whatever page, is recorded and not examined.
    """
    own = f"{root}/{FOLDER}"
    try:
        if os.path.lexists(f"{own}/{INTENT}"):
            return False
        heads = heads_of.written_last(own) or heads_of.Heads()
        found = spooled.read(own, heads.spool, heads.end)
        if not found.sound:
            return False
        for record in found.records:
            if not record.state:
                return False
            heads.lay(record)
        data = _page(f"{root}/{path}")
    except (OSError, ValueError):
        return False
    return not heads.edited and heads.knows(path, data, revision_of(data))


def _page(place: str) -> bytes:
    descriptor = os.open(place, READ_PAGE)
    try:
        return read_all(descriptor)
    finally:
        let_go(descriptor)
