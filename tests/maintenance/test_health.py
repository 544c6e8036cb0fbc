"""Health: each thing that can be wrong is told in a sentence, with the command that mends it."""

from __future__ import annotations

import io

import pytest

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.frozen import replace
from cosmemory.interfaces.cli.table import COMMANDS
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.glance import Finding, glance, megabytes
from cosmemory.maintenance.health import examine
from cosmemory.maintenance.rotation import rotate
from cosmemory.memory import Memory
from cosmemory.operations import state, team
from cosmemory.operations.first_pages import initialise
from cosmemory.store import Vitals

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
HOUR = 3_600
ROSTER, STATE, LOG = "team-roster.md", "cos-state.md", "coordination-log.md"


class Watched(EphemeralStore):
    """A store whose vitals a test can set."""

    found = Vitals()

    def vitals(self, *, brief: bool = False) -> Vitals:
        return self.found

    def strangers(self) -> tuple[str, ...]:
        return self.left

    left: tuple[str, ...] = ()


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> int:
        return self.at


CHECKPOINT = "checkpoint_20261121_113000"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Memory:
    memory = Memory(Watched(), now=clock)
    initialise(memory)
    with memory.store.writing():
        memory.store.copies("checkpoints").keep(CHECKPOINT, [(STATE, io.BytesIO(b"# State\n"))])
    return memory


def only(memory: Memory) -> Finding:
    (found,) = examine(memory).findings
    return found


def test_a_new_memory_is_well(memory: Memory) -> None:
    seen = examine(memory)
    assert (seen.findings, seen.well, seen.pages) == ((), True, 4)


def test_a_missing_page_is_an_error_that_repair_mends(memory: Memory) -> None:
    del memory.store._pages[ROSTER]
    found = only(memory)
    assert (found.severity, found.said, found.command) == (
        "error",
        "team-roster.md is missing.",
        "cosmemory repair team-roster",
    )


def test_a_damaged_page_is_told_with_its_line(memory: Memory) -> None:
    memory.store._pages[STATE] += b"<<<<<<< ours\n"
    found = only(memory)
    assert found.said == "cos-state.md:39: markers of a merge conflict were left in ('<<<<<<< ours')."
    assert (found.severity, found.command) == ("error", "cosmemory repair cos-state")


def test_a_torn_entry_is_a_warning_since_the_next_one_closes_it(memory: Memory) -> None:
    memory.store._pages[LOG] += b"### 2026-11-21T11:00:00Z\n**Type:** focus\n**Acti"
    assert [(each.check, each.severity) for each in examine(memory).findings] == [("damage", "warning")]
    assert [each.check for each in glance(memory)] == ["damage"]


def test_a_page_beyond_its_limit_is_told_with_its_size(memory: Memory) -> None:
    memory.settings = replace(memory.settings, page_bytes=1_000)
    memory.log(*(Event(time=memory.now(), type="focus", action=f"{n}") for n in range(20)))
    found = only(memory)
    assert (found.said, found.command) == (
        "coordination-log.md has 1.3 kB, more than 1.0 kB.",
        "cosmemory rotate",
    )


def test_somebody_with_a_task_who_gives_no_sign_is_an_error(memory: Memory, clock: Clock) -> None:
    team.join(memory, "helper 1", role="developer", task="the parser")
    team.join(memory, "helper-2", role="developer")
    clock.at += 301
    found = only(memory)
    assert found.said == "helper 1 has a task and was not seen for 5 minutes."
    assert (found.severity, found.command) == ("error", "cosmemory team seen 'helper 1'")
    team.change_status(memory, "helper 1", "hibernated")
    clock.at += 301
    assert not [each for each in examine(memory).findings if each.check == "team"]


def test_an_active_session_without_a_change_is_stale(memory: Memory, clock: Clock) -> None:
    clock.at += 600
    found = only(memory)
    assert (found.check, found.severity) == ("session", "warning")
    assert found.said == "The session is active and was not updated for 10 minutes."


def test_the_oldest_open_action_is_named_once_it_is_old(memory: Memory, clock: Clock) -> None:
    memory.settings = replace(memory.settings, checkpoint_hours=1_000, stale_seconds=10**6)
    state.add_action(memory, "first")
    state.add_action(memory, "second")
    state.move_action(memory, "done", "1")
    clock.at += 24 * HOUR
    found = only(memory)
    assert (found.said, found.command) == (
        "Action 2 has been open for 24 hours, the oldest of 1.",
        "cosmemory action done 2",
    )


