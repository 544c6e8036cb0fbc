"""Which checkpoints stay at hand, and that none is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.maintenance.checkpoint_shelf import Checkpoint, found_as, listed
from cosmemory.maintenance.checkpoints import create
from cosmemory.maintenance.restoring import restore
from cosmemory.maintenance.retention import prune, staying
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise

HOUR, DAY = 3600, 86_400
MIDNIGHT = 1_795_219_200  # 2026-11-21T00:00:00Z


def made(*at: int) -> list[Checkpoint]:
    return [Checkpoint(name=f"n{each}", shelf="checkpoints", at=each) for each in sorted(at, reverse=True)]


def test_the_last_day_stays_by_the_hour_and_a_month_by_the_day() -> None:
    hours = [MIDNIGHT - HOUR * count for count in range(24 * 40)]
    stay = staying(made(*hours), 24, 30, MIDNIGHT)
    newest = {f"n{each}" for each in hours[:24]}
    days = {f"n{MIDNIGHT - DAY * count - HOUR}" for count in range(29)}  # the last one of each day
    assert stay == newest | days


def test_what_is_older_than_all_days_goes() -> None:
    assert staying(made(MIDNIGHT, MIDNIGHT - 40 * DAY), 1, 30, MIDNIGHT) == {f"n{MIDNIGHT}"}


@given(st.lists(st.integers(0, 50 * DAY), max_size=60, unique=True), st.integers(1, 9), st.integers(0, 40))
def test_the_newest_ones_always_stay(ages: list[int], newest: int, days: int) -> None:
    known = made(*(MIDNIGHT + DAY - age for age in ages))
    stay = staying(known, newest, days, MIDNIGHT + DAY)
    assert {each.name for each in known[:newest]} <= stay
    assert len(stay) <= newest + days
    rest = [each for each in known if each.name in stay]
    assert staying(rest, newest, days, MIDNIGHT + DAY) == stay  # twice is once


@pytest.fixture
def memory() -> Memory:
    memory = Memory(EphemeralStore(), settings=Settings(checkpoints_kept=2, checkpoint_days=0))
    memory._now = lambda: MIDNIGHT
    initialise(memory)
    for count in range(4):
        memory._now = lambda count=count: MIDNIGHT + count
        create(memory)
    return memory


def test_the_rest_goes_to_the_archive_and_is_found_there(memory: Memory) -> None:
    names = [each.name for each in listed(memory)]
    done = prune(memory)
    assert (list(done.kept), list(done.archived)) == (names[:2], names[2:])
    assert [each.name for each in listed(memory, archived=True)] == names
    assert found_as(memory, names[3]).path == f"archive/checkpoints/{names[3]}"
    assert restore(memory, names[3]).result.pages == ()
    *_, (_, event) = find_events(memory)
    assert event.action == "Moved 2 checkpoints to archive/checkpoints"


def test_cleaning_up_twice_is_cleaning_up_once(memory: Memory) -> None:
    prune(memory)
    events = len(list(find_events(memory)))
    assert prune(memory).archived == ()
    assert len(list(find_events(memory))) == events


def test_the_newest_sound_one_stays_though_its_time_is_over(memory: Memory) -> None:
    names = [each.name for each in listed(memory)]
    for name in names[:2]:
        memory.store._shelves["checkpoints"][name]["cos-state.md"] = b"damaged"
    done = prune(memory)
    assert list(done.kept) == names[:3]


def test_a_name_in_the_archive_is_not_given_again(memory: Memory) -> None:
    names = [each.name for each in listed(memory)]
    prune(memory)
    memory._now = lambda: MIDNIGHT
    assert create(memory).name == f"{names[3]}-2"
