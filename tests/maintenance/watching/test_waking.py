"""Waking: what ends a wait, and what does not."""

from __future__ import annotations

import time
from threading import Event, Timer

import pytest

from cosmemory.maintenance.watching import waking
from cosmemory.maintenance.watching.waking import Waker

LONG = 60.0


def waited(waker):
    begun = time.monotonic()
    waker.wait()
    return time.monotonic() - begun


@pytest.fixture
def waker(tmp_path):
    made = Waker(str(tmp_path), LONG, Event())
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
    assert Waker(str(tmp_path), LONG, Event())._matters(f"{tmp_path}/{path}") is wakes


def test_a_wait_ends_when_somebody_says_stop(tmp_path):
    stop = Event()
    waker = Waker(str(tmp_path), LONG, stop)
    waker.wait()
    Timer(0.1, stop.set).start()
    assert waited(waker) < LONG / 2


def test_a_folder_that_is_not_there_is_waited_for_and_seen_when_it_comes(tmp_path):
    waker = Waker(str(tmp_path / "memory"), 0.05, Event())
    assert waited(waker) < LONG / 2
    (tmp_path / "memory").mkdir()
    waker.wait()
    (tmp_path / "memory" / "cos-state.md").write_text("x", encoding="utf-8")
    assert waited(waker) < LONG / 2


def test_where_watchfiles_is_missing_a_wait_is_as_long_as_the_interval(tmp_path, monkeypatch):
    monkeypatch.setattr(waking, "can_be_woken", lambda: False)
    assert waited(Waker(str(tmp_path), 0.05, Event())) >= 0.05
