"""``current_session.json``, ``last_planning_output.json`` and ``last_execution_output.json`` as documents and back."""

from __future__ import annotations

from collections.abc import Mapping

from cosmemory.frozen import frozen
from cosmemory.kinds import MEETING, SESSION
from cosmemory.kinds.meeting import (
    CONCLUDED,
    EXECUTION,
    PLANNING,
    VERDICTS,
    AcceptanceGate,
    CollectedMetric,
    MeetingResult,
    OwnerCount,
    PriorityCount,
    SloState,
)
from cosmemory.kinds.session import STATUS, TEAMS, remaining
from cosmemory.maintenance.json_pages import Rows, Shape, Value
from cosmemory.maintenance.spellings import ANYTHING, COUNT, MOMENT, NAMES, SHARE, WORDS, one_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _still_to_speak(values: dict[str, Any], held: Mapping[str, Any]) -> None:
    """Who is still to speak: the file tells only who is active, who has spoken, and who speaks now."""
    meeting = "current_meeting."
    current, completed = values.get(f"{meeting}current_agent"), values.get(f"{meeting}agents_completed", ())
    if isinstance(held.get("current_meeting"), dict) and (current or completed):
        left = remaining(values.get("active_agents", ()), completed, current)
        if left:
            values[f"{meeting}agents_to_speak"] = left


CURRENT_SESSION = Shape(
    kind=SESSION,
    places={
        ("session_id",): Value("session_id", WORDS),
        ("start_time",): Value("started", MOMENT),
        ("last_update",): Value("last_updated", MOMENT),
        ("end_time",): Value("ended", MOMENT),
        ("status",): Value("status", one_of(STATUS.words)),
        ("error",): Value("error", WORDS),
        ("current_meeting", "meeting_id"): Value("current_meeting.meeting_id", WORDS),
        ("current_meeting", "team"): Value("current_meeting.team", one_of(TEAMS)),
        ("current_meeting", "progress"): Value("current_meeting.progress", SHARE),
        ("current_meeting", "current_agent"): Value("current_meeting.current_agent", WORDS),
        ("current_meeting", "agents_completed"): Value("current_meeting.agents_completed", NAMES),
        ("pending_actions",): Value("pending_actions", COUNT),
        ("active_agents",): Value("active_agents", NAMES),
    },
    read=_still_to_speak,
)


@frozen()
class _Concluded:
    """A meeting of a team as its output tells it: it is over."""

    team: str

    def __call__(self, values: dict[str, Any], _: Mapping[str, Any]) -> None:
        values["team"], values["status"] = self.team, CONCLUDED


PLANNING_OUTPUT = Shape(
    kind=MEETING,
    places={
        ("meeting_id",): Value("meeting_id", WORDS),
        ("timestamp",): Value("timestamp", MOMENT),
        ("verdict",): Value("verdict", one_of(VERDICTS)),
        ("actions_generated",): Value("actions_generated", COUNT),
        ("priority_breakdown",): Rows("priority_breakdown", "priority", "actions", PriorityCount, COUNT),
        ("acceptance_gates",): Rows("acceptance_gates", "gate", "condition", AcceptanceGate, ANYTHING),
        ("assigned_owners",): Rows("assigned_owners", "owner", "actions", OwnerCount, COUNT),
        ("handoff_file",): Value("handoff_file", WORDS),
    },
    read=_Concluded(PLANNING),
)
EXECUTION_OUTPUT = Shape(
    kind=MEETING,
    places={
        ("meeting_id",): Value("meeting_id", WORDS),
        ("timestamp",): Value("timestamp", MOMENT),
        ("actions_executed",): Value("actions_executed", COUNT),
        ("actions_failed",): Value("actions_failed", COUNT),
        ("actions_in_progress",): Value("actions_in_progress", COUNT),
        ("results",): Rows("results", "result", "value", MeetingResult, ANYTHING),
        ("results", "mlflow_run_ids"): Value("run_ids", NAMES),
        ("results", "metrics_collected"): Rows(
            "metrics_collected", "metric", "value", CollectedMetric, ANYTHING
        ),
        ("slo_status",): Rows("slo_status", "slo", "met", SloState, ANYTHING),
        ("handoff_file",): Value("handoff_file", WORDS),
    },
    read=_Concluded(EXECUTION),
)
OUTPUTS = {PLANNING: PLANNING_OUTPUT, EXECUTION: EXECUTION_OUTPUT}
