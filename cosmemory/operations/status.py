"""Everything that matters now, gathered from all pages without changing any."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time

from cosmemory.errors import NotFound
from cosmemory.frozen import frozen
from cosmemory.kinds import ACTIVE_ALERTS, ARCHIVE, COS_STATE, LOG_PATH, TEAM_ROSTER, Kind
from cosmemory.kinds.active_alerts import Alert, open_alerts
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import ENDED, Action, CosState, Focus
from cosmemory.kinds.team_roster import Member
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.operations.under_way import UnderWay, under_way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EVENTS = 5
_PRIORITIES = ("critical", "high", "medium", "low")
_SEVERITIES = ("emergency", "critical", "warning", "info")
_NEVER = datetime.max.replace(tzinfo=UTC)


@frozen(kw_only=True)
class Status:
    """One look at a memory: actions by urgency, alerts by severity and age, and what the log last tells.

    ``log_size`` is in bytes; ``last_rotation`` is the newest week that has an archive; ``findings`` counts
    by severity, and ``missing`` names the standard pages that are not there.
    """

    now: datetime
    focus: Focus | None
    actions: tuple[Action, ...]
    alerts: tuple[Alert, ...]
    under_way: tuple[UnderWay, ...]
    team: tuple[Member, ...]
    events: tuple[Event, ...]
    findings: dict[str, int]
    log_size: int
    last_rotation: str | None
    missing: tuple[str, ...]


def look(memory: Memory) -> Status:
    """The status of a memory at this moment."""
    now = memory.now()
    documents = {kind: _document(memory, kind) for kind in (COS_STATE, TEAM_ROSTER, ACTIVE_ALERTS)}
    state: CosState | None = documents[COS_STATE]
    alerts, roster = documents[ACTIVE_ALERTS], documents[TEAM_ROSTER]
    found = Counter(each.severity for page in memory.validate().pages for each in page.diagnostics)
    weeks = [matched[1] for path in memory.store.paths() if (matched := ARCHIVE.fullmatch(path))]
    return Status(
        now=now,
        focus=state.current_focus if state else None,
        actions=by_urgency(state.pending_actions, now) if state else (),
        alerts=tuple(sorted(open_alerts(alerts), key=gravity)) if alerts else (),
        under_way=under_way(memory),
        team=roster.active_team_members if roster else (),
        events=tuple(event for _, event in find_events(memory, last=EVENTS)),
        findings=dict(found),
        log_size=memory.store.size(LOG_PATH),
        last_rotation=max(weeks, default=None),
        missing=tuple(kind.path for kind, document in documents.items() if document is None),
    )


def by_urgency(actions: tuple[Action, ...], now: datetime) -> tuple[Action, ...]:
    """The actions still to be done: overdue ones first, then by priority, then by deadline."""
    waiting = [each for each in actions if each.status not in ENDED]
    return tuple(sorted(waiting, key=lambda each: (not is_overdue(each, now), _rank(each), _deadline(each))))


def is_overdue(action: Action, now: datetime) -> bool:
    """Whether the deadline of an action has passed."""
    return _deadline(action) < now


def is_dated(deadline: datetime | str | None) -> bool:
    """Whether a deadline can pass; one in other words never does."""
    return _moment(deadline) != _NEVER


def _rank(action: Action) -> int:
    return _place(_PRIORITIES, action.priority)


def _deadline(action: Action) -> datetime:
    return _moment(action.deadline)


def _moment(deadline: Any) -> datetime:
    if isinstance(deadline, datetime):
        return deadline
    try:
        # A bare day is over when its last second is.
        return datetime.combine(date.fromisoformat(str(deadline)), time(23, 59, 59), UTC)
    except ValueError:
        return _NEVER


def gravity(alert: Alert) -> tuple[int, datetime]:
    """What sorts alerts: the gravest first, of those the oldest."""
    since = alert.triggered if isinstance(alert.triggered, datetime) else _NEVER
    return _place(_SEVERITIES, alert.severity), since


def _place(order: tuple[str, ...], value: Any) -> int:
    return order.index(value) if value in order else len(order)


def _document(memory: Memory, kind: Kind) -> Any:
    try:
        return memory.read(kind.path)
    except NotFound:
        return None
