"""Records narrowed down to those whose pages may say one of some words, before any of them is read into its type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cosmemory.kinds import Kind
from cosmemory.operations.page_ids import id_on
from cosmemory.pattern import pattern
from cosmemory.reader import Reader

# A character may be spelled by an entity, or in front matter by its number; of such a page nothing is said here.
_SPELLED = ("&", r"\\[xuU]")


def keys_saying(reader: Reader, kind: Kind, *words: str) -> Iterator[str]:
    """The ids of the live records of ``kind`` on whose pages one of ``words``, such as a status, may stand.

    Of many records few wait or are at work, and to read all of them would take a thousand times as long.
    """
    told = "|".join((*(re.escape(word).replace("_", ".{1,2}?") for word in words), *_SPELLED)).encode()
    looked_for = pattern(told, re.IGNORECASE | re.DOTALL)
    keys = {path: key for path in reader.store.paths() if (key := id_on(kind, path))}
    for path, file in reader.store.open_each(keys):
        if looked_for.search(file.read()):
            yield keys[path]
