"""Fixes: they change what they say and nothing else, and making them twice is making them once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.clock import read_time
from cosmemory.document.fields import Record, layout
from cosmemory.document.values import Raw
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.kinds import kind_of
from cosmemory.memory import Memory
from cosmemory.operations.fixing import edits_of, fix
from cosmemory.text.edits import apply

NOW = read_time("2026-11-21T06:00:00Z")[0]
ROSTER, STATE, DAY, BEFORE = (
    "team-roster.md", "cos-state.md", "performance/metrics-2026-11-20.md", "performance/metrics-2026-11-19.md")  # fmt: skip

TIMES = st.sampled_from(
    ["2026-11-21T05:59:00Z", "2026-11-21 05:59", "2026-11-21", "2026-11-21T05:59:00", "2026-11-21T06:59:00+01:00", "soon",
     "-", "2026-11-21 05:59:00 UTC", "[ISO timestamp]", "2026-11-21T05:59:00Z <!-- seen -->"])  # fmt: skip
WORDS = st.sampled_from(
    ["busy", "Busy", '"busy"', "**idle**", "`active`", "asleep", "-", "active|idle", "BUSY  "]
)
NUMBERS = st.sampled_from(["0", "1", "2", "3", "-1", "two", "-", ""])
MEASURES = st.sampled_from(["5", "4 (80%)", "4 (10%)", "80%", "many", "-", "+1", "130%", "7 min"])
KEYS = st.sampled_from(["a", "b", "c", "a|b", "`a|b`", r"a\|b", "-"])
BITS = st.sampled_from(
    [
        "",
        "",
        "",
        "<!-- cosmemory-disable-next-line COS402 -->\n",
        "\n",
        "| stray |\n",
        "```\n",
        "<<<<<<< ours\n",
        "words\n",
    ]
)
NEWLINES = st.sampled_from(["\n", "\r\n"])


@st.composite
def rosters(draw: st.DrawFn) -> str:
    rows = "".join(
        f"| {draw(KEYS)} | Dev | {draw(WORDS)} | {draw(TIMES)} |\n{draw(BITS)}"
        for _ in range(draw(st.integers(0, 3)))
    )
    front = draw(
        st.sampled_from(["", "---\nlast_updated: 2026-11-21\ninactive: 3\n---\n", "---\nactive: [\n---\n"])
    )
    last = draw(st.sampled_from(["", f"Last Updated: {draw(TIMES)}\n"]))
    return (
        f"{draw(st.sampled_from(['', chr(0xFEFF)]))}{front}# Team Roster\n\n{last}"
        f"Total Agents: {draw(NUMBERS)}\nActive: {draw(NUMBERS)}\n{draw(BITS)}\n## Active Team Members\n\n"
        f"| Agent | Role | Status | Last Seen |\n|---|---|---|---|\n{rows}\n{draw(BITS)}## Role Summary\n\n"
        f"|Role|Assigned|Target|\n|-|-|-|\n|Dev|{draw(NUMBERS)}|2|\n"
    )


@st.composite
def states(draw: st.DrawFn) -> str:
    return (
        f"# Chief of Staff State\n\n## Session Info\n* **Status** : {draw(WORDS)}\nStarted: {draw(TIMES)}\n\n"
        f"{draw(BITS)}## Coordination State\n- **Team Size:** {draw(NUMBERS)}\n- Active Agents: {draw(NUMBERS)}\n"
        f"- **Last Roster Update:** {draw(TIMES)}\n\n## Resource Status\n- **Memory:** {draw(NUMBERS)}\n"
    )


@st.composite
def days(draw: st.DrawFn) -> str:
    figures = "".join(
        f"\n### {agent}\n\n| Metric | Value |\n|---|---|\n| Tasks Completed | {draw(MEASURES)} |\n| On-Time | {draw(MEASURES)} |\n"
        for agent in "ab"
    )
    rows = "".join(
        f"| {metric} | {draw(MEASURES)} | {draw(MEASURES)} | {draw(MEASURES)} |\n"
        for metric in ("Tasks Completed", "On-Time Rate", "Mood")
    )
    head = "| Metric | Value | Previous | Change |\n|---|---|---|---|\n"
    return f"# Day\n\nDate: 2026-11-20\n\n## Team Summary\n\n{head}{rows}\n## Individual Metrics\n{figures}{draw(BITS)}"


@st.composite
def memories(draw: st.DrawFn) -> Memory:
    made = {ROSTER: draw(rosters()), STATE: draw(states()), DAY: draw(days()), BEFORE: draw(days())}
    newline = draw(NEWLINES)
    pages = {path: text.replace("\n", newline).encode() for path, text in made.items()}
    return Memory(EphemeralStore(pages), now=lambda: NOW)


def texts(memory: Memory) -> dict[str, bytes]:
    return {path: memory.store.read(path).data for path in memory.store.paths()}


def stripped(record: Any) -> Any:
    """``record`` without its derived values."""
    shape = layout(type(record))
    values = {name: None for name, value in shape.values.items() if value.derived}
    for name in shape.parts:
        held = getattr(record, name)
        if isinstance(held, tuple):
            values[name] = tuple(stripped(each) if isinstance(each, Record) else each for each in held)
        elif isinstance(held, Record):
            values[name] = stripped(held)
    return replace(record, **values)


def errors(memory: Memory) -> set[tuple[str, str, str]]:
    return {
        (page.path, each.code, page.text[each.start : each.end].lstrip("\ufeff").replace("\\|", "|"))
        for page in memory.validate().pages
        for each in page.diagnostics
        if each.severity == "error"
    }


@given(memory=memories())
def test_fixing_twice_is_fixing_once(memory):
    fix(memory, None)
    once = texts(memory)
    assert fix(memory, None).result == 0
    assert texts(memory) == once


@given(memory=memories())
def test_a_fix_leaves_nothing_that_it_could_mend_and_makes_no_new_error(memory):
    before = errors(memory)
    fix(memory, None)
    assert errors(memory) <= before
    left = [each for page in memory.validate().pages for each in page.diagnostics if each.fix]
    assert left == []


@given(memory=memories())
def test_a_fix_keeps_what_a_page_says_but_for_what_follows_from_the_rest(memory):
    before = {path: stripped(memory.read(path)) for path in texts(memory)}
    fix(memory, None)
    assert {path: stripped(memory.read(path)) for path in texts(memory)} == before


@given(memory=memories())
def test_one_round_of_fixes_changes_only_the_spans_that_they_name(memory):
    for page in memory.validate().pages:
        edits = sorted(edits_of(page.diagnostics, unsafe=False))
        after = apply(page.text, edits)
        at = shift = 0
        for edit in edits:
            assert page.text[at : edit.start] == after[at + shift : edit.start + shift]
            at, shift = edit.end, shift + len(edit.text) - (edit.end - edit.start)
        assert page.text[at:] == after[at + shift :]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Total Agents:", "Total Agents: 1"),
        ("Total Agents: 7 <!-- counted by hand -->", "Total Agents: 1 <!-- counted by hand -->"),
        ("* **total agents** :   9", "* **total agents** :   1"),
        ("## Total Agents: 3 ##", "## Total Agents: 1 ##"),
    ],
)
def test_a_count_is_mended_in_the_shape_that_it_stands_in(before, after):
    page = (
        f"# Team Roster\n\nLast Updated: 2026-11-21\n\n{before}\n\n## Team Members\n\n"
        "|Agent|Role|Status|\n|-|-|-|\n|a|Dev|busy|\n"
    )
    memory = Memory(EphemeralStore({ROSTER: page.encode()}), now=lambda: NOW)
    fix(memory, None, select=["COS501"])
    assert memory.store.read(ROSTER).data.decode() == page.replace(before, after)


def test_a_comment_that_parts_two_tables_leaves_a_blank_line_behind():
    page = (
        "# Team Roster\n\nLast Updated: 2026-11-21T06:00:00Z\n\n## Team Members\n\n|Agent|Role|Status|\n|-|-|-|\n|a|Dev|busy|\n"
        "<!-- cosmemory-disable-next-line COS402 -->\n|b|Dev|busy|\n\n<!-- cosmemory-disable COS5 -->\nEnd.\n"
    )
    memory = Memory(EphemeralStore({ROSTER: page.encode()}), now=lambda: NOW)
    fix(memory, None, select=["COS901"])
    after = memory.store.read(ROSTER).data.decode()
    assert after.endswith("|a|Dev|busy|\n\n|b|Dev|busy|\n\n<!-- cosmemory-disable COS5 -->\nEnd.\n")
    assert [each.session_name for each in memory.read(ROSTER).active_team_members] == ["a", "b"]


def test_a_page_with_a_merge_left_in_it_is_not_mended():
    page = "# Team Roster\n\n<<<<<<< a\nLast Updated: 2026-11-21\n=======\nActive: 7\n>>>>>>> b\n"
    memory = Memory(EphemeralStore({ROSTER: page.encode()}), now=lambda: NOW)
    assert fix(memory, None).result == 0


def test_every_fixed_page_is_of_a_kind_and_a_text_that_cannot_be_read_stays():
    page = "# Team Roster\n\nLast Updated: soon\n"
    memory = Memory(
        EphemeralStore({ROSTER: page.encode(), "notes.md": b"Active: 2026-11-21"}), now=lambda: NOW
    )
    assert fix(memory, None).result == 0
    assert memory.read(ROSTER).last_updated == Raw("soon")
    assert kind_of("notes.md") is None
