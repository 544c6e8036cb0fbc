"""The session: its page, its legal steps, what cos-state shows of it, and what is left of it after a crash."""

from __future__ import annotations

import pytest

from cosmemory import EphemeralStore, Memory
from cosmemory.clock import read_time
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.kinds.session import STEPS, remaining
from cosmemory.operations.events import find_events
from cosmemory.operations.pages import set_value

NOW = read_time("2025-10-14T17:30:45Z")[0]
KEY = "session_20251014_173045"
PAGE = """\
# Session

- **Session ID:** session_20251014_173045
- **Started:** 2025-10-14T17:30:45Z
- **Last Updated:** 2025-10-14T17:40:45Z
- **Ended:** -
- **Status:** active
- **Error:** -
- **Pending Actions:** 5
- **Active Agents:** strategic_leader, empirical\\, lead, gemini_advisor

## Current Meeting
- **Meeting ID:** planning_20251014_173045
- **Team:** planning
- **Progress:** 50%
- **Current Agent:** gemini_advisor
- **Agents Completed:** empirical\\, lead
- **Agents To Speak:** -

## Notes

None
"""


class Clock:
    at = NOW


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory(clock):
    from cosmemory.operations.first_pages import initialise

    made = Memory(EphemeralStore(), now=lambda: clock.at, actor="kim")
    initialise(made)
    return made


def text(memory, path):
    return memory.store.read(path).data.decode()


def info(memory):
    return memory.read("cos-state").session_info


def told(memory):
    return [(each.type, each.action, each.outcome, each.notes) for _, each in find_events(memory)]


def test_a_session_in_a_meeting_is_a_page_to_read(memory, clock):
    memory.sessions.start(agents=["strategic_leader"], pending_actions=5)
    memory.meetings.begin("planning", agents=["empirical, lead", "gemini_advisor"])
    clock.at += 600
    assert memory.meetings.spoke("Empirical, LEAD").result == "gemini_advisor"
    assert text(memory, "sessions/current.md") == PAGE
    assert [d for page in memory.validate().pages for d in page.diagnostics] == []


def test_cos_state_shows_the_session(memory, clock):
    memory.sessions.start()
    assert (info(memory).session_id, info(memory).status) == (KEY, "active")
    clock.at += 300
    memory.sessions.update(pending_actions=2)
    assert info(memory).last_updated == memory.now()
    memory.sessions.pause()
    assert info(memory).status == "idle"
    memory.sessions.resume()
    assert info(memory).status == "active"
    memory.sessions.complete()
    assert (info(memory).session_id, info(memory).status) == (KEY, "idle")


def test_what_is_set_by_hand_on_the_page_is_shown_too_and_a_word_of_cos_state_stays(memory):
    memory.sessions.start()
    set_value(memory, "cos-state", "session_info.status", "busy")
    memory.sessions.update(agents=["ops"])
    assert info(memory).status == "busy"
    set_value(memory, "sessions/current", "session_id", "session_by_hand")
    assert (info(memory).session_id, info(memory).status) == ("session_by_hand", "busy")


def test_a_session_needs_no_cos_state():
    memory = Memory(EphemeralStore(), now=lambda: NOW)
    with memory.transaction() as transaction:
        transaction.create("coordination-log.md", "# Coordination Log\n")
    memory.sessions.start()
    memory.sessions.complete()
    assert memory.store.paths() == ("coordination-log.md", "sessions/current.md", f"sessions/{KEY}.md")


def test_the_actions_of_cos_state_are_those_pending(memory):
    for number in range(3):
        memory.state.add_action(f"action {number}")
    memory.state.move_action("done", "1")
    memory.sessions.start()
    assert memory.sessions.current().pending_actions == 2


def test_a_session_that_is_over_keeps_its_page_and_the_words_of_people(memory, clock):
    memory.sessions.start(agents=["ops"])
    set_value(memory, "sessions/current", "notes", "Kim was here.")
    clock.at += 60
    assert memory.sessions.complete(notes="all done").result == KEY
    over = text(memory, f"sessions/{KEY}.md")
    assert "- **Status:** completed\n" in over
    assert "- **Ended:** 2025-10-14T17:31:45Z\n" in over
    assert over.endswith("Kim was here.\n")
    now = memory.sessions.current()
    assert (now.session_id, now.status, now.active_agents, now.notes) == (None, "idle", (), None)
    assert told(memory) == [
        ("session", f"{KEY} started", "ops", None),
        ("session", f"{KEY} completed", "completed", "all done"),
    ]


