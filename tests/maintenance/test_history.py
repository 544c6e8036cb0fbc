"""History: every change told, moments by any of their names, values through time, and who set what."""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosmemory.document.data import data_of
from cosmemory.document.fields import layout
from cosmemory.errors import CosmemoryError, NotFound, Refused, UsageError
from cosmemory.kinds import kind_of
from cosmemory.kinds.page import read_document
from cosmemory.maintenance import differences
from cosmemory.maintenance.blame import blame_page, blame_value
from cosmemory.maintenance.history import Wanted, past_of, value_changes, value_in
from cosmemory.maintenance.moments import bound, changes_of, moment_named, path_then, text_then
from cosmemory.maintenance.undo import undo
from cosmemory.operations import state
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text
from tests.maintenance.story import ALERTS, LOG, NOON, ROSTER, STATE, VERBS, Day, story
from tests.test_memory_machine import EDITS

MOMENTS = int(os.environ.get("COSMEMORY_MOMENTS", "12"))


def test_the_history_of_a_day(snapshot):
    told = [
        f"#{past.change.number} {past.change.attribution.operation}: {past.words}"
        for past in past_of(story().store.history())
    ]
    assert told == snapshot


def test_the_changes_of_one_page_are_told_with_what_they_did_to_it():
    day = Day().do(*VERBS[:7])
    told = [(past.change.number, past.words) for past in past_of(day.store.history(), [ROSTER])]
    assert told == [
        (8, "helper-1's role Developer -> Reviewer"),
        (7, "helper-1 joined as Developer"),
        (1, "team-roster created"),
    ]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(actor="bob"), [3]),
        (Wanted(since=NOON + 120), [4, 3]),
        (Wanted(until=NOON + 60), [2, 1]),
        (Wanted(search="parser"), [2]),
        (Wanted(search="URGENT"), [3]),
        (Wanted(search="write the docs"), [4, 3]),
    ],
)
def test_changes_are_found_by_time_actor_and_words(wanted, numbers):
    day = Day().do(VERBS[0])
    day.do(VERBS[1], actor="bob", message="urgent").do(VERBS[2])
    assert [past.change.number for past in past_of(day.store.history(), (), wanted)] == numbers


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("3", 3),
        ("#3", 3),
        ("last", 5),
        ("now", 5),
        ("last~2", 3),
        ("#3~", 2),
        ("1~", 0),
        ("2026-11-21T12:01:30Z", 2),
        ("2026-11-21T12:01Z", 2),
        ("2026-11-21", 5),
        ("2026-11-21T14:02:00+02:00", 3),
        ("2 min ago", 3),
        ("1h", None),
        ("6", None),
        ("abcdef0", None),
        ("9~1", None),
        ("last~17", None),
        ("2026-11-20", None),
    ],
)
def test_a_moment_has_many_names(words, number):
    day = Day().do(*VERBS[:4])
    history = day.store.history()
    if number is None:
        with pytest.raises(NotFound):
            moment_named(history, words, day.at)
    else:
        assert moment_named(history, words, day.at) == number


def test_a_moment_is_named_by_a_revision_of_a_page_too():
    day = Day().do(VERBS[0])
    revision = day.store.read(STATE).revision
    day.do(VERBS[5], VERBS[3])
    history = day.store.history()
    assert moment_named(history, revision[:6], day.at) == 2
    assert moment_named(history, revision, day.at, [STATE]) == 2
    with pytest.raises(NotFound):
        moment_named(history, revision, day.at, [ROSTER])


def test_the_last_change_of_a_page_is_counted_by_its_own_changes():
    day = Day().do(VERBS[5], VERBS[0], VERBS[6], VERBS[1])
    history = day.store.history()
    assert moment_named(history, "last", day.at, [ROSTER]) == 4
    assert moment_named(history, "last~1", day.at, [ROSTER]) == 2


@pytest.mark.parametrize("words", ["", "yesterday", "~1", "abc", "last~x", "-1"])
def test_words_that_name_no_moment_are_told_what_does(words):
    with pytest.raises(UsageError) as refused:
        moment_named(Day().store.history(), words, NOON)
    assert "2h ago" in refused.value.hint


