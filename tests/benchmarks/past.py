"""P16, P17, P19: what it costs to remember every change, and to look into the past."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import unified_diff
from functools import partial
from itertools import count, islice

from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.spool import CLOSED, Spool
from cosmemory.maintenance.history import past_of
from cosmemory.memory import Memory
from cosmemory.operations.pages import set_value
from cosmemory.store import Attribution, Replace
from tests.benchmarks.measure import Figure, median, ratio
from tests.benchmarks.writes import EVENT, memory_at, places

PAIRS = 200
REVISIONS = 10_000
_NUMBERS = count()


class Nothing(Spool):
    """A spool in which nothing is ever recorded."""

    __slots__ = ()

    def opened(self) -> int:
        """No file."""
        return CLOSED


def remembering() -> Iterator[Figure]:
    """P16: updates that are remembered beside the same updates without a history."""
    with places() as found:
        for name, folder, _ in found:
            kept, plain = memory_at(folder / "kept", page=4096), memory_at(folder / "plain", page=4096)
            plain.store._past.spool = Nothing(plain.store.lock)
            for verb, work in (("set", _set), ("log", _log)):
                measured = ratio(partial(work, plain), partial(work, kept), PAIRS)
                what = f"{verb} remembered, beside one that is not, {name}"
                yield Figure(name="P16", what=what, goal=1.15, measured=measured)


def _set(memory: Memory) -> None:
    set_value(memory, "cos-state", "current_focus.primary_task", f"the parser, part {next(_NUMBERS)}")


def _log(memory: Memory) -> None:
    memory.log(EVENT)


def looking_back() -> Iterator[Figure]:
    """P17, P19: the first screen of a long history, and how large it is."""
    with places() as found:
        _, folder, _ = found[-1]
        memory = memory_at(folder / "long", page=4096)
        store = FilesStore(str(folder / "long"), durability="none")
        changed = 0
        for number in range(REVISIONS):
            changed += _one_more(store, number)
        store.notice(thoroughly=True)
        with store.writing():
            store._past.take_over()
        first = median(
            lambda: [past.words for past in islice(past_of(memory.store.history(), ["cos-state.md"]), 20)], 20
        )
        yield Figure(name="P17", what="the first screen of 10,000 changes of a page", goal=50,
                     measured=first * 1000, unit="ms")  # fmt: skip
        size = os.path.getsize(f"{store.root}/.cosmemory/journal.sqlite")
        yield Figure(
            name="P19",
            what="the journal beside the changes as diff -u tells them",
            goal=1.0,
            measured=size / changed,
        )


def _one_more(store: FilesStore, number: int) -> int:
    """One change more; how long the diff is that tells it."""
    with store.writing() as writer:
        page = writer.read("cos-state.md")
        assert page is not None
        head, mark, rest = page.data.partition(b"- **Primary Task:** ")
        _, newline, rest = rest.partition(b"\n")
        new = b"the parser, part %d of many, as the agents see it" % number
        data = head + mark + new + newline + rest
        by = Attribution(actor="helper-1", operation="focus", at=1_795_262_400 + number)
        writer.commit([Replace(path="cos-state.md", data=data, expected=page.revision)], by)
    before, after = (text.decode().split("\n") for text in (page.data, data))
    told = "\n".join(unified_diff(before, after, lineterm=""))
    return len(told.encode())
