"""Who holds the lock is told only where it is so: never one that has ended, another of its number, or who held it before."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cosmemory.engines.files import holders
from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.lock import Lock
from cosmemory.engines.files.signature import HOLDER_BYTES
from cosmemory.errors import Locked

SLEEP = "import time; print('here', flush=True); time.sleep(60)"
# Holds the lock file as a tool does that knows nothing of cosmemory: without signing it.
UNSIGNED = "import fcntl, sys; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_EX); "
INHERITED = UNSIGNED + "import os; os.fork() and os._exit(0); "

locks_are_listed = pytest.mark.skipif(
    not os.access("/proc/locks", os.R_OK), reason="this system tells nothing of its locks"
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The lock file, free and signed by this very process."""
    lock = Lock(str(tmp_path))
    lock.acquire()
    lock.release()
    lock.close()
    return tmp_path / ".cosmemory/lock"


@pytest.fixture
def begin():
    begun = []

    def run(program: str, *arguments: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", program + SLEEP, *map(str, arguments)]
        begun.append(subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True))
        assert begun[-1].stdout.readline() == b"here\n"
        return begun[-1]

    yield run
    for process in begun:
        try:
            os.killpg(process.pid, signal.SIGKILL)  # the children that it left too
        except ProcessLookupError:
            pass
        process.wait()
        process.stdout.close()


def sign(place: Path, **changed: object) -> str:
    """Sign for the lock as another would, told by what differs from how this process does."""
    words = place.read_bytes().decode().split()
    for name, value in changed.items():
        words[words.index(name) + 1] = str(value)
    place.write_bytes(" ".join(words).encode().ljust(HOLDER_BYTES - 1) + b"\n")
    return " ".join(words)


def refusal(place: Path) -> Locked:
    with pytest.raises(Locked) as caught:
        Lock(str(place.parents[1]), timeout=0.01).acquire()
    return caught.value


@locks_are_listed
def test_one_that_holds_it_without_signing_is_told_and_not_who_held_it_before(place, begin):
    other = begin(UNSIGNED, place)
    told = refusal(place)
    assert told.holder == f"process {other.pid}"
    assert str(told).startswith(f"The memory is locked by process {other.pid}, `{sys.executable} -c import")
    assert f"process {os.getpid()}" not in str(told)


@locks_are_listed
def test_a_dead_holders_child_that_has_its_open_file_is_told_as_such(place, begin):
    parent = begin(INHERITED, place)
    parent.wait()
    assert f"locked by a child of process {parent.pid}, which has ended, after" in str(refusal(place))
    seen = FilesStore(str(place.parents[1])).vitals()
    assert (seen.told, seen.alive) == (f"a child of process {parent.pid}, which has ended", False)


@locks_are_listed
def test_a_number_that_is_used_again_is_not_who_signed_with_it(place, begin):
    other = begin(UNSIGNED, place)
    sign(place, process=f"{other.pid}.1", started=1, command="somebody-else.py")
    told = refusal(place)
    assert told.holder == f"process {other.pid}"
    assert "somebody-else.py" not in str(told)


@locks_are_listed
def test_of_two_locks_with_one_number_on_two_disks_the_right_one_is_read(place, monkeypatch):
    found = os.lstat(place)
    table = place.with_name("locks")
    rows = [
        f"1: FLOCK  ADVISORY  WRITE 4711 fd:07:{found.st_ino} 0 EOF",
        f"2: FLOCK  ADVISORY  WRITE 4712 {os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino} 0 EOF",
        f"2: -> FLOCK  ADVISORY  WRITE 4713 {os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino} 0 EOF",
        f"3: POSIX  ADVISORY  WRITE 4714 {os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino} 0 EOF",
    ]
    table.write_text("\n".join(rows) + "\n")
    monkeypatch.setattr(holders, "LOCKS", str(table))
    assert holders._rows(str(place)) == ([4712], [4711])


def test_without_a_list_of_locks_who_signed_is_only_likely(place, monkeypatch):
    monkeypatch.setattr(holders, "LOCKS", "/proc/none")
    with Lock(str(place.parents[1])):
        told = refusal(place)
    assert f"locked by another process, most likely process {os.getpid()}, `" in str(told)
    assert told.holder.startswith(f"process {os.getpid()}.")


@pytest.mark.parametrize(
    "changed", [{"process": "4194305.1"}, {"started": 1}, {"boot": "another0"}], ids=["gone", "again", "boot"]
)
def test_without_a_list_of_locks_who_has_ended_is_not_taken_for_the_holder(place, monkeypatch, changed):
    signed = sign(place, **changed)
    number = signed.split()[1].partition(".")[0]
    monkeypatch.setattr(holders, "LOCKS", "/proc/none")
    with open(place) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        told = refusal(place)
    assert told.holder == "another process"
    assert f"another process (the last that signed for it, process {number}, `" in str(told)
    assert "`, no longer runs here), after waiting" in str(told)


def test_one_on_another_host_is_likely_and_no_process_here_is_asked_about_it(place, monkeypatch):
    sign(place, process="4194305.1", host="elsewhere")
    monkeypatch.setattr(holders, "LOCKS", "/proc/none")
    monkeypatch.setattr(holders, "_begun", lambda pid: pytest.fail(f"asked about {pid}"))
    with open(place) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        told = str(refusal(place))
    assert "locked by another process, most likely process 4194305, `" in told
    assert "`, on elsewhere, after waiting" in told


def test_a_process_that_ended_and_is_not_buried_does_not_run(begin):
    process = begin("")
    assert holders._begun(process.pid)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert holders._begun(process.pid) is None


def test_a_lock_that_is_let_go_while_its_holder_is_looked_up_is_ours(place, monkeypatch):
    holder = Lock(str(place.parents[1]))
    holder.acquire()
    looked_up = holders.seen

    def let_go(path):
        told = looked_up(path)
        holder.release()
        return told

    monkeypatch.setattr(holders, "seen", let_go)
    with Lock(str(place.parents[1]), timeout=0.01) as second:
        assert second.held


def test_an_unsigned_lock_tells_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(holders, "LOCKS", "/proc/none")
    (tmp_path / "lock").touch()
    assert holders.seen(str(tmp_path / "lock")) is None
    assert holders.supposed(str(tmp_path / "lock")).words == "another process"
    assert holders.supposed(str(tmp_path / "none")).words == "another process"


@pytest.mark.parametrize(
    ("holder", "words"),
    [
        ("process 12.1 started 5 boot 1234 host elsewhere command -", "process 12, on elsewhere"),
        (
            "process 12.1 started - boot - host elsewhere command app.py -v",
            "process 12, `app.py -v`, on elsewhere",
        ),
        ("process 12.1 started - boot - host - command ", "process 12"),
        ("another thread of process 12", ""),
        ("", ""),
    ],
)
def test_a_holder_is_told_in_words(holder, words):
    assert holders.in_words(holder) == words


# Each guard, taken away, is missed.


@locks_are_listed
def test_without_a_look_at_its_start_a_number_used_again_is_taken_for_the_holder(place, begin, monkeypatch):
    monkeypatch.setattr(holders, "_runs", lambda _: True)
    with pytest.raises(AssertionError):
        test_a_number_that_is_used_again_is_not_who_signed_with_it(place, begin)
