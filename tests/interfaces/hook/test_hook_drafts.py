"""What a tool is about to write is understood as the tool understands it."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.interfaces.hook.drafts import Draft, drafts
from cosmemory.interfaces.hook.patches import patched

LINES = st.lists(st.sampled_from(["a", "b", "c", "  a", "", "| x |", "- y", "## z"]), min_size=1, max_size=12)


def whole(lines: list[str], end: str = "\n") -> str:
    return "".join(f"{each}{end}" for each in lines)


@given(LINES, LINES, st.sampled_from(["\n", "\r\n"]))
def test_a_patch_of_the_whole_file_gives_what_it_says(old, new, end):
    body = [f"-{each}" for each in old] + [f"+{each}" for each in new]
    patch = "\n".join(["*** Begin Patch", "*** Update File: f.md", "@@", *body, "*** End Patch"])
    assert list(patched(patch, lambda _: whole(old, end))) == [("f.md", whole(new, end))]


@given(st.permutations([f"line {number}" for number in range(9)]), st.data())
def test_a_patch_of_some_lines_gives_what_it_says(old, data):
    chosen = data.draw(st.sets(st.sampled_from(old), min_size=1, max_size=3))
    new = [f"{each} anew" if each in chosen else each for each in old]
    told = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    chunks = ["@@" if line.startswith("@@") else line for line in told]
    patch = "\n".join(["*** Begin Patch", "*** Update File: f.md", *chunks, "*** End Patch"])
    assert list(patched(patch, lambda _: whole(old))) == [("f.md", whole(new))]


@given(st.text(max_size=200))
def test_a_patch_that_is_none_is_no_reason_to_fail(text):
    for _ in patched(f"*** Begin Patch\n{text}", lambda _: "a\nb\n"):
        pass


GIVEN = {
    "write": ({"content": "x"}, "x"),
    "edit": ({"old_string": "two", "new_string": "2"}, "one 2 three three"),
    "twice": ({"old_string": "three", "new_string": "3"}, None),
    "every": ({"old_string": "three", "new_string": "3", "replace_all": True}, "one two 3 3"),
    "as many as expected": ({"old_string": "three", "new_string": "3", "expected_replacements": 2}, "one two 3 3"),
    "not as many": ({"old_string": "three", "new_string": "3", "expected_replacements": 3}, None),
    "not there": ({"old_string": "four", "new_string": "4"}, None),
    "by other names": ({"oldString": "two", "newString": "2"}, "one 2 three three"),
    "several": ({"edits": [{"old_string": "one", "new_string": "two"}, {"old_string": "two two", "new_string": "2"}]},
                "2 three three"),
    "no list of edits": ({"edits": [7]}, None),
    "no edits": ({"edits": []}, None),
    "nothing": ({}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN)
def test_an_edit_gives_what_it_says(name):
    said, text = GIVEN[name]
    payload = {"tool_name": "Edit", "tool_input": {"file_path": "f.md", **said}}
    expected = [Draft(file="f.md", text=text)] if text is not None else []
    assert list(drafts(payload, lambda _: "one two three three")) == expected


def test_an_edit_of_nothing_makes_a_file():
    payload = {"tool_input": {"file_path": "f.md", "old_string": "", "new_string": "x"}}
    assert list(drafts(payload, lambda _: None)) == [Draft(file="f.md", text="x")]
    assert list(drafts(payload, lambda _: "y")) == []


def test_a_tool_that_deletes_leaves_nothing():
    payload = {"tool_name": "Delete", "tool_input": {"file_path": "f.md"}}
    assert list(drafts(payload, lambda _: "y")) == [Draft(file="f.md", text=None)]


@pytest.mark.parametrize("given", [None, 7, [], "text", {"pattern": "*"}, {"command": ["ls", 7]}])
def test_what_writes_nothing_has_no_drafts(given):
    assert list(drafts({"tool_input": given}, lambda _: None)) == []
