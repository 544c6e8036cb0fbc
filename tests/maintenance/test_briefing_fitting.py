"""The room of a brief: never exceeded, filled with the most urgent, and what there is none for is counted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.maintenance.briefing.fitting import Room, size_of, tokens_of, waves
from cosmemory.maintenance.briefing.page import MINIMUM, left_text, page_of
from cosmemory.maintenance.briefing.points import LONG, SECTIONS, SHORT, Left, Point
from cosmemory.text.fenced import harmless, overhead

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.builds(
        lambda piece, times: piece * times,
        st.sampled_from(["word ", "<b>", "漢", "🙂", "`", "é "]),
        st.integers(0, 300),
    ),
)
POINTS = st.lists(
    st.builds(
        Point,
        section=st.sampled_from([each.name for each in SECTIONS]),
        head=st.integers(0, 10**6).map(lambda number: f"thing-{number}"),
        text=TEXTS,
        command=st.sampled_from(["", "cosmemory status"]),
        routine=st.booleans(),
        more=st.sampled_from([0, 0, 0, 7]),
    ),
    max_size=60,
)
ROOMS = st.builds(
    Room,
    characters=st.one_of(st.none(), st.integers(MINIMUM, 20_000)),
    tokens=st.one_of(st.none(), st.integers(MINIMUM // 4, 5_000)),
)


def actions(count: int, text: str = "Write the docs") -> list[Point]:
    return [
        Point(section="actions", head=f"action {each}", id=str(each), text=text)
        for each in range(1, count + 1)
    ]


def made(points, **room):
    return page_of(points, Room(**room), NOW, None)


def characters(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_there_is_room_for_a_little_in_full():
    seen = made([Point(section="alarms", head="ALERT-1", text="Queue on fire")], characters=8000)
    assert seen.lines == ("## Critical alerts (1; cosmemory show active-alerts)", "- ALERT-1: Queue on fire")
    assert seen.left == ()


def test_what_there_is_no_room_for_is_counted_with_what_shows_it():
    seen = made(
        [*actions(30), Point(section="alarms", head="ALERT-1", text="Queue on fire")], characters=MINIMUM
    )
    told = [each.point.section for each in seen.told]
    assert told == ["alarms"] + ["actions"] * (len(told) - 1)
    rest = 31 - len(told)
    assert 0 < rest < 30
    said = f"Left out for lack of room: {rest} other open actions (cosmemory show cos-state)."
    assert seen.text.endswith(f"\n{said} A larger --budget has room for more.")


def test_where_there_is_room_for_nothing_the_text_says_so_and_what_there_is():
    seen = made([*actions(2), Point(section="alarms", head="ALERT-1")], characters=1)
    assert seen.told == ()
    assert seen.text.endswith(
        "\nLeft out for lack of room: 1 critical alert (cosmemory show active-alerts), 2 other open actions "
        "(cosmemory show cos-state). A larger --budget has room for more."
    )
    assert len(seen.text) < MINIMUM


def test_a_long_text_is_cut_where_others_need_the_room_and_an_id_never_is():
    seen = made(actions(20, "long " * 100), characters=3500)
    assert all(
        each.line.startswith(f"- action {number}: long long") for number, each in enumerate(seen.told, 1)
    )
    assert all(each.line.endswith("…") and each.cut for each in seen.told)


def test_what_is_more_urgent_is_told_at_length_first():
    seen = made(actions(12, "long " * 100), characters=3000)
    lengths = [len(each.line.partition(": ")[2]) for each in seen.told]
    assert len(lengths) == 12
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[-1] >= SHORT - 5


def test_too_much_of_one_sort_comes_after_the_first_of_all_others():
    events = [Point(section="events", head="yesterday", text="Lunch")]
    first, rest, routine = waves([*actions(40), *events, Point(section="events", head="x", routine=True)])
    assert [each.head for each in first] == [f"action {number}" for number in range(1, 16)] + ["yesterday"]
    assert [each.head for each in rest] == [f"action {number}" for number in range(16, 41)]
    assert [each.head for each in routine] == ["x"]


def test_tokens_are_a_quarter_of_the_letters_of_english_and_more_of_others():
    assert tokens_of("four" * 10) == 10
    assert tokens_of("é" * 10) == 5
    assert tokens_of("漢字") == 4
    assert tokens_of("🙂") == 2
    assert tokens_of("a") == 1


def test_a_budget_of_tokens_holds_less_where_letters_take_more_of_them():
    plain, wide = (len(made(actions(200, text), tokens=1000).told) for text in ("w" * 40, "漢" * 40))
    assert plain > 2 * wide > 0


@pytest.mark.parametrize("count", [1, 10**6])
def test_the_shortest_honest_text_is_within_the_minimum(count):
    left = [Left(section=each, count=count) for each in SECTIONS]
    said = overhead("a brief of 2026-11-21T12:00:00Z, most urgent first") + left_text(left)
    assert len(said) <= MINIMUM


@given(POINTS, ROOMS)
def test_no_budget_is_ever_exceeded(points, room):
    text = page_of(points, room, NOW, NOW).text
    assert room.characters is None or characters(text) <= room.characters
    # Of tokens there may be fewer than the shortest text needs.
    shortest = page_of(points, Room(characters=1), NOW, NOW).text
    assert room.tokens is None or tokens_of(text) <= max(room.tokens, tokens_of(shortest))


@given(POINTS, ROOMS)
def test_nothing_more_urgent_is_left_out_for_something_less_urgent(points, room):
    told = {id(each.point) for each in page_of(points, room, NOW, NOW).told}
    ranked = [each for wave in waves(points) for each in wave]
    assert [id(each) in told for each in ranked] == sorted(
        (id(each) in told for each in ranked), reverse=True
    )


@given(POINTS, ROOMS)
def test_nothing_less_urgent_is_told_at_greater_length(points, room):
    seen = page_of(points, room, NOW, NOW)
    lines = {id(each.point): each.line for each in seen.told}
    ranked = [each for wave in waves(points) for each in wave if id(each) in lines]
    lengths = [_length(each, lines[id(each)]) for each in ranked if len(" ".join(each.text.split())) > SHORT]
    assert lengths == sorted(lengths, reverse=True)


def _length(point: Point, line: str) -> int:
    return next(length for length in (LONG, LONG // 2, 2 * SHORT, SHORT) if line == point.line(length))


@given(POINTS, ROOMS)
def test_what_is_told_and_what_is_left_out_are_all_there_is(points, room):
    seen = page_of(points, room, NOW, NOW)
    counted = Counter(each.point.section for each in seen.told)
    counted.update({each.section.name: each.count for each in seen.left})
    assert counted == sum((Counter({each.section: 1 + each.more}) for each in points), Counter())
    for each in seen.left:
        assert each.section.counted(each.count) in seen.text.rpartition("\n")[2]


@given(POINTS, ROOMS)
def test_every_line_stands_in_the_text_and_is_as_harmless_as_its_fence(points, room):
    seen = page_of(points, room, NOW, NOW)
    body = "\n".join(seen.lines)
    assert harmless(body) == body
    assert f">\n{body}\n</" in seen.text
    assert [line for line in seen.lines if line.startswith("- ")] == [each.line for each in seen.told]
    assert all(each.point.head in each.line for each in seen.told)


@given(POINTS, ROOMS)
def test_the_same_points_make_the_same_text(points, room):
    assert page_of(points, room, NOW, NOW) == page_of(list(points), room, NOW, NOW)


@given(st.text(), st.text())
def test_sizes_add_up(one, two):
    assert size_of(one + two) == size_of(one) + size_of(two)
    assert size_of(one + two) - size_of(two) == size_of(one)
    assert size_of(one).characters == characters(one)
