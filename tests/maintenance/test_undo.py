"""Undo: a change of any age is taken back, what was done elsewhere since stays, and nothing is settled in silence."""

from __future__ import annotations

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import NotFound, Refused
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.checkpoint_shelf import listed, with_manifest
from cosmemory.maintenance.rotation import rotate
from cosmemory.maintenance.undo import undo
from cosmemory.memory import Memory
from cosmemory.operations import alerts, state, team
from cosmemory.operations.pages import set_value
from tests.maintenance.story import ALERTS, LOG, ROSTER, STATE, Day


def test_the_last_change_is_taken_back_to_the_byte():
    day = Day().do(lambda m: state.add_action(m, "Write the docs"))
    before = day.text(STATE)
    day.do(lambda m: state.move_action(m, "start", "1"))
    outcome = undo(day.memory)
    assert day.text(STATE) == before
    assert outcome.result.words == "action 1: in_progress -> pending"
    newest = day.store.history().revisions(limit=1)[0].attribution
    assert (newest.operation, newest.message) == ("undo 3", "undoes #3: action start")


def test_an_older_change_is_taken_back_and_the_later_ones_stay():
    day = Day().do(
        lambda m: state.add_action(m, "one"),
        lambda m: state.add_action(m, "two"),
        lambda m: state.move_action(m, "start", "1"),
        lambda m: state.set_focus(m, "something else"),
        lambda m: state.move_action(m, "done", "2"),
    )
    undo(day.memory, "4")
    page = day.memory.read("cos-state")
    assert [(each.id, each.status) for each in page.pending_actions] == [("1", "pending"), ("2", "done")]
    assert page.current_focus.primary_task == "something else"


def test_an_undo_that_is_undone_does_it_again():
    day = Day().do(lambda m: state.set_focus(m, "one"), lambda m: state.set_focus(m, "two"))
    after = day.text(STATE)
    undo(day.memory)
    assert day.memory.read("cos-state").current_focus.primary_task == "one"
    undo(day.memory)
    assert day.text(STATE) == after


def test_all_pages_of_a_change_are_taken_back_together():
    day = Day().do(lambda m: team.join(m, "helper-1", role="Developer"))
    before = day.text(ROSTER), day.text(STATE)
    day.do(lambda m: team.join(m, "helper-2", role="Reviewer"))
    outcome = undo(day.memory)
    assert (day.text(ROSTER), day.text(STATE)) == before
    assert {path for path, _ in outcome.revisions} == {ROSTER, STATE, LOG}


def test_the_numbers_of_the_team_are_right_when_an_older_member_is_taken_back():
    day = Day().do(
        lambda m: team.join(m, "helper-1", role="Developer"),
        lambda m: team.join(m, "helper-2", role="Reviewer"),
    )
    undo(day.memory, "2")
    roster, page = day.memory.read("team-roster"), day.memory.read("cos-state")
    assert [each.session_name for each in roster.active_team_members] == ["helper-2"]
    assert (roster.total_agents, roster.active) == (1, 1)
    assert (page.coordination_state.team_size, page.coordination_state.active_agents) == (1, 1)
    assert page.coordination_state.last_roster_update == roster.last_updated


def test_the_entries_of_the_log_stay_and_one_more_tells_of_the_undoing():
    day = Day().do(lambda m: state.set_focus(m, "one"), lambda m: state.set_focus(m, "two"))
    log = day.text(LOG)
    undo(day.memory, message="it was a mistake")
    assert day.text(LOG) == log + (
        "### 2026-11-21T12:02:00Z\n**Type:** recovery\n**Action:** Undid #3 (focus)\n"
        "**Outcome:** Primary Task: two -> one\n**Notes:** it was a mistake\n\n---\n\n"
    )


def test_what_was_changed_again_since_is_not_taken_back_unless_that_is_forced():
    day = Day().do(
        lambda m: state.add_action(m, "one"),
        lambda m: state.move_action(m, "start", "1"),
        lambda m: state.set_focus(m, "something else"),
    )
    day.do(lambda m: state.move_action(m, "done", "1"), actor="bob")
    before = dict(day.store._pages)
    with pytest.raises(Refused) as refused:
        undo(day.memory, "3")
    assert str(refused.value) == (
        "pending_actions.1.status of cos-state was changed again since #3 by bob in #5 (action done) "
        'and is now "done"; nothing was undone.'
    )
    assert day.store._pages == before
    undo(day.memory, "3", force=True)
    page = day.memory.read("cos-state")
    assert page.pending_actions[0].status == "pending"
    assert page.current_focus.primary_task == "something else"


def test_an_edit_by_hand_can_be_taken_back_and_stands_in_the_way_like_any_other():
    day = Day().do(lambda m: set_value(m, "cos-state", "session_info.session_id", "one"))
    day.edit(STATE, "one", "two")
    with pytest.raises(
        Refused, match=r"session_info.session_id of cos-state .* since #2 by hand in #3 and is now"
    ):
        undo(day.memory, "2")
    undo(day.memory, "last")
    assert day.memory.read("cos-state").session_info.session_id == "one"


def test_only_the_pages_that_are_named_are_taken_back():
    day = Day().do(
        lambda m: alerts.raise_alert(
            m, kind="disk", severity="warning", resource="db", value="9", threshold="8"
        )
    )
    before = day.text(STATE)
    undo(day.memory, "last", ["active-alerts"])
    assert day.memory.read("active-alerts").warning == ()
    assert day.text(STATE) == before
    with pytest.raises(Refused, match=r"#2 did not change team-roster\.md"):
        undo(day.memory, "2", ["team-roster"])


