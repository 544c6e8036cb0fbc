"""What tools of this kind have got wrong, each once, as it should be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import Damaged
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.rotation import rotate, verify
from cosmemory.memory import Memory
from cosmemory.operations import alerts, state, team
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import remove_record, set_value

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
STATE, ROSTER, ALERTS, LOG = (
    "cos-state.md",
    "team-roster.md",
    "alerts/active-alerts.md",
    "coordination-log.md",
)


@pytest.fixture
def memory() -> Memory:
    memory = Memory(EphemeralStore(), now=lambda: int(NOON.timestamp()))
    initialise(memory)
    memory._now = lambda: int(LATER.timestamp())
    return memory


def bytes_of(memory: Memory, path: str) -> bytes:
    stored = memory.store.read(path)
    assert stored is not None
    return stored.data


def edit(memory: Memory, path: str, old: bytes, new: bytes) -> None:
    """A person's own edit of a page."""
    data = bytes_of(memory, path)
    assert data.count(old) == 1
    memory.store._pages[path] = data.replace(old, new)


@pytest.mark.parametrize("value", ["\\g<0>", "\\1", "a\\", "\\", "C:\\new\\table", "$&", "%s {0}", "\\\\|\\"])
def test_a_backslash_in_a_value_is_a_backslash(memory: Memory, value: str) -> None:
    state.set_focus(memory, value)
    state.decide(memory, value, value)
    key = state.add_action(memory, value).result
    page = memory.read("cos-state")
    assert page.current_focus.primary_task == value
    assert (page.recent_decisions[0].decision, page.recent_decisions[0].rationale) == (value, value)
    assert (page.pending_actions[0].id, page.pending_actions[0].action) == (key, value)
    assert [event.action for _, event in find_events(memory)] == [value] * 3


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        (b"## Notes\nNone", b"## Notes\ncaf\xe9"),
        (b"# Chief of Staff State", b"# Chief of Staff \xff State"),
        (b"- **Session ID:** cos-", b"- **Session ID:** \x80cos-"),
        (b"| Time | Decision |", b"| Time | Decisi\xf6n |"),
    ],
)
def test_a_bad_byte_elsewhere_stays_and_stops_nobody(memory: Memory, line: bytes, bad: bytes) -> None:
    edit(memory, STATE, line, bad)
    state.set_focus(memory, "ship it")
    assert memory.read("cos-state").current_focus.primary_task == "ship it"
    assert bad in bytes_of(memory, STATE)


def test_a_bad_byte_in_the_section_itself_is_refused_by_line_and_byte(memory: Memory) -> None:
    edit(memory, STATE, b"- **Primary Task:** -", b"- **Primary Task:** caf\xe9")
    before = bytes_of(memory, STATE)
    with pytest.raises(Damaged, match=r"^cos-state.md:10 is damaged: byte 0xe9 is not UTF-8\.$"):
        state.set_focus(memory, "ship it")
    assert bytes_of(memory, STATE) == before
    assert list(find_events(memory)) == []


def test_a_preamble_and_sections_without_a_date_survive_archiving(memory: Memory) -> None:
    old = [
        Event(time=NOON - timedelta(days=days), type="decision", action=f"{days} ago") for days in (20, 10)
    ]
    memory.log(*old)
    edit(memory, LOG, b"## Events\n", b"What this log is for.\n\n## Events\n")
    edit(memory, LOG, b"### 2026-11-11", b"A word of mine between two entries.\n\n### 2026-11-11")
    memory.store._pages[LOG] += b"## Ideas\n\n- no date here\n"
    rotate(memory)
    text = bytes_of(memory, LOG).decode()
    for said in (
        "What this log is for.",
        "A word of mine between two entries.",
        "## Ideas\n\n- no date here",
    ):
        assert said in text
    assert [event for _, event in find_events(memory)] == old
    assert verify(memory).faults == ()


def test_a_log_whose_lines_end_in_crlf_is_read_and_archived(memory: Memory) -> None:
    memory.store._pages[LOG] = bytes_of(memory, LOG).replace(b"\n", b"\r\n")
    events = [
        Event(time=NOON - timedelta(days=days), type="decision", action=f"{days} ago") for days in (10, 0)
    ]
    memory.log(*events)
    assert rotate(memory).result.kept == 1
    assert [event for _, event in find_events(memory)] == events
    assert verify(memory).faults == ()
    for path in (LOG, "coordination-log-2026-W46.md"):
        data = bytes_of(memory, path)
        assert data.count(b"\n") == data.count(b"\r\n")


