"""The one lock: who holds it is told, a dead holder has none, and a hold on the wrong file is no hold."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings

import pytest

from cosmemory.engines.files import lock as lock_module
from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.lock import Lock
from cosmemory.errors import Locked, NotFound, NotSaved, Unsafe
from cosmemory.store import Append
from tests.engines.scenarios import BEFORE, LOG, OWN, PAGE, SCENARIOS, TAKEN, entry, files_below

ROUNDS = int(os.environ.get("COSMEMORY_RACE_ROUNDS", "25"))
HOLD = """
import sys, time
from cosmemory.engines.files.lock import Lock
lock = Lock(sys.argv[1])
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""

MIX = """
import sys
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import Conflict
from cosmemory.store import Append, Replace
root, who, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
if "unlocked" in sys.argv:
    from cosmemory.engines.files import lock
    lock.flock = lambda *_: None
store = FilesStore(root, timeout=60, durability="none")
for number in range(rounds):
    text = f"### 2026-11-21T06:00:00Z\\n**Action:** {who}-{number}\\n\\n---\\n\\n".encode()
    if number % 2:
        store.append("coordination-log.md", text)
    with store.writing() as writer:
        stored = writer.read("cos-state.md")
        changes = [Replace(path="cos-state.md", data=stored.data + f"{who}-{number}\\n".encode(),
                           expected=stored.revision)]
        if not number % 2:
            changes.append(Append(path="coordination-log.md", data=text))
        try:
            writer.commit(changes)
        except Conflict:
            pass
"""


@pytest.fixture
def memory(root):
    SCENARIOS[0].prepare(root)
    return root


def run(program, *arguments, checkout):
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )


@pytest.fixture
def holder(memory, checkout):
    process = run(HOLD, memory, "an-argument", checkout=checkout)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_whoever_has_to_wait_too_long_is_told_for_whom(memory, holder):
    began = time.monotonic()
    with pytest.raises(Locked) as caught:
        FilesStore(str(memory), timeout=0.1).append(LOG, entry("late"))
    assert 0.1 <= time.monotonic() - began < 1
    assert f"process {holder.pid}." in caught.value.holder
    assert "an-argument" in caught.value.holder
    assert " host " in caught.value.holder
    assert " started " in caught.value.holder
    said = str(caught.value)
    assert re.match(
        rf"The memory is locked by process {holder.pid}, `\S+ .*an-argument`, which runs since "
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, after waiting 0\.1 s\.",
        said,
    ), said