def test_what_is_not_there_any_more_cannot_be_undone_again():
    day = Day().do(lambda m: state.set_focus(m, "one"), lambda m: state.set_focus(m, "two"))
    undo(day.memory, "3")
    with pytest.raises(Refused, match="Undoing #3 would change nothing"):
        undo(day.memory, "3")


def test_a_page_that_was_made_is_taken_away_again_and_comes_back():
    day = Day()
    day.store._pages["ideas.md"] = b"a boat\n"
    undo(day.memory, "last", ["ideas"])
    assert day.store.read("ideas.md") is None
    undo(day.memory, "last", ["ideas"])
    assert day.text("ideas.md") == "a boat\n"


def test_neither_an_entry_of_the_log_nor_a_rotation_is_undone():
    day = Day().do(lambda m: state.set_focus(m, "one"))
    day.do(lambda m: m.log(_event(m)))
    with pytest.raises(Refused, match=r"#3 \(log\) only added to the log"):
        undo(day.memory)
    day.at += 14 * 86_400
    rotate(day.memory)
    with pytest.raises(Refused, match="#4 moved entries between the log and its archives"):
        undo(day.memory)


def test_entries_that_a_person_took_out_of_the_log_come_back():
    day = Day().do(lambda m: state.set_focus(m, "one"), lambda m: state.set_focus(m, "two"))
    entry = "### 2026-11-21T12:01:00Z\n**Type:** focus\n**Action:** one\n\n---\n\n"
    log = day.text(LOG)
    day.edit(LOG, entry, "")
    undo(day.memory)
    assert day.text(LOG).startswith(log)


def test_a_rehearsed_undo_changes_nothing():
    day = Day().do(lambda m: state.set_focus(m, "one"))
    before = dict(day.store._pages)
    day.memory.store = rehearsal = Rehearsal(day.store)
    undo(day.memory)
    assert [path for path, _, _ in rehearsal.changes] == [STATE, LOG]
    assert day.store._pages == before


def test_a_change_that_is_not_known_is_not_undone():
    with pytest.raises(NotFound, match="The change #17"):
        undo(Day().memory, "17")


def test_an_alert_that_was_resolved_by_mistake_is_open_again_on_both_pages():
    day = Day().do(
        lambda m: alerts.raise_alert(
            m, kind="disk", severity="critical", resource="db", value="9", threshold="8"
        ),
        lambda m: alerts.resolve_alert(m, "ALERT-1"),
        lambda m: state.set_focus(m, "something else"),
    )
    undo(day.memory, "3")
    assert [each.id for each in day.memory.read("active-alerts").critical] == ["ALERT-1"]
    assert [each.alert_id for each in day.memory.read("cos-state").active_alerts] == ["ALERT-1"]
    assert day.text(ALERTS).count("ALERT-1") == 1


def _event(memory):
    from cosmemory.kinds.coordination_log import Event

    return Event(time=memory.now(), type="run", action="Nightly build")


def test_the_beginning_of_a_history_that_found_pages_is_not_undone():
    day = Day().do(lambda m: state.set_focus(m, "one"))
    found = Memory(EphemeralStore(day.store._pages), now=lambda: day.at, actor="alice")
    found.store.notice()
    assert found.store.history().revisions()[-1].by_hand
    with pytest.raises(Refused, match="#1 is where the history begins"):
        undo(found)
    assert found.read("cos-state").current_focus.primary_task == "one"


def test_a_page_changed_since_as_a_whole_is_named_without_its_beginning():
    day = Day()
    day.store._pages["ideas.md"] = b"a boat\n"
    day.do(lambda m: state.set_focus(m, "one"))
    day.edit("ideas.md", "a boat", "a ship")
    with pytest.raises(Refused, match=r"ideas as a whole was changed again since #2 by hand in #4; nothing"):
        undo(day.memory, "2", ["ideas"])


def checkpoints_made(day: Day) -> list[str]:
    made = [with_manifest(day.memory, each).manifest for each in listed(day.memory)]
    return [each.before for each in made if each is not None]


def test_an_undo_that_takes_a_page_away_or_is_forced_keeps_the_present_as_a_checkpoint():
    day = Day().do(lambda m: state.set_focus(m, "one"), lambda m: state.set_focus(m, "two"))
    assert (undo(day.memory).result.kept, checkpoints_made(day)) == ("", [])
    kept = undo(day.memory, "2", force=True).result.kept
    assert [each.name for each in listed(day.memory)] == [kept]
    day.store._pages["ideas.md"] = b"a boat\n"
    undo(day.memory, "last", ["ideas"])
    assert checkpoints_made(day) == ["undo", "undo"]


def test_what_only_follows_from_an_entry_stays_with_the_entry():
    day = Day().do(
        lambda m: state.set_focus(m, "one"),
        lambda m: m.log(Event(time=m.now(), type="broadcast", action="Begin")),
    )
    with pytest.raises(Refused, match=r"#3 \(log\) only added to the log") as refused:
        undo(day.memory)
    assert refused.value.hint == (
        "The log's entries are never taken back; cosmemory undo 3~ takes back the change before."
    )
    undo(day.memory, "3~")
    assert day.memory.read("cos-state").current_focus.primary_task is None
