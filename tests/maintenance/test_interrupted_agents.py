"""Agents that have not ended, found by a scan that is unsure or says what the whole page says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.decode import decode
from cosmemory.document.render import render
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.kinds.agent import Agent
from cosmemory.maintenance.interrupted_agents import interrupted_agents, plainly, scanned
from cosmemory.memory import Memory
from cosmemory.operations import agents
from cosmemory.operations.first_pages import initialise
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text
from tests.laws.documents import TEXTS, records
from tests.laws.hostile import AMOUNT, filled, hostile

NOW = 1_795_262_400
WORDS = (
    "Reads the news",
    "none of it",
    "None at all",
    "L2",
    "opus-4",
    "näher am Ziel",
    "a | b",
    "n/a?",
    "- x",
)


def asserted_equal(page: bytes) -> bool:
    """That the scan is unsure of a page or right; whether it was sure."""
    sure, seen = scanned("L2.1", page)
    plain = plainly("L2.1", decode(parse(decode_text(page)), Agent).document)
    if sure:
        assert seen == plain
        assert (seen and seen.data) == (plain and plain.data)
    return sure


@given(document=records(Agent))
def test_a_page_of_any_agent_is_scanned_as_it_is_read(document):
    asserted_equal(render(document, "agent.md.j2").encode())


@given(document=records(Agent), cuts=st.tuples(st.floats(0, 1), st.floats(0, 0.05)), put=st.just("") | TEXTS)
def test_a_page_that_was_tampered_with_is_scanned_as_it_is_read(document, cuts, put):
    text = render(document, "agent.md.j2")
    start = int(cuts[0] * len(text))
    end = start + int(cuts[1] * len(text))
    asserted_equal((text[:start] + put + text[end:]).encode("utf-8", "replace"))


def test_hostile_values_are_scanned_as_they_are_read():
    choose = random.Random(5)
    for _ in range(AMOUNT // 30):
        document = filled(Agent, lambda: choose.choice([hostile(choose), *WORDS]))
        page = render(document, "agent.md.j2")
        lines = page.split("\n")
        # As a person would who moves a section, doubles a line or leaves one out.
        at, to = choose.randrange(len(lines)), choose.randrange(len(lines))
        moved = [*lines[:at], *lines[at + 1 :]]
        for shape in (
            lines,
            moved,
            [*moved[:to], lines[at], *moved[to:]],
            [*lines[:to], lines[at], *lines[to:]],
        ):
            asserted_equal("\n".join(shape).encode("utf-8", "replace"))


@pytest.fixture
def memory():
    made = Memory(EphemeralStore(), now=lambda: NOW)
    initialise(made)
    for number, words in enumerate(WORDS):
        key = f"L2.{number}"
        agents.spawn(
            made, key, name=words, kind="L2", parent="L1.1", prompt="Do this.\n\n# Then that\n", pid=2**30
        )
        for percent in range(number):
            agents.progress(made, key, percent, message=words, data={"part": number, "said": words})
    return made


def test_the_scan_is_sure_of_most_pages_as_they_are_written_here(memory):
    pages = [memory.store.read(f"agents/L2.{number}.md").data for number in range(len(WORDS))]
    assert [asserted_equal(page) for page in pages].count(False) <= 1  # of the one whose words hold a pipe
    assert [each.agent_name for each in interrupted_agents(memory)] == list(WORDS)


def test_who_has_ended_was_not_interrupted(memory):
    agents.complete(memory, "L2.3")
    agents.mark_failed(memory, "L2.4", error="x")
    assert not {"L2.3", "L2.4"} & {each.agent_id for each in interrupted_agents(memory)}


def test_a_page_that_lost_its_status_is_told_of(memory):
    page = memory.store.read("agents/L2.3.md").data
    with memory.transaction() as transaction:
        transaction.rewrite("agents/L2.3.md", page.decode().replace("running", "runing"))
    (lost,) = [each for each in interrupted_agents(memory) if each.agent_id == "L2.3"]
    assert (lost.status, lost.agent_name, lost.progress) == (None, "L2", 2)