def test_a_day_begins_and_ends_where_it_is_meant_to():
    midnight = NOON - 12 * 3600
    assert bound("2026-11-21", NOON) == midnight
    assert bound("2026-11-21", NOON, end=True) == midnight + 86_399
    assert bound("21 min ago", NOON) == NOON - 21 * 60
    with pytest.raises(UsageError):
        bound("17", NOON)


def test_a_page_that_is_gone_is_found_by_its_name():
    day = Day()
    day.store._pages["ideas.md"] = b"a boat\n"
    day.do(VERBS[0])
    del day.store._pages["ideas.md"]
    history = day.store.history()
    assert path_then(day.memory, history, "ideas") == "ideas.md"
    assert text_then(history, "ideas.md", moment_named(history, "last~1", NOON, ["ideas.md"])) == b"a boat\n"
    with pytest.raises(NotFound):
        path_then(day.memory, history, "idea")


def test_every_change_of_a_value_is_found():
    day = story()
    found = value_changes(day.store.history(), STATE, "pending_actions.1.status")
    assert [(each.change.number, each.old, each.new) for each in found] == [
        (4, "pending", "in_progress"),
        (3, None, "pending"),
    ]
    changes = value_changes(day.store.history(), ALERTS, "warning.ALERT-1.value")
    assert [(each.old, each.new) for each in changes] == [("97%", None), ("91%", "97%"), (None, "91%")]


def test_who_set_what_is_known_field_by_field():
    day = story()
    blamed = {each.where: each for each in blame_page(day.store.history(), STATE, day.store._pages[STATE])}
    numbers = {where: each.change.number for where, each in blamed.items()}
    assert numbers["current_focus.primary_task"] == 2
    assert numbers["pending_actions.1"] == 4
    assert numbers["recent_decisions.#1"] == 5
    assert numbers["resource_status.memory"] == 6
    assert (numbers["notes"], blamed["notes"].before) == (19, "The second reviewer is away until Monday")
    assert numbers["session_info.session_id"] == 1
    assert numbers["coordination_state.team_size"] == 7
    assert numbers["coordination_state.active_agents"] == 17


def test_who_set_a_value_a_record_or_a_section_is_known():
    day = Day().do(*VERBS[:7])
    data = day.store._pages

    def blamed(path: str, where: str) -> dict[str, int]:
        return {
            each.where: each.change.number
            for each in blame_value(day.store.history(), path, data[path], where)
        }

    assert blamed(STATE, "pending_actions.1.status") == {"pending_actions.1.status": 4}
    assert blamed(STATE, "tasks.1.priority") == {"pending_actions.1.priority": 3}
    assert blamed(STATE, "recent_decisions") == {"recent_decisions.#1": 5}
    assert blamed(STATE, "recent_decisions.#1.decision") == {"recent_decisions.#1": 5}
    member = blamed(ROSTER, "active_team_members.helper-1")
    assert member["active_team_members.helper-1.role"] == 8
    assert member["active_team_members.helper-1.details.capabilities"] == 7
    log = blame_page(day.store.history(), LOG, data[LOG])
    assert [each.change.number for each in log if each.where.startswith("events")] == [2, 3, 4, 5, 6, 7, 8]
    with pytest.raises(NotFound):
        blame_value(day.store.history(), STATE, data[STATE], "pending_actions.17")


def test_a_row_that_says_the_same_as_another_has_a_change_of_its_own():
    day = Day().do(VERBS[3], VERBS[0])
    day.at -= 120
    day.do(VERBS[3])
    blamed = blame_page(day.store.history(), STATE, day.store._pages[STATE])
    assert [each.change.number for each in blamed if each.where.startswith("recent")] == [2, 4]


