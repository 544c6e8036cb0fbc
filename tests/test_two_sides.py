"""Two processes at the same records at once: every step that landed was legal, and log and page tell the same of it.

COSMEMORY_TWO_SIDES says how many verbs each of the two tries.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from cosmemory import open_memory
from cosmemory.config import Settings
from cosmemory.kinds import active_alerts, agent, deployment, handoff, run
from cosmemory.maintenance.history import value_changes
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise

ROOT = Path(__file__).parents[1]
STEPS = int(os.environ.get("COSMEMORY_TWO_SIDES", "48"))
# noun: its page, where its status stands there, what it begins with, the steps
NOUNS = {
    "agent": ("agents/{}.md", "status", "pending", agent.STEPS),
    "run": ("runs/{}.md", "status", "planning", run.STEPS),
    "handoff": ("handoffs/{}.md", "status", "pending", handoff.STEPS),
    "alert": ("alerts/active-alerts.md", "warning.{}.status", "active", active_alerts.STEPS),
    "deployment": ("deployment.md", "stage", "shadow", deployment.STEPS),
}


@pytest.fixture(params=NOUNS)
def done(request, tmp_path):
    """A memory at which two processes were, the noun, and what each of them was told."""
    folder = tmp_path / "design" / "memory"
    folder.mkdir(parents=True)
    memory = open_memory(str(folder), settings=Settings(durability="none"))
    initialise(memory)
    line = [sys.executable, "-m", "tests.two_sides", request.param, str(folder)]
    sides = [
        subprocess.Popen(
            [*line, str(seed), str(STEPS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for seed in (1, 2)
    ]
    assert [side.stdout.readline() for side in sides] == ["ready\n"] * 2
    for side in sides:
        side.stdin.write("go\n")
        side.stdin.flush()
    told = [json.loads(each) for side in sides for each in side.communicate()[0].split("\n")[:-1]]
    assert [side.returncode for side in sides] == [0, 0]
    assert len(told) == 2 * STEPS
    return memory, request.param, told


def steps_taken(memory, noun, key):
    """Each change of a record's status that the history tells of, oldest first: the operation, from what, to what."""
    path, where, *_ = NOUNS[noun]
    changes = value_changes(memory.store.history(), path.format(key), where.format(key))
    return [(each.change.attribution.operation, each.old, each.new) for each in changes][::-1]


# Verbs that take two steps at once, and through which status they go.
THROUGH = {
    ("agent started", "pending"): ("spawning",),
    **{("recover resume", each): ("failed",) for each in agent.STEPS},
}


def legal(noun, operation, old, new):
    """Whether the table of a noun leads from one status to the other by this operation."""
    _, _, first, steps = NOUNS[noun]
    if operation == "deploy begin":
        return new == first and old in {None, deployment.LAST, deployment.ROLLED_BACK}
    if old is None:
        return new == first
    # A resolved alert leaves the table of those that are open.
    way = (old, *THROUGH.get((operation, old), ()), new or "resolved")
    return all(to in steps[at] for at, to in itertools.pairwise(way))


def test_every_step_that_landed_was_legal_and_is_told_once(done):
    memory, noun, told = done
    assert [each for each in told if "unexpected" in each[2]] == []
    landed = Counter(key for _, key, how in told if how == "done")
    pages = Counter()
    for key in {"deployment": 1} if noun == "deployment" else landed:
        taken = steps_taken(memory, noun, key)
        assert [step for step in taken if not legal(noun, *step)] == []
        # One step begins where the one before it ended: nothing was changed behind the back of either.
        assert [old for _, old, _ in taken[1:]] == [new for _, _, new in taken[:-1]]
        pages[NOUNS[noun][0].format(key)] += landed[key] if noun != "deployment" else landed.total()
    for path, count in pages.items():
        changes = [
            each
            for each in memory.store.history().revisions(path)
            if each.attribution.actor.startswith("side")
        ]
        assert len(changes) == count
    assert len(list(find_events(memory))) == landed.total()
    assert not any(each.severity == "error" for page in memory.validate().pages for each in page.diagnostics)
    assert {how for _, _, how in told} > {"done"}
