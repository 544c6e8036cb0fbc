"""What is told of the log beyond its rules: headings that were meant as entries and are none."""

from __future__ import annotations

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.memory import Memory


def test_a_heading_with_a_time_and_no_day_is_told_of_and_a_persons_heading_is_not():
    page = (
        "# Coordination Log\n\nSession: x\nStarted: 2026-11-21T05:00:00Z\n\n## Events\n\n"
        "### 10:00:00\r\n**Type:** decision\n**Action:** x\n\n---\n\n### Yesterday\n- Type: focus\n\n---\n\n"
        "### A word on this week\nAll went well.\n"
    )
    store = EphemeralStore({"coordination-log.md": page.encode()})
    (checked,) = Memory(store).validate(["coordination-log.md"]).pages
    told = [(each.code, each.message) for each in checked.diagnostics if each.code == "COS301"]
    assert told == [
        ("COS301", "'10:00:00' is not an ISO time, and what stands below it is no entry"),
        ("COS301", "'Yesterday' is not an ISO time, and what stands below it is no entry"),
    ]
