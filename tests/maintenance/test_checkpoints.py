"""Checkpoints: whole copies with a manifest, and every kind of damage to them named."""

from __future__ import annotations

import errno
import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import NotRead, Refused
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.checkpoint_shelf import faults_of, found_as, holds_the_present, listed, made_at
from cosmemory.maintenance.checkpoints import before_risk, create, keep
from cosmemory.maintenance.manifest import Listed, Manifest, manifest_text, read_manifest
from cosmemory.maintenance.rotation import rotate
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.state import set_focus

NOW = int(datetime(2026, 11, 21, 6, tzinfo=UTC).timestamp())
NAME = "checkpoint_20261121_060000"
MANIFEST = """\
# Checkpoint checkpoint_20261121_060000

- **Created:** 2026-11-21T06:00:00Z
- **By:** cos
- **Before:** -
- **Status:** active
- **Phase:** beta
- **Agents:** 3
- **Files:** 2
- **Bytes:** 12

## Notes

Before the \\# big change.

## Files

| File | Bytes | SHA-256 | Revision |
|---|---|---|---|
| a\\|b.md | 5 | {one} | {one} |
| coordination-log.md | 7 | {two} | 7-{short} |
"""


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Memory:
    memory = Memory(EphemeralStore(), now=clock, actor="cos", settings=Settings(checkpoint_fresh=10))
    initialise(memory)
    return memory


def copy_of(memory: Memory, name: str = NAME) -> dict[str, bytes]:
    copies = memory.store.copies("checkpoints")
    return {path: copies.open_read(name, path).read() for path in copies.paths(name)}


def pages_of(memory: Memory) -> dict[str, bytes]:
    return {path: memory.store.read(path).data for path in memory.store.paths()}


def test_a_checkpoint_is_every_page_as_it_stands_and_a_manifest(memory: Memory) -> None:
    before = pages_of(memory)
    made = create(memory, notes="Before the big change.", phase="beta")
    assert (made.name, made.path) == (NAME, f"checkpoints/{NAME}")
    kept = copy_of(memory)
    manifest = read_manifest(NAME, kept.pop("manifest.md").decode())
    assert kept == before
    assert manifest == made.manifest
    assert (manifest.actor, manifest.status, manifest.phase, manifest.agents) == (
        "cos",
        "active",
        "beta",
        "0",
    )
    assert manifest.notes == "Before the big change."
    assert [each.path for each in manifest.files] == sorted(before)


def test_a_checkpoint_is_told_in_the_log_that_follows_it(memory: Memory) -> None:
    create(memory, notes="why")
    ((_, event),) = find_events(memory)
    assert (event.type, event.action, event.notes) == ("checkpoint", f"Made {NAME}", "why")
    assert event.outcome.startswith("4 pages, ")
    assert b"checkpoint" not in copy_of(memory)["coordination-log.md"]


def test_the_second_checkpoint_of_a_second_gets_a_suffix(memory: Memory) -> None:
    names = [create(memory).name for _ in range(3)]
    assert names == [NAME, f"{NAME}-2", f"{NAME}-3"]
    assert [each.name for each in listed(memory)] == names[::-1]


def test_what_people_put_beside_checkpoints_is_no_checkpoint(memory: Memory) -> None:
    memory.store._shelves["checkpoints"] = {"before-the-move": {"cos-state.md": b"x"}}
    create(memory)
    assert [each.name for each in listed(memory)] == [NAME]


def test_checkpoints_are_no_live_pages(memory: Memory) -> None:
    before = memory.store.paths()
    create(memory)
    assert memory.store.paths() == before


def test_a_memory_without_pages_or_with_a_manifest_of_its_own_is_not_kept(clock: Clock) -> None:
    with pytest.raises(Refused, match="no page to keep"):
        create(Memory(EphemeralStore(), now=clock))
    with pytest.raises(Refused, match=r"a manifest\.md of its own"):
        create(Memory(EphemeralStore({"Manifest.md": b"mine"}), now=clock))