NOTE = "<!-- Bo: ask me before this changes -->"
WORDS = "A word of Bo's own, with | a pipe."
VERBS: dict[str, Callable[[Memory], object]] = {
    "focus": lambda m: state.set_focus(m, "x", priority="low"),
    "action add": lambda m: state.add_action(m, "more"),
    "action done": lambda m: state.move_action(m, "done", "1"),
    "decision": lambda m: state.decide(m, "x", "y"),
    "resources": lambda m: state.set_resources(m, 1.5, 70),
    "set": lambda m: set_value(m, "cos-state", "current_focus.priority", "high"),
    "remove": lambda m: remove_record(m, "cos-state", "pending_actions.1"),
    "team join": lambda m: team.join(m, "helper-9", role="Tester"),
    "team leave": lambda m: team.leave(m, "helper-1", reason="done"),
    "team seen": lambda m: team.see(m, "helper-1"),
    "team task": lambda m: team.assign_task(m, "helper-1", "x"),
    "team role": lambda m: team.change_role(m, "helper-1", "Tester"),
    "team status": lambda m: team.change_status(m, "helper-1", "busy", details="busy"),
    "alert raise": lambda m: alerts.raise_alert(
        m, kind="cpu", severity="critical", resource="r", value="9", threshold="8"
    ),
    "alert ack": lambda m: alerts.move_alert(m, "ack", "ALERT-1", note="seen"),
    "alert escalate": lambda m: alerts.escalate_alert(m, "ALERT-1", "critical"),
    "alert update": lambda m: alerts.update_alert(m, "ALERT-1", "99%"),
    "alert note": lambda m: alerts.note_alert(m, "ALERT-1", "looked"),
    "alert resolve": lambda m: alerts.resolve_alert(m, "ALERT-1"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_persons_note_in_any_section_survives_every_verb(memory: Memory, verb: str) -> None:
    state.add_action(memory, "first")
    team.join(memory, "helper-1", role="Developer", notes="quick")
    alerts.raise_alert(memory, kind="disk", severity="warning", resource="r", value="97%", threshold="95%")
    pages = (STATE, ROSTER, ALERTS)
    said: dict[str, list[str]] = {}
    for path in pages:
        lines: list[str] = []
        for number, line in enumerate(bytes_of(memory, path).decode().split("\n")):
            own = (
                [f"{NOTE} {number}", "", f"{WORDS} {number}", ""]
                if line.startswith("#") and "Notes" not in line
                else []
            )
            said.setdefault(path, []).extend(each for each in own if each)
            lines += [line, *([""] if own else []), *own]
        memory.store._pages[path] = "\n".join(lines).encode()
    VERBS[verb](memory)
    for path in pages:
        text = bytes_of(memory, path).decode()
        assert [each for each in said[path] if each not in text] == []


@pytest.mark.parametrize(
    "label",
    [
        "**Last Updated:**",
        "**Last Updated**:",
        "**last updated** :",
        "__Last Updated:__",
        "Last Updated:",
        "* **Updated**:",
    ],
)
def test_a_label_is_found_with_its_colon_inside_and_outside_the_bold(memory: Memory, label: str) -> None:
    edit(memory, ROSTER, b"Last Updated: 2026-11-21T12:00:00Z", f"{label} 2026-11-01T00:00:00Z".encode())
    assert memory.read("team-roster").last_updated == datetime(2026, 11, 1, tzinfo=UTC)
    team.join(memory, "helper-1", role="Developer")
    assert f"{label} 2026-11-21T13:00:00Z\n".encode() in bytes_of(memory, ROSTER)


def test_an_escaped_pipe_shifts_no_column(memory: Memory) -> None:
    rows = b"| 1 | grep a\\|b `c\\|d` | high | - | pending |\n| 2 | e &#124; f | low | - | blocked |\n"
    edit(
        memory, STATE, b"|----|--------|----------|----------|--------|\n", b"|---|---|---|---|---|\n" + rows
    )
    read = [(each.action, each.priority, each.status) for each in memory.read("cos-state").pending_actions]
    assert read == [("grep a|b `c|d`", "high", "pending"), ("e | f", "low", "blocked")]
    state.move_action(memory, "done", "1")
    assert rows.replace(b"| pending |", b"| done |") in bytes_of(memory, STATE)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-01T08:09:10Z", datetime(2026, 11, 1, 8, 9, 10, tzinfo=UTC)),
        ("2026-11-01T08:09:10+02:00", datetime(2026, 11, 1, 6, 9, 10, tzinfo=UTC)),
        ("2026-11-01 08:09:10 UTC", datetime(2026, 11, 1, 8, 9, 10, tzinfo=UTC)),
        ("2026-11-01T08:09Z", datetime(2026, 11, 1, 8, 9, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_people_write_them(memory: Memory, written: str, read: datetime) -> None:
    edit(memory, STATE, b"**Last Updated:** 2026-11-21T12:00:00Z", b"**Last Updated:** " + written.encode())
    assert memory.read("cos-state").session_info.last_updated == read


@pytest.mark.parametrize("written", ["busy", '"busy"', "'busy'", "`busy`", "**busy**", "Busy", "BUSY"])
def test_a_word_in_quotes_is_the_word(memory: Memory, written: str) -> None:
    edit(memory, STATE, b"- **Status:** active", b"- **Status:** " + written.encode())
    assert memory.read("cos-state").session_info.status == "busy"


def test_a_quoted_status_in_a_cell_moves_on_like_any_other(memory: Memory) -> None:
    state.add_action(memory, "first")
    edit(memory, STATE, b"| pending |", b'| "pending" |')
    state.move_action(memory, "start", "1")
    assert b"| in_progress |" in bytes_of(memory, STATE)


CONFLICT = b"<<<<<<< HEAD\n- **Priority:** low\n=======\n- **Priority:** high\n>>>>>>> theirs"


def test_a_conflict_left_in_the_section_is_refused_and_one_elsewhere_is_not(memory: Memory) -> None:
    edit(memory, STATE, b"- **Priority:** -", CONFLICT)
    before = bytes_of(memory, STATE)
    with pytest.raises(Damaged, match=r"cos-state\.md:11 is damaged: a merge conflict was left here"):
        state.set_focus(memory, "ship it")
    assert bytes_of(memory, STATE) == before
    state.add_action(memory, "mend the page")
    assert CONFLICT in bytes_of(memory, STATE)


def test_a_section_that_stands_twice_is_refused_and_both_stay(memory: Memory) -> None:
    memory.store._pages[STATE] += b"\n## Current Focus\n- **Primary Task:** another\n"
    before = bytes_of(memory, STATE)
    with pytest.raises(
        Damaged, match=r"cos-state\.md:\d+ is damaged: the section 'Current Focus' stands here again"
    ):
        state.set_focus(memory, "ship it")
    assert bytes_of(memory, STATE) == before
    state.add_action(memory, "mend the page")
    assert bytes_of(memory, STATE).count(b"## Current Focus") == 2


def test_a_damaged_section_with_a_derived_value_does_not_stop_the_others(memory: Memory) -> None:
    memory.store._pages[STATE] += b"\n## Session Info\n- **Status:** idle\n"
    state.set_focus(memory, "ship it")
    assert memory.read("cos-state").current_focus.primary_task == "ship it"


def test_a_page_of_two_bytes_a_letter_is_refused_and_stays(memory: Memory) -> None:
    page = bytes_of(memory, STATE).decode().encode("utf-16")
    memory.store._pages[STATE] = page
    with pytest.raises(Damaged, match="UTF-16"):
        state.set_focus(memory, "ship it")
    assert bytes_of(memory, STATE) == page


def test_a_column_of_a_persons_own_goes_to_the_log_with_what_is_moved_out(memory: Memory) -> None:
    edit(memory, STATE, b"| Time | Decision | Rationale |", b"| Time | Decision | Rationale | Notes |")
    row = b"| 2026-11-01T00:00:00Z | d | r | what Bo said |\n"
    edit(memory, STATE, b"|------|----------|-----------|\n", b"|---|---|---|---|\n" + row)
    for number in range(memory.settings.decisions):
        state.decide(memory, f"decision {number}", "because")
    assert any("what Bo said" in event.extra.values() for _, event in find_events(memory))
