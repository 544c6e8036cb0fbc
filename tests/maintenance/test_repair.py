"""Repair: every sort of damage is told with its place, mended, and what was replaced is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import Conflict, NotFound
from cosmemory.maintenance.checkpoint_shelf import found_as, listed, with_manifest
from cosmemory.maintenance.checkpoints import create
from cosmemory.maintenance.damage import SORTS, damage_of
from cosmemory.maintenance.repair import Mend, apply, plan
from cosmemory.maintenance.rotation import rotate, verify
from cosmemory.memory import Memory
from cosmemory.operations import state, team
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.text.visible import visible

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
CASES = Path(__file__).parents[1] / "cases" / "damage"
BACKUP = "20261120-120000"
ROSTER, STATE, LOG = "team-roster.md", "cos-state.md", "coordination-log.md"


def memory_of(case: Path) -> tuple[Memory, str]:
    """A memory with the damaged page of a case, and with its earlier text in a backup where there is one."""
    path = (case / "page").read_text(encoding="utf-8").strip()
    pages = {}
    if (case / "damaged").exists():
        pages[path] = (case / "damaged").read_bytes()
    memory = Memory(EphemeralStore(pages), now=lambda: NOON)
    if (case / "copy.md").exists():
        with memory.store.writing(), (case / "copy.md").open("rb") as copy:
            memory.store.copies("backups").keep(BACKUP, [(path, copy)])
    return memory, path


def told(mend: Mend) -> str:
    lines = [f"{each.sort}, line {each.line}: {each.evidence}" for each in mend.damage]
    lines += [f"mended: {mend.reason}", *(f"lacks: {line}" for line in mend.lacks)]
    return "".join(f"{visible(line)}\n" for line in lines)


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_damage_in_mended_text_out(case: Path) -> None:
    memory, path = memory_of(case)
    before = dict(memory.store._pages)
    (mend,) = plan(memory, [path])
    assert told(mend) == (case / "told").read_text(encoding="utf-8")
    assert dict(memory.store._pages) == before
    apply(memory, [mend])
    stored = memory.store.read(path)
    assert (stored.data if stored else b"") == (case / "mended.md").read_bytes()
    if mend.kept:
        kept = memory.store.read(mend.kept)
        assert kept is not None
        assert kept.data == before[path]
    assert plan(memory, [path]) == ()


def test_there_is_a_case_for_every_sort_of_damage() -> None:
    shown = "".join((case / "told").read_text(encoding="utf-8") for case in CASES.iterdir())
    assert {sort for sort in SORTS if f"{sort}, line" not in shown} == {"lost-entries"}


@pytest.fixture
def memory() -> Memory:
    memory = Memory(EphemeralStore(), now=lambda: NOON)
    initialise(memory)
    team.join(memory, "helper-1", role="developer", capabilities="python")
    state.set_focus(memory, "Ship the parser")
    return memory


def damage(memory: Memory, path: str, data: bytes | None) -> None:
    if data is None:
        del memory.store._pages[path]
    else:
        memory.store._pages[path] = data


def bytes_of(memory: Memory, path: str) -> bytes:
    stored = memory.store.read(path)
    assert stored is not None
    return stored.data


def test_a_sound_memory_needs_no_repair(memory: Memory) -> None:
    assert plan(memory) == ()
    assert apply(memory, ()).revisions == ()


def test_a_lost_page_comes_back_from_the_history(memory: Memory) -> None:
    before = bytes_of(memory, ROSTER)
    damage(memory, ROSTER, None)
    (mend,) = plan(memory)
    assert mend.reason == "taken whole from change #2"
    apply(memory, [mend])
    assert bytes_of(memory, ROSTER) == before


def test_a_page_of_no_kind_comes_back_when_it_is_named(memory: Memory) -> None:
    memory.store._pages["ideas.md"] = b"# Ideas\n"
    state.set_focus(memory, "Ship")
    damage(memory, "ideas.md", None)
    assert plan(memory) == ()
    apply(memory, plan(memory, ["ideas"]))
    assert bytes_of(memory, "ideas.md") == b"# Ideas\n"


def test_the_present_is_a_checkpoint_before_a_page_is_repaired_and_not_the_latest(memory: Memory) -> None:
    damage(memory, ROSTER, None)
    apply(memory, plan(memory))
    assert listed(memory) == []  # nothing stood there that could be lost
    sound = create(memory)
    damage(memory, ROSTER, b"\0\0\0\0")
    apply(memory, plan(memory))
    made = with_manifest(memory, listed(memory)[0])
    assert made.manifest is not None
    assert (made.manifest.before, made.manifest.of(ROSTER).size) == ("repair", 4)
    assert found_as(memory, "latest").name == sound.name


def test_a_name_that_nothing_answers_to_is_not_found(memory: Memory) -> None:
    with pytest.raises(NotFound):
        plan(memory, ["no-such-page"])


def test_what_a_cut_took_away_comes_from_the_text_that_was_cut(memory: Memory) -> None:
    before = bytes_of(memory, STATE)
    for size in range(5, len(before) - 1, 23):
        if before[size - 1 : size] != b"\n" and before[size:].strip():
            damage(memory, STATE, before[:size])
            (mend,) = plan(memory, [STATE])
            assert mend.after == before, size


def test_a_cut_copy_of_an_older_text_gives_way_to_the_newest(memory: Memory) -> None:
    old = bytes_of(memory, ROSTER)
    team.join(memory, "helper-2", role="reviewer")
    new = bytes_of(memory, ROSTER)
    damage(memory, ROSTER, old[: old.index(b"| helper-1") + 20])
    (mend,) = plan(memory)
    assert mend.after == new


def test_entries_that_vanished_from_the_log_are_noticed_and_put_back(memory: Memory) -> None:
    before = bytes_of(memory, LOG)
    start = before.index(b"### ")
    damage(memory, LOG, before[:start] + before[before.index(b"### ", start + 1) :])
    (mend,) = plan(memory)
    assert [each.sort for each in mend.damage] == ["lost-entries"]
    assert mend.after == before


def test_a_log_that_comes_back_from_before_a_rotation_has_no_entry_twice() -> None:
    clock = [NOON]
    memory = Memory(EphemeralStore(), now=lambda: clock[0])
    initialise(memory)
    for focus in ("one", "two", "three"):
        clock[0] += 7 * 86_400
        state.set_focus(memory, focus)
    rotate(memory)  # which makes a checkpoint of the log as it was
    forgetful = Memory(EphemeralStore(memory.store._pages), now=lambda: clock[0])
    forgetful.store._shelves = memory.store._shelves
    damage(forgetful, LOG, None)
    apply(forgetful, plan(forgetful))
    held = [event.action for _, event in find_events(forgetful) if event.type == "focus"]
    assert held == ["one", "two", "three"]
    assert verify(forgetful).faults == ()


def test_a_page_that_somebody_saved_meanwhile_is_left_alone(memory: Memory) -> None:
    damage(memory, STATE, b"")
    mends = plan(memory)
    damage(memory, STATE, b"# Mine\n")
    with pytest.raises(Conflict):
        apply(memory, mends)
    assert bytes_of(memory, STATE) == b"# Mine\n"


def test_a_repair_is_told_in_the_log(memory: Memory) -> None:
    damage(memory, ROSTER, b"")
    damage(memory, STATE, bytes_of(memory, STATE)[:40])
    mends = plan(memory)
    apply(memory, mends)
    told = [event for _, event in find_events(memory, types=["recovery"])]
    assert [event.action for event in told] == [
        "cos-state.md repaired: truncated",
        "team-roster.md repaired: empty",
    ]
    assert told[0].notes == f"The text before is kept in {mends[0].kept}"


def test_what_cannot_be_repaired_is_said_and_left(memory: Memory) -> None:
    path = "coordination-log-2026-W46.md"
    damage(memory, path, b"# Coordination Log Archive\n\nWeek: 2026-W46\n")
    (mend,) = plan(memory)
    assert (mend.after, mend.reason) == (None, "no copy of the archive is known that its header vouches for")
    assert apply(memory, [mend]).revisions == ()


def test_the_living_example_is_sound(checkout: Path) -> None:
    root = checkout / "design" / "memory"
    for page in root.rglob("*.md"):
        assert damage_of(page.relative_to(root).as_posix(), page.read_bytes()) == ()
