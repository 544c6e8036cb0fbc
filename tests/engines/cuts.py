"""Power cuts as campaigns: a scenario recorded, the trees that may be left of it, and how many of them to judge."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from cosmemory.engines.files import lock, replace, salvage
from tests.engines.power import POSIX, Recording, Tree, lay_out, trees
from tests.engines.scenarios import Pages, Scenario, judge

# How many states of each scenario are judged: a seeded sample of so many, or "all".
AMOUNT = os.environ.get("COSMEMORY_POWER_CUTS", "60")


def some(left: Mapping[Tree, int]) -> list[tuple[Tree, int]]:
    """The states to judge, the first and the last one among them."""
    every = sorted(left.items(), key=lambda each: (each[1], repr(each[0])))
    if AMOUNT == "all" or len(every) <= int(AMOUNT):
        return every
    return [every[0], *random.Random(4).sample(every, int(AMOUNT)), every[-1]]


@contextmanager
def without_exchange() -> Iterator[None]:
    """A platform on which two names cannot change places."""
    with (
        patch.object(replace, "exchange", lambda *_: False),
        patch.object(salvage, "exchange", lambda *_: False),
    ):
        yield


@contextmanager
def booted_again(identity: bytes = b"second-boot") -> Iterator[None]:
    """Holders of the lock as they are after the machine has started anew."""
    real = lock.signed

    def line(number: int) -> bytes:
        words = real(number).split(b" ")
        words[words.index(b"boot") + 1] = identity
        return b" ".join(words)

    with patch.object(lock, "signed", line):
        yield


def empty(root: Path) -> None:
    shutil.rmtree(root)
    root.mkdir()


def recorded(
    scenario: Scenario, root: Path, *, deaf: str = "", holes: bool = True, model: str = POSIX
) -> tuple[list[Pages], dict[Tree, int], set[str]]:
    """The pages after each operation, the trees that power cuts may leave, and which functions call fsync."""
    states = scenario.states(root)
    scenario.prepare(root)
    recording = Recording(root, deaf=deaf)
    recording.record(lambda acknowledge: scenario.perform(root, acknowledge))
    empty(root)
    return states, trees(recording, random.Random(1), model, holes=holes), recording.sites


def judged(
    tree: Tree, states: list[Pages], acknowledged: int, root: Path, identity: bytes = b"second-boot"
) -> list[str]:
    lay_out(tree, root)
    with booted_again(identity):
        found = judge(root, states, acknowledged)
    empty(root)
    return found
