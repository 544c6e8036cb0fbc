"""A meeting of the planning or the execution team: who spoke, what was decided, what is to be done or was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, table
from cosmemory.document.json_values import DATA, Data
from cosmemory.document.sections import has_section
from cosmemory.document.values import COUNT, LIST, TEXT, TIME, Raw, Reading, ValueType, enum
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused, did_you_mean
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.cos_state import PRIORITY
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.kinds.rows import tallied, with_row, with_tallies
from cosmemory.kinds.session import TEAM

PLANNING, EXECUTION = "planning", "execution"
IN_PROGRESS, CONCLUDED, ABANDONED = "in_progress", "concluded", "abandoned"
STATUS = enum("meeting status", IN_PROGRESS, CONCLUDED, ABANDONED)
STEPS: dict[str, tuple[str, ...]] = {IN_PROGRESS: (CONCLUDED, ABANDONED), CONCLUDED: (), ABANDONED: ()}
PENDING, EXECUTED, FAILED = "pending", "executed", "failed"
ACTION_STATUS = enum("action status", PENDING, IN_PROGRESS, EXECUTED, FAILED)
ACTION_STEPS: dict[str, tuple[str, ...]] = {
    PENDING: (IN_PROGRESS, EXECUTED, FAILED),
    IN_PROGRESS: (EXECUTED, FAILED),
    FAILED: (IN_PROGRESS,),
    EXECUTED: (),
}
VERDICTS = ("GO", "PAUSE_AND_FIX", "REJECT")


def _read_verdict(text: str) -> Reading:
    word = text.upper().replace(" ", "_").replace("-", "_")
    if word not in VERDICTS:
        return Reading(Raw(text), "unknown-enum", f"{text!r} is not a verdict: one of {', '.join(VERDICTS)}")
    return (
        Reading(word) if word == text else Reading(word, "enum-case", f"{text!r} is written {word!r}", word)
    )


VERDICT = ValueType("a verdict", _read_verdict, str, VERDICTS)

Time = datetime | Raw | None
Number = float | Raw | None
Word = str | Raw | None


@frozen(kw_only=True)
class Contribution(Record):
    """What one agent said."""

    agent: str | None = column("Agent", required=True)
    time: Time = column("Time", TIME)
    said: str | None = column("Said")


@frozen(kw_only=True)
class MeetingAction(Record):
    """Something that the planning team wants done, or that the execution team does."""

    id: str | None = column("ID", TEXT, aliases=("Action ID",), required=True)
    action: str | None = column("Action", TEXT, aliases=("Text", "Task"), required=True)
    priority: Word = column("Priority", PRIORITY)
    owner: str | None = column("Owner")
    status: Word = column("Status", ACTION_STATUS)


@frozen(kw_only=True)
class PriorityCount(Record):
    """How many actions have one priority."""

    priority: str | None = column("Priority", required=True)
    actions: Number = column("Actions", COUNT, aliases=("Count",), required=True, derived=True)


@frozen(kw_only=True)
class OwnerCount(Record):
    """How many actions one owner has."""

    owner: str | None = column("Owner", required=True)
    actions: Number = column("Actions", COUNT, aliases=("Count",), required=True, derived=True)


@frozen(kw_only=True)
class AcceptanceGate(Record):
    """What must hold before the outcome is accepted."""

    gate: str | None = column("Gate", TEXT, aliases=("Metric",), required=True)
    condition: Data | None = column("Condition", DATA, aliases=("Threshold",), required=True)


@frozen(kw_only=True)
class MeetingResult(Record):
    """One thing that came out, such as the number of experiments run."""

    result: str | None = column("Result", TEXT, aliases=("Key",), required=True)
    value: Data | None = column("Value", DATA, required=True)


@frozen(kw_only=True)
class CollectedMetric(Record):
    """One metric that was collected."""

    metric: str | None = column("Metric", required=True)
    value: Data | None = column("Value", DATA, required=True)


@frozen(kw_only=True)
class SloState(Record):
    """Whether one service level objective is met."""

    slo: str | None = column("SLO", required=True)
    met: Data | None = column("Met", DATA, required=True)


@frozen(kw_only=True)
class Meeting(Record):
    """The page ``meetings/ID.md``."""

    meeting_id: str | None = label("Meeting ID", TEXT, aliases=("ID",), required=True)
    team: Word = label("Team", TEAM, required=True)
    status: Word = label("Status", STATUS)
    started: Time = label("Started", TIME)
    timestamp: Time = label("Timestamp", TIME, aliases=("Concluded",))
    agents: tuple[str, ...] = label("Agents", LIST)
    verdict: Word = label("Verdict", VERDICT)
    actions_generated: Number = label("Actions Generated", COUNT, derived=True)
    actions_executed: Number = label("Actions Executed", COUNT, derived=True)
    actions_failed: Number = label("Actions Failed", COUNT, derived=True)
    actions_in_progress: Number = label("Actions In Progress", COUNT, derived=True)
    run_ids: tuple[str, ...] = label("Run IDs", LIST)
    handoff_file: str | None = label("Handoff File", TEXT, aliases=("Handoff",))
    contributions: tuple[Contribution, ...] = table("Contributions", Contribution, key="agent")
    actions: tuple[MeetingAction, ...] = table("Actions", MeetingAction, key="id")
    priority_breakdown: tuple[PriorityCount, ...] = table("Priority Breakdown", PriorityCount, key="priority")
    assigned_owners: tuple[OwnerCount, ...] = table("Assigned Owners", OwnerCount, key="owner")
    acceptance_gates: tuple[AcceptanceGate, ...] = table("Acceptance Gates", AcceptanceGate, key="gate")
    results: tuple[MeetingResult, ...] = table("Results", MeetingResult, key="result")
    metrics_collected: tuple[CollectedMetric, ...] = table("Metrics Collected", CollectedMetric, key="metric")
    slo_status: tuple[SloState, ...] = table("SLO Status", SloState, key="slo")
    other_values: tuple[KeyedValue, ...] = table("Other Values", KeyedValue, key="key")
    notes: str | None = prose("Notes")


def is_open(meeting: Meeting) -> bool:
    """Whether the meeting is still under way."""
    return meeting.status == IN_PROGRESS


def move(meeting: Meeting, status: str) -> Meeting:
    """``meeting`` at ``status``.

    Raises IllegalTransition when its present status does not lead there; one that says none is over.
    """
    current = str(meeting.status or CONCLUDED)
    legal = STEPS.get(current, ())
    if status not in legal:
        raise IllegalTransition(f"The meeting {meeting.meeting_id}", current, status, legal)
    return replace(meeting, status=status)


def refuse_over(meeting: Meeting) -> None:
    """Refuses to change what a meeting that is over has decided.

    Raises Refused.
    """
    if not is_open(meeting):
        hint = "cosmemory meeting begin opens another; cosmemory set corrects a word."
        raise Refused(f"The meeting {meeting.meeting_id} is {meeting.status or CONCLUDED}.", hint)


def of_team(meeting: Meeting, team: str, what: str) -> None:
    """Refuses ``what`` in the meeting of the other team.

    Raises Refused.
    """
    if meeting.team != team:
        raise Refused(
            f"{what} belongs to a meeting of {team}, and {meeting.meeting_id} is one of {meeting.team}."
        )


def contribute(meeting: Meeting, contribution: Contribution) -> Meeting:
    """``meeting`` with what one more agent said."""
    refuse_over(meeting)
    return replace(meeting, contributions=(*meeting.contributions, contribution))


def add_action(meeting: Meeting, action: MeetingAction) -> Meeting:
    """``meeting`` with one more action, and a row for its priority and its owner where those are counted."""
    refuse_over(meeting)
    return counted(replace(meeting, actions=(*meeting.actions, action)))


def action_named(meeting: Meeting, key: str) -> MeetingAction:
    """The action ``key``.

    Raises NotFound.
    """
    for each in meeting.actions:
        if (each.id or "").lower() == key.lower():
            return each
    known = [str(each.id) for each in meeting.actions]
    hint = did_you_mean(key, known, f"cosmemory meeting show {meeting.meeting_id} lists them.")
    raise NotFound(f"The action {key!r} of {meeting.meeting_id}", hint)


def mark_action(meeting: Meeting, key: str, status: str) -> Meeting:
    """``meeting`` with the action ``key`` at ``status``.

    Raises IllegalTransition when its present status does not lead there.
    """
    refuse_over(meeting)
    of_team(meeting, EXECUTION, "What became of an action")
    action = action_named(meeting, key)
    current = str(action.status or PENDING)
    legal = ACTION_STEPS.get(current, ())
    if status not in legal:
        raise IllegalTransition(f"The action {action.id}", current, status, legal)
    moved = replace(action, status=status)
    return replace(meeting, actions=tuple(moved if each is action else each for each in meeting.actions))


def give_verdict(meeting: Meeting, verdict: str) -> Meeting:
    """``meeting`` with what the planning team says; until it is over it may think better of it."""
    refuse_over(meeting)
    of_team(meeting, PLANNING, "A verdict")
    return replace(meeting, verdict=verdict)


def set_gate(meeting: Meeting, gate: str, condition: Data) -> Meeting:
    """``meeting`` with ``condition`` to hold for ``gate``."""
    refuse_over(meeting)
    of_team(meeting, PLANNING, "An acceptance gate")
    row = AcceptanceGate(gate=gate, condition=condition)
    return replace(meeting, acceptance_gates=with_row(meeting.acceptance_gates, "gate", row, "condition"))


def record(
    meeting: Meeting,
    *,
    results: Mapping[str, Data],
    metrics: Mapping[str, Data],
    slos: Mapping[str, Data],
    run_ids: Iterable[str],
) -> Meeting:
    """``meeting`` of the execution team with what came out of it; what it said before under another name stays."""
    refuse_over(meeting)
    ids = tuple(dict.fromkeys((*meeting.run_ids, *run_ids)))
    if results or metrics or slos or ids != meeting.run_ids:
        of_team(meeting, EXECUTION, "A result")
    rows, figures, states = meeting.results, meeting.metrics_collected, meeting.slo_status
    for key, value in results.items():
        rows = with_row(rows, "result", MeetingResult(result=key, value=value), "value")
    for key, value in metrics.items():
        figures = with_row(figures, "metric", CollectedMetric(metric=key, value=value), "value")
    for key, value in slos.items():
        states = with_row(states, "slo", SloState(slo=key, met=value), "met")
    return replace(meeting, results=rows, metrics_collected=figures, slo_status=states, run_ids=ids)


def conclude(meeting: Meeting, at: datetime) -> Meeting:
    """``meeting`` over at ``at``.

    Raises InvalidValue for one of the planning team that gave no verdict.
    """
    if is_open(meeting) and meeting.team == PLANNING and not isinstance(meeting.verdict, str):
        hint = f"cosmemory meeting verdict {VERDICTS[0]}, or one of {', '.join(VERDICTS[1:])}."
        raise InvalidValue("The verdict", f"{meeting.meeting_id} has none", hint)
    return replace(move(meeting, CONCLUDED), timestamp=at)


def counted(meeting: Meeting) -> Meeting:
    """``meeting`` with a row for each priority and owner of its actions, where it has tables that count them."""
    levels, owners = meeting.priority_breakdown, meeting.assigned_owners
    if meeting.team == PLANNING and has_section(meeting, "priority_breakdown"):
        levels = with_tallies(
            levels, "priority", _priorities(meeting), lambda name: PriorityCount(priority=name.upper())
        )
    if meeting.team == PLANNING and has_section(meeting, "assigned_owners"):
        owners = with_tallies(owners, "owner", _owners(meeting), lambda name: OwnerCount(owner=name))
    return replace(meeting, priority_breakdown=levels, assigned_owners=owners)


def derived(meeting: Meeting) -> Meeting:
    """``meeting`` with its counts as its actions give them; one that lists none says them by itself."""
    if not meeting.actions:
        return meeting
    became = [each.status for each in meeting.actions]
    if meeting.team == EXECUTION:
        return replace(
            meeting,
            actions_executed=became.count(EXECUTED),
            actions_failed=became.count(FAILED),
            actions_in_progress=became.count(IN_PROGRESS),
        )
    return replace(
        meeting,
        actions_generated=len(became),
        priority_breakdown=tallied(meeting.priority_breakdown, "priority", "actions", _priorities(meeting)),
        assigned_owners=tallied(meeting.assigned_owners, "owner", "actions", _owners(meeting)),
    )


def _priorities(meeting: Meeting) -> list[str]:
    return [str(each.priority or "") for each in meeting.actions]


def _owners(meeting: Meeting) -> list[str | None]:
    return [each.owner for each in meeting.actions]
