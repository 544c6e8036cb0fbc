"""Waking: what ends a wait, and what does not."""

from __future__ import annotations

import subprocess
import sys
import time
from threading import Timer

import pytest
import watchfiles

from cosmemory.maintenance.watching import waking
from cosmemory.maintenance.watching.waking import Stop, Waker

LONG = 60.0


def waited(waker):
    begun = time.monotonic()
    waker.wait()
    return time.monotonic() - begun


@pytest.fixture
def waker(tmp_path):
    made = Waker(str(tmp_path), LONG, Stop())
    made.wait()  # the first one ends at once: what was saved before is looked for
    return made


@pytest.mark.parametrize("path", ["cos-state.md", "agents/L2.1.md", "agents"])
def test_a_page_or_a_folder_wakes(waker, tmp_path, path):
    place = tmp_path / path
    place.parent.mkdir(exist_ok=True)
    if place.suffix:
        place.write_text("x", encoding="utf-8")
    else:
        place.mkdir()
    assert waited(waker) < LONG / 2


@pytest.mark.parametrize(
    ("path", "wakes"),
    [
        ("cos-state.md", True),
        ("runs/R-1.md", True),
        ("runs", True),
        (".cosmemory/lock", False),
        (".git/index", False),
        ("checkpoints/checkpoint_20261121_060000/cos-state.md", False),
        ("cosmemory.prom.17.3", False),
        (".page.swp", False),
    ],
)
def test_what_is_kept_beside_the_pages_wakes_nobody(tmp_path, path, wakes):
    assert Waker(str(tmp_path), LONG, Stop())._matters(f"{tmp_path}/{path}") is wakes


def test_a_wait_ends_when_somebody_says_stop(tmp_path):
    stop = Stop()
    waker = Waker(str(tmp_path), LONG, stop)
    waker.wait()
    Timer(0.1, stop.set).start()
    assert waited(waker) < LONG / 2


def test_a_folder_that_is_not_there_is_waited_for_and_seen_when_it_comes(tmp_path):
    waker = Waker(str(tmp_path / "memory"), 0.05, Stop())
    assert waited(waker) < LONG / 2
    (tmp_path / "memory").mkdir()
    waker.wait()
    (tmp_path / "memory" / "cos-state.md").write_text("x", encoding="utf-8")
    assert waited(waker) < LONG / 2


def test_where_watchfiles_is_missing_a_wait_is_as_long_as_the_interval(tmp_path, monkeypatch):
    monkeypatch.setattr(waking, "can_be_woken", lambda: False)
    assert "watchfiles is not installed" in Waker(str(tmp_path), 0.05, Stop()).blind
    assert waited(Waker(str(tmp_path), 0.05, Stop())) >= 0.05


def test_where_the_system_tells_of_no_more_folders_a_wait_is_as_long_and_it_is_tried_again(
    tmp_path, monkeypatch
):
    def refuse(*_, **__):
        yield from ()  # as watchfiles does: with the first change that is asked for
        raise OSError("OS file watch limit reached.")

    waker = Waker(str(tmp_path), 0.05, Stop())
    monkeypatch.setattr(watchfiles, "watch", refuse)
    assert waited(waker) >= 0.05
    assert waker.blind == "OS file watch limit reached."
    monkeypatch.undo()
    waker.wait()
    assert waker.blind == ""


def test_a_folder_that_is_removed_and_made_anew_is_watched_again(tmp_path):
    root = tmp_path / "memory"
    root.mkdir()
    waker = Waker(str(root), 2.0, Stop())
    waker.wait()
    root.rmdir()
    root.mkdir()  # often with the number that it had before
    waker.wait()
    waker.wait()
    Timer(0.2, (root / "cos-state.md").write_text, ("x", "utf-8")).start()
    assert waited(waker) < 1.5


def test_a_signal_may_say_stop_at_any_moment_of_a_wait():
    """With threading.Event this waits for ever: the handler wants a lock that the wait has."""
    code = """
import signal, sys
from cosmemory.maintenance.watching.waking import Stop
for number in range(300):
    stop = Stop()
    signal.signal(signal.SIGALRM, lambda *_: stop.set())
    signal.setitimer(signal.ITIMER_REAL, 0.0005 + number % 7 * 0.0001)
    while not stop.is_set():
        stop.wait(0)
    stop.wait(3600)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