def test_errors_on_the_pages_are_counted(memory: Memory) -> None:
    text = memory.store._pages[STATE].replace(b"**Status:** active", b"**Status:** asleep")
    memory.store._pages[STATE] = text
    assert (only(memory).said, only(memory).command) == ("1 error on the pages.", "cosmemory validate")


def test_an_altered_archive_is_an_error(memory: Memory) -> None:
    memory.log(Event(time=memory.now().replace(day=2), type="focus", action="old"))
    rotate(memory)
    path = "coordination-log-2026-W45.md"
    memory.store._pages[path] = memory.store._pages[path].replace(b"old", b"new")
    found = only(memory)
    assert (found.severity, found.command) == ("error", "cosmemory repair coordination-log-2026-W45")
    assert "the archive is not what its header says" in found.said


def test_an_old_checkpoint_is_a_warning_and_none_is_said(memory: Memory, clock: Clock) -> None:
    memory.settings = replace(memory.settings, stale_seconds=10**6)
    assert examine(memory).checkpoint == "checkpoint_20261121_113000"
    clock.at += 24 * HOUR
    assert only(memory).said == "The last checkpoint, checkpoint_20261121_113000, is 24 hours old."
    memory.store._shelves.clear()
    assert (only(memory).severity, only(memory).said) == ("info", "There is no checkpoint yet.")


def test_a_half_done_change_is_a_warning_unless_its_writer_lives(memory: Memory) -> None:
    memory.store.found = Vitals(pending=("cos-state.md", "team-roster.md"), operation="team join")
    assert only(memory).severity == "warning"
    assert only(memory).said.startswith("A change (team join) of cos-state.md, team-roster.md is recorded")
    memory.store.found = replace(memory.store.found, holder="process 1")
    assert [each.severity for each in examine(memory).findings] == ["info", "info"]


@pytest.mark.parametrize(("alive", "severity"), [(True, "info"), (False, "warning")])
def test_the_holder_of_the_lock_is_named(memory: Memory, alive: bool, severity: str) -> None:
    memory.store.found = Vitals(holder="process 4711 of this machine", alive=alive)
    assert only(memory).severity == severity
    assert "process 4711 of this machine" in only(memory).said


def test_a_full_disk_and_a_large_journal_are_told(memory: Memory) -> None:
    memory.store.found = Vitals(free=5_000_000, used=2_000, own=200_000_000)
    disk, journal = examine(memory).findings
    assert (disk.severity, disk.said) == ("error", "5.0 MB are left on the disk, and 2.0 kB are used here.")
    assert (journal.severity, journal.check) == ("warning", "journal")


def test_copies_between_the_pages_are_named_five_of_them(memory: Memory) -> None:
    memory.store.left = tuple(f"{n}.md~" for n in range(7))
    assert only(memory).said.endswith("0.md~, 1.md~, 2.md~, 3.md~, 4.md~ and 2 more.")


def test_looking_changes_nothing(memory: Memory) -> None:
    memory.store._pages[STATE] = b"\0"
    before = dict(memory.store._pages)
    examine(memory)
    assert memory.store._pages == before


def test_every_command_that_is_named_exists(memory: Memory, clock: Clock) -> None:
    memory.settings = Settings(page_bytes=10)
    team.join(memory, "helper-1", role="developer", task="the parser")
    state.add_action(memory, "first")
    del memory.store._pages["alerts/active-alerts.md"]
    memory.store._pages[STATE] += b"\0"
    memory.store.found = Vitals(pending=(STATE,), free=1, own=10**9)
    memory.store.left = ("x.md~",)
    clock.at += 48 * HOUR
    named = {each.command.split(" ")[1] for each in examine(memory).findings if each.command}
    assert named - set(COMMANDS) <= {"checkpoint"}
    assert len(named) > 6


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (1_250_000, "1.2 MB"), (3 * 10**9, "3.0 GB")],
)
def test_sizes_are_said_in_their_largest_unit(size: int, said: str) -> None:
    assert megabytes(size) == said
