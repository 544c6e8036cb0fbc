"""docs/pages.md tells the legal steps of every status, as the code has them."""

from __future__ import annotations

import re

import pytest

from cosmemory.kinds import (
    active_alerts,
    agent,
    cos_state,
    deployment,
    handoff,
    meeting,
    onboarding,
    run,
    session,
)

TABLES = {
    "action": cos_state.ACTION_STEPS,
    "alert": active_alerts.STEPS,
    "session": session.STEPS,
    "meeting": meeting.STEPS,
    "meeting's action": meeting.ACTION_STEPS,
    "deployment": deployment.STEPS,
    "agent": agent.STEPS,
    "run": run.STEPS,
    "phase of a run": run.PHASE_STEPS,
    "execution of a run": run.EXECUTION_STEPS,
    "intervention of a run": run.INTERVENTION_STEPS,
    "handoff": handoff.STEPS,
    "onboarding": onboarding.STEPS,
}


@pytest.mark.parametrize("what", TABLES)
def test_the_page_tells_the_steps_that_there_are(checkout, what):
    text = (checkout / "docs" / "pages.md").read_text(encoding="utf-8")
    told = {}
    for sources, targets in re.findall(rf"^\| {re.escape(what)} \| (.+) \| (.+) \|$", text, re.MULTILINE):
        told |= {source: tuple(targets.split(", ")) for source in sources.split(", ")}
    assert told == {source: steps for source, steps in TABLES[what].items() if steps}