def test_a_failed_session_stays_at_hand_until_it_is_reset(memory):
    memory.sessions.start()
    memory.meetings.begin("planning", agents=["a", "b"])
    memory.sessions.fail("killed by the system")
    (found,) = memory.sessions.interrupted()
    assert (found.status, found.error, found.to_speak) == ("error", "killed by the system", ("a", "b"))
    with pytest.raises(IllegalTransition, match="can become idle") as refused:
        memory.sessions.start()
    assert refused.value.hint == "cosmemory session reset puts it away, with its error."
    assert memory.sessions.reset(reason="looked into").result == KEY
    assert memory.sessions.get(KEY.upper()).error == "killed by the system"
    assert [each.status for each in memory.meetings.listed()] == ["abandoned"]
    assert memory.sessions.interrupted() == ()
    assert memory.sessions.start().result == f"{KEY}_2"


def test_after_a_crash_the_agent_who_was_speaking_is_the_first_still_to_speak(memory, clock):
    memory.sessions.start(agents=["ops"])
    memory.meetings.begin("planning", agents=["empirical", "strategic", "critical", "gemini"])
    memory.meetings.spoke("empirical")
    clock.at += 600
    again = Memory(memory.store, now=lambda: clock.at)
    (found,) = again.sessions.interrupted()
    assert (found.session, found.status, found.stale) == (KEY, "active", True)
    assert (found.meeting, found.team, found.progress) == ("planning_20251014_173045", "planning", 25)
    assert (found.completed, found.to_speak) == (("empirical",), ("strategic", "critical", "gemini"))
    assert again.sessions.resume().result == found
    assert not again.sessions.interrupted()[0].stale
    waiting = "planning_20251014_173045: still to speak strategic, critical, gemini"
    assert told(memory)[-1] == ("session", f"{KEY} resumed", waiting, "active")


def test_a_paused_session_goes_on_where_it_stopped(memory):
    memory.sessions.start()
    memory.meetings.begin("execution", agents=["a", "b"])
    memory.meetings.spoke("a")
    memory.sessions.pause(reason="lunch")
    for verb in (
        lambda: memory.meetings.spoke("b"),
        memory.sessions.update,
        lambda: memory.meetings.begin("planning", agents=["c"]),
    ):
        with pytest.raises(Refused, match="is paused"):
            verb()
    assert memory.sessions.resume().result.to_speak == ("b",)
    assert memory.meetings.spoke("b").result == ""
    assert memory.sessions.current().current_meeting.progress == 100


def test_a_session_is_not_completed_in_the_middle_of_a_meeting(memory):
    memory.sessions.start()
    memory.meetings.begin("planning", agents=["a"])
    before = text(memory, "sessions/current.md")
    with pytest.raises(Refused, match="still under way"):
        memory.sessions.complete()
    assert text(memory, "sessions/current.md") == before
    memory.meetings.abandon()
    memory.sessions.complete()


VERBS = {
    "start": ("active", lambda memory: memory.sessions.start()),
    "pause": ("paused", lambda memory: memory.sessions.pause()),
    "resume": ("active", lambda memory: memory.sessions.resume()),
    "complete": ("completed", lambda memory: memory.sessions.complete()),
    "fail": ("error", lambda memory: memory.sessions.fail("x")),
    "reset": ("idle", lambda memory: memory.sessions.reset()),
}


@pytest.mark.parametrize("status", STEPS)
@pytest.mark.parametrize("verb", VERBS)
def test_only_legal_steps_are_taken_from_any_status(memory, status, verb):
    memory.sessions.start()
    set_value(memory, "sessions/current", "status", status)
    before = dict(memory.store._pages)
    reached, done = VERBS[verb]
    # A session that says active is resumed where its process died; one that is idle was never begun.
    legal = reached in STEPS[status] or (verb, status) == ("resume", "active")
    legal = legal and (verb, status) not in {("resume", "idle"), ("start", "paused")}
    if not legal:
        with pytest.raises((IllegalTransition, Refused)):
            done(memory)
        assert memory.store._pages == before
    else:
        done(memory)
        shown = memory.sessions.get(KEY).status if verb == "complete" else None
        assert reached in {shown, memory.sessions.current().status}


