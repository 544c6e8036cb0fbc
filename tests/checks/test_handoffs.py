"""Handoffs found clean once are looked at again when time or another page may have made them otherwise."""

from __future__ import annotations

import pytest

from cosmemory.connect import open_memory
from cosmemory.engines.files import listing
from cosmemory.operations import handoffs, onboardings
from cosmemory.operations.first_pages import initialise


@pytest.fixture
def memory(tmp_path, monkeypatch):
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    monkeypatch.setattr(listing, "SETTLED", 0)
    memory = open_memory(str(tmp_path), actor="chief")
    initialise(memory)
    return memory


def told(memory):
    for _ in range(2):  # the second time what was clean at the first is not read again
        pages = [
            page for page in memory.validate().pages if page.path.startswith(("handoffs/", "onboarding/"))
        ]
    return [(each.code, page.path) for page in pages for each in page.diagnostics]


def test_one_that_waits_is_told_when_its_time_is_over(memory, monkeypatch):
    handoffs.create(memory, "payments", from_agent="a", to_agent="b", expires="2h")
    assert told(memory) == []
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T08:00:00Z")
    assert told(memory) == [("COS612", "handoffs/payments-2026-11-21.md")]
    handoffs.expire(memory)
    assert told(memory) == []


def test_a_chain_is_told_when_what_it_goes_on_from_is_gone(memory):
    one = handoffs.create(memory, "p", from_agent="a", to_agent="b", requires_ack=False).result
    handoffs.start(memory, one)
    two = handoffs.create(memory, "p", from_agent="b", to_agent="c", previous=one, requires_ack=False).result
    handoffs.start(memory, two)
    assert told(memory) == []
    with memory.transaction() as transaction:
        transaction.remove(f"handoffs/{one}.md")
    assert told(memory) == [("COS535", f"handoffs/{two}.md")]


def test_an_onboarding_is_told_when_it_takes_too_long(memory, monkeypatch):
    onboardings.begin(memory, "helper-1", role="Developer")
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-27T23:59:59Z")
    assert told(memory) == []
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-28T00:00:00Z")
    assert told(memory) == [("COS613", "onboarding/helper-1-2026-11-21.md")]