def test_a_rehearsed_checkpoint_is_there_for_the_rehearsal_alone(memory: Memory) -> None:
    real = memory.store
    memory.store = Rehearsal(real)
    assert faults_of(memory.store.copies("checkpoints"), create(memory).name) == []
    assert real.copies("checkpoints").names() == ()


def test_pages_that_nobody_can_read_are_kept_to_the_byte(clock: Clock) -> None:
    pages = {"cos-state.md": b"\xff\xfe\0bad", "team-roster.md": b"", "deep/er/a b.md": b"\xef\xbb\xbf\r\n"}
    memory = Memory(EphemeralStore(pages), now=clock)
    create(memory)
    assert {path: data for path, data in copy_of(memory).items() if path != "manifest.md"} == pages
    assert faults_of(memory.store.copies("checkpoints"), NAME) == []


def damaged(change: dict[str, bytes | None]) -> list[str]:
    memory = Memory(EphemeralStore({"a.md": b"first", "b/c.md": b"second"}), now=lambda: NOW)
    keep_with_lock(memory)
    held = memory.store._shelves["checkpoints"][NAME]
    for path, data in change.items():
        if data is None:
            del held[path]
        else:
            held[path] = data
    return faults_of(memory.store.copies("checkpoints"), NAME)


def keep_with_lock(memory: Memory) -> None:
    with memory.store.writing():
        keep(memory)


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({}, []),
        ({"a.md": None}, ["a.md is missing."]),
        ({"a.md": b"First"}, ["a.md is damaged: its checksum is another."]),
        ({"a.md": b"fir"}, ["a.md has 3 bytes where the manifest tells of 5."]),
        ({"b/c.md": b""}, ["b/c.md has 0 bytes where the manifest tells of 6."]),
        ({"b/d.md": b"x"}, ["b/d.md is not in the manifest."]),
        ({"manifest.md": None}, ["manifest.md is missing."]),
        ({"manifest.md": b""}, ["manifest.md is damaged."]),
        (
            {"a.md": None, "b/c.md": b"SECOND"},
            ["a.md is missing.", "b/c.md is damaged: its checksum is another."],
        ),
    ],
)
def test_every_kind_of_damage_is_named(change, faults) -> None:
    assert damaged(change) == faults


class Refusing(io.BytesIO):
    """A file that the disk does not give."""

    def read(self, size: int = -1) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


def test_a_file_that_cannot_be_read_is_a_fault_of_a_copy_or_stops_what_hangs_on_it(memory: Memory) -> None:
    create(memory)
    copies = memory.store.copies("checkpoints")
    refusing = SimpleNamespace(
        paths=copies.paths,
        open_read=lambda name, path: Refusing() if path == "cos-state.md" else copies.open_read(name, path),
    )
    assert faults_of(refusing, NAME, refusals=True) == ["cos-state.md cannot be read: Input/output error."]
    with pytest.raises(NotRead, match=r"cos-state\.md cannot be read"):
        faults_of(refusing, NAME)


def test_a_manifest_cut_short_or_less_a_row_is_damaged(memory: Memory) -> None:
    create(memory)
    text = copy_of(memory)["manifest.md"].decode()
    assert read_manifest(NAME, text) is not None
    for end in range(len(text) - 1):
        assert read_manifest(NAME, text[:end]) is None
    rows = [line for line in text.split("\n") if ".md |" in line]
    for row in rows:
        assert read_manifest(NAME, text.replace(row + "\n", "")) is None


def test_a_person_may_write_into_the_notes_of_a_manifest(memory: Memory) -> None:
    create(memory, notes="ours")
    held = memory.store._shelves["checkpoints"][NAME]
    held["manifest.md"] = held["manifest.md"].replace(b"ours\n", b"ours, and\n\n- **Files:** of mine\n")
    assert faults_of(memory.store.copies("checkpoints"), NAME) == []


