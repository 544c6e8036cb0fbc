"""`cosmemory watch` as a process: woken by a person's save, side by side with another one, ended by a signal."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from cosmemory.connect import open_memory
from cosmemory.kinds.active_alerts import open_alerts
from cosmemory.maintenance.checkpoint_shelf import listed
from cosmemory.maintenance.watching import exposition, waking

ROOT = Path(__file__).parents[2]
LONGEST = 60
GONE = str(2**30)


@pytest.fixture
def memory(tmp_path, capsys):
    (tmp_path / "cosmemory.toml").write_text("[watch]\nresource_minutes = 0\n", encoding="utf-8")
    main(["--root", str(tmp_path), "init"])
    main(["--root", str(tmp_path), "set", "cos-state", "session_info.status", "idle"])
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def watching_of():
    """Starts processes that are gone after the test, whatever became of it."""
    started = []

    def start(*words):
        started.append(Watching(*words))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


class Watching:
    """A process in the foreground, whose lines are waited for, not for ever."""

    def __init__(self, root, *words):
        where = ["--root", str(root)] if root else []
        line = [sys.executable, "-m", "cosmemory", *where, "watch", *words]
        self.process = subprocess.Popen(
            line,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.told = ""

    def wait_for(self, words):
        end = time.monotonic() + LONGEST
        while words not in self.told:
            assert select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0], self.told
            block = os.read(self.process.stdout.fileno(), 65536)
            assert block, self.told
            self.told += block.decode()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=LONGEST)
        self.told += out.decode()
        return self.process.returncode, err.decode()


def saved(page, old, new):
    """A page as an editor saves it: a file beside it, renamed over it."""
    text = page.read_text(encoding="utf-8")
    assert old in text
    beside = page.with_name(".page.swp")
    beside.write_text(text.replace(old, new, 1), encoding="utf-8")
    beside.replace(page)


def test_a_save_by_hand_wakes_it_and_its_own_writes_do_not_keep_it_awake(memory, watching_of):
    watching = watching_of(memory, "--interval", "3600")
    watching.wait_for(" made\n")  # the first checkpoint: the first look is over
    saved(memory / "cos-state.md", "**Status:** idle", "**Status:** idel")
    watching.wait_for("COS401")
    saved(memory / "cos-state.md", "**Status:** idel", "**Status:** busy")
    watching.wait_for("cos-state.md is clean again\n")
    assert watching.end() == (0, "")
    assert watching.told.count("COS401") == 1
    assert watching.told.count(" made\n") == 1


def test_both_signals_end_it_cleanly_while_it_waits(memory, watching_of):
    for number in (signal.SIGTERM, signal.SIGINT):
        watching = watching_of(memory, "--interval", "3600", "--json")
        main(["--root", str(memory), "agent", "spawn", f"L2.{number}", "--pid", GONE])
        watching.wait_for(f"agent L2.{int(number)} is dead")
        assert watching.end(number) == (0, "")
        for line in watching.told.split("\n")[:-1]:
            assert json.loads(line)["kind"] == "watch"


def test_two_at_once_raise_each_alert_once_and_make_one_checkpoint(memory, watching_of):
    for number in range(3):
        main(["--root", str(memory), "agent", "spawn", f"L2.{number}", "--pid", GONE])
    main(["--root", str(memory), "action", "add", "Ship", "--deadline", "2020-01-01"])
    both = [watching_of(memory, "--interval", "0.1") for _ in range(2)]
    told = re.compile(r"(ALERT-\d+) raised")
    end = time.monotonic() + LONGEST
    while len(open_alerts(open_memory(str(memory)).read("active-alerts"))) < 4:
        assert time.monotonic() < end
        time.sleep(0.05)
    for each in both:
        assert each.end() == (0, "")
    found = open_memory(str(memory))
    held = [(each.type, each.resource) for each in open_alerts(found.read("active-alerts"))]
    assert len(held) == len(set(held)) == 4
    assert sorted(key for each in both for key in told.findall(each.told)) == [
        f"ALERT-{number}" for number in range(1, 5)
    ]
    assert len(listed(found)) <= 1


def test_a_memory_that_is_moved_away_and_back_does_not_end_it(memory, watching_of, tmp_path_factory):
    root = tmp_path_factory.mktemp("moved") / "memory"
    memory.rename(root)
    watching = watching_of(root, "--interval", "0.2")
    watching.wait_for(" made\n")
    away = root.with_name("away")
    root.rename(away)
    assert select.select([watching.process.stderr], [], [], LONGEST)[0]
    away.rename(root)
    saved(root / "cos-state.md", "**Status:** idle", "**Status:** idel")
    watching.wait_for("COS401")
    code, err = watching.end()
    assert (code, "Traceback" in err) == (0, False)


def test_once_does_what_is_due_and_says_by_its_exit_code_whether_anything_was_found(memory, capsys):
    assert main(["--root", str(memory), "watch", "--once"]) == 0
    assert re.fullmatch(r"checkpoint_\d{8}_\d{6} made\n", capsys.readouterr().out)
    assert main(["--root", str(memory), "watch", "--once"]) == 0
    assert capsys.readouterr().out == "all is well\n"
    main(["--root", str(memory), "action", "add", "Ship", "--deadline", "2020-01-01"])
    capsys.readouterr()
    before = (memory / "alerts" / "active-alerts.md").read_bytes()
    assert main(["--root", str(memory), "watch", "--once", "--dry-run"]) == 1
    assert "would: ALERT-1 raised: overdue is warning, 1 overdue actions\n" in capsys.readouterr().out
    assert (memory / "alerts" / "active-alerts.md").read_bytes() == before
    assert main(["--root", str(memory), "watch", "--once", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["raised"] == [
        "ALERT-1 raised: overdue is warning, 1 overdue actions"
    ]


def test_what_goes_wrong_is_one_line_and_the_rest_is_done(memory, tmp_path_factory, capsys):
    place = tmp_path_factory.mktemp("figures") / "none" / "cosmemory.prom"
    assert main(["--root", str(memory), "watch", "--once", "--prometheus", str(place)]) == 1
    told = capsys.readouterr()
    assert told.out.endswith(" made\n")
    assert re.fullmatch(r"warning: .*cosmemory\.prom was not saved: .*\n", told.err)
    assert main(["--root", str(memory), "watch", "--once", "--prometheus", str(place), "--json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["wrong"]) == 1


def test_a_rule_that_cannot_be_is_refused_before_anything_is_done(memory, capsys):
    (memory / "cosmemory.toml").write_text("[watch.rules.mine]\nwarning = 1\n", encoding="utf-8")
    assert main(["--root", str(memory), "watch", "--once"]) == 2
    assert "watch.rules.mine.measure" in capsys.readouterr().err


def test_figures_go_to_the_file_that_is_named(memory, tmp_path_factory, capsys, monkeypatch):
    place = tmp_path_factory.mktemp("figures") / "cosmemory.prom"
    assert main(["--root", str(memory), "watch", "--once", "--prometheus", str(place)]) == 0
    assert "cosmemory_pages 4.0" in place.read_text(encoding="utf-8")
    monkeypatch.setattr(exposition, "find_spec", lambda _: None)
    capsys.readouterr()
    assert main(["--root", str(memory), "watch", "--once", "--prometheus", str(place)]) == 2
    assert "pip install 'cosmemory[prometheus]'" in capsys.readouterr().err


def test_without_watchfiles_it_looks_at_its_interval_and_says_so(memory, capsys, monkeypatch):
    def once(self):
        self._stop.set()

    monkeypatch.setattr(waking, "can_be_woken", lambda: False)
    monkeypatch.setattr(waking.Waker, "wait", once)
    assert main(["--root", str(memory), "watch", "--interval", "5"]) == 0
    assert capsys.readouterr().err == (
        "note: watchfiles is not installed (pip install 'cosmemory[watch]'), "
        "so changes are found every 5 seconds\n"
    )


def test_another_memory_above_is_none_of_its_business(memory, watching_of, tmp_path_factory, monkeypatch):
    outer = tmp_path_factory.mktemp("outer")
    inner = outer / "project" / "design" / "memory"
    for each in (outer / "design" / "memory", inner):
        each.mkdir(parents=True)
        main(["--root", str(each), "init"])
    monkeypatch.chdir(outer / "project")
    watching = watching_of(None, "--interval", "0.1")
    watching.wait_for(" made\n")
    before = (outer / "design" / "memory" / "coordination-log.md").read_bytes()
    inner.rename(outer / "away")
    assert select.select([watching.process.stderr], [], [], LONGEST)[0]
    time.sleep(0.5)
    assert (outer / "design" / "memory" / "coordination-log.md").read_bytes() == before
    code, err = watching.end()
    assert (code, err.count("error:")) == (0, 1)


def test_a_folder_that_is_made_anew_stays_empty_until_somebody_fills_it(memory, watching_of, capsys):
    watching = watching_of(memory, "--interval", "0.1")
    watching.wait_for(" made\n")
    shutil.rmtree(memory)
    memory.mkdir()
    assert select.select([watching.process.stderr], [], [], LONGEST)[0]
    time.sleep(0.5)
    assert list(memory.iterdir()) == []
    main(["--root", str(memory), "init"])
    watching.told = ""
    watching.wait_for(" made\n")
    watching.end()
    shutil.rmtree(memory)
    memory.mkdir()
    capsys.readouterr()
    assert main(["--root", str(memory), "watch", "--once"]) == 2
    assert capsys.readouterr().err.startswith(f"error: There is no page in {memory}.\n")
    assert list(memory.iterdir()) == []


def test_while_the_settings_have_a_slip_it_goes_on_with_those_before_and_says_so_once(memory, watching_of):
    watching = watching_of(memory, "--interval", "0.1")
    watching.wait_for(" made\n")
    (memory / "cosmemory.toml").write_text("[watch\n", encoding="utf-8")
    assert select.select([watching.process.stderr], [], [], LONGEST)[0]
    saved(memory / "cos-state.md", "**Status:** idle", "**Status:** idel")
    watching.wait_for("COS401")
    code, err = watching.end()
    assert (code, err.count("it is not TOML")) == (0, 1)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_an_output_that_takes_nothing_ends_neither_the_process_nor_a_look(memory, watching_of):
    line = [sys.executable, "-m", "cosmemory", "--root", str(memory), "watch", "--interval", "0.1"]
    with open("/dev/full", "wb") as full:
        watching = subprocess.Popen(
            line, stdout=full, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
    try:
        assert b"the output: No space left on device." in watching.stderr.readline()
        main(["--root", str(memory), "action", "add", "Ship", "--deadline", "2020-01-01"])
        end = time.monotonic() + LONGEST
        while not open_alerts(open_memory(str(memory)).read("active-alerts")):
            assert time.monotonic() < end
            time.sleep(0.05)
        assert watching.poll() is None
        watching.send_signal(signal.SIGTERM)
        assert b"Traceback" not in watching.communicate(timeout=LONGEST)[1]
    finally:
        watching.kill()
        watching.communicate()
