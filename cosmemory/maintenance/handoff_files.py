"""The file outside of the memory that a planning meeting names as its handoff: lost or not, and written again."""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime

from cosmemory.config.load import home
from cosmemory.document.data import plain
from cosmemory.errors import InvalidValue, NotSaved, Refused
from cosmemory.frozen import frozen
from cosmemory.kinds.meeting import PLANNING, Meeting, of_team
from cosmemory.memory import Memory
from cosmemory.operations.meetings import get, latest
from cosmemory.operations.meetings.handing_over import handed_over, page_named_by
from cosmemory.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

USUAL = "reports/handoff/pending_actions.json"


@frozen(kw_only=True)
class LostHandoff:
    """What the last planning meeting handed over, where neither the file that it names nor a page of it is there."""

    meeting: str
    file: str
    why: str
    concluded: datetime | None
    actions: float | None


def lost_handoffs(memory: Memory) -> tuple[LostHandoff, ...]:
    """The handoff of the last planning meeting, if it was lost."""
    held = latest(memory, PLANNING)
    if held is None or not held.handoff_file:
        return ()
    why = _missing(memory, held)
    if not why or handed_over(memory, held):
        return ()
    actions = held.actions_generated
    found = LostHandoff(
        meeting=str(held.meeting_id),
        file=held.handoff_file,
        why=why,
        concluded=held.timestamp if isinstance(held.timestamp, datetime) else None,
        actions=actions if isinstance(actions, int | float) else None,
    )
    return (found,)


def _missing(memory: Reader, held: Meeting) -> str:
    """What is wrong with the file that a meeting names; nothing where it is as it should be, or cannot be seen."""
    if page_named_by(held):
        return "it is not there"
    root = getattr(memory.store, "root", "")
    if not root:
        return ""
    place = os.path.join(home(root), held.handoff_file or "")
    if not os.path.isfile(place):
        return "it is not there"
    if not place.endswith(".json"):
        return ""
    try:
        with open(place, encoding="utf-8") as file:
            json.load(file)
    except (OSError, ValueError, RecursionError):
        return "it cannot be read as JSON"
    return ""


def write_file(memory: Memory, meeting: str | None = None) -> str:
    """The file that a planning meeting names as its handoff, written again from its page; gives where it is.

    A meeting that names none gets ``reports/handoff/pending_actions.json``. Raises Refused where there is no project
    around the memory, InvalidValue for a place outside of it.
    """
    held = latest(memory, PLANNING) if meeting is None else get(memory, meeting)
    root = getattr(memory.store, "root", "")
    if not root or held is None:
        raise Refused(
            "There is no planning meeting on a disk to write a file of.", "cosmemory meeting list names all."
        )
    of_team(held, PLANNING, "A handoff")
    named = USUAL if page_named_by(held) or not held.handoff_file else held.handoff_file
    project = os.path.realpath(home(root))
    place = os.path.realpath(os.path.join(project, named))
    inside = f"{os.path.realpath(root)}{os.sep}"
    if not place.startswith(f"{project}{os.sep}") or place.startswith(inside) or not named.endswith(".json"):
        hint = "It is written to a file .json in the project, outside of the memory."
        raise InvalidValue("the handoff file", f"{named!r} is none that can be written", hint)
    _save(place, json.dumps(data_of_handoff(held), indent=2, ensure_ascii=False) + "\n")
    return named


def data_of_handoff(held: Meeting) -> dict[str, Any]:
    """What a planning meeting wants done, as other programs read it."""
    return {
        "meeting_id": held.meeting_id,
        "timestamp": plain(held.timestamp),
        "verdict": plain(held.verdict),
        "actions_count": plain(held.actions_generated),
        "actions": [
            {name: plain(getattr(each, name)) for name in ("id", "action", "priority", "owner", "status")}
            for each in held.actions
        ],
        "priority_breakdown": {str(each.priority): plain(each.actions) for each in held.priority_breakdown},
        "acceptance_gates": {str(each.gate): plain(each.condition) for each in held.acceptance_gates},
        "assigned_owners": {str(each.owner): plain(each.actions) for each in held.assigned_owners},
    }


def _save(place: str, text: str) -> None:
    """The whole file or what was there before: nobody may read half of one."""
    beside = f"{place}.{secrets.token_hex(4)}.tmp"
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(beside, "x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    except OSError as error:
        raise NotSaved(place, error.strerror or str(error)) from None
