"""A next writer that is killed or refused itself while it finishes what a dead one left: the one after it still can."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cosmemory.engines.files import intent
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import CosmemoryError
from tests.engines.scenarios import SCENARIOS, Pages, Scenario, judge
from tests.engines.seams import REFUSALS, Faults, killed_at, seen

by_name = {scenario.name: scenario for scenario in SCENARIOS}
NAMES = [
    "together",
    "two-pages",
    "long-page",
    "long-pages",
    "rotation",
    "remove",
    "first-append",
    "append-after-a-tear",
]
# How many recoveries of each scenario are killed or refused: so many, or "all".
AMOUNT = os.environ.get("COSMEMORY_CALLS", "25")


def take_over(root: Path) -> None:
    """Whatever a next writer does before it writes."""
    with FilesStore(str(root), timeout=1.0).writing():
        pass


def left_behind(scenario: Scenario, root: Path) -> Iterator[tuple[int, int]]:
    """A memory as each kill leaves it: the step before which the writer died, and what it had acknowledged."""
    step, died = 0, True
    while died:
        scenario.prepare(root)
        died, acknowledged = killed_at(step, lambda done: scenario.perform(root, done), torn=step % 2 == 1)
        if died:
            yield step, acknowledged
        shutil.rmtree(root)
        root.mkdir()
        step += 1


def calls_of_recovery(root: Path) -> int:
    """How many calls a recovery makes, counted on a copy."""
    copy = root.with_name(root.name + "-copy")
    shutil.copytree(root, copy)
    counting = Faults(-1, 0, on=False)
    with seen(counting, reads=True):
        take_over(copy)
    shutil.rmtree(copy)
    return counting.count


def campaign(scenario: Scenario, root: Path, ending: Callable[[int], None]) -> tuple[int, list[str]]:
    """How many recoveries were ended at one of their calls, and every violation found after the one that followed."""
    states: list[Pages] = scenario.states(root)
    cases: list[tuple[int, int]] = []
    for step, _ in left_behind(scenario, root):
        cases += [(step, at) for at in range(calls_of_recovery(root))]
    if AMOUNT != "all":
        cases = sorted(random.Random(scenario.name).sample(cases, min(int(AMOUNT), len(cases))))
    found: list[str] = []
    for step, at in cases:
        scenario.prepare(root)
        _, acknowledged = killed_at(step, lambda done: scenario.perform(root, done), torn=step % 2 == 1)
        ending(at)
        found += [f"killed at {step}, then at {at}: {each}" for each in judge(root, states, acknowledged)]
        shutil.rmtree(root)
        root.mkdir()
    return len(cases), found


@pytest.mark.parametrize("name", NAMES)
def test_whoever_finishes_a_dead_writers_work_may_be_killed_too(name, root):
    def ending(at: int) -> None:
        for again in (at, at // 2):  # and the next one as well
            killed_at(again, lambda _: take_over(root), torn=at % 2 == 0)

    count, found = campaign(by_name[name], root, ending)
    print(f"{name}: killed in {count} recoveries, twice in each")
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_whoever_finishes_a_dead_writers_work_may_be_refused_any_call(name, root):
    told: list[str] = []

    def ending(at: int) -> None:
        number = REFUSALS[at % len(REFUSALS)]
        for on in (True, False):
            try:
                with seen(Faults(at, number, on=on), reads=True):
                    take_over(root)
            except CosmemoryError as error:
                told.append(str(error))

    count, found = campaign(by_name[name], root, ending)
    print(f"{name}: {count} recoveries refused, from a call on and once more at it")
    assert found == []
    assert [each for each in told if "\n" in each or not each.endswith(".")] == []


# Each guard, taken away, is missed.


def test_without_finishing_what_is_there_already_a_second_recovery_loses_it(root, monkeypatch):
    monkeypatch.setattr("tests.engines.test_recovery.AMOUNT", "150")
    monkeypatch.setattr(intent, "_take_or_keep_both", lambda *_: None)
    assert campaign(by_name["together"], root, lambda _: None)[1] != []


def test_a_record_that_cannot_be_seen_is_not_taken_for_none(root):
    by_name["together"].prepare(root)
    stood = []
    for step, _ in left_behind(by_name["together"], root):
        if (root / ".cosmemory" / "intent").exists():
            stood.append(step)
            with pytest.raises(CosmemoryError), seen(LookRefused(), reads=True):
                take_over(root)
            break
    assert stood


class LookRefused:
    """A disk that does not say whether there is a record."""

    def __call__(self, name, call, arguments, options):
        if name == "lstat" and str(arguments[0]).endswith("/intent"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return call(*arguments, **options)
