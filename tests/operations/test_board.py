"""The board: values by key with versions, compare-and-set, time to live, waiting and subscribing, and their past."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from cosmemory import EphemeralStore, Memory, open_memory
from cosmemory.config import Settings
from cosmemory.errors import InvalidValue, NotFound, StaleVersion, TimedOut
from cosmemory.kinds.board import value_of
from cosmemory.operations import board
from cosmemory.operations.board import changes, subscribe, wait
from cosmemory.operations.events import find_events

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
LOG = {"coordination-log.md": b"# Coordination Log\n\n## Events\n\n"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory(clock):
    return Memory(EphemeralStore(LOG), now=clock, actor="planner")


def page(memory):
    return memory.store.read("board.md").data.decode()


def test_the_first_value_makes_the_page(memory):
    board.set(memory, "plan", {"tasks": ["schema"]})
    assert page(memory) == (
        "# Board\n\nLast Updated: 2026-11-21T12:00:00Z\n\n## Entries\n\n"
        "| Key | Value | Writer | Version | Updated | Time To Live |\n"
        "|-----|-------|--------|---------|---------|--------------|\n"
        '| plan | {"tasks": ["schema"]} | planner | 1 | 2026-11-21T12:00:00Z | - |\n'
    )


def test_a_value_that_is_set_again_is_one_version_on_and_says_who_wrote_it(memory, clock):
    board.set(memory, "plan", 1)
    clock.at += 60
    memory.actor = "reviewer"
    entry = board.set(memory, "PLAN", 2).result
    assert (entry.key, value_of(entry), entry.version, entry.writer) == ("plan", 2, 2, "reviewer")
    assert "Last Updated: 2026-11-21T12:01:00Z" in page(memory)
    assert page(memory).count("| plan |") == 1


@pytest.mark.parametrize(
    ("value", "cell"),
    [(5, "5"), ("5", '"5"'), ("green", "green"), (None, "null"), ("", '""'), ([1.5, True], "[1.5, true]")],
)
def test_any_json_comes_back_as_it_was(memory, value, cell):
    board.set(memory, "key", value)
    assert f"| key | {cell} |" in page(memory)
    assert value_of(board.get(memory, "key")) == value
    assert type(value_of(board.get(memory, "key"))) is type(value)


def test_compare_and_set_refuses_what_was_made_for_another_version(memory):
    board.set(memory, "plan", 1, if_version=0)
    board.set(memory, "plan", 2, if_version=1)
    before = page(memory)
    with pytest.raises(StaleVersion, match=r"plan on the board is at version 2, but .* for version 1"):
        board.set(memory, "plan", 3, if_version=1)
    with pytest.raises(StaleVersion, match="a key that does not exist yet"):
        board.set(memory, "plan", 3, if_version=0)
    with pytest.raises(StaleVersion, match="is not there"):
        board.set(memory, "other", 3, if_version=1)
    with pytest.raises(StaleVersion):
        board.remove(memory, "plan", if_version=1)
    assert page(memory) == before


def test_a_key_that_comes_back_is_at_no_version_that_anybody_has_seen(memory, clock):
    for value in range(3):
        board.set(memory, "plan", value)
    board.remove(memory, "plan")
    assert board.set(memory, "plan", "new").result.version == 4
    board.set(memory, "brief", 1, time_to_live=5)
    assert board.get(memory, "brief").version == 4
    clock.at += 5
    board.set(memory, "other", 1)
    assert board.set(memory, "brief", 2).result.version == 5


def test_what_no_longer_holds_is_not_there_and_goes_with_the_next_write(memory, clock):
    board.set(memory, "lease", "mine", time_to_live=10)
    clock.at += 9
    assert value_of(board.get(memory, "lease")) == "mine"
    clock.at += 1
    with pytest.raises(NotFound):
        board.get(memory, "lease")
    assert board.entries(memory) == ()
    assert "| lease |" in page(memory)
    board.set(memory, "other", 1)
    assert "| lease |" not in page(memory)


def test_an_expired_key_can_be_claimed_as_a_new_one(memory, clock):
    board.set(memory, "lease", "mine", time_to_live=10)
    with pytest.raises(StaleVersion):
        board.set(memory, "lease", "yours", if_version=0)
    clock.at += 10
    assert board.set(memory, "lease", "yours", if_version=0).result.version == 2


def test_expire_sweeps_and_says_what(memory, clock):
    board.set(memory, "a", 1, time_to_live=1)
    board.set(memory, "b", 1)
    assert board.expire(memory).result == ()
    clock.at += 1
    assert board.expire(memory).result == ("a",)
    assert [each.key for each in board.entries(memory)] == ["b"]
    assert board.expire(memory).revisions == ()


def test_update_is_given_the_value_and_none_where_there_is_none(memory):
    seen = []

    def more(value):
        seen.append(value)
        return (value or 0) + 1

    board.update(memory, "count", more)
    assert board.update(memory, "count", more).result.version == 2
    assert (seen, value_of(board.get(memory, "count"))) == ([None, 1], 2)


def test_a_function_that_raises_changes_nothing(memory):
    board.set(memory, "count", 1)
    before = page(memory)
    with pytest.raises(ZeroDivisionError):
        board.update(memory, "count", lambda value: value / 0)
    with pytest.raises(InvalidValue, match="JSON cannot say it"):
        board.update(memory, "count", lambda _: {1, 2})
    assert page(memory) == before


@pytest.mark.parametrize("key", ["", " ", "-", "none"])
def test_a_key_that_says_nothing_is_refused(memory, key):
    with pytest.raises(InvalidValue):
        board.set(memory, key, 1)


def test_an_unknown_key_is_answered_with_the_nearest(memory):
    board.set(memory, "build/status", 1)
    with pytest.raises(NotFound) as caught:
        board.get(memory, "build/statos")
    assert caught.value.hint == "Did you mean 'build/status'?"
    with pytest.raises(NotFound):
        board.remove(memory, "nothing")


def test_entries_are_found_by_pattern_and_writer(memory):
    for key in ("plan-a", "plan-b", "other"):
        board.set(memory, key, 1)
    memory.actor = "builder"
    board.set(memory, "plan-b", 2)
    assert [each.key for each in board.entries(memory, "PLAN-*")] == ["plan-a", "plan-b"]
    assert [each.key for each in board.entries(memory, writer="builder")] == ["plan-b"]


def test_each_verb_is_told_in_the_log(memory):
    board.set(memory, "plan", "x" * 100)
    board.remove(memory, "plan")
    told = [(each.type, each.action, each.outcome) for each in (event for _, event in find_events(memory))]
    assert told == [
        ("board", "plan set", f"version 1: {'x' * 77}..."),
        ("board", "plan removed", f"version 1 was: {'x' * 77}..."),
    ]


def test_the_past_of_a_key_is_told_newest_first_and_no_more_than_is_asked(memory, clock):
    for value in ("a", "b"):
        board.set(memory, "plan", value)
        board.set(memory, "other", value)
        clock.at += 60
    board.remove(memory, "plan")
    board.set(memory, "plan", "c")
    held = [value_of(each.entry) if each.entry else "gone" for each in board.history(memory, "plan")]
    assert held == ["c", "gone", "b", "a"]
    assert [each.at.minute for each in board.history(memory, "plan")] == [2, 2, 1, 0]
    assert len(board.history(memory, "plan", limit=2)) == 2
    with pytest.raises(NotFound):
        board.history(memory, "nothing")


def test_a_board_that_somebody_lost_is_not_begun_anew(tmp_path):
    memory = open_memory(_made(tmp_path))
    board.set(memory, "plan", 1)
    (tmp_path / "board.md").unlink()
    memory.store.notice(thoroughly=True)
    with pytest.raises(NotFound) as caught:
        board.set(memory, "plan", 2)
    assert "repair" in caught.value.hint


def test_waiting_for_what_is_there_does_not_wait(memory):
    board.set(memory, "plan", 1)
    began = time.monotonic()
    assert value_of(wait(memory, "plan")) == 1
    assert time.monotonic() - began < 1


def test_waiting_in_vain_ends_in_time(memory):
    board.set(memory, "plan", 1)
    began = time.monotonic()
    with pytest.raises(TimedOut, match=r"plan on the board above version 1 did not come within 0\.1 s"):
        wait(memory, "plan", timeout=0.1, above=1)
    assert 0.1 <= time.monotonic() - began < 1
    with pytest.raises(InvalidValue):
        wait(memory, "plan", timeout=float("inf"))


def _made(tmp_path):
    for path, data in LOG.items():
        (tmp_path / path).write_bytes(data)
    return str(tmp_path)


WRITER = """
import sys, time
from cosmemory import open_memory
from cosmemory.operations import board
memory = open_memory(sys.argv[1], actor="other process")
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    board.set(memory, f"key-{number % 3}", number)
    print(time.time(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def writer(tmp_path):
    """Another process that writes so many values as soon as it is told to."""
    begun = []

    def begin(count):
        begun.append(
            subprocess.Popen(
                [sys.executable, "-c", WRITER, _made(tmp_path), str(count)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        )
        return begun[0]

    yield begin
    for process in begun:
        process.communicate("\n")
        assert process.returncode == 0


def test_a_write_of_another_process_ends_the_waiting_at_once(tmp_path, writer):
    process = writer(1)
    memory = open_memory(str(tmp_path))
    process.stdin.write("\n")
    process.stdin.flush()
    entry = wait(memory, "key-0", timeout=30)
    seen = time.time()
    written = float(process.stdout.readline())
    assert entry.writer == "other process"
    # 50 ms are promised; a busy machine gets some more.
    assert seen - written < 0.5


def test_whoever_waits_keeps_nobody_from_writing(tmp_path):
    memory = open_memory(_made(tmp_path), settings=Settings(durability="none", lock_timeout=0.2))
    found = []
    waiter = threading.Thread(target=lambda: found.append(wait(open_memory(str(tmp_path)), "late")))
    waiter.start()
    for number in range(20):
        board.set(memory, "other", number)
    board.set(memory, "late", 1)
    waiter.join(10)
    assert value_of(found[0]) == 1


def test_a_subscriber_is_told_what_another_process_writes_and_ends_when_it_is_stopped(tmp_path, writer):
    process = writer(30)
    told = []
    with subscribe(open_memory(str(tmp_path)), told.append, "key-[01]") as subscription:
        process.stdin.write("\n")
        process.stdin.flush()
        for _ in range(30):
            process.stdout.readline()
        end = time.monotonic() + 10
        last = {"key-0": 27, "key-1": 28}
        while {each.key: each.value for each in told} != last and time.monotonic() < end:
            time.sleep(0.01)
        assert subscription.alive
    assert {each.key: each.value for each in told} == last
    assert not subscription.alive
    count = len(told)
    board.set(open_memory(str(tmp_path)), "key-0", "later")
    time.sleep(0.1)
    assert len(told) == count


def test_an_iterator_tells_what_is_new_what_is_changed_and_what_is_gone(memory, clock):
    board.set(memory, "old", 1)
    stop = threading.Event()
    told = changes(memory, stop=stop)
    board.set(memory, "new", 2, time_to_live=5)
    assert [(each.key, each.value) for each in [next(told)]] == [("new", 2)]
    board.remove(memory, "old")
    assert (next(told).entry, clock.at) == (None, NOON)
    clock.at += 5
    gone = next(told)
    assert (gone.key, gone.entry, gone.value) == ("new", None, None)
    stop.set()
    assert list(told) == []


def test_an_iterator_can_begin_with_what_is_there(memory):
    board.set(memory, "old", 1)
    assert next(changes(memory, present=True)).key == "old"


def test_a_callback_that_raises_is_told_to_whoever_stops_it(memory):
    subscription = subscribe(memory, lambda each: each.nothing)
    board.set(memory, "key", 1)
    end = time.monotonic() + 10
    while subscription.alive and time.monotonic() < end:
        time.sleep(0.01)
    with pytest.raises(AttributeError):
        subscription.stop()
    subscription.stop()


def test_a_value_is_read_as_it_was_set(memory):
    for given in ({"a": [1, None]}, "words", 3, 2.5, True, None, ""):
        board.set(memory, "plan", given)
        assert board.value(memory, "plan") == given
    with pytest.raises(NotFound):
        board.value(memory, "nothing")
