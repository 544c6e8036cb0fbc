"""Restoring: all pages or some, together, with nothing lost and a way back."""

from __future__ import annotations

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import Damaged, NotFound, UsageError
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.checkpoint_shelf import listed
from cosmemory.maintenance.checkpoints import create
from cosmemory.maintenance.reconcile import stale_saves
from cosmemory.maintenance.restoring import restore
from cosmemory.maintenance.rotation import rotate, verify
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.state import set_focus
from cosmemory.operations.team import join
from cosmemory.store import Remove, Replace

NOW = 1_795_262_400  # 2026-11-21
WEEK = 7 * 86_400
LOG = "coordination-log.md"
STATE = "cos-state.md"


class Clock:
    """A time that tests set."""

    at = NOW

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Memory:
    memory = Memory(EphemeralStore(), now=clock, actor="cos")
    initialise(memory)
    return memory


def pages_of(memory: Memory) -> dict[str, bytes]:
    return {path: memory.store.read(path).data for path in memory.store.paths()}


def without_log(memory: Memory) -> dict[str, bytes]:
    return {path: data for path, data in pages_of(memory).items() if not path.startswith("coordination-log")}


def actions(memory: Memory) -> list[str]:
    return [event.action for _, event in find_events(memory) if event.type == "decision"]


def decide(memory: Memory, action: str) -> None:
    memory.log(Event(time=memory.now(), type="decision", action=action))


def remove(memory: Memory, path: str) -> None:
    with memory.store.writing() as writer:
        writer.commit([Remove(path=path, expected=writer.read(path).revision)])


def add(memory: Memory, path: str, data: bytes) -> None:
    with memory.store.writing() as writer:
        writer.commit([Replace(path=path, data=data, expected=None)])


def test_all_pages_go_back_together(memory: Memory) -> None:
    made = create(memory)
    before = without_log(memory)
    set_focus(memory, "Something else")
    join(memory, "helper-1", role="reviewer")
    add(memory, "agents/new.md", b"new\n")
    remove(memory, "alerts/active-alerts.md")
    done = restore(memory, made.name).result
    assert without_log(memory) == before
    assert done.pages == ("agents/new.md", "alerts/active-alerts.md", STATE, "team-roster.md")


def test_a_restore_is_undone_by_another(memory: Memory) -> None:
    made = create(memory)
    set_focus(memory, "Something else")
    add(memory, "agents/new.md", b"new\n")
    before = without_log(memory)
    done = restore(memory, made.name).result
    assert without_log(memory) != before
    restore(memory, done.kept)
    assert without_log(memory) == before


def test_restoring_twice_is_restoring_once(memory: Memory) -> None:
    create(memory)
    set_focus(memory, "Something else")
    restore(memory, "latest")
    after, made = pages_of(memory), listed(memory)
    done = restore(memory, "latest").result
    assert (done.pages, done.kept) == ((), "")
    assert (pages_of(memory), listed(memory)) == (after, made)


def test_the_log_keeps_every_entry_and_tells_of_the_restore(memory: Memory) -> None:
    create(memory)
    decide(memory, "since")
    set_focus(memory, "Something else")
    done = restore(memory, "latest").result
    assert actions(memory) == ["since"]
    *_, (_, event) = find_events(memory)
    assert (event.type, event.action) == ("checkpoint", f"Restored {done.checkpoint}")
    assert (event.outcome, event.notes) == (STATE, f"Before: {done.kept}")


def test_the_log_goes_back_where_that_is_asked_for(memory: Memory) -> None:
    decide(memory, "before")
    made = create(memory)
    decide(memory, "since")
    done = restore(memory, made.name, with_log=True).result
    assert actions(memory) == ["before"]
    restore(memory, done.kept, with_log=True)
    assert actions(memory) == ["before", "since"]


def test_one_page_goes_back_alone(memory: Memory) -> None:
    create(memory)
    set_focus(memory, "Something else")
    join(memory, "helper-1", role="reviewer")
    roster = memory.store.read("team-roster.md")
    restore(memory, "latest", ["cos-state"])
    assert memory.read(STATE).current_focus.primary_task is None
    assert memory.store.read("team-roster.md") == roster