def test_whoever_waits_for_some_time_looks_more_often_than_those_who_came_later(memory, monkeypatch):
    now, pauses = [0.0], []

    def sleep(seconds: float) -> None:
        pauses.append((now[0], seconds))
        now[0] += seconds

    monkeypatch.setattr(lock_module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(lock_module.time, "sleep", sleep)
    with Lock(memory), pytest.raises(Locked):
        Lock(memory).acquire(2.0)
    early, senior, late = (
        [pause for at, pause in pauses[:-1] if since <= at < until]
        for since, until in ((0.004, 0.01), (0.02, 0.3), (0.31, 2.0))
    )
    assert max(senior) < min(early) / 4
    # Who holds it for longer than writers do is not asked again and again.
    assert min(late) > max(senior) * 4


def test_a_dead_holder_has_no_lock(memory, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    began = time.monotonic()
    FilesStore(str(memory)).append(LOG, entry("next"))
    assert time.monotonic() - began < 1


def test_reading_waits_for_nobody(memory, holder):
    began = time.monotonic()
    assert FilesStore(str(memory)).read(PAGE).data == BEFORE[PAGE]
    assert time.monotonic() - began < 1


def test_two_stores_of_one_process_exclude_each_other(memory):
    first, second = FilesStore(str(memory)), FilesStore(str(memory), timeout=0.05)
    with first.writing():
        with pytest.raises(Locked) as caught:
            second.append(LOG, entry("late"))
        assert f"process {os.getpid()}." in caught.value.holder
    second.append(LOG, entry("now"))


def test_one_thread_does_not_wait_for_itself(memory):
    store = FilesStore(str(memory), timeout=60)
    with store.writing(), pytest.raises(Locked, match="this thread"):
        store.append(LOG, entry("late"))


def in_child(action):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os._exit(action())
        except BaseException:  # noqa: BLE001
            os._exit(99)
    return child


def exit_code(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_forked_child_does_not_write_with_its_parents_lock(memory):
    store = FilesStore(str(memory), timeout=0.05)
    with store.writing() as writer:

        def action():
            try:
                writer.commit([Append(path=LOG, data=entry("the child's"))])
            except NotSaved:
                pass
            else:
                return 1
            try:
                store.append(LOG, entry("the child's"))
            except Locked:
                return 0
            return 2

        assert exit_code(in_child(action)) == 0
        writer.commit([Append(path=LOG, data=entry("the parent's"))])
    assert (memory / LOG).read_bytes() == BEFORE[LOG] + entry("the parent's")


def test_a_forked_child_does_not_keep_its_dead_parents_lock(memory):
    told, tell = os.pipe()

    def parent():
        lock = Lock(str(memory))
        lock.acquire()
        grandchild = in_child(lambda: time.sleep(30) or 0)
        os.write(tell, str(grandchild).encode())
        return 0

    assert exit_code(in_child(parent)) == 0
    grandchild = int(os.read(told, 20))
    try:
        FilesStore(str(memory), timeout=0.5).append(LOG, entry("next"))
    finally:
        os.kill(grandchild, signal.SIGKILL)
        os.close(told)
        os.close(tell)


def test_a_child_that_ends_its_parents_block_leaves_the_lock_with_the_parent(memory):
    lock = Lock(str(memory))
    with lock:

        def action():
            lock.release()
            lock.close()
            return 0

        assert exit_code(in_child(action)) == 0
        with pytest.raises(Locked):
            Lock(str(memory), timeout=0.05).acquire()


def test_a_lock_deleted_while_we_wait_for_it_is_not_the_lock(memory):
    first, second = Lock(str(memory)), Lock(str(memory), timeout=5)
    first.acquire()
    waiting = threading.Thread(target=second.acquire)
    waiting.start()
    time.sleep(0.05)
    for path in (memory / ".cosmemory").iterdir():
        path.unlink()
    (memory / ".cosmemory").rmdir()
    third = Lock(str(memory), timeout=0.05)
    third.acquire()
    first.release()
    waiting.join(0.2)
    assert waiting.is_alive(), "a hold on a deleted file was taken for the lock"
    third.release()
    waiting.join(5)
    assert second.held
    second.release()


def test_a_lock_deleted_between_two_writes_is_made_again(memory):
    store = FilesStore(str(memory))
    store.append(LOG, entry("one"))
    for path in (memory / ".cosmemory").iterdir():
        path.unlink()
    (memory / ".cosmemory").rmdir()
    store.append(LOG, entry("two"))
    assert (memory / LOG).read_bytes() == BEFORE[LOG] + entry("one") + entry("two")
    assert (memory / ".cosmemory/.gitignore").read_bytes() == b"*\n"


@pytest.mark.parametrize("kind", ["link", "dangling", "folder-link", "fifo", "hard-link", "folder"])
def test_a_lock_that_is_no_plain_file_is_refused(memory, tmp_path, kind):
    place, outside = memory / ".cosmemory/lock", tmp_path / "outside"
    outside.write_bytes(b"precious")
    place.unlink()
    if kind == "link":
        place.symlink_to(outside)
    elif kind == "dangling":
        place.symlink_to(tmp_path / "made-by-the-lock")
    elif kind == "fifo":
        os.mkfifo(place)
    elif kind == "hard-link":
        if os.stat(tmp_path).st_dev != os.stat(memory).st_dev:
            outside = memory / "precious.md"
            outside.write_bytes(b"precious")
        os.link(outside, place)
    elif kind == "folder":
        place.mkdir()
    else:
        shutil.rmtree(memory / ".cosmemory")
        (tmp_path / "elsewhere").mkdir()
        (memory / ".cosmemory").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unsafe):
        FilesStore(str(memory), timeout=0.2).append(LOG, entry("lost"))
    assert (memory / LOG).read_bytes() == BEFORE[LOG]
    assert outside.read_bytes() == b"precious"
    assert not (tmp_path / "made-by-the-lock").exists()
    assert not (tmp_path / "elsewhere/lock").exists()


def test_a_lock_that_was_refused_may_be_asked_for_again(memory):
    store = FilesStore(str(memory))
    (memory / ".cosmemory/lock").unlink()
    (memory / ".cosmemory/lock").mkdir()
    for _ in range(2):
        with pytest.raises(Unsafe):
            store.append(LOG, entry("lost"))
    (memory / ".cosmemory/lock").rmdir()
    store.append(LOG, entry("now"))


def test_without_a_folder_there_is_no_memory_to_lock(tmp_path):
    with pytest.raises(NotFound):
        FilesStore(str(tmp_path / "none")).append(LOG, entry("lost"))
    assert not (tmp_path / "none").exists()


def test_what_a_holder_is_called_cannot_act_on_a_terminal(memory, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x\x1b]0;owned\x07", "\u202e", "\n"])
    with Lock(str(memory)), pytest.raises(Locked) as caught:
        Lock(str(memory), timeout=0.01).acquire()
    assert caught.value.holder.isprintable()


def race(memory, checkout, *options):
    """What eight processes that append and replace at once have left."""
    racers = [run(MIX, memory, f"w{who}", ROUNDS, *options, checkout=checkout) for who in range(8)]
    codes = [racer.wait() for racer in racers]
    for racer in racers:
        racer.stdout.close()
    wanted = sorted(f"w{who}-{number}" for who in range(8) for number in range(ROUNDS))
    log = (memory / LOG).read_bytes().decode("utf-8", "replace")
    entries = sorted(
        line.removeprefix("**Action:** ") for line in log.split("\n") if "-" in line and "w" in line
    )
    lines = sorted((memory / PAGE).read_bytes().removeprefix(BEFORE[PAGE]).decode("utf-8", "replace").split())
    return codes, wanted, entries, lines, log


def test_of_eight_processes_writing_at_once_nothing_is_lost_or_doubled(memory, checkout):
    codes, wanted, entries, lines, log = race(memory, checkout)
    assert codes == [0] * 8
    assert lines == wanted
    assert entries == wanted
    assert log.count("\n---\n\n") == len(wanted) + 1
    assert {*files_below(memory)} - {*TAKEN} == {*BEFORE, *OWN}


# Each guard, taken away, is missed.


def test_without_the_lock_processes_lose_each_others_changes(memory, checkout):
    _, wanted, entries, lines, _ = race(memory, checkout, "unlocked")
    assert entries  # they ran
    assert (entries, lines) != (wanted, wanted)


def test_without_looking_at_the_file_again_a_deleted_lock_lets_two_in(memory, monkeypatch):
    monkeypatch.setattr(Lock, "_is_the_file", lambda _: True)
    with pytest.raises(AssertionError):
        test_a_lock_deleted_while_we_wait_for_it_is_not_the_lock(memory)


def test_without_o_nofollow_a_linked_lock_is_followed(memory, tmp_path, monkeypatch):
    monkeypatch.setattr(lock_module, "NO_LINK", os.O_CLOEXEC)
    # The second look at the file still keeps us out, but only after the whole wait, and names no reason.
    with pytest.raises(Locked):
        test_a_lock_that_is_no_plain_file_is_refused(memory, tmp_path, "link")


def test_without_care_for_forks_a_child_writes_with_its_parents_lock(memory, monkeypatch):
    monkeypatch.setattr(Lock, "held", property(lambda self: self._thread != 0))
    with pytest.raises(AssertionError):
        test_a_forked_child_does_not_write_with_its_parents_lock(memory)


@pytest.mark.parametrize("module", ["log", "spool", "lock"])
def test_what_is_still_open_when_python_has_taken_its_modules_apart_ends_in_silence(
    memory, monkeypatch, module
):
    store = FilesStore(memory)
    store.append(LOG, entry("Kept"))
    names = ("os", "let_go", "_forks", "_open_descriptors", "CLOSED")
    taken_apart = sys.modules[f"cosmemory.engines.files.{module}"]
    with monkeypatch.context() as at_exit:
        for name in names:
            at_exit.setattr(taken_apart, name, None, raising=False)
        with warnings.catch_warnings(record=True) as told:
            said = []
            at_exit.setattr(sys, "unraisablehook", said.append)
            del store
            gc.collect()
    assert (said, told) == ([], [])