def _scenario(choose: random.Random) -> tuple[Day, list[dict[str, bytes]]]:
    """A day of verbs and edits by hand, and the pages as they stood after each change of them."""
    day = Day()
    kept = [dict(day.store._pages)]
    for number in range(choose.randint(4, 14)):
        if choose.random() < 0.35:
            path = choose.choice([STATE, ROSTER, ALERTS])
            lines = choose.choice(EDITS)(day.text(path).split("\n"), f"words of mine {number}", choose)
            day.store._pages[path] = "\n".join(lines).encode()
            kept.append(dict(day.store._pages))
        before = dict(day.store._pages)
        with suppress(CosmemoryError):
            day.do(choose.choice(VERBS))
        if day.store._pages != before:
            kept.append(dict(day.store._pages))
    same = [number for number in range(1, len(kept)) if kept[number] == kept[number - 1]]
    return day, [pages for number, pages in enumerate(kept) if number not in same]


seeds = st.integers(0, 2**32).map(random.Random)


@settings(max_examples=MOMENTS, deadline=None)
@given(choose=seeds)
def test_every_page_is_shown_as_it_stood_after_each_change(choose):
    day, kept = _scenario(choose)
    history = day.store.history()
    changes = list(changes_of(history))
    assert [each.number for each in changes] == list(range(len(kept), 0, -1))
    for number, pages in enumerate(kept, 1):
        for path in {*pages, *kept[-1]}:
            assert text_then(history, path, number) == pages.get(path)


@settings(max_examples=MOMENTS, deadline=None)
@given(choose=seeds)
def test_the_sections_that_differ_tell_what_the_whole_pages_tell(choose):
    _, kept = _scenario(choose)
    texts = {
        path: [pages[path].decode() for pages in kept if path in pages] for path in (STATE, ROSTER, ALERTS)
    }
    for path, versions in texts.items():
        kind = kind_of(path)
        for _ in range(6):
            old = choose.choice(versions)
            new = _with_other_lines(old if choose.random() < 0.7 else choose.choice(versions), choose)
            whole = differences._whole_differences(path, kind, old, new)
            assert differences._typed_differences(path, kind, old, new) == whole


def _with_other_lines(text: str, choose: random.Random) -> str:
    """A page with other values behind some of its labels, and now and then a label that stands twice."""
    lines = text.split("\n")
    for _ in range(choose.randint(0, 3)):
        labels = [number for number, line in enumerate(lines) if line.startswith("- **")]
        if labels:
            at = choose.choice(labels)
            label = lines[at].partition(":** ")[0]
            word = choose.choice(["high", "2026-11-21T13:00:00Z", "7%", "-", "`x", "a <b"])
            lines[at : at + choose.choice([0, 1, 1, 1, 1])] = [f"{label}:** {word}"]
    return "\n".join(lines)


@settings(max_examples=MOMENTS, deadline=None)
@given(choose=seeds)
def test_the_last_change_undone_is_the_page_before_it(choose):
    day, kept = _scenario(choose)
    before = kept[-2] if len(kept) > 1 else {}
    changed = {path for path in kept[-1] if kept[-1][path] != before.get(path)} - {LOG}
    try:
        undo(day.memory)
    except Refused:
        assert changed == set() or len(kept) == 1
        return
    assert {path: day.store._pages.get(path) for path in changed} == {
        path: before.get(path) for path in changed
    }
    assert day.store._pages[LOG].startswith(kept[-1][LOG])


@settings(max_examples=MOMENTS, deadline=None)
@given(choose=seeds)
def test_any_change_undone_keeps_what_was_changed_elsewhere_since(choose):
    day, kept = _scenario(choose)
    number = choose.randint(2, max(2, len(kept)))
    if number > len(kept):
        return
    try:
        undo(day.memory, str(number))
    except Refused:
        assert day.store._pages == kept[-1]
        return
    before, after = kept[number - 2], kept[number - 1]
    for path in (STATE, ROSTER, ALERTS):
        base, gone, present = (_leaves(path, pages[path]) for pages in (before, after, kept[-1]))
        now = _leaves(path, day.store._pages[path])
        for where in {*present, *now}:
            if where.endswith(("last_updated", "last_roster_update")) or "#" in where:
                continue
            if base.get(where) == gone.get(where):
                assert now.get(where) == present.get(where) or _derived(path, where), where
            elif gone.get(where) == present.get(where):
                assert now.get(where) == base.get(where) or _derived(path, where), where