def test_pages_made_since_stay_where_one_page_goes_back(memory: Memory) -> None:
    create(memory)
    add(memory, "agents/new.md", b"new\n")
    set_focus(memory, "Something else")
    restore(memory, "latest", ["cos-state.md"])
    assert memory.store.read("agents/new.md") is not None


@pytest.mark.parametrize("name", ["checkpoint_20261121_120001", "latest", "late"])
def test_a_checkpoint_that_is_not_there_is_not_found(memory: Memory, name: str) -> None:
    with pytest.raises(NotFound):
        restore(memory, name)


def test_a_page_that_the_checkpoint_does_not_hold_is_not_found(memory: Memory) -> None:
    create(memory)
    with pytest.raises(NotFound, match="'cos-stat'") as caught:
        restore(memory, "latest", ["cos-stat"])
    assert "cos-state.md" in caught.value.hint


def test_the_log_is_not_restored_by_name_alone(memory: Memory) -> None:
    create(memory)
    with pytest.raises(UsageError, match="keeps every entry"):
        restore(memory, "latest", ["coordination-log"])


def damage(memory: Memory, path: str) -> None:
    (held,) = memory.store._shelves["checkpoints"].values()
    held[path] = held[path][:-1] + b"?"


def test_nothing_is_restored_from_a_damaged_checkpoint(memory: Memory) -> None:
    create(memory)
    set_focus(memory, "Something else")
    damage(memory, "team-roster.md")
    before, made = pages_of(memory), listed(memory)
    with pytest.raises(Damaged, match=r"team-roster\.md is damaged"):
        restore(memory, "latest")
    assert (pages_of(memory), listed(memory)) == (before, made)


def test_a_sound_page_of_a_damaged_checkpoint_is_restored(memory: Memory) -> None:
    create(memory)
    set_focus(memory, "Something else")
    damage(memory, "team-roster.md")
    assert restore(memory, "latest", ["cos-state"]).result.pages == (STATE,)


def test_a_dry_run_restores_nothing(memory: Memory) -> None:
    create(memory)
    set_focus(memory, "Something else")
    real, before = memory.store, pages_of(memory)
    memory.store = rehearsal = Rehearsal(real)
    restore(memory, "latest")
    assert sorted(path for path, _, _ in rehearsal.changes) == [LOG, STATE]
    memory.store = real
    assert (pages_of(memory), len(listed(memory))) == (before, 1)


# Entries stand once, in the log or in an archive, whichever of the two was lost.


@pytest.fixture
def rotated(memory: Memory, clock: Clock) -> Memory:
    """A memory with a checkpoint from before a rotation and one from after it."""
    decide(memory, "old")
    create(memory)
    clock.at += WEEK
    rotate(memory)
    decide(memory, "new")
    create(memory)
    return memory


@pytest.mark.parametrize("name", ["checkpoint_20261121_120000", "latest"])
@pytest.mark.parametrize("lost", [[LOG], ["coordination-log-2026-W47.md"], []])
def test_no_entry_stands_twice_after_a_log_page_came_back(
    rotated: Memory, name: str, lost: list[str]
) -> None:
    for path in lost:
        remove(rotated, path)
    restore(rotated, name)
    found = actions(rotated)
    assert len(found) == len(set(found))
    assert verify(rotated).faults == ()
    if name == "latest" or not lost:
        assert found == ["old", "new"]


def test_an_archive_does_not_come_back_beside_the_log_that_holds_its_entries(rotated: Memory) -> None:
    restore(rotated, "checkpoint_20261121_120000", with_log=True)
    assert actions(rotated) == ["old"]
    restore(rotated, "latest")
    assert actions(rotated) == ["old"]
    assert verify(rotated).faults == ()


def test_a_log_that_is_gone_comes_back_and_takes_the_event(memory: Memory) -> None:
    decide(memory, "kept")
    create(memory)
    remove(memory, LOG)
    restore(memory, "latest")
    assert [event.type for _, event in find_events(memory)] == ["decision", "checkpoint"]


def test_a_page_that_was_copied_back_by_hand_stays_as_it_was_copied(memory: Memory) -> None:
    set_focus(memory, "First")
    create(memory)
    kept = memory.store.read(STATE).data
    set_focus(memory, "Second")
    memory.store._pages[STATE] = kept
    assert stale_saves(memory) == ()
    memory.store._pages[STATE] = kept + b"\nA word more.\n"
    assert [save.path for save in stale_saves(memory)] == [STATE]
