"""A verb that the disk refused, repeated under its key: what it tells of stands once, whatever call was refused."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from cosmemory.connect import open_memory
from cosmemory.errors import CosmemoryError, DoneAlready
from cosmemory.kinds.coordination_log import Event
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.state import add_action
from tests.engines.seams import Faults, seen

TOLD = "Release on Friday"


def logged(memory: Memory) -> None:
    memory.log(Event(time=datetime(2026, 11, 21, 6, tzinfo=UTC), type="decision", action=TOLD))


def added(memory: Memory) -> None:
    add_action(memory, TOLD)


@pytest.mark.parametrize("verb", [logged, added])
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_what_was_refused_and_is_repeated_stands_once(
    verb: Callable[[Memory], None], number: int, tmp_path, monkeypatch
):
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    refused = at = 0
    while True:
        root = tmp_path / str(at)
        root.mkdir()
        initialise(open_memory(str(root)))
        faults = Faults(at, number, on=False)
        made = False
        with seen(faults), suppress(CosmemoryError):
            verb(open_memory(str(root)).once("a-key"))
            made = True
        if faults.count <= at:
            break
        at += 1
        if made:
            continue  # the history alone was refused, and that is told of
        refused += 1
        with suppress(DoneAlready):
            verb(open_memory(str(root)).once("a-key"))
        memory = open_memory(str(root))
        assert [each.action for each in memory.read("coordination-log").events].count(TOLD) == 1
        assert not [each for page in memory.validate().pages for each in page.diagnostics]
        assert not [each for each in memory.store.history().revisions(limit=99) if each.by_hand]
    assert refused > 1
