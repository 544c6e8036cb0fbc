"""What the speed of cosmemory is measured against does what its figure says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from cosmemory.document.data import data_of
from tests.benchmarks import alternatives
from tests.benchmarks.__main__ import as_json, as_line
from tests.benchmarks.measure import Figure, Unmeasured
from tests.benchmarks.writes import EVENT, LOG, memory_at


def git(folder: Path, *arguments: str) -> str:
    line = ["git", "-C", str(folder), *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def test_the_event_is_of_about_300_bytes_and_the_others_are_given_all_of_it(tmp_path):
    memory = memory_at(tmp_path / "memory")
    before = memory.store.size(LOG)
    memory.log(EVENT)
    assert 270 <= memory.store.size(LOG) - before <= 330
    log = (tmp_path / "memory" / LOG).read_text(encoding="utf-8")
    assert all(value in log for name, value in alternatives.NOTED.items() if name != "time")


def test_sqlite_commits_every_insert_and_syncs_it(tmp_path):
    path = tmp_path / "events.sqlite"
    with ExitStack() as opened:
        insert = alternatives.database(path, opened)
        rows = insert().connection
        insert()
        assert rows.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert alternatives.committed(path, "events") == 2
        kept = rows.execute("SELECT * FROM events WHERE id = 2").fetchone()
    assert kept == (2, *alternatives.NOTED.values())


def test_sqlite_saver_keeps_the_event_as_it_does_by_default(tmp_path):
    pytest.importorskip("langgraph.checkpoint.sqlite")
    path = tmp_path / "checkpoints.sqlite"
    with ExitStack() as opened:
        put = alternatives.checkpointer(path, opened)
        put()
        put()
        assert alternatives.committed(path, "checkpoints") == 2


def test_each_update_is_a_commit_of_git_with_nothing_but_the_field_changed(tmp_path):
    page = memory_at(tmp_path / "memory", page=4096)
    text = (tmp_path / "memory" / "cos-state.md").read_text(encoding="utf-8")
    commit = alternatives.repository(tmp_path / "git", text)
    commit()
    commit()
    assert git(tmp_path / "git", "rev-list", "--count", "HEAD") == "3\n"
    assert git(tmp_path / "git", "status", "--porcelain") == ""
    changed = git(tmp_path / "git", "diff", "-U0", "HEAD~", "HEAD").split("\n")
    assert [line for line in changed if re.match(r"[-+](?!--|\+\+)", line)] == [
        "-- **Primary Task:** task 000000",
        "+- **Primary Task:** task 000001",
    ]
    # And that is what our side makes of it.
    update = alternatives.setting(page)
    update()
    update()
    ours = (tmp_path / "memory" / "cos-state.md").read_text(encoding="utf-8")
    assert "- **Primary Task:** task 000001\n" in ours


def test_git_can_be_told_to_sync(tmp_path):
    alternatives.repository(tmp_path / "git", alternatives.FIELD, synced="all")
    assert git(tmp_path / "git", "config", "core.fsync") == "all\n"


def test_git_is_measured_as_it_is_installed(tmp_path, monkeypatch):
    mine = tmp_path / "gitconfig"
    mine.write_text("[core]\n\tfsync = none\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(mine))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    asked = []
    monkeypatch.setattr(subprocess, "run", lambda *_, env, **__: asked.append(env))
    alternatives.repository(tmp_path / "git", alternatives.FIELD)()
    assert {env["GIT_CONFIG_GLOBAL"] for env in asked} == {os.devnull}
    assert not any("GIT_DIR" in env for env in asked)


def test_the_naive_state_is_written_whole_and_copied(tmp_path):
    page = data_of(memory_at(tmp_path / "memory").read("cos-state"))
    update = alternatives.naive(tmp_path / "naive", page, entries=3)
    update()
    update()
    state = json.loads((tmp_path / "naive" / "state.json").read_text(encoding="utf-8"))
    assert list(state) == ["event-00000", "event-00001", "event-00002", "cos-state"]
    assert state["event-00001"]["value"] == alternatives.NOTED
    assert state["cos-state"]["version"] == 2
    assert state["cos-state"]["value"]["current_focus"]["primary_task"] == "task 000001"
    newest = max((tmp_path / "naive").glob("state_*.json"))
    assert json.loads(newest.read_text(encoding="utf-8")) == state


def test_what_is_not_installed_is_one_sentence_in_its_row(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "langgraph", None)
    absent = next(alternatives.appended("disk", tmp_path))
    assert isinstance(absent, Unmeasured)
    assert re.sub(" +", " ", as_line(absent)) == (
        "P14 one event, against SqliteSaver put, disk not measured: langgraph-checkpoint-sqlite is not installed"
    )
    assert json.loads(as_json(absent))["why"] == "langgraph-checkpoint-sqlite is not installed"


@pytest.mark.parametrize(
    ("measured", "least", "verdict"),
    [(0.9, False, "met"), (1.1, False, "MISSED"), (1.1, True, "met"), (0.9, True, "MISSED")],
)
def test_a_figure_says_whether_its_goal_was_met(measured, least, verdict):
    figure = Figure(name="P14", what="one event", goal=1.0, measured=measured, least=least)
    assert as_line(figure).split()[-1] == verdict
    assert json.loads(as_json(figure))["met"] is (verdict == "met")