def _derived(path: str, where: str) -> bool:
    return where.startswith(("coordination_state", "total_agents", "active", "inactive", "role_summary"))


def _leaves(path: str, data: bytes) -> dict[str, Any]:
    document = read_document(kind_of(path), parse(decode_text(data))).document
    found: dict[str, Any] = {}

    def walk(value: Any, where: str) -> None:
        if isinstance(value, dict):
            for name, each in value.items():
                walk(each, f"{where}.{name}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, each in enumerate(value, 1):
                key = next(
                    (str(v) for k, v in each.items() if k in {"id", "alert_id", "session_name"}), f"#{number}"
                )
                walk(each, f"{where}.{key}")
        elif value != "-":
            # A cell of somebody's own column with nothing in it goes with the column.
            found[where.lstrip(".")] = value

    walk(data_of(document), "")
    return found


@settings(max_examples=MOMENTS, deadline=None)
@given(choose=seeds, path=st.sampled_from([STATE, ROSTER, ALERTS]))
def test_blame_names_the_change_that_set_the_value(choose, path):
    """The oracle reads every text in full and looks for the last one that said something else."""
    day, kept = _scenario(choose)
    kind = kind_of(path)
    for each in blame_page(day.store.history(), path, day.store._pages[path]):
        names = tuple(each.where.replace('"', "").split("."))
        if "#" in each.where or '"' in each.where or names[0] == "extra":
            continue
        number = len(kept)
        while number > 1:
            old = kept[number - 2].get(path)
            if old is None or value_in(kind, names, old.decode()) != each.value:
                break
            number -= 1
        # Changes of other pages alone did not set it.
        while kept[number - 1].get(path) == (kept[number - 2].get(path) if number > 1 else None):
            number += 1
        assert each.change is not None
        assert each.change.number == number, each.where


def test_the_first_screen_of_a_long_history_comes_at_once():
    day = Day()
    for number in range(300):
        day.do(lambda m, n=number: state.set_resources(m, n / 10, n % 100))
    history = day.store.history()
    day_of = past_of(history, [STATE])
    start = time.perf_counter()
    first = [next(day_of).words for _ in range(40)]
    assert time.perf_counter() - start < 0.5  # a wide bound: the benchmark holds it to 50 ms
    assert first[0] == "Memory: 98% -> 99%; CPU Load: 29.8 -> 29.9"


def test_a_text_that_is_not_kept_any_more_is_told_as_such():
    day = Day().do(VERBS[0], VERBS[1])

    class Forgetful:
        def __init__(self, history: Any) -> None:
            self.revisions, self.revision, self._text = history.revisions, history.revision, history.text

        def text(self, path: str, number: int) -> bytes | None:
            if number < 2:
                raise NotFound(f"The text of {path} at #{number}")
            return self._text(path, number)

    history = Forgetful(day.store.history())
    told = [past.words for past in past_of(history, [STATE])]
    assert told == ['action 1 added: "Write the docs"', *["its text is not kept any more"] * 2]
    assert [each.change.number for each in value_changes(history, STATE, "pending_actions.1.id")] == [3]
    blamed = {each.where: each.change for each in blame_page(history, STATE, day.store._pages[STATE])}
    assert blamed["session_info.session_id"] is None
    assert blamed["pending_actions.1"].number == 3


def test_every_record_of_every_kind_is_told_by_a_noun_or_as_a_person():
    from cosmemory.kinds import KINDS
    from cosmemory.maintenance.wording import NOUNS, PERSONS

    def classes(record: type[Any]) -> set[str]:
        found: set[str] = set()
        for part in layout(record).parts.values():
            if part.record is not None:
                found |= classes(part.record) | ({part.record.__name__} if part.shape != "one" else set())
        return found

    every = set().union(*(classes(kind.document) for kind in KINDS))
    assert every - {*NOUNS, *PERSONS} == set()
