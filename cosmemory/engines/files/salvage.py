"""What a dead writer had in its hands: dropped when it was cosmemory's, given back when it was a person's.

A writer notes its temporary file before it makes it, and arms the note once that file is complete: with the
revisions of the page before and after, and the page's name. Any other text in the file is then a person's: it was
saved at the last moment, changed places with ours, and the writer died before it could put it back.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from cosmemory.engines.files import folder
from cosmemory.engines.files.disk import let_go, read_all
from cosmemory.engines.files.exchange import LINKS_MISSING, exchange, rename_unless_there
from cosmemory.engines.files.shelf import CONFLICTS, put_aside
from cosmemory.store import revision_of

OPEN_LEFT = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def armed(temporary: str, before: str, after: str, page: str) -> str:
    """The note of a writer about to let a complete temporary file and a page change places.

    It ends with a checksum: a note that was written in part, over an older one, must not arm anything.
    """
    text = f"{temporary}\0{before}\0{after}\0{page}"
    return f"{text}\0{_checksum(text)}"


def settle(root: str, parts: list[str], temporary: str, arms: list[str], *, stays: bool) -> list[str]:
    """Take a dead writer's temporary file away, unless it ``stays``; what a person should be told of it."""
    inside = folder.enter(root, parts)
    try:
        told: list[str] = []
        left = _text(inside, temporary)
        if _is_armed("/".join([*parts, temporary]), arms) and left is not None:
            before, after, page, _ = arms
            if revision_of(left) not in (before, after):
                told.append(_give_back(root, inside, parts, temporary, left, after, page))
        if not stays:
            with suppress(FileNotFoundError):  # renamed, where there are no links
                os.unlink(temporary, dir_fd=inside)
        # The writer died before its rename or link was durable, and whoever comes next builds upon it.
        os.fsync(inside)
    finally:
        let_go(inside)
    return told


def _is_armed(temporary: str, arms: list[str]) -> bool:
    return len(arms) == 4 and arms[3] == _checksum("\0".join([temporary, *arms[:3]])) and "/" not in arms[2]


def _checksum(text: str) -> str:
    return revision_of(text.encode("utf-8", "surrogateescape"))[:16]


def _give_back(
    root: str, inside: int, parts: list[str], temporary: str, left: bytes, after: str, page: str
) -> str:
    path = "/".join([*parts, page])
    try:
        standing = _text(inside, page)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.ESPIPE):
            raise
        standing = (
            b""  # no plain file stands there any more: the text goes beside it, and keeps nobody waiting
        )
    if standing is None:
        _link(inside, temporary, page)
    elif revision_of(standing) != after or not exchange(temporary, page, inside):
        name = f"{path.replace('/', '_')[-150:]}.{revision_of(left)[:12]}"
        kept = put_aside(f"{root}/.cosmemory", name, left, CONFLICTS)
        return f"{path} was saved twice while a writer died; the first text is in {kept}."
    return f"{path} was saved while a writer died, and has that text again."


def _link(inside: int, temporary: str, page: str) -> None:
    try:
        os.link(temporary, page, src_dir_fd=inside, dst_dir_fd=inside)
    except OSError as error:
        if error.errno not in LINKS_MISSING:
            raise
        rename_unless_there(temporary, page, inside)


def _text(inside: int, name: str) -> bytes | None:
    """The bytes of a plain file, None where there is none."""
    try:
        descriptor = os.open(name, OPEN_LEFT, dir_fd=inside)
    except FileNotFoundError:
        return None
    try:
        return read_all(descriptor)
    finally:
        let_go(descriptor)
