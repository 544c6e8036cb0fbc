"""A call that the disk refuses: success is said only of what is saved, everything else is said in our own words."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from cosmemory.engines.files import copies, engine, log, replace
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import CosmemoryError, NotRead, NotSaved, ReadOnly
from tests.engines.scenarios import (
    HEAD,
    LOG,
    PAGE,
    PROBE,
    SCENARIOS,
    Pages,
    Scenario,
    commit,
    entry,
    files_below,
    is_litter,
    judge,
    replacing,
)
from tests.engines.seams import REFUSALS, Faults, ShortWrites, seen

by_name = {scenario.name: scenario for scenario in SCENARIOS}
# All calls with each refusal take minutes; by default all are refused with one, and one of four with the others.
AMOUNT = os.environ.get("COSMEMORY_CALLS", "")
NAMES = [errno.errorcode[number] for number in REFUSALS]


def refused(scenario: Scenario, root: Path, faults: Faults, states: Sequence[Pages]) -> tuple[list[str], int]:
    """What is wrong after an operation some of whose calls were refused, and what it acknowledged."""
    scenario.prepare(root)
    acknowledged = 0

    def acknowledge() -> None:
        nonlocal acknowledged
        acknowledged += 1

    found = []
    try:
        with seen(faults, reads=True):
            scenario.perform(root, acknowledge)
    except CosmemoryError:
        pass
    except OSError as error:
        found.append(f"a bare {error!r}")
    found += judge(root, states, acknowledged)
    shutil.rmtree(root)
    root.mkdir()
    return found, acknowledged


def fault_campaign(scenario: Scenario, root: Path, number: int, every: int = 1) -> list[str]:
    """Every call of a scenario refused, or one of so many, once and from then on."""
    found = []
    states = scenario.states(root)
    for on in (False, True):
        at, reached = number % every, True
        while reached:
            faults = Faults(at, number, on=on)
            wrong, _ = refused(scenario, root, faults, states)
            found += [f"call {at}{' and all after it' if on else ''}: {each}" for each in wrong]
            reached = faults.count > at
            at += every
    return found


@pytest.mark.parametrize("number", REFUSALS, ids=NAMES)
@pytest.mark.parametrize("name", [name for name in by_name if name != "sequence"])
def test_any_call_may_be_refused(name, number, root):
    every = 1 if number == errno.EIO or AMOUNT == "all" else 4
    assert fault_campaign(by_name[name], root, number, every) == []


def test_any_call_may_be_refused_where_many_files_are_made_durable_together(root, monkeypatch):
    monkeypatch.setattr(copies, "FEW", 2)
    assert fault_campaign(by_name["checkpoint"], root, errno.EIO, 2) == []


@pytest.mark.parametrize("name", by_name)
def test_writes_may_come_short(name, root):
    scenario = by_name[name]
    states = scenario.states(root)
    for seed in range(10):
        scenario.prepare(root)
        done = []
        with seen(ShortWrites(seed)):
            scenario.perform(root, lambda done=done: done.append(1))
        assert len(done) == len(scenario.operations)
        assert judge(root, states, len(done)) == []
        shutil.rmtree(root)
        root.mkdir()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 KiB, for root alone."""
    place = tmp_path / "disk"
    place.mkdir()
    _mounted("-t", "tmpfs", "-o", "size=64k", "tmpfs", place)
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def read_only(tmp_path):
    """A memory whose file system is mounted for reading, for root alone."""
    source, place = tmp_path / "source", tmp_path / "place"
    source.mkdir()
    place.mkdir()
    by_name["replace"].prepare(source)
    _mounted("--bind", source, place)
    yield place
    subprocess.run(["umount", str(place)], check=True)


def _mounted(*arguments: object) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    if shutil.which("mount") is None:
        pytest.skip("there is no mount")
    result = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        pytest.skip(f"nothing may be mounted here: {result.stderr.strip()}")


