"""The JSON files of a folder ``state/``: session, last outputs, deployment, metrics, checkpoints; earlier ones beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cosmemory.kinds import DEPLOYMENT, MEETING, SESSION, SESSION_PATH, SYSTEM_METRICS
from cosmemory.kinds.meeting import CONCLUDED, EXECUTION, PLANNING, Meeting
from cosmemory.kinds.session import IDLE, Session
from cosmemory.maintenance.checkpoint_json import json_of_checkpoint, last_meeting
from cosmemory.maintenance.checkpoint_shelf import listed
from cosmemory.maintenance.deployment_json import DEPLOYMENT_STATE, METRICS_STATE
from cosmemory.maintenance.exporting import Chosen, Piece
from cosmemory.maintenance.json_folders import CHECKPOINTS, MEETINGS, SESSIONS
from cosmemory.maintenance.json_pages import json_of_page
from cosmemory.maintenance.session_json import CURRENT_SESSION, OUTPUTS
from cosmemory.maintenance.strict_json import json_bytes
from cosmemory.memory import Memory
from cosmemory.operations.page_ids import id_on

FOLDER = True
_LAST = {PLANNING: "last_planning_output.json", EXECUTION: "last_execution_output.json"}


def pieces(memory: Memory, chosen: Chosen) -> Iterator[Piece]:
    """A file for each page that such a folder has a place for, and for each checkpoint that holds one."""
    meetings: dict[str, Meeting] = {}
    for path in chosen.pages:
        if SESSION.pattern.fullmatch(path):
            yield from _session(path, memory.read(path))
        elif path == DEPLOYMENT.path:
            held = json_of_page(DEPLOYMENT_STATE, memory.read(path))
            yield Piece(name="deployment_state.json", data=json_bytes(held), pages=1)
        elif path == SYSTEM_METRICS.path:
            held = json_of_page(METRICS_STATE, memory.read(path))
            yield Piece(name="metrics_state.json", data=json_bytes(held), pages=1)
        elif MEETING.pattern.fullmatch(path):
            meetings[id_on(MEETING, path)] = memory.read(path)
    yield from _meetings(meetings)
    for checkpoint in listed(memory) if chosen.everything else ():
        told = json_of_checkpoint(memory, checkpoint)
        if told is not None:
            yield Piece(name=f"{CHECKPOINTS}/{checkpoint.name}.json", data=json_bytes(told))


def _session(path: str, session: Session) -> Iterator[Piece]:
    name = "current_session.json"
    if path != SESSION_PATH:
        name = f"{SESSIONS}/{id_on(SESSION, path)}.json"
    elif session.status == IDLE and session.session_id is None and not session.other_values:
        return  # there is none
    yield Piece(name=name, data=json_bytes(json_of_page(CURRENT_SESSION, session)), pages=1)


def _meetings(meetings: Mapping[str, Meeting]) -> Iterator[Piece]:
    """The outputs of meetings that were concluded: the last of each team under its own name, the others by their ids."""
    for team, shape in OUTPUTS.items():
        last = last_meeting(meetings.values(), team)
        for key, each in meetings.items():
            if each.team == team and each.status == CONCLUDED:
                name = _LAST[team] if each is last else f"{MEETINGS}/{key}.json"
                yield Piece(name=name, data=json_bytes(json_of_page(shape, each)), pages=1)
