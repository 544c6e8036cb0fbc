"""Front matter as values of a page: read where the page itself is silent, and changed by one line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.changes import changed
from cosmemory.document.decode import decode
from cosmemory.document.paths import with_value
from cosmemory.kinds.agent_metrics import AgentMetrics
from cosmemory.kinds.cos_state import CosState
from cosmemory.kinds.team_roster import TeamRoster
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.syntax.parse import parse
from tests.laws.documents import TEXTS

PAGE = "---\n{}\n---\n# Agent Performance: a\n\n## Trend\nUp.\n"


def month(entries: str) -> AgentMetrics:
    return decode(parse(PAGE.format(entries)), AgentMetrics).document


def found(text: str, kind: type[Any]) -> list[tuple[str, str]]:
    read = decode(parse(text), kind).diagnostics
    return [
        (each.code, text[each.start : each.end]) for each in read if each.code not in {"COS101", "COS103"}
    ]


@pytest.mark.parametrize(
    "written", ["Developer", "'Developer'", '"Developer"', '"Dev\\x65loper"  # a comment']
)
def test_quotes_are_stripped(written):
    assert month(f"role: {written}").role == "Developer"


@pytest.mark.parametrize("written", ["2026-11", "on", "1.10", "0x1f", "12:30", "2026-11-21"])
def test_a_text_is_what_stands_there_and_not_what_yaml_makes_of_it(written):
    assert month(f"role: {written}").role == written


@pytest.mark.parametrize("written", ["", "null", "~", "none", '"-"', "N/A"])
def test_nothing_has_many_spellings(written):
    assert month(f"role: {written}").role is None


def test_keys_answer_to_the_names_and_aliases_of_labels():
    document = decode(parse("---\nUPDATED: 2026-02-01\n---\n# Team Roster\n"), TeamRoster).document
    assert document.last_updated.isoformat() == "2026-02-01T00:00:00+00:00"


def test_what_the_page_itself_says_counts():
    text = PAGE.format("role: Tester").replace("\n## Trend", "\nRole: Developer\n\n## Trend")
    assert decode(parse(text), AgentMetrics).document.role == "Developer"
    assert found(text, AgentMetrics) == [("COS104", "Tester")]
    assert found(text.replace("Tester", "Developer"), AgentMetrics) == []


def test_what_is_wrong_with_a_value_is_reported_at_its_place_and_mended_there():
    text = "---\nlast_updated: 2026-02-01 10:00\nstatus: Active\n---\n# Chief of Staff State\n"
    read = decode(parse(text), CosState)
    assert found(text, CosState) == [("COS303", "2026-02-01 10:00"), ("COS402", "Active")]
    assert [each.fix.edits[0].text for each in read.diagnostics if each.fix] == [
        "2026-02-01T10:00:00Z",
        "active",
    ]


def test_a_key_that_stands_twice_is_reported():
    assert found(PAGE.format("role: a\nrole: b"), AgentMetrics) == [("COS104", "b")]
    assert month("role: a\nrole: b").role == "b"


def test_front_matter_that_cannot_be_read_hides_nothing_below_it():
    text = "---\nrole: [a\n---\n# Agent\n\nPeriod: 2026-11\n"
    assert decode(parse(text), AgentMetrics).document.period == "2026-11"
    assert found(text, AgentMetrics) == [("COS113", "---\nrole: [a\n---")]


def test_an_entry_of_several_lines_is_read_and_a_new_value_goes_to_the_page():
    tree = parse(PAGE.format("role:\n  Lead\n  Developer"))
    document = decode(tree, AgentMetrics).document
    assert document.role == "Lead Developer"
    after = changed("page.md", tree, document, with_value(document, "role", "Tester")).tree.text
    assert after == tree.text.replace("# Agent Performance: a\n", "# Agent Performance: a\nRole: Tester\n")


@given(
    value=st.none() | TEXTS,
    standing=st.sampled_from(["old", "'old'", '"old"', "", "old  # why", "'old' # why"]),
)
def test_any_value_takes_the_place_of_the_one_before_and_of_nothing_else(value, standing):
    tree = parse(PAGE.format(f"period: 2026-11\nrole: {standing}\nlast: 'x'"))
    document = decode(tree, AgentMetrics).document
    after = changed("page.md", tree, document, with_value(document, "role", value or "-")).tree.text
    read = decode(parse(after), AgentMetrics).document
    assert read.role == (None if value is None or is_empty(normalise(value)) else normalise(value))
    assert read.period == "2026-11"
    assert read.extra["last"] == "x"
    head, foot = tree.text.split(f"role: {standing}", 1)
    assert after.startswith(head + "role:")
    assert after.endswith(foot)
