"""Many pages opened one after the other, each folder entered once for all of its pages that follow each other."""

from __future__ import annotations

import io
import os
from collections.abc import Generator, Iterable

from cosmemory.engines.files import folder
from cosmemory.engines.files.disk import let_go, unread
from cosmemory.engines.files.replace import OPEN_PAGE, open_page
from cosmemory.store import Readable, check_path


def open_each(root: str, paths: Iterable[str]) -> Generator[tuple[str, Readable]]:
    """Page after page, each open until the next one is asked for; none that is not there."""
    at, inside = "", -1
    try:
        for path in paths:
            check_path(path)
            above, _, name = path.rpartition("/")
            if inside < 0 or above != at:
                at, inside = above, _entered(root, above, inside)
            try:
                descriptor = _opened(root, path, name, inside)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise unread(path, error) from error
            try:
                yield path, io.FileIO(descriptor, "rb", closefd=False)
            finally:
                let_go(descriptor)
    finally:
        if inside >= 0:
            let_go(inside)


def _entered(root: str, above: str, before: int) -> int:
    """The folder of pages, in the place of the one before; none where it cannot be entered plainly."""
    if before >= 0:
        let_go(before)
    try:
        return folder.enter(root, above.split("/") if above else [])
    except OSError:
        return -1  # gone, or a link inside the memory: each page is looked for by itself


def _opened(root: str, path: str, name: str, inside: int) -> int:
    if inside >= 0:
        try:
            descriptor = os.open(name, OPEN_PAGE, dir_fd=inside)
        except FileNotFoundError:
            raise
        except OSError:
            return open_page(root, path)  # a link inside the memory is followed there
        if os.fstat(descriptor).st_mode & 0o170000 == 0o100000:
            return descriptor
        let_go(descriptor)
    return open_page(root, path)
