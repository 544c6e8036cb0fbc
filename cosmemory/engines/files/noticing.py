"""What was saved without us: pages that are not what the history knows last."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cosmemory.engines.files import listing
from cosmemory.engines.files.disk import unread
from cosmemory.engines.files.replace import find
from cosmemory.engines.files.spool import NONE, UNKNOWN
from cosmemory.errors import Unsafe
from cosmemory.frozen import frozen
from cosmemory.store import check_path, revision_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.engines.files.heads import Heads


@frozen()
class Noticed:
    """A page as a person left it, None if it is gone; what the file system says of it, and when it was saved."""

    path: str
    data: bytes | None
    stamp: str
    at: int

    @property
    def revision(self) -> str:
        """The revision of the page, "-" for one that is gone."""
        return NONE if self.data is None else revision_of(self.data)

    @property
    def head(self) -> str:
        """What is known of the page now."""
        return NONE if self.data is None else f"{self.revision}#{len(self.data)}"


def changed(root: str, heads: Heads, told: Callable[[str], bytes | None] | None = None) -> list[Noticed]:
    """The pages that somebody changed without us; ``heads`` learns how those look that nobody did.

    A log is read only where its length is not the one that is known, or to be compared with what the history has
    ``told`` of it. Raises OSError or what a page refuses.
    """
    found = listing.looks(root)
    gone = [path for path, head in heads.revisions.items() if head != NONE and path not in found]
    there = _different(root, heads, found, told)
    return [*there, *(Noticed(path, None, "", 0) for path in gone if page(root, path) is None)]


def _different(
    root: str, heads: Heads, found: dict[str, listing.Look], told: Callable[[str], bytes | None] | None
) -> Iterator[Noticed]:
    for path, look in found.items():
        if heads.stamps.get(path) == look.stamp:
            continue
        said, _, length = heads.revisions.get(path, UNKNOWN).partition("#")
        as_log = "-" in said and said != NONE  # named by its length and its end alone
        if as_log and length == str(look.size) and told is None:
            continue
        data = page(root, path)
        if data is None:
            continue
        stamp = look.stamp if look.still and len(data) == look.size else ""
        known = heads.knows(path, data, revision_of(data))
        if known and as_log and told is not None:
            known = told(path) == data
        if not known:
            yield Noticed(path, data, stamp, look.saved)
        elif stamp:
            heads.stamps[path] = stamp


def page(root: str, path: str) -> bytes | None:
    """A page as it stands; None where there is none that can be read."""
    try:
        check_path(path)  # a history may come from elsewhere: no record may lead out of the memory
        found = find(root, path)
    except Unsafe:
        return None
    except OSError as error:
        raise unread(path, error) from error
    return found.data if found else None
