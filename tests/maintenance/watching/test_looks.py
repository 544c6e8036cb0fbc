"""Looks: a memory and a clock in, what is told and how the pages look out."""

from __future__ import annotations

import os
import shutil

import pytest

from cosmemory.config.settings import WatchRule
from cosmemory.document.values import write_time
from cosmemory.errors import Locked, NotSaved
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.checkpoint_shelf import listed
from cosmemory.maintenance.processes import Machine
from cosmemory.maintenance.watching import routine
from cosmemory.maintenance.watching.eye import Eye
from cosmemory.memory import Memory
from cosmemory.operations import agents
from cosmemory.operations.events import find_events


def events(office, kind):
    return [each.action for _, each in find_events(office.memory, types=[kind])]


def test_an_edit_by_hand_is_recorded_and_its_findings_are_told_once(office):
    office.edit("cos-state.md", "**Status:** idle", "**Status:** idel")
    told = office.look()
    assert told[0] == "cos-state.md was edited by hand; the history has it"
    (finding,) = told[1:]
    assert finding.startswith("cos-state.md:")
    assert "COS401" in finding
    assert office.look() == []
    # Another finding is told; the one that moved down with it is not told again.
    office.edit("cos-state.md", "## Session Info", "\n## Session Info")
    assert office.look() == ["cos-state.md was edited by hand; the history has it"]
    office.edit("cos-state.md", "**Status:** idel", "**Status:** busy")
    assert office.look() == [
        "cos-state.md was edited by hand; the history has it",
        "cos-state.md is clean again",
    ]


def test_what_was_told_before_a_restart_is_not_told_after_it(office):
    office.edit("cos-state.md", "**Status:** idle", "**Status:** idel")
    office.look()
    office.eye = Eye()
    assert office.look() == []


def test_derived_values_follow_an_edit_by_hand_and_no_other_byte_changes(office):
    office.memory.team.join("ada", role="writer")
    office.look()
    before = (office.root / "team-roster.md").read_text(encoding="utf-8")
    wrong = before.replace("Total Agents: 1", "Total Agents: 7")
    assert wrong != before
    (office.root / "team-roster.md").write_text(wrong, encoding="utf-8")
    told = office.look()
    assert "derived values brought up to date on team-roster.md" in told
    assert (office.root / "team-roster.md").read_text(encoding="utf-8") == before
    assert office.look() == []


def test_nothing_is_mended_where_that_is_not_wished(office):
    office.set(watch_mend=False)
    office.memory.team.join("ada", role="writer")
    office.look()
    office.edit("team-roster.md", "Total Agents: 1", "Total Agents: 7")
    assert [line.split()[1] for line in office.look()] == ["was", "COS501"]
    assert "Total Agents: 7" in (office.root / "team-roster.md").read_text(encoding="utf-8")


def test_a_folder_that_is_new_and_one_that_is_moved_away_are_seen(office):
    office.memory.agents.spawn("L2.1")
    assert office.look() == []
    shutil.move(office.root / "agents", office.root.parent / "agents")
    assert office.look() == ["agents/L2.1.md was edited by hand; the history has it"]
    shutil.move(office.root.parent / "agents", office.root / "agents")
    assert office.look() == ["agents/L2.1.md was edited by hand; the history has it"]


def test_a_checkout_of_many_pages_is_told_in_one_line(office):
    for number in range(9):
        office.memory.agents.spawn(f"L2.{number}")
    office.look()
    for page in (office.root / "agents").iterdir():
        page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert office.look() == ["9 pages were edited by hand; the history has them"]


def test_a_member_who_gives_no_sign_is_marked_idle_once_and_was_not_seen_by_that(office):
    office.memory.team.join("ada", role="writer", task="Write")
    office.memory.team.join("bob", role="reader")
    office.memory.team.change_status("bob", "hibernated")
    office.look()
    since = write_time(office.memory.read("team-roster").active_team_members[0].last_seen)
    assert not any("is idle: " in line for line in office.look(after=300))
    told = office.look(after=1)
    assert f"ada is idle: not seen since {since}" in told
    ada, bob = office.memory.read("team-roster").active_team_members
    assert (ada.status, write_time(ada.last_seen), bob.status) == ("idle", since, "hibernated")
    assert events(office, "team_change")[-1] == "Status changed to idle"
    assert not any("is idle: " in line for line in office.look(after=60))


def test_a_member_of_whom_the_log_tells_is_at_work(office):
    office.memory.team.join("ada", role="writer")
    office.at += 250
    Memory.log(
        office.memory, Event(time=office.memory.now(), type="decision", involved="ada", action="Go on")
    )
    assert not any("is idle: " in line for line in office.look(after=100))
    assert "ada is idle: " in " ".join(office.look(after=250))


def test_a_checkpoint_is_made_each_hour_where_anything_has_changed(office):
    office.set(watch_checkpoint_minutes=60)
    (first,) = office.look()
    assert first.startswith("checkpoint_")
    assert office.look(after=3599) == []
    assert office.look(after=3600) == []  # nothing has changed but the log, which tells of the checkpoint
    office.memory.state.set_focus("Something else")
    (second,) = office.look()
    assert second.endswith(" made")
    assert len(listed(office.memory)) == 2


def test_a_checkpoint_of_a_clock_that_was_wrong_does_not_keep_others_away(office):
    office.set(watch_checkpoint_minutes=60)
    os.makedirs(office.root / "checkpoints" / "checkpoint_20990101_000000")
    assert len(office.look()) == 1
    assert office.look(after=60) == []


