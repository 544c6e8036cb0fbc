"""Checklists: what stands in a box, and the one character that ticks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.changes import changed
from cosmemory.document.checklists import Task
from cosmemory.document.decode import decode
from cosmemory.document.paths import with_value, without
from cosmemory.frozen import replace
from cosmemory.kinds.handoff import Handoff
from cosmemory.kinds.onboarding import Onboarding
from cosmemory.syntax.parse import parse
from tests.laws.documents import records

HEAD = "# Handoff\n\n## Acceptance Criteria\n"


def tasks(body: str) -> list[tuple[str | None, object]]:
    return [
        (each.text, each.state) for each in decode(parse(HEAD + body), Handoff).document.acceptance_criteria
    ]


def after(body: str, change) -> str:
    tree = parse(HEAD + body)
    old = decode(tree, Handoff).document
    return changed("page.md", tree, old, change(old)).tree.text.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("- [ ] one\n- [x] two\n", [("one", "open"), ("two", "done")]),
        ("* [X] one\n+ [ ] two\n", [("one", "done"), ("two", "open")]),
        ("1. [x]   one\n2) [ ] two\n", [("one", "done"), ("two", "open")]),
        ("- one\n- [ ] two\n  - more of two\n  - [x] half of two\n", [("one", None), ("two", "open"), ("half of two", "done")]),
        ("Words.\n\n- [ ] one\n  goes on\n\n- [x] two\n", [("one", "open"), ("two", "done")]),
        ("### Must\n- [ ] one\n### May\n- [x] two\n", [("one", "open"), ("two", "done")]),
        ("- [ ]\n- [x] None\n- [ ] one\n", [("one", "open")]),
        ("- \\[x] a remark\n- [y] another\n", [("[x] a remark", None), ("[y] another", None)]),
        ("```\n- [x] code\n```\n", []),
        ("None\n", []),
    ],
)  # fmt: skip
def test_a_list_with_boxes_is_read_as_people_write_it(body, said):
    assert tasks(body) == said


@pytest.mark.parametrize(
    "body", ["- [ ] one  \n- [x] two <!-- why -->\n", "1. [ ] one\n   goes on\n\n2. [X] two\n"]
)
def test_a_tick_is_one_character(body):
    ticked = after(body, lambda old: with_value(old, "acceptance_criteria.#1.state", "done"))
    assert ticked == body.replace("[ ]", "[x]", 1)
    assert after(ticked, lambda old: with_value(old, "acceptance_criteria.one.state", "open")) == body


def test_a_remark_gets_a_box_when_it_gets_a_state():
    assert (
        after("* one\n", lambda old: with_value(old, "acceptance_criteria.one.state", "done"))
        == "* [x] one\n"
    )


def test_items_come_and_go_in_the_style_of_the_list():
    body = "Above.\n\n* [ ] one\n  goes on\n* [x] two\n\nBelow.\n"
    new = Task(text="three | 3", state="open")
    added = after(body, lambda old: replace(old, acceptance_criteria=(*old.acceptance_criteria, new)))
    assert added == body.replace("two\n", "two\n* [ ] three | 3\n")
    between = after(
        body,
        lambda old: replace(
            old, acceptance_criteria=(old.acceptance_criteria[0], new, old.acceptance_criteria[1])
        ),
    )
    assert between == body.replace("goes on\n", "goes on\n* [ ] three | 3\n")
    assert after(body, lambda old: without(old, "acceptance_criteria.two")) == body.replace("* [x] two\n", "")


def test_the_last_item_leaves_the_word_for_nothing_and_the_first_takes_its_place():
    assert after("- [ ] one\n", lambda old: without(old, "acceptance_criteria.one")) == "None\n"
    new = Task(text="one", state="done")
    assert after("None\n", lambda old: replace(old, acceptance_criteria=(new,))) == "- [x] one\n"


def test_a_task_given_twice_is_reported():
    read = decode(parse(HEAD + "- [ ] one\n- [x] One\n"), Handoff)
    assert "duplicate-key" in [each.name for each in read.diagnostics]


def test_a_box_in_the_block_of_a_phase_is_ticked_there_alone():
    page = "# Onboarding\n\n## Checklist\n\n### Welcome\n- [ ] hello\n\n### Team\n- [ ] hello\n"
    tree = parse(page)
    old = decode(tree, Onboarding).document
    new = with_value(old, "checklist.Team.tasks.hello.state", "done")
    assert changed("page.md", tree, old, new).tree.text == page.replace("### Team\n- [ ]", "### Team\n- [x]")


LISTS = st.lists(
    records(Task).filter(lambda task: task.text), max_size=4, unique_by=lambda task: task.text.lower()
).map(tuple)


@given(first=LISTS, second=LISTS, newline=st.sampled_from(["\n", "\r\n"]), data=st.data())
def test_any_checklist_becomes_any_other_and_the_rest_stays(first, second, newline, data):
    page = (HEAD + "Above.\n\nNone\n\n## Notes\n\nmine\n").replace("\n", newline)
    tree = parse(page)
    old = decode(tree, Handoff).document
    one = changed("page.md", tree, old, replace(old, acceptance_criteria=first))
    kept = (
        data.draw(st.lists(st.sampled_from(one.read.document.acceptance_criteria), unique_by=id))
        if first
        else []
    )
    texts = {task.text.lower() for task in kept}
    mixed = data.draw(st.permutations([*kept, *(each for each in second if each.text.lower() not in texts)]))
    two = changed(
        "page.md", one.tree, one.read.document, replace(one.read.document, acceptance_criteria=tuple(mixed))
    )
    assert two.read.document.acceptance_criteria == tuple(mixed)
    assert two.tree.text.startswith((HEAD + "Above.\n").replace("\n", newline))
    assert two.tree.text.endswith("\n\n## Notes\n\nmine\n".replace("\n", newline))
