"""What a hook keeps for itself between the calls of one session of a harness; it may be lost at any time.

It stands in ``.cosmemory/cache/hook-…``, and is read before anything large is loaded: most calls find there that
nothing has changed since.
"""

from __future__ import annotations

import os

from cosmemory.engines.files import cache, litter
from cosmemory.frozen import frozen
from cosmemory.text.digest import sha256_hex

PREFIX = "hook-"
OLD = 30 * 86_400
LEFT = 60  # seconds after which a file that is still being written is nobody's
_PRIVATE = frozenset([".cosmemory", "archive", "checkpoints", "backups"])


@frozen(kw_only=True)
class Notes:
    """What the session was told last, and how the pages looked then.

    ``number`` is the last change that it was told of, where that is known, else ``at`` the second in which it was
    told; ``held`` says that the agent was kept from stopping the last time, ``compacted`` that its context is cut,
    ``absent`` that the session could not be written down when it began.
    """

    number: int = 0
    at: int = 0
    signature: str = ""
    held: bool = False
    compacted: bool = False
    absent: bool = False

    @property
    def known(self) -> bool:
        """Whether the session was told anything yet."""
        return bool(self.number or self.at)


def read(root: str, session: str) -> Notes:
    """What is known of a session; nothing where it was lost or cannot be read."""
    parts = cache.read(root, _name(session)).split()
    if len(parts) != 6 or not all(each.isdigit() and len(each) <= 18 for each in parts[:2]):
        return Notes()
    number, at, signature, held, compacted, absent = (each.decode("ascii", "replace") for each in parts)
    return Notes(
        number=int(number),
        at=int(at),
        signature=signature,
        held=held == "1",
        compacted=compacted == "1",
        absent=absent == "1",
    )


def keep(root: str, session: str, notes: Notes) -> None:
    """Remembers it for the next call."""
    flags = f"{int(notes.held)} {int(notes.compacted)} {int(notes.absent)}"
    told = f"{notes.number} {notes.at} {notes.signature or '-'} {flags}\n"
    cache.write(root, _name(session), told.encode())


def forget(root: str, session: str) -> None:
    """Nothing kept of a session that has ended, nor of those that ended long ago without a word.

    What a killed hook left half written goes as well.
    """
    shelf = f"{root}/{cache.SHELF}"
    own, draft = _name(session), litter.PREFIX + PREFIX
    try:
        names = [each for each in os.listdir(shelf) if each.startswith((PREFIX, draft))]
        paths = [f"{shelf}/{each}" for each in names]
        newest = max((os.stat(each).st_mtime for each in paths), default=0)
        for name, path in zip(names, paths, strict=True):
            kept = LEFT if name.startswith(draft) else OLD
            if name == own or os.stat(path).st_mtime < newest - kept:
                os.unlink(path)
    except OSError:
        pass  # somebody else cleans up at the same time, or nobody may


def signature_of(root: str) -> str:
    """What is another whenever a page was changed, made or taken away; no page is read for it."""
    found: list[str] = []
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _PRIVATE or folder != root:
                            folders.append(entry.path)
                    elif entry.name.endswith(".md"):
                        status = entry.stat(follow_symlinks=False)
                        found.append(f"{entry.path} {status.st_ino} {status.st_size} {status.st_mtime_ns}")
        except OSError:
            found.append(folder)  # it was taken away meanwhile
    return sha256_hex("\n".join(sorted(found)).encode("utf-8", "surrogateescape"))[:32]


def _name(session: str) -> str:
    return PREFIX + sha256_hex(session.encode("utf-8", "surrogatepass"))[:24]
