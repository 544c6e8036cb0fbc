"""A long day of an agent: three compactions, a crash and a person at the pages, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.day import pages
from tests.day.checker import Checker
from tests.day.judging import faults, on_the_pages
from tests.day.making import made
from tests.day.playing import Player, Step, read_day

FRIDAY = Path(__file__).parent / "cases" / "day" / "friday.jsonl"
# Tables of which every row is a fact that the checker knows of.
TABLES = {
    pages.STATE: ("Pending Actions", "Recent Decisions", "Active Alerts"),
    pages.ROSTER: ("Active Team Members",),
    pages.ALERTS: ("Recently Resolved",),
}
DAYS = int(os.environ.get("COSMEMORY_DAYS", "1"))
FIRST = int(os.environ.get("COSMEMORY_FIRST_DAY", "1"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness of these days forks")


def played(folder: Path, steps: list[Step], seed: int) -> tuple[Checker, list[str], Player]:
    """A day to its end: what is known of it, and what is wrong afterwards."""
    player, known = Player(folder, seed), Checker()
    try:
        for step in steps:
            for part, answered in player.play(step):
                known.saw(part, answered)
    finally:
        player.close()
    return known, faults(player.root, known), player


def lines_of_table(text: str, heading: str) -> list[str]:
    """The rows of a table, as they are written."""
    lines = [line for line in pages.section(text, heading).split("\n") if line.startswith("|")]
    return [f"{line}\n" for line in lines[2:]]


@pytest.fixture(scope="module")
def friday(tmp_path_factory) -> tuple[Checker, list[str], Player]:
    """The recorded day, played once."""
    return played(tmp_path_factory.mktemp("friday"), read_day(FRIDAY), seed=0)


def test_the_recorded_day_has_everything_that_may_happen_on_one():
    played = read_day(FRIDAY)
    steps = [part for each in played for part in (each, *each.get("at once", ()))]
    told = {each["hook"]["hook_event_name"] for each in steps if "hook" in each}
    told |= {each["call"][0] for each in steps if "call" in each}
    told |= {each["person"]["does"] for each in steps if "person" in each}
    told |= {name for each in steps for name in each}
    wanted = (
        "SessionStart UserPromptSubmit Stop SubagentStart SubagentStop TaskCreated TaskCompleted TeammateIdle PreCompact "
        "PostCompact Notification FileChanged SessionEnd focus action decision alert handoff log row cell end open tool "
        "crash together again kill cold"
    )
    assert {*wanted.split(), "at once"} - told == set()
    assert [each["hook"].get("source") for each in steps if "hook" in each].count("compact") >= 3


def test_a_recorded_day_is_on_the_pages_at_its_end(friday):
    known, found, player = friday
    assert "\n".join(found) == ""
    assert len(known.briefs) >= 4
    assert player.killed >= 8
    assert player.delivered > 100


@pytest.mark.parametrize("page", [pages.STATE, pages.ROSTER, pages.LOG, pages.ALERTS])
def test_the_checker_sees_each_line_that_is_lost_and_each_that_is_there_twice(friday, page):
    known, _, player = friday
    place = player.root / page
    before = place.read_bytes()
    blocks = [block for where, block in (*known.blocks, *known.lines) if where == page]
    rows = [row for heading in TABLES.get(page, ()) for row in lines_of_table(before.decode(), heading)]
    entries = [f"{each[0]}\n" for each in pages.ENTRY.finditer(before.decode())] if page == pages.LOG else []
    assert blocks or rows or entries
    try:
        for each in (*blocks[:2], *rows, *entries[:: max(1, len(entries) // 5)]):
            for instead in ("", each * 2):
                place.write_bytes(before.replace(each.encode(), instead.encode(), 1))
                assert on_the_pages(player.root, known), (each, instead)
    finally:
        place.write_bytes(before)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + DAYS))
def test_a_day_made_by_chance_is_on_the_pages_at_its_end(tmp_path, seed):
    known, found, _ = played(tmp_path, made(seed, turns=2 if DAYS == 1 else 4), seed)
    assert "\n".join(found) == ""
    assert len(known.briefs) >= 4
