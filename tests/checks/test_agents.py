"""What is found on agents' pages, beside the cases of each rule."""

from __future__ import annotations

import os

from cosmemory.config import Settings
from cosmemory.connect import open_memory
from cosmemory.engines.files import listing
from cosmemory.interfaces.cli.findings import formatted
from cosmemory.operations import agents
from cosmemory.operations.first_pages import initialise


def found(memory):
    return [line for line in formatted(memory.validate().pages, "concise").split("\n") if "agents/" in line]


def test_a_page_under_another_name_is_found(tmp_path):
    memory = open_memory(str(tmp_path), settings=Settings(durability="none"))
    initialise(memory)
    agents.register(memory, "L2.1")
    (tmp_path / "agents" / "L2.1.md").rename(tmp_path / "agents" / "L2.2.md")
    assert found(memory) == ["agents/L2.2.md:3:17: COS412 the page is about L2.1 and its name says L2.2"]


def test_an_agent_that_goes_silent_is_found_though_its_page_was_clean_before(tmp_path, monkeypatch):
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    memory = open_memory(str(tmp_path), settings=Settings(durability="none"))
    initialise(memory)
    agents.spawn(memory, "L2.1", pid=os.getpid())
    monkeypatch.setattr(listing, "SETTLED", -(10**12))  # as if every page had lain still for long
    assert found(memory) == []
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:30:00Z")
    assert len(found(memory)) == 1
