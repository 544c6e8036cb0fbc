"""Meetings of the planning and the execution team: begun, spoken in, concluded, kept, and handed over."""

from __future__ import annotations

from cosmemory.operations.meetings.ending import abandon, conclude, prune
from cosmemory.operations.meetings.handing_over import HandoffContents, handoff_contents, rebuild_handoff
from cosmemory.operations.meetings.reading import latest, meeting_named, meetings, page_named
from cosmemory.operations.meetings.running import (
    add_action,
    begin,
    give_verdict,
    mark_action,
    record,
    set_gate,
    spoke,
)

__all__ = [
    "HandoffContents",
    "abandon",
    "add_action",
    "begin",
    "conclude",
    "give_verdict",
    "handoff_contents",
    "latest",
    "mark_action",
    "meeting_named",
    "meetings",
    "page_named",
    "prune",
    "rebuild_handoff",
    "record",
    "set_gate",
    "spoke",
]