@pytest.mark.parametrize("name", ["replace", "append", "together", "long-pages", "new-page"])
def test_a_full_disk_keeps_what_was_there_and_takes_more_when_there_is_room(name, small_disk, tmp_path):
    scenario = by_name[name]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    states = scenario.states(elsewhere)
    scenario.prepare(small_disk)
    ballast = small_disk / "ballast.bin"
    _fill(ballast)
    store = FilesStore(str(small_disk))
    done = []

    def repeat() -> None:
        for _ in range(200):  # entries go into the last block of the log until that is full
            scenario.operations[0](store)
            done.append(1)

    with pytest.raises(NotSaved, match="No space left on device"):
        repeat()
    assert [path for path in files_below(small_disk) if is_litter(path)] == []
    ballast.unlink()
    if name != "append":
        assert judge(small_disk, states, len(done)) == []
    else:
        FilesStore(str(small_disk)).append(LOG, PROBE)
        assert (small_disk / LOG).read_bytes() == HEAD + entry("second") * len(done) + PROBE


def _fill(path: Path) -> None:
    with open(path, "wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def test_a_memory_on_a_read_only_disk_is_read_and_not_written(read_only):
    remounted = ["mount", "-o", "remount,bind,ro", str(read_only)]
    assert subprocess.run(remounted, check=False).returncode == 0
    store = FilesStore(str(read_only))
    assert store.read(PAGE) is not None
    assert store.paths()
    for write in (lambda: store.append(LOG, PROBE), lambda: commit(replacing(PAGE, b"new"))(store)):
        with pytest.raises(ReadOnly):
            write()


def test_a_page_that_cannot_be_opened_is_not_a_page_that_is_not_there(root):
    by_name["replace"].prepare(root)
    store = FilesStore(str(root))
    for read in (lambda: store.read(PAGE), lambda: store.mark("alert"), lambda: store.open_read(PAGE)):
        with pytest.raises(CosmemoryError), seen(Faults(0, errno.EMFILE, on=True), reads=True):
            read()


def test_entries_that_no_disk_takes_are_not_said_to_be_saved(root):
    by_name["append"].prepare(root)
    store = FilesStore(str(root))
    with pytest.raises(NotSaved), seen(Faults(0, errno.ENOSPC, on=True)):
        store.append(LOG, entry("lost"))
    assert (root / LOG).read_bytes() == by_name["append"].states(root)[0][LOG]


# Each guard, taken away, is missed.


def test_without_passing_a_refusal_on_a_lost_entry_is_called_saved(root, monkeypatch):
    real = log.Log._write

    def swallowing(self, ready, data):
        try:
            return real(self, ready, data)
        except OSError:
            return True

    monkeypatch.setattr(log.Log, "_write", swallowing)
    assert fault_campaign(by_name["append"], root, errno.ENOSPC) != []


def test_without_letting_go_in_any_case_a_change_that_was_made_is_called_refused(root, monkeypatch):
    def letting_go(descriptor):
        os.close(descriptor)  # the one that stands in for it by then

    monkeypatch.setattr(replace, "let_go", letting_go)
    assert fault_campaign(by_name["together"], root, errno.EIO) != []


def test_without_the_translation_of_errors_they_come_out_bare(root, monkeypatch):
    monkeypatch.setattr("cosmemory.engines.files.writer.refusal", lambda _, error: error)
    assert any("a bare" in each for each in fault_campaign(by_name["replace"], root, errno.EIO))


def test_without_the_loop_a_short_write_leaves_half_a_page(root, monkeypatch):
    monkeypatch.setattr(replace, "write_all", os.write)
    scenario = by_name["replace"]
    states = scenario.states(root)
    scenario.prepare(root)
    with seen(ShortWrites(1)):
        monkeypatch.setattr(replace, "write_all", os.write)
        scenario.perform(root, lambda: None)
    assert judge(root, states, 1) != []


def test_without_the_way_back_a_refused_change_looks_done(root, monkeypatch):
    scenario = by_name["replace"]
    monkeypatch.setattr(replace, "_put_back", lambda _: None)
    before = scenario.states(root)[0][PAGE]
    shown = set()
    for at in range(100):
        scenario.prepare(root)
        with seen(Faults(at, errno.EIO, on=False)), suppress(CosmemoryError):
            scenario.perform(root, lambda: None)
            continue
        shown.add((root / PAGE).read_bytes())
    assert shown - {before}


def test_a_page_that_the_disk_does_not_give_is_told_of_as_not_read(tmp_path, monkeypatch):
    def denied(root, path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(engine, "find", denied)
    with pytest.raises(NotRead, match=r"^page\.md cannot be read: Permission denied\.$"):
        FilesStore(str(tmp_path)).read("page.md")
