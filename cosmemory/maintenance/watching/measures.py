"""What rules measure: each a number of the machine or of the pages, and how it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from cosmemory.frozen import field, slotted
from cosmemory.kinds import ACTIVE_ALERTS, CONFLICT, COS_STATE, HANDOFF, LOG_PATH, TEAM_ROSTER
from cosmemory.kinds.active_alerts import open_alerts
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import ENDED
from cosmemory.kinds.team_roster import STATUSES
from cosmemory.maintenance.checkpoint_shelf import newest_made
from cosmemory.maintenance.glance import megabytes
from cosmemory.maintenance.processes import Machine, machine
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.operations.status import is_overdue
from cosmemory.pattern import pattern
from cosmemory.store import Vitals

LOOKED_AT = 64  # events; where all of them come with time alone, the oldest one counts
_BY_TIME = pattern(
    r"metrics: Resources checked|checkpoint: |\w+: ALERT-\d+ (raised|resolved|updated|escalated)"
    r"|team_change: Status changed to idle|handoff: \d+ expired"
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@slotted
class Scene:
    """A memory at one look, with what was found on its pages; what is costly is seen once, when it is asked for."""

    memory: Memory
    severities: Mapping[str, int] | None = None
    _seen: dict[str, Any] = field(default_factory=dict)

    def _once(self, name: str, look: Callable[[], Any]) -> Any:
        if name not in self._seen:
            self._seen[name] = look()
        return self._seen[name]

    @property
    def machine(self) -> Machine:
        """The machine."""
        found: Machine = self._once("machine", machine)
        return found

    @property
    def vitals(self) -> Vitals:
        """How the store fares."""
        found: Vitals = self._once("vitals", self.memory.store.vitals)
        return found

    def page(self, path: str) -> Any:
        """The document of a page; None where there is none."""

        def read() -> Any:
            return self.memory.read(path) if self.memory.store.read(path) is not None else None

        return self._once(path, read)

    @property
    def actions(self) -> Counter[str]:
        """The actions on the page of the state, by status."""
        state = self.page(COS_STATE.path)
        return Counter(str(each.status) for each in state.pending_actions) if state else Counter()

    @property
    def overdue(self) -> int:
        """The actions still to be done whose deadline has passed."""
        state, now = self.page(COS_STATE.path), self.memory.now()
        waiting = (each for each in state.pending_actions if each.status not in ENDED) if state else ()
        return sum(is_overdue(each, now) for each in waiting)

    @property
    def members(self) -> Counter[str]:
        """The active team by status."""
        roster = self.page(TEAM_ROSTER.path)
        return Counter(str(each.status) for each in roster.active_team_members) if roster else Counter()

    @property
    def alerts(self) -> Counter[str]:
        """The open alerts by severity."""
        alerts = self.page(ACTIVE_ALERTS.path)
        return Counter(str(each.severity) for each in open_alerts(alerts)) if alerts else Counter()

    @property
    def handoffs(self) -> int:
        """The handoffs that wait for whoever is to take them."""
        if not any(HANDOFF.pattern.fullmatch(path) for path in self.memory.store.paths()):
            return 0
        from cosmemory.operations.handoffs import pending

        return len(pending(self.memory))

    @property
    def conflicts(self) -> int:
        """The conflicts that wait for somebody."""
        if not any(CONFLICT.pattern.fullmatch(path) for path in self.memory.store.paths()):
            return 0
        from cosmemory.operations import conflicts

        return len(conflicts.listed(self.memory))

    @property
    def silence(self) -> float | None:
        """Minutes since somebody did something; None where no event with a time tells of it.

        What comes with time alone is not counted: an alert about silence would end it.
        """
        seen = None
        for _, event in find_events(self.memory, last=LOOKED_AT):
            if isinstance(event.time, datetime) and (seen is None or not _comes_with_time(event)):
                seen = event.time
        return None if seen is None else max(0.0, (self.memory.now() - seen).total_seconds() / 60)

    @property
    def unkept(self) -> float | None:
        """Minutes since the last checkpoint; None where there is none."""
        kept = newest_made(self.memory)
        return None if kept is None else (self.memory.now().timestamp() - kept.at) / 60


def _comes_with_time(event: Event) -> bool:
    """Whether an event tells of what is done when its time has come, and by nobody."""
    return _BY_TIME.match(f"{event.type}: {event.action or ''}") is not None


Measure = Callable[[Scene], float | None]
_COUNTS = {f"members_{status}": status for status in STATUSES}
_MEASURES: dict[str, Measure] = {
    "memory_percent": lambda scene: scene.machine.memory,
    "cpu_load": lambda scene: scene.machine.strain,
    "disk_free_bytes": lambda scene: scene.vitals.free,
    "log_bytes": lambda scene: scene.memory.store.size(LOG_PATH),
    "history_bytes": lambda scene: scene.vitals.own,
    "pages": lambda scene: len(scene.memory.store.paths()),
    "overdue_actions": lambda scene: scene.overdue,
    "blocked_actions": lambda scene: scene.actions["blocked"],
    "open_actions": lambda scene: sum(n for status, n in scene.actions.items() if status not in ENDED),
    "last_event_minutes": lambda scene: scene.silence,
    "last_checkpoint_minutes": lambda scene: scene.unkept,
    "handoffs_waiting": lambda scene: scene.handoffs,
    "open_conflicts": lambda scene: scene.conflicts,
    "validate_errors": lambda scene: _found(scene, "error"),
    "validate_warnings": lambda scene: _found(scene, "warning"),
}
# What an alert says is concerned.
RESOURCES = {"memory_percent": "machine", "cpu_load": "machine", "disk_free_bytes": "disk"}


def _found(scene: Scene, severity: str) -> float | None:
    return None if scene.severities is None else scene.severities.get(severity, 0)


def measured(scene: Scene, name: str) -> float | None:
    """The value of a measure at this look; None where it cannot be told."""
    status = _COUNTS.get(name)
    return scene.members[status] if status else _MEASURES[name](scene)


def resource_of(name: str) -> str:
    """What an alert about a measure says is concerned."""
    return RESOURCES.get(name, "memory folder")


def spoken_value(name: str, value: float) -> str:
    """A value as an alert tells it, rounded so that it does not change with every breath of the machine."""
    if name.endswith("_percent"):
        return f"{value:.0f}%"
    if name.endswith("_bytes"):
        return megabytes(int(value))
    if name == "cpu_load":
        return f"{value:.1f} for each processor"
    if name.endswith("_minutes"):
        return f"{value:.0f} minutes"
    return f"{value:g} {name.replace('_', ' ')}"
