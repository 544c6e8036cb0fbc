"""Figures for Prometheus: what stands in the file, that it is whole, and what is said where the library is missing."""

from __future__ import annotations

import pytest

from cosmemory import EphemeralStore, Memory
from cosmemory.errors import NotSaved, UsageError
from cosmemory.maintenance.watching import exposition
from cosmemory.maintenance.watching.eye import Eye
from cosmemory.maintenance.watching.figures import Figure, figures
from cosmemory.maintenance.watching.measures import Scene
from cosmemory.operations import alerts, state, team
from cosmemory.operations.first_pages import initialise


@pytest.fixture
def memory():
    made = Memory(EphemeralStore(), now=lambda: 1_795_262_400, actor="kim")
    initialise(made)
    return made


def text_of(memory, tmp_path, severities=None):
    place = tmp_path / "cosmemory.prom"
    exposition.write(str(place), figures(Scene(memory=memory, severities=severities), Eye()))
    assert [each.name for each in tmp_path.iterdir()] == ["cosmemory.prom"]
    return place.read_text(encoding="utf-8")


def test_the_file_tells_how_the_memory_fares(memory, tmp_path):
    state.add_action(memory, "Ship", deadline="2026-11-20")
    team.join(memory, "ada", role="writer")
    alerts.raise_alert(memory, kind="Slow", severity="warning", resource="api", value="2 s", threshold="1 s")
    lines = text_of(memory, tmp_path, {"error": 2}).split("\n")
    for line in (
        "# HELP cosmemory_pages Live pages.",
        "# TYPE cosmemory_pages gauge",
        "cosmemory_pages 4.0",
        'cosmemory_findings{severity="error"} 2.0',
        'cosmemory_findings{severity="warning"} 0.0',
        'cosmemory_open_alerts{severity="warning"} 1.0',
        'cosmemory_actions{status="pending"} 1.0',
        "cosmemory_overdue_actions 1.0",
        'cosmemory_agents{status="active"} 1.0',
        "cosmemory_lock_wait_seconds 0.0",
        "cosmemory_last_look_timestamp_seconds 1.7952624e+09",
    ):
        assert line in lines


def test_what_is_not_known_is_left_out(memory, tmp_path):
    told = text_of(memory, tmp_path)
    assert "cosmemory_findings" not in told
    assert "cosmemory_last_checkpoint_age_seconds" not in told


def test_a_place_that_cannot_be_written_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(NotSaved):
        exposition.write(str(tmp_path / "none" / "x.prom"), [Figure(name="x", says="X.", rows=(("", 1.0),))])


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(exposition, "find_spec", lambda _: None)
    with pytest.raises(UsageError) as refused:
        exposition.refuse_unfit("x.prom")
    assert (refused.value.exit_code, refused.value.hint) == (2, "pip install 'cosmemory[prometheus]'")


def test_a_page_is_never_taken_for_a_file_of_figures():
    with pytest.raises(UsageError, match=r"cos-state\.md is no place for figures"):
        exposition.refuse_unfit("cos-state.md")
