"""The Python API: a memory is opened, read, changed in transactions, and its history kept in the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cosmemory import open_memory
from cosmemory.clock import read_time
from cosmemory.document.values import time_of
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import (
    Conflict,
    DoneAlready,
    IllegalTransition,
    InvalidValue,
    KeyUsed,
    NotFound,
    Refused,
)
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.rotation import rotate
from cosmemory.memory import Memory
from cosmemory.operations import alerts, state, team
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import add_record, remove_record, set_value
from cosmemory.transaction import Transaction


class Clock:
    """A clock that goes one minute with every look."""

    def __init__(self) -> None:
        read = read_time("2026-11-21T06:00:00Z")
        assert read is not None
        self.at = read[0]

    def __call__(self) -> int:
        self.at += 60
        return self.at


@pytest.fixture
def memory() -> Memory:
    memory = Memory(EphemeralStore(), now=Clock(), actor="tester")
    initialise(memory)
    return memory


def an_event(action: str) -> Event:
    return Event(time=time_of(0), type="decision_made", action=action)


def said(memory: Memory) -> list[str]:
    return [f"{event.type}: {event.action}" for _, event in find_events(memory)]


def test_init_makes_the_standard_pages_and_never_touches_one_that_is_there(memory: Memory) -> None:
    before = {path: memory.store.read(path) for path in memory.store.paths()}
    assert sorted(before) == [
        "alerts/active-alerts.md",
        "coordination-log.md",
        "cos-state.md",
        "team-roster.md",
    ]
    assert initialise(memory).result == ()
    assert {path: memory.store.read(path) for path in memory.store.paths()} == before


def test_a_new_memory_has_no_errors(memory: Memory) -> None:
    errors = [d for page in memory.validate().pages for d in page.diagnostics if d.severity == "error"]
    assert errors == []


def test_a_transaction_changes_documents_and_appends_events_together(memory: Memory) -> None:
    with memory.transaction() as transaction:
        page = transaction.read("cos-state")
        transaction.replace("cos-state", replace(page, notes="Remember the milk."))
    assert memory.read("cos-state").notes == "Remember the milk."


def test_a_stale_revision_is_refused_and_changes_nothing(memory: Memory) -> None:
    stale = memory.page("cos-state").revision
    state.set_focus(memory, "something else")
    before = memory.store.read("cos-state.md")
    with pytest.raises(Conflict):
        state.set_focus(memory, "too late", expected={"cos-state": stale})
    assert memory.store.read("cos-state.md") == before


def test_a_change_that_changes_nothing_writes_nothing(memory: Memory) -> None:
    before = memory.page("cos-state").revision
    set_value(memory, "cos-state", "session_info.status", "active")
    assert memory.page("cos-state").revision == before


def test_an_action_goes_its_way(memory: Memory) -> None:
    key = state.add_action(memory, "write the report", priority="high", deadline="Friday").result
    assert key == "1"
    state.move_action(memory, "start", key)
    state.move_action(memory, "done", key)
    with pytest.raises(IllegalTransition, match="can become pending"):
        state.move_action(memory, "start", key)
    assert memory.read("cos-state").pending_actions[0].status == "done"
    assert said(memory) == ["action: write the report"] * 3


def test_done_actions_beyond_the_bound_are_in_the_log_before_they_go(memory: Memory) -> None:
    for number in range(23):
        key = state.add_action(memory, f"step {number}").result
        state.move_action(memory, "done", key)
    page = memory.read("cos-state")
    assert len(page.pending_actions) == 20
    moved = [e for _, e in find_events(memory, types=["action"]) if (e.outcome or "").startswith("Moved out")]
    assert [event.action for event in moved] == ["step 0", "step 1", "step 2"]


def test_an_alert_stands_on_its_page_on_cos_state_and_in_the_log(memory: Memory) -> None:
    key = alerts.raise_alert(
        memory, kind="cpu", severity="warning", resource="host-1", value="95%", threshold="80%"
    ).result
    assert key == "ALERT-1"
    assert [row.alert_id for row in memory.read("cos-state").active_alerts] == ["ALERT-1"]
    alerts.escalate_alert(memory, key, "critical")
    assert memory.read("cos-state").active_alerts[0].severity == "critical"
    assert memory.read("active-alerts").critical[0].id == "ALERT-1"
    alerts.move_alert(memory, "ack", key, note="looking")
    alerts.resolve_alert(memory, key, note="restarted")
    page = memory.read("active-alerts")
    assert (page.critical, page.warning) == ((), ())
    assert page.recently_resolved[0].alert_id == "ALERT-1"
    assert memory.read("cos-state").active_alerts == ()
    assert [event.type for _, event in find_events(memory)] == [
        "alert_triggered",
        "escalation",
        "decision",
        "alert_resolved",
    ]


def test_ids_are_never_used_again(memory: Memory) -> None:
    given = {"kind": "cpu", "severity": "warning", "resource": "r", "value": "2", "threshold": "1"}
    first = alerts.raise_alert(memory, **given).result
    alerts.resolve_alert(memory, first)
    remove_record(memory, "active-alerts", f"recently_resolved.{first}")
    assert alerts.raise_alert(memory, **given).result == "ALERT-2"


@pytest.mark.parametrize("key", ["ALERT-7", "disk full", "#1", "a|b `c`"])
def test_an_id_that_somebody_chose_is_never_used_again(memory: Memory, key: str) -> None:
    given = {"kind": "cpu", "severity": "warning", "resource": "r", "value": "2", "threshold": "1"}
    alerts.raise_alert(memory, **given)
    alerts.raise_alert(memory, key=key, **given)
    alerts.resolve_alert(memory, key)
    remove_record(memory, "active-alerts", "recently_resolved.#1")
    memory._now.at += 14 * 86_400
    rotate(memory)
    with pytest.raises(InvalidValue, match="was raised before"):
        alerts.raise_alert(memory, key=key.upper(), **given)
    assert alerts.raise_alert(memory, **given).result == ("ALERT-8" if key == "ALERT-7" else "ALERT-2")


def test_an_alert_needs_an_id_that_says_something(memory: Memory) -> None:
    given = {"kind": "cpu", "severity": "warning", "resource": "r", "value": "2", "threshold": "1"}
    with pytest.raises(InvalidValue, match="Alert ID is not valid: it is empty"):
        alerts.raise_alert(memory, key=" ", **given)


def test_the_number_of_a_record_that_was_taken_away_is_not_given_again(memory: Memory) -> None:
    add_record(memory, "cos-state", "pending_actions", {"id": "7", "action": "one", "status": "pending"})
    remove_record(memory, "cos-state", "pending_actions.7")
    assert add_record(memory, "cos-state", "pending_actions", {"action": "two"}).result == "8"
    set_value(memory, "cos-state", "pending_actions.8.id", "12")
    remove_record(memory, "cos-state", "pending_actions.12")
    assert state.add_action(memory, "three").result == "13"


def test_a_persons_note_in_a_block_moves_with_the_alert(memory: Memory) -> None:
    given = {"kind": "cpu", "severity": "warning", "resource": "r", "value": "2", "threshold": "1"}
    key = alerts.raise_alert(memory, **given).result
    stored = memory.store.read("alerts/active-alerts.md")
    assert stored is not None
    edited = stored.data.replace(b"- **Status:** active", b"- **Status:** active\n<!-- ask Bo first -->")
    memory.store._pages["alerts/active-alerts.md"] = edited
    alerts.escalate_alert(memory, key, "critical")
    after = memory.store.read("alerts/active-alerts.md")
    assert after is not None
    assert b"<!-- ask Bo first -->" in after.data
    assert memory.read("active-alerts").critical[0].severity == "critical"


def test_joining_and_leaving_keep_roster_and_cos_state_in_step(memory: Memory) -> None:
    team.join(memory, "helper-1", role="Developer", capabilities="python, sql", notes="quick")
    roster = memory.read("team-roster")
    assert (roster.total_agents, roster.active, roster.inactive) == (1, 1, 0)
    assert roster.active_team_members[0].details.capabilities == ("python", "sql")
    coordination = memory.read("cos-state").coordination_state
    assert (coordination.team_size, coordination.active_agents) == (1, 1)
    team.change_role(memory, "helper-1", "Reviewer")
    team.assign_task(memory, "helper-1", "review | all")
    team.leave(memory, "helper-1", reason="done")
    roster = memory.read("team-roster")
    assert roster.active_team_members == ()
    assert roster.inactive_team_members[0].details.notes == "quick"
    assert [row.change for row in roster.team_changes_log] == ["joined", "role change", "left"]
    with pytest.raises(Refused, match="helper-1 left the team"):
        team.see(memory, "helper-1")


def test_records_are_added_and_removed_by_path(memory: Memory) -> None:
    given = {"action": "call Bo", "priority": "low", "status": "pending"}
    assert add_record(memory, "cos-state", "pending_actions", given).result == "1"
    remove_record(memory, "cos-state", "pending_actions.1")
    assert memory.read("cos-state").pending_actions == ()
    assert said(memory) == []


def by_hand(memory: Memory, path: str, old: str, new: str) -> None:
    """What an editor does: the page saved without a word."""
    text = memory.store._pages[path].decode()  # type: ignore[attr-defined]
    assert old in text
    memory.store._pages[path] = text.replace(old, new).encode()  # type: ignore[attr-defined]


def test_what_an_editor_saves_during_a_transaction_stands_beside_what_it_changes(memory: Memory) -> None:
    with memory.transaction() as transaction:
        page = transaction.read("cos-state")
        by_hand(memory, "cos-state.md", "- **Memory:** -", "- **Memory:** 7%")
        focus = replace(page.current_focus, primary_task="ship it")
        transaction.replace("cos-state", replace(page, current_focus=focus))
    page = memory.read("cos-state")
    assert page.current_focus.primary_task == "ship it"
    assert page.resource_status.memory == 7


def _focus_while_edited(memory: Memory, transaction: Transaction) -> None:
    page = transaction.read("cos-state")
    by_hand(memory, "cos-state.md", "- **Primary Task:** -", "- **Primary Task:** mine")
    focus = replace(page.current_focus, primary_task="ship it")
    transaction.replace("cos-state", replace(page, current_focus=focus))


def test_a_value_that_an_editor_changed_too_refuses_the_transaction(memory: Memory) -> None:
    with pytest.raises(Conflict), memory.transaction() as transaction:
        _focus_while_edited(memory, transaction)
    assert memory.read("cos-state").current_focus.primary_task == "mine"


def _raised(memory: Memory) -> str:
    outcome = alerts.raise_alert(
        memory, kind="disk", severity="warning", resource="db", value="91%", threshold="90%"
    )
    return outcome.result


def test_pages_read_together_are_of_one_moment(memory: Memory) -> None:
    real = memory.store.read
    raised: list[str] = []

    def read(path: str) -> object:
        stored = real(path)
        if not raised:
            raised.append(path)
            _raised(memory)  # between the first page and the second
        return stored

    memory.store.read = read  # type: ignore[method-assign,assignment]
    shown, state_page = memory.read_together("active-alerts", "cos-state")
    assert len(shown.warning) == len(state_page.active_alerts) == 1


def test_what_was_saved_after_a_page_was_looked_at_is_not_written_over(memory: Memory) -> None:
    with memory.store.writing() as writer:
        transaction = Transaction(memory, writer)
        stored = transaction.stored("cos-state.md")
        assert stored is not None
        by_hand(memory, "cos-state.md", "- **Memory:** -", "- **Memory:** 7%")
        assert transaction.stored("cos-state.md") == stored
        transaction.rewrite("cos-state.md", stored.data.decode() + "\n## Mine\n")
        with pytest.raises(Conflict):
            transaction.commit("rewrite")
    assert memory.read("cos-state").resource_status.memory == 7


def test_a_call_that_comes_again_under_its_key_changes_nothing(memory: Memory) -> None:
    again = memory.once("call-7")
    again.run(lambda transaction: transaction.append(an_event("twice")), operation="log")
    with pytest.raises(DoneAlready, match="log was done already, under the key call-7; nothing was changed"):
        again.log(an_event("twice"))
    state.set_focus(again, "another verb under the same key")
    memory.log(an_event("twice"))
    memory.once("call-8").log(an_event("twice"))
    assert sum(each.endswith("twice") for each in said(memory)) == 3


def test_another_call_under_a_key_is_refused_and_lost_behind_nothing(memory: Memory) -> None:
    state.add_action(memory.once("k", "add tests"), "tests")
    with pytest.raises(DoneAlready):
        state.add_action(memory.once("k", "add tests"), "tests")
    with pytest.raises(KeyUsed, match=r"The key k was used for another call already \(action add\)"):
        state.add_action(memory.once("k", "add docs"), "docs")
    with pytest.raises(KeyUsed):
        state.set_focus(memory.once("k", "focus"), "docs")
    with pytest.raises(DoneAlready):
        state.add_action(memory.once("k"), "docs")
    state.add_action(memory.once("k2", "add docs"), "docs")
    assert [each.action for each in memory.read("cos-state").pending_actions] == ["tests", "docs"]


def test_a_key_that_was_remembered_without_its_call_stands_for_every_call_of_that_verb(
    memory: Memory,
) -> None:
    state.add_action(memory.once("k"), "tests")
    with pytest.raises(DoneAlready):
        state.add_action(memory.once("k", "add docs"), "docs")
    state.set_focus(memory.once("k", "focus"), "another verb")


def test_a_key_that_begins_another_is_a_key_of_its_own(memory: Memory) -> None:
    for key in ("k", "k (call ", "k (call 0)", "k (call 0123456789abcdef", "k (", "K", "%", "_"):
        state.add_action(memory.once(key, "add"), key)
    assert len(memory.read("cos-state").pending_actions) == 8


@pytest.mark.parametrize("taken_over", [False, True], ids=["in the spool", "in the journal"])
def test_a_call_is_told_from_others_under_its_key_by_every_later_process(tmp_path, taken_over: bool) -> None:
    initialise(open_memory(str(tmp_path)))
    state.set_focus(open_memory(str(tmp_path)).once("k\t\\1", "first"), "first")
    if taken_over:
        memory = open_memory(str(tmp_path))
        with memory.store.writing():
            memory.store._past.take_over()
    with pytest.raises(DoneAlready):
        state.set_focus(open_memory(str(tmp_path)).once("k\t\\1", "first"), "first")
    with pytest.raises(KeyUsed):
        state.set_focus(open_memory(str(tmp_path)).once("k\t\\1", "second"), "second")
    assert open_memory(str(tmp_path)).read("cos-state").current_focus.primary_task == "first"


@pytest.mark.parametrize("taken_over", [False, True], ids=["in the spool", "in the journal"])
def test_a_key_is_known_to_every_later_process(tmp_path, taken_over: bool) -> None:
    initialise(open_memory(str(tmp_path)))
    state.set_focus(open_memory(str(tmp_path)).once("k\t1"), "first")
    if taken_over:
        memory = open_memory(str(tmp_path))
        with memory.store.writing():
            memory.store._past.take_over()
        assert (tmp_path / ".cosmemory/spool").stat().st_size < 100
    with pytest.raises(DoneAlready):
        state.set_focus(open_memory(str(tmp_path)).once("k\t1"), "again")
    assert open_memory(str(tmp_path)).read("cos-state").current_focus.primary_task == "first"


def test_what_was_refused_under_a_key_may_be_done_under_it(memory: Memory) -> None:
    with pytest.raises(NotFound):
        state.move_action(memory.once("k"), "done", "1")
    state.add_action(memory, "wait")
    state.move_action(memory.once("k"), "done", "1")


def test_a_missing_history_lets_a_call_be_made(tmp_path) -> None:
    initialise(open_memory(str(tmp_path)))
    state.set_focus(open_memory(str(tmp_path)).once("k"), "first")
    (tmp_path / ".cosmemory/spool").write_bytes(b"damaged")
    state.set_focus(open_memory(str(tmp_path)).once("k"), "again")


def test_a_verb_whose_caller_has_gone_meanwhile_does_nothing(memory):
    def gone() -> None:
        raise TimeoutError

    before = len(memory.store.history().revisions())
    event = Event(time=memory.now(), type="decision", action="Keep one lock")
    with pytest.raises(TimeoutError):
        state.add_action(memory.unless(gone), "Nobody waits for it")
    with pytest.raises(TimeoutError):
        memory.unless(gone).log(event)
    assert len(memory.store.history().revisions()) == before
    memory.unless(lambda: None).log(event)
    assert len(memory.store.history().revisions()) == before + 1
