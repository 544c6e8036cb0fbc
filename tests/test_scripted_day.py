"""A long day of an agent: three compactions, a crash and a person at the pages, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.day.checker import Checker
from tests.day.judging import faults
from tests.day.making import made
from tests.day.playing import Player, Step, read_day

RECORDED = sorted((Path(__file__).parent / "cases" / "day").glob("*.jsonl"))
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


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_day_is_on_the_pages_at_its_end(tmp_path, path):
    known, found, player = played(tmp_path, read_day(path), seed=0)
    assert "\n".join(found) == ""
    assert len(known.briefs) >= 4
    assert player.killed >= 8
    assert player.delivered > 100


@pytest.mark.parametrize("seed", range(FIRST, FIRST + DAYS))
def test_a_day_made_by_chance_is_on_the_pages_at_its_end(tmp_path, seed):
    known, found, _ = played(tmp_path, made(seed, turns=2 if DAYS == 1 else 4), seed)
    assert "\n".join(found) == ""
    assert len(known.briefs) >= 4