def test_a_status_that_nobody_knows_leads_nowhere_until_it_is_set(memory):
    memory.sessions.start()
    page = text(memory, "sessions/current.md").replace("** active", "** asleep")
    with memory.transaction() as transaction:
        transaction.rewrite("sessions/current.md", page)
    with pytest.raises(IllegalTransition, match="is asleep and cannot become paused"):
        memory.sessions.pause()


def test_a_heartbeat_says_what_is_new_and_keeps_the_rest(memory, clock):
    memory.sessions.start(agents=["a"], pending_actions=1)
    memory.meetings.begin("planning", agents=["a", "b"])
    clock.at += 60
    memory.sessions.update(progress="30")
    now = memory.sessions.current()
    assert (now.current_meeting.progress, now.active_agents, now.pending_actions) == (30, ("a", "b"), 1)
    assert now.last_updated == memory.now()
    memory.sessions.update(agents=["c"], pending_actions=7)
    assert memory.sessions.current().active_agents == ("c",)
    assert memory.sessions.current().pending_actions == 7
    with pytest.raises(InvalidValue):
        memory.sessions.update(progress="quick")


def test_progress_belongs_to_a_meeting(memory):
    memory.sessions.start()
    with pytest.raises(Refused, match="No meeting"):
        memory.sessions.update(progress="30")


@pytest.mark.parametrize("verb", ["pause", "resume", "complete", "reset", "update", "get"])
def test_where_there_never_was_a_session_the_first_step_is_named(memory, verb):
    with pytest.raises(NotFound) as missing:
        getattr(memory.sessions, verb)()
    assert missing.value.hint == "cosmemory session start opens one."


def test_an_id_is_given_once(memory):
    memory.sessions.start("Night shift")
    memory.sessions.complete()
    with pytest.raises(InvalidValue, match="was used before"):
        memory.sessions.start("night SHIFT")
    with pytest.raises(InvalidValue):
        memory.sessions.start("current")


@pytest.mark.parametrize("key", ["a/b", "", "current", "x:y", "taken"])
def test_an_id_that_is_no_name_of_a_page_does_not_keep_a_session_from_ending(memory, key):
    memory.sessions.start("taken")
    memory.sessions.complete()
    memory.sessions.start()
    set_value(memory, "sessions/current", "session_id", key)
    memory.sessions.complete()
    assert f"sessions/{KEY}.md" in memory.store.paths()


def test_old_sessions_go_to_the_archive_and_the_current_one_stays(memory, clock):
    memory.sessions.start()
    memory.sessions.complete()
    clock.at += 31 * 86_400
    memory.sessions.start()
    memory.sessions.complete()
    memory.sessions.start()
    before = text(memory, f"sessions/{KEY}.md")
    assert memory.sessions.prune().result == (KEY,)
    assert memory.sessions.prune().result == ()
    assert text(memory, f"archive/sessions/{KEY}.md") == before
    assert [each.status for each in memory.sessions.listed()] == ["completed", "active"]
    assert [each.status for each in memory.sessions.listed(status="completed")] == ["completed"]
    with pytest.raises(NotFound):
        memory.sessions.get(KEY)


def test_who_is_still_to_speak_is_known_where_only_who_has_spoken_stands():
    agents = ["strategic_leader", "Empirical", "critical", "gemini"]
    assert remaining(agents, ["empirical"], "strategic_leader") == ("critical", "gemini")
    assert remaining(agents, agents, None) == ()


def test_sessions_are_told_in_the_order_in_which_they_began_whatever_they_are_called(memory, clock):
    for key in ("second", None, "a-third"):
        clock.at += 3600
        memory.sessions.start(key)
        memory.sessions.complete()
    ended = [each.session_id for each in memory.sessions.listed(status="completed")]
    assert ended == ["second", "session_20251014_193045", "a-third"]
