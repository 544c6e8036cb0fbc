"""Meetings of the planning and the execution team: begun, spoken in, concluded, kept, and handed over."""

from __future__ import annotations

from cosmemory.operations.meetings.ending import abandon, conclude, prune
from cosmemory.operations.meetings.handing_over import HandoffContents, handoff_contents, rebuild_handoff
from cosmemory.operations.meetings.reading import get, latest, listed, page_named
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
    "get",
    "give_verdict",
    "handoff_contents",
    "latest",
    "listed",
    "mark_action",
    "page_named",
    "prune",
    "rebuild_handoff",
    "record",
    "set_gate",
    "spoke",
]