def test_a_manifest_is_a_page_that_people_read() -> None:
    one, two = "1" * 64, "2" * 64
    manifest = Manifest(
        name=NAME,
        created=NOW,
        actor="cos",
        status="active",
        phase="beta",
        agents="3",
        before="",
        notes="Before the \\# big change.",
        files=(
            Listed(path="a|b.md", size=5, sha256=one, revision=one),
            Listed(path="coordination-log.md", size=7, sha256=two, revision="7-" + "2" * 16),
        ),
    )
    text = MANIFEST.format(one=one, two=two, short="2" * 16)
    assert manifest_text(manifest) == text
    assert read_manifest(NAME, text) == manifest
    assert read_manifest(NAME, text.replace("\n", "\r\n")) == manifest


texts = st.text(max_size=30).map(
    lambda text: text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
)


@given(
    texts.filter(lambda text: text != "-"),
    texts.filter(lambda text: text != "-" and "\n" not in text),
    st.lists(st.text(min_size=1, max_size=8).filter(lambda text: text.strip() == text), max_size=3),
)
def test_whatever_a_manifest_is_to_say_it_says(notes: str, actor: str, paths: list[str]) -> None:
    files = tuple(
        Listed(path=path, size=number, sha256="a" * 64, revision="b" * 64)
        for number, path in enumerate(paths)
        if not set("\r\0\n") & set(path)
    )
    manifest = Manifest(
        name=NAME,
        created=NOW,
        actor=actor,
        status="",
        phase="",
        agents="",
        before="",
        notes=notes,
        files=files,
    )
    assert read_manifest(NAME, manifest_text(manifest)) == manifest


@pytest.mark.parametrize(
    ("name", "at"),
    [
        (NAME, NOW),
        (f"{NAME}-2", NOW),
        ("backup_20261121_060000", NOW),
        ("checkpoint_20261321_060000", None),
        ("checkpoint_20261121_060000 copy", None),
        ("mine", None),
    ],
)
def test_a_name_tells_when_a_copy_was_made(name, at) -> None:
    assert made_at(name) == at


# Before something risky.


def test_nothing_is_kept_twice_in_a_few_minutes_while_nothing_changes(memory: Memory, clock: Clock) -> None:
    first = create(memory)
    clock.at += 600
    with memory.store.writing():
        assert before_risk(memory, "rotate").name == first.name
        clock.at += 1
        assert before_risk(memory, "rotate").name != first.name


def test_a_changed_page_is_kept_before_something_risky(memory: Memory) -> None:
    first = create(memory)
    set_focus(memory, "Ship it")
    with memory.store.writing():
        second = before_risk(memory, "rotate")
        assert (second.name, second.manifest.before) == (f"{NAME}-2", "rotate")
        assert before_risk(memory, "rotate") == second
    assert not holds_the_present(memory, first)


def test_an_event_that_is_no_checkpoints_makes_a_difference(memory: Memory) -> None:
    made = create(memory)
    assert holds_the_present(memory, made)
    assert not holds_the_present(memory, made, exactly=True)
    memory.log(Event(time=memory.now(), type="decision", action="x"))
    assert not holds_the_present(memory, made)


def test_words_of_a_person_in_the_log_make_a_difference(memory: Memory) -> None:
    made = create(memory)
    memory.store._pages["coordination-log.md"] += b"\nmy own words\n"
    assert not holds_the_present(memory, made)


def test_a_rotation_is_preceded_by_a_checkpoint_only_when_something_moves(
    memory: Memory, clock: Clock
) -> None:
    rotate(memory)
    assert listed(memory) == []
    memory.log(Event(time=memory.now(), type="decision", action="of this week"))
    before = pages_of(memory)
    clock.at += 7 * 86_400
    rotate(memory)
    (made,) = listed(memory)
    assert found_as(memory, "latest").manifest.before == "rotate"
    kept = copy_of(memory, made.name)
    assert {path: data for path, data in kept.items() if path != "manifest.md"} == before
    assert [event.type for _, event in find_events(memory)] == ["decision"]  # rotate appends none of its own
