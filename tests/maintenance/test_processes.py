"""Processes: alive, gone, or another one under the same number; the glance and psutil say the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.values import write_time
from cosmemory.maintenance import processes
from cosmemory.maintenance.processes import ALIVE, GONE, OTHER, UNKNOWN, UNSURE, identify, plainly, standing

linux = pytest.mark.skipif(not processes.boot(), reason="the system names no boot")


@pytest.fixture
def sleeper():
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"], stdout=-1
    )
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_process_is_alive_until_it_is_killed(sleeper):
    known = identify(sleeper.pid)
    when = write_time(known.started)
    assert standing(known.pid, known.mark, when, known.host) == ALIVE
    assert standing(known.pid, None, when, known.host) == ALIVE
    sleeper.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    # Nobody has asked for its exit code yet, so that it still has its number: it does no work.
    assert standing(known.pid, known.mark, when, known.host) == GONE
    assert identify(sleeper.pid) is None
    sleeper.wait()
    assert standing(known.pid, known.mark, when, known.host) == GONE


def test_a_number_that_was_given_again_is_another_process(sleeper):
    known = identify(sleeper.pid)
    when, earlier = write_time(known.started), write_time(known.started - timedelta(hours=1))
    assert standing(known.pid, None, earlier, known.host) == OTHER
    if known.mark:
        boot, _, ticks = known.mark.partition(".")
        assert standing(known.pid, f"{boot}.{int(ticks) - 1}", when, known.host) == OTHER
        assert standing(known.pid, f"00000000.{ticks}", when, known.host) == OTHER


def test_what_ran_elsewhere_or_was_not_told_is_unknown():
    assert standing(None) == UNKNOWN
    assert standing(0) == UNKNOWN
    assert standing(os.getpid(), None, None) == UNKNOWN
    assert standing(os.getpid(), None, None, "another-machine") == UNKNOWN


def test_a_number_that_no_system_gives_is_gone():
    assert standing(2**40, "x.1") == plainly(2**40, "x.1") == GONE


@linux
def test_the_number_of_a_thread_is_no_process():
    ready, done = threading.Event(), threading.Event()
    found = []

    def work():
        found.append(threading.get_native_id())
        ready.set()
        done.wait()

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait()
    try:
        mark = f"{processes.boot()}.1"
        assert standing(found[0], mark) == plainly(found[0], mark) != ALIVE
    finally:
        done.set()
        thread.join()


PIDS = psutil.pids()
BOOT = processes.boot()


@linux
@given(
    pid=st.sampled_from(PIDS) | st.integers(1, 2**22) | st.integers(1, 2**70),
    mark=st.none() | st.sampled_from(["right", "another boot", "another tick"]) | st.text(max_size=12),
)
def test_the_glance_is_unsure_or_says_what_psutil_says(pid, mark):
    known = identify(pid)
    right = known.mark if known else f"{BOOT}.1"
    boot, _, ticks = right.partition(".")
    marks = {"right": right, "another boot": f"00000000.{ticks}", "another tick": f"{boot}.{int(ticks) + 1}"}
    mark = marks.get(mark, mark)
    before = plainly(pid, mark)
    glanced = processes._glanced(pid, mark)
    # It may end between two looks.
    assert glanced in {UNSURE, before, plainly(pid, mark)}


@linux
def test_the_glance_is_sure_of_every_process_that_was_marked():
    unsure = 0
    for pid in psutil.pids():
        known = identify(pid)
        if known is not None:
            glanced = processes._glanced(pid, known.mark)
            unsure += glanced == UNSURE
            assert glanced in {ALIVE, GONE, UNSURE}
    assert unsure <= 2  # one that ended meanwhile
