"""Killed or refused at any step, a writer leaves a history that tells what happened, once, and nothing else."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cosmemory.engines.files import append, past
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import CosmemoryError
from cosmemory.store import Append, Attribution, Replace
from tests.engines.scenarios import HEAD, LOG, PAGE, PROBE, Scenario, entry, judge
from tests.engines.seams import Faults, ShortWrites, killed_at, seen

OTHER = "team-roster.md"
NOW = int(time.time())  # what is long ago is forgotten
EVERY_CALL = os.environ.get("COSMEMORY_CALLS", "") == "all"
BEFORE = {LOG: HEAD, PAGE: b"# State\n", OTHER: b"# Roster\n"}


def told(number: int) -> Attribution:
    return Attribution(actor="tester", operation=f"change {number}", at=NOW + number)


def replace(number: int):
    def operation(store):
        with store.writing() as writer:
            data = b"# State\n\n%d\n" % number
            writer.commit([Replace(path=PAGE, data=data, expected=writer.read(PAGE).revision)], told(number))

    return operation


def log(number: int):
    return lambda store: store.append(LOG, entry(f"entry {number}"), told(number))


def together(number: int):
    def operation(store):
        with store.writing() as writer:
            pages = [(path, writer.read(path)) for path in (PAGE, OTHER)]
            changes = [
                Replace(path=path, data=stored.data + b"%d\n" % number, expected=stored.revision)
                for path, stored in pages
            ]
            writer.commit([*changes, Append(path=LOG, data=entry(f"with {number}"))], told(number))

    return operation


VERBS = {"replace": replace, "log": log, "together": together}
STORY = (replace, log, together, log, replace, together)


def story(*verbs) -> Scenario:
    operations = tuple(verb(number) for number, verb in enumerate(verbs or STORY))
    return Scenario(name="story", operations=operations, before=BEFORE)


def untold(root: Path, states, acknowledged: int) -> list[str]:
    """What is wrong with the history after so many operations of a story were acknowledged.

    Every acknowledged one is told once and in order, with its texts; the one under way is told if and only if
    its pages are there; nothing else is, but the first sight of the pages and what came after.
    """
    found = []
    history = FilesStore(str(root)).history()
    changes = history.revisions()[::-1]
    ours = [change for change in changes if change.attribution.operation.startswith("change")]
    names = [change.attribution.operation for change in ours]
    pages = {path: FilesStore(str(root)).read(path).data for path in BEFORE}
    log = pages[LOG].replace(PROBE, b"")
    happened = acknowledged
    if acknowledged + 1 < len(states):
        after = states[acknowledged + 1]
        happened += all((log if path == LOG else pages[path]) == after[path] for path in BEFORE)
    if names != [f"change {number}" for number in range(happened)]:
        found.append(f"{happened} happened, and the history tells of {names}")
    if [change.number for change in changes] != list(range(1, len(changes) + 1)):
        found.append("its numbers are not one after the other")
    if any(change.attribution.actor != "tester" for change in ours):
        found.append("it does not say who it was")
    for change, state in zip(ours, states[1:], strict=False):
        found += [
            f"{step.path} was never so at {change.attribution.operation}"
            for step in change.pages
            if history.text(step.path, change.number) != state[step.path]
        ]
    # What a torn write left of an entry counts as an edit: nobody made it, but there it stands.
    by_hand = [change for change in changes[1:] if change.by_hand and not is_torn(history, change, states)]
    if by_hand:
        found.append(f"it tells of {len(by_hand)} edits by hand that nobody made")
    return found


def is_torn(history, change, states) -> bool:
    if [step.path for step in change.pages] != [LOG]:
        return False
    text = history.text(LOG, change.number)
    return any(state[LOG].startswith(text) and state[LOG] != text for state in states)


@pytest.fixture(params=[past.FULL, 0], ids=["in the spool", "taken over at once"])
def full(request, monkeypatch):
    monkeypatch.setattr(past, "FULL", request.param)
    monkeypatch.setattr(append, "FULL", request.param)


@pytest.mark.parametrize("torn", [False, True], ids=["", "torn"])
def test_a_killed_writer_loses_neither_page_nor_attribution(root, full, torn):
    scenario = story()
    states = scenario.states(root)
    found, step, died = [], 0, True
    while died:
        scenario.prepare(root)
        died, acknowledged = killed_at(
            step, lambda acknowledge: scenario.perform(root, acknowledge), torn=torn
        )
        wrong = untold(root, states, acknowledged)
        wrong += judge(root, states, acknowledged)
        wrong += untold(root, states, acknowledged)
        found += [f"step {step}: {each}" for each in wrong]
        shutil.rmtree(root)
        root.mkdir()
        step += 1
    assert found == []
    assert step > 30


def refused(root: Path, states, faults: Faults) -> list[str]:
    """What is wrong where a call is refused: each change that is said to be made is told, and no other."""
    store = FilesStore(str(root), timeout=1.0)
    done = []
    with seen(faults, reads=True):
        for number, verb in enumerate(STORY):
            try:
                verb(number)(store)
            except CosmemoryError:
                done.append(None)
            except OSError as error:
                return [f"a bare {error!r}"]
            else:
                done.append(f"change {number}")
    pages = {path: FilesStore(str(root)).read(path).data for path in BEFORE}
    history = FilesStore(str(root)).history()
    changes = history.revisions()
    found = []
    lost = any("history could not be written" in notice for notice in store.notices())
    # A change may stand though it was refused, where not even taking it back was possible; not otherwise.
    found += [
        f"#{change.number} tells of an edit that nobody made"
        for change in changes[:-1]
        if not lost and change.by_hand and not is_torn(history, change, states)
    ]
    newest = changes[0].number if changes else 0
    found += [f"{path} is not so" for path, data in pages.items() if history.text(path, newest) != data]
    if not any("history" in notice for notice in store.notices()):
        names = [change.attribution.operation for change in reversed(changes) if not change.by_hand]
        if [name for name in names if name in done] != [name for name in done if name]:
            found.append(f"{done} was done, and the history tells of {names} without a notice")
    return found


@pytest.mark.parametrize("on", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_what_the_disk_refuses_of_the_history_refuses_no_change(root, full, number, on):
    scenario = story()
    states = scenario.states(root)
    every = 1 if EVERY_CALL else 3
    found, at, reached = [], 0, True
    while reached:
        scenario.prepare(root)
        faults = Faults(at, number, on=on)
        found += [f"call {at}: {each}" for each in refused(root, states, faults)]
        reached = faults.count > at
        shutil.rmtree(root)
        root.mkdir()
        at += every
    assert found == []


def test_writes_may_come_short(root, full):
    scenario = story()
    states = scenario.states(root)
    for seed in range(10):
        scenario.prepare(root)
        with seen(ShortWrites(seed)):
            scenario.perform(root, lambda: None)
        assert untold(root, states, len(STORY)) == []
        shutil.rmtree(root)
        root.mkdir()


@pytest.mark.parametrize("number", range(len(STORY)))
def test_a_change_is_told_though_its_record_could_not_be_ended(root, full, number):
    scenario = story()
    scenario.prepare(root)
    store = FilesStore(str(root))
    marks = []

    def refusing(name, call, arguments, options):
        if name == "write" and arguments[1] == b"K\n":
            marks.append(1)
            if len(marks) == number + 2:  # after that of the first sight of the pages
                raise OSError(errno.EIO, os.strerror(errno.EIO))
        return call(*arguments, **options)

    with seen(refusing):
        for each, verb in enumerate(STORY):
            verb(each)(store)
    changes = FilesStore(str(root)).history().revisions()[::-1]
    assert [change.attribution.operation for change in changes[1:]] == [f"change {n}" for n in range(6)]


TELLING = """
import sys
from cosmemory.engines.files import past
from tests.engines.test_history_crashes import story
past.FULL = 0
story().perform(__import__("pathlib").Path(sys.argv[1]), lambda: print(".", end="", flush=True))
"""
SQLITE = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "openat", "fcntl")


def traced(root: Path, *options: str) -> tuple[int, str, str]:
    """The story told by a process whose calls on the journal are traced; its code, and what it and strace said."""
    files = [f"{root}/.cosmemory/{name}" for name in ("journal.sqlite", "journal.sqlite-journal")]
    watched = [option for path in files for option in ("-P", path)]
    command = ["strace", "-qq", *watched, *options, sys.executable, "-c", TELLING, str(root)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")
def test_a_writer_may_be_killed_at_any_call_of_sqlite(root):
    scenario = story()
    states = scenario.states(root)
    scenario.prepare(root)
    code, acknowledged, said = traced(root, "-e", "trace=" + ",".join(SQLITE))
    assert (code, acknowledged) == (0, "." * len(STORY)), said
    calls = [line.partition("(")[0] for line in said.split("\n") if "(" in line]
    places = [(name, number + 1) for name in SQLITE for number in range(calls.count(name))]
    assert len(places) > 40, said
    found = []
    for name, number in places if EVERY_CALL else random.Random(5).sample(places, 5):
        shutil.rmtree(root)
        root.mkdir()
        scenario.prepare(root)
        _, acknowledged, _ = traced(root, "-e", f"inject={name}:signal=SIGKILL:when={number}")
        wrong = untold(root, states, len(acknowledged))
        wrong += judge(root, states, len(acknowledged))
        wrong += untold(root, states, len(acknowledged))
        found += [f"{name} {number}: {each}" for each in wrong]
    assert found == []
