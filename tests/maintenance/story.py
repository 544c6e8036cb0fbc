"""A day of changes by verbs and by hand, one a minute, for tests of history, differences, blame and undo."""

from __future__ import annotations

from collections.abc import Callable

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.kinds.coordination_log import Event
from cosmemory.memory import Memory
from cosmemory.operations import alerts, metrics, state, team
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.metrics import Results
from cosmemory.operations.pages import add_record, set_value

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
STATE, ROSTER, ALERTS, LOG = (
    "cos-state.md",
    "team-roster.md",
    "alerts/active-alerts.md",
    "coordination-log.md",
)
DAILY = "performance/metrics-2026-11-21.md"


class Day:
    """A memory whose clock goes on by a minute with each change."""

    def __init__(self) -> None:
        self.at = NOON
        self.store = EphemeralStore()
        self.memory = Memory(self.store, now=lambda: self.at, actor="alice")
        initialise(self.memory)

    def do(self, *verbs: Callable[[Memory], object], actor: str = "alice", message: str = "") -> Day:
        """The verbs done, a minute apart."""
        for verb in verbs:
            self.at += 60
            self.memory.actor, self.memory.message = actor, message
            verb(self.memory)
        return self

    def edit(self, path: str, old: str, new: str) -> Day:
        """A page saved by hand, with something else in the place of ``old``."""
        text = self.store._pages[path].decode()
        assert old in text
        self.store._pages[path] = text.replace(old, new, 1).encode()
        return self

    def text(self, path: str) -> str:
        return self.store._pages[path].decode()


VERBS: tuple[Callable[[Memory], object], ...] = (
    lambda m: state.set_focus(m, "Ship the parser", priority="high"),
    lambda m: state.add_action(m, "Write the docs", priority="low"),
    lambda m: state.move_action(m, "start", "1"),
    lambda m: state.decide(m, "Keep one lock", "simpler to reason about"),
    lambda m: state.set_resources(m, 1.4, 62),
    lambda m: team.join(m, "helper-1", role="Developer", capabilities="python, sql"),
    lambda m: team.change_role(m, "helper-1", "Reviewer"),
    lambda m: team.assign_task(m, "helper-1", "the docs"),
    lambda m: team.change_status(m, "helper-1", "busy", details="until noon"),
    lambda m: team.see(m, "helper-1"),
    lambda m: alerts.raise_alert(
        m, kind="disk", severity="warning", resource="db", value="91%", threshold="90%"
    ),
    lambda m: alerts.move_alert(m, "ack", "ALERT-1", note="looking into it"),
    lambda m: alerts.escalate_alert(m, "ALERT-1", "critical"),
    lambda m: alerts.update_alert(m, "ALERT-1", "97%"),
    lambda m: alerts.resolve_alert(m, "ALERT-1"),
    lambda m: team.leave(m, "helper-1", reason="done here"),
    lambda m: set_value(m, "cos-state", "notes", "The second reviewer is away until Monday"),
    lambda m: set_value(m, "cos-state", "notes", "The second reviewer is away until Tuesday"),
    lambda m: metrics.record(m, "helper-2", Results(tasks=4, on_time=3, first_pass=4)),
    lambda m: metrics.record(m, "helper-2", Results(tasks=5, on_time=3, first_pass=4, notes="Fast")),
    lambda m: add_record(m, "team-roster", "role_summary", {"role": "Reviewer", "target": "2"}),
    lambda m: m.log(
        Event(time=m.now(), type="message_sent", involved="helper-2", action="Asked for a review")
    ),
)


def story() -> Day:
    """All of them, and an edit by hand at the end."""
    return Day().do(*VERBS).edit(STATE, "## Current Focus\n", "## Current Focus\n\nA line of mine\n\n")