def test_past_weeks_are_rotated_when_a_week_is_over(office):
    office.memory.state.set_focus("This week")
    assert office.look() == []
    told = office.look(after=7 * 86_400)
    assert [line for line in told if "coordination-log-" in line and "moved to" in line] != []
    assert not any("moved to" in line for line in office.look())


def test_the_machine_is_written_down_not_more_often_than_its_period(office, monkeypatch):
    monkeypatch.setattr(routine, "machine", lambda: Machine(memory=61.0, load=1.5))
    office.set(watch_resource_minutes=30)
    assert office.look() == ["resources checked: Memory 61.0%, CPU load 1.5"]
    assert office.look(after=1799) == []
    assert len(office.look(after=1)) == 1
    status = office.memory.read("cos-state").resource_status
    assert (status.memory, status.cpu_load) == (61, 1.5)
    assert len(events(office, "metrics")) == 2


def test_a_page_that_cannot_be_used_is_told_of_once_and_keeps_nothing_else_from_its_work(office):
    office.set(watch_checkpoint_minutes=60)
    (office.root / "team-roster.md").write_bytes("# Team".encode("utf-16"))
    told = office.look()
    assert any("team-roster.md" in line for line in told)
    assert told[-1].startswith("checkpoint_")
    assert office.look() == []


def test_a_memory_that_is_locked_is_looked_at_again(office):
    office.edit("cos-state.md", "**Status:** idle", "**Status:** busy")
    with office.memory.store.writing():
        office.set(lock_timeout=0.05)
        with pytest.raises(Locked):
            office.look()
    assert office.look() == ["cos-state.md was edited by hand; the history has it"]


def test_an_overdue_action_raises_an_alert_that_its_end_resolves(office):
    office.memory.state.add_action("Ship", deadline="2026-11-20")
    assert "ALERT-1 raised: overdue is warning, 1 overdue actions" in office.look()
    office.memory.state.move_action("done", "1")
    assert "ALERT-1 resolved: overdue is 0 overdue actions" in office.look()


def test_after_the_machine_slept_everybody_has_time_for_a_sign(office):
    office.memory.team.join("ada", role="writer")
    office.memory.team.join("bob", role="reader")
    office.look()
    office.eye.heed_clock(office.at, 1000.0)
    office.at += 8 * 3600
    office.eye.heed_clock(office.at, 1030.0)
    assert not any("is idle" in line for line in office.look())
    office.at += 200
    office.memory.team.change_status("ada", "busy")
    told = " ".join(office.look(after=101))
    assert "bob is idle: " in told
    assert "ada is idle: " not in told


def test_a_clock_that_is_set_back_keeps_no_value_from_being_brought_up_to_date(office):
    office.memory.state.add_action("Ship", deadline="2026-11-20")
    office.look()
    office.at -= 5 * 3600
    office.memory.state.add_action("Sell", deadline="2026-11-20")
    assert "ALERT-1 updated: overdue is 2 overdue actions" in office.look()
    assert not any("updated" in line for line in office.look(after=60))


def test_an_alert_about_silence_and_what_comes_with_time_end_no_silence(office):
    office.set(
        watch_checkpoint_minutes=60,
        watch_resource_minutes=30,
        watch_rules={"quiet": WatchRule(measure="last_event_minutes", warning=120)},
    )
    office.memory.state.set_focus("This")
    told = [line for _ in range(18) for line in office.look(after=600) if "quiet" in line]
    assert told[0].endswith(" raised: quiet is warning, 120 minutes")
    assert not any("resolved" in line for line in told)
    office.memory.state.set_focus("That")
    assert any("resolved: quiet is 0 minutes" in line for line in office.look())


def test_old_pages_go_to_the_archive_once_a_day_where_the_settings_name_them(office):
    office.memory.agents.spawn("L2.1")
    office.memory.agents.spawn("L2.2")
    for step in ("started", "complete"):
        getattr(office.memory.agents, step)("L2.1")
    week = 8 * 86_400
    assert not any("archive" in line and "agents" in line for line in office.look(after=week))
    assert (office.root / "agents" / "L2.1.md").exists()
    office.set(watch_tidy=("agents", "sessions", "meetings", "runs"))
    assert office.look() == []  # this day is over
    assert "agents moved to the archive: L2.1" in office.look(after=86_400)
    assert sorted(path.name for path in (office.root / "agents").iterdir()) == ["L2.2.md"]
    assert (office.root / "archive" / "agents" / "L2.1.md").exists()
    assert not any("archive" in line for line in office.look(after=86_400))


def test_old_pages_that_could_not_be_moved_are_moved_with_the_next_look(office, monkeypatch):
    office.memory.agents.spawn("L2.1")
    for step in ("started", "complete"):
        getattr(office.memory.agents, step)("L2.1")
    office.look()
    office.set(watch_tidy=("agents", "runs"))

    def refuse(_):
        raise NotSaved("archive/agents/L2.1.md", "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(agents, "cleanup", refuse)
        assert any("No space left" in line for line in office.look(after=8 * 86_400))
    assert "agents moved to the archive: L2.1" in office.look(after=30)
    assert not any("archive" in line for line in office.look(after=30))


def test_what_a_clock_that_was_just_set_calls_old_stays_for_a_day(office):
    office.memory.agents.spawn("L2.1")
    for step in ("started", "complete"):
        getattr(office.memory.agents, step)("L2.1")
    office.set(watch_tidy=("agents",))
    office.look()
    office.eye.heed_clock(office.at, 1000.0)
    office.at += 30 * 86_400
    office.eye.heed_clock(office.at, 1030.0)
    office.look()
    office.look(after=80_000)
    assert (office.root / "agents" / "L2.1.md").exists()
    assert "agents moved to the archive: L2.1" in office.look(after=10_000)
