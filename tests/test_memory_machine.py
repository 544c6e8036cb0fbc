"""A memory that verbs and people change in turn: no word of a person is lost, every page says what the verbs said."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import ENDED
from cosmemory.kinds.entries import event_text
from cosmemory.maintenance.rotation import rotate, verify
from cosmemory.memory import Memory
from cosmemory.operations import alerts, metrics, state, team
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.metrics import Results
from cosmemory.operations.pages import remove_record, set_value
from cosmemory.transaction import BROADCAST, Transaction
from tests.laws.documents import TEXTS

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
STATE, ROSTER, ALERTS, LOG = (
    "cos-state.md",
    "team-roster.md",
    "alerts/active-alerts.md",
    "coordination-log.md",
)
DAILY = "performance/metrics-"
PAGES = (STATE, ROSTER, ALERTS)
# Small bounds, so that records are pushed out all the time.
SETTINGS = Settings(decisions=3, ended_actions=2, resolved_alerts=2, team_changes=4)
NAMES = st.sampled_from(["helper-1", "helper 2", "Ünï | three", "`four`", "#5"])
KEYS = st.integers(1, 4)
seeds = st.integers(0, 2**32).map(random.Random)


class People:
    """Edits that people make by hand: in places of their own, never in the middle of a value."""

    @staticmethod
    def note(lines: list[str], words: str, choose: random.Random) -> list[str]:
        """Words of their own below a heading."""
        at = _one_of(
            choose, [n for n, line in enumerate(lines) if re.match("##", line) and line.lower() != "## notes"]
        )
        return [
            *lines[: at + 1],
            "",
            choose.choice([words, f"<!-- {words} -->", f"> {words}"]),
            "",
            *lines[at + 1 :],
        ]

    @staticmethod
    def comment(lines: list[str], words: str, choose: random.Random) -> list[str]:
        """A comment between two rows."""
        rows = [
            n for n in range(2, len(lines)) if _row(lines[n]) and _row(lines[n - 1]) and _row(lines[n - 2])
        ]
        at = _one_of(choose, rows)
        return [*lines[:at], f"<!-- {words} -->", *lines[at:]] if at else lines

    @staticmethod
    def column(lines: list[str], words: str, choose: random.Random) -> list[str]:
        """A column of their own, with words in every row."""
        at = _one_of(choose, [n for n, line in enumerate(lines) if line.startswith("|--")]) - 1
        if at < 0:
            return lines
        lines = [*lines[:at], f"{lines[at]} {words} |", f"{lines[at + 1]}---|", *lines[at + 2 :]]
        for number in range(at + 2, len(lines)):
            if _row(lines[number]):
                lines[number] += f" {words}.{number} |"
            elif not lines[number].startswith("<!--"):
                break
        return lines

    @staticmethod
    def label(lines: list[str], words: str, choose: random.Random) -> list[str]:
        """A label of their own."""
        at = _one_of(
            choose,
            [n for n, line in enumerate(lines) if re.match(r"- \*\*(Status|Severity|Role|Memory)", line)],
        )
        return [*lines[:at], f"- **Of mine:** {words}", *lines[at:]] if at else lines

    @staticmethod
    def section(lines: list[str], words: str, choose: random.Random) -> list[str]:
        """A section of their own, and all sections in another order."""
        starts = [n for n, line in enumerate(lines) if line.startswith("## ")]
        parts = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
        parts.append([f"## {words}", "", f"- {words}"])
        choose.shuffle(parts)
        return [*lines[: starts[0]], *(line for part in parts for line in [*part, ""])]


EDITS: list[Callable[[list[str], str, random.Random], list[str]]] = [
    People.note,
    People.comment,
    People.column,
    People.label,
    People.section,
]


def _row(line: str) -> bool:
    return line.startswith("|")


def _one_of(choose: random.Random, places: list[int]) -> int:
    return choose.choice(places) if places else 0


class MemoryMachine(RuleBasedStateMachine):
    """Verbs of every noun and edits by hand, beside a model of plain dicts."""

    @initialize()
    def begin(self) -> None:
        self.at = NOON
        self.store = EphemeralStore()
        self.memory = Memory(self.store, settings=SETTINGS, now=lambda: self.at)
        initialise(self.memory)
        self.words: set[str] = set()
        self.events: list[Event] = []
        self.focus: str | None = None
        self.actions: dict[str, tuple[str, str]] = {}
        self.decisions: list[tuple[str, str]] = []
        self.team: dict[str, tuple[str, str, str | None]] = {}
        self.alerts: dict[str, dict[str, Any]] = {}
        # Something to change from the first step on.
        for number in range(2):
            self.add_action(f"action {number}")
            self.raise_alert("disk", "warning", f"{number}")
        self.join("helper-1", "Developer", None, "quick")

    def do(self, verb: Callable[[], Any]) -> Any:
        """What ``verb`` gives, and whether it was done; one that is refused must leave every byte as it was."""
        before = dict(self.store._pages)
        appended: list[Event] = []
        real = Transaction.append
        Transaction.append = lambda t, *events: (appended.extend(events), real(t, *events))[1]  # type: ignore[method-assign,func-returns-value]
        try:
            outcome = verb()
        except (IllegalTransition, NotFound, InvalidValue, Refused):
            assert self.store._pages == before
            return None
        finally:
            Transaction.append = real  # type: ignore[method-assign]
        self.events += appended
        return outcome

    @rule(seconds=st.sampled_from([1, 60, 86_400, 7 * 86_400]))
    def wait(self, seconds: int) -> None:
        self.at += seconds

    @rule(task=TEXTS, priority=st.sampled_from([None, "low", "high"]))
    def set_focus(self, task: str, priority: str | None) -> None:
        if self.do(lambda: state.set_focus(self.memory, task, priority=priority)):
            self.focus = task

    @rule(text=TEXTS)
    def add_action(self, text: str) -> None:
        done = self.do(lambda: state.add_action(self.memory, text))
        assert done.result not in self.actions
        self.actions[done.result] = (text, "pending")

    @rule(key=KEYS, move=st.sampled_from(sorted(state.MOVES)))
    def move_action(self, key: int, move: str) -> None:
        if self.do(lambda: state.move_action(self.memory, move, str(key))):
            self.actions[str(key)] = (self.actions[str(key)][0], state.MOVES[move])
            self.bound_actions()

    def bound_actions(self) -> None:
        ended = [key for key, (_, status) in self.actions.items() if status in ENDED]
        for key in ended[: max(0, len(ended) - SETTINGS.ended_actions)]:
            del self.actions[key]
        self.decisions = self.decisions[-SETTINGS.decisions :]

    @rule(key=KEYS)
    def remove_action(self, key: int) -> None:
        rows = {row.id: row for row in self.memory.read("cos-state").pending_actions}
        if self.do(lambda: remove_record(self.memory, "cos-state", f"pending_actions.{key}")):
            del self.actions[str(key)]
            # Who removes a row removes what stands in it.
            self.words -= set(rows[str(key)].extra.values())

    @rule(text=TEXTS, why=TEXTS)
    def decide(self, text: str, why: str) -> None:
        if self.do(lambda: state.decide(self.memory, text, why)):
            self.decisions.append((text, why))
            self.bound_actions()

    @rule(load=st.integers(0, 99), used=st.integers(0, 100))
    def measure(self, load: int, used: int) -> None:
        assert self.do(lambda: state.set_resources(self.memory, load, used))
        assert self.memory.read("cos-state").resource_status.memory == used

    @rule(text=TEXTS)
    def set_session(self, text: str) -> None:
        assert self.do(lambda: set_value(self.memory, "cos-state", "session_info.session_id", text))
        assert self.memory.read("cos-state").session_info.session_id == text

    @rule(name=NAMES, role=TEXTS, task=st.none() | TEXTS, notes=st.none() | TEXTS)
    def join(self, name: str, role: str, task: str | None, notes: str | None) -> None:
        if self.do(lambda: team.join(self.memory, name, role=role, task=task, notes=notes)):
            assert name not in self.team
            self.team[name] = (role, "active", task)

    @rule(name=NAMES, reason=TEXTS)
    def leave(self, name: str, reason: str) -> None:
        if self.do(lambda: team.leave(self.memory, name, reason=reason)):
            del self.team[name]

    @rule(name=NAMES, task=TEXTS)
    def assign_task(self, name: str, task: str) -> None:
        if self.do(lambda: team.assign_task(self.memory, name, task)):
            self.team[name] = (*self.team[name][:2], task)

    @rule(name=NAMES, role=TEXTS)
    def change_role(self, name: str, role: str) -> None:
        if self.do(lambda: team.change_role(self.memory, name, role)):
            self.team[name] = (role, *self.team[name][1:])

    @rule(name=NAMES, status=st.sampled_from(["busy", "idle"]), said=st.none() | TEXTS)
    def change_status(self, name: str, status: str, said: str | None) -> None:
        if self.do(lambda: team.change_status(self.memory, name, status, details=said)):
            self.team[name] = (self.team[name][0], status, self.team[name][2])

    @rule(kind=TEXTS, severity=st.sampled_from(["critical", "warning"]), value=TEXTS)
    def raise_alert(self, kind: str, severity: str, value: str) -> None:
        done = self.do(
            lambda: alerts.raise_alert(
                self.memory, kind=kind, severity=severity, resource=value, value=value, threshold=kind
            )
        )
        assert done.result not in self.alerts
        self.alerts[done.result] = {"severity": severity, "status": "active", "value": value, "actions": []}

    @rule(key=KEYS, move=st.sampled_from(sorted(alerts.MOVES)), note=st.none() | TEXTS)
    def move_alert(self, key: int, move: str, note: str | None) -> None:
        name = f"ALERT-{key}"
        if self.do(lambda: alerts.move_alert(self.memory, move, name, note=note)):
            self.alerts[name]["status"] = alerts.MOVES[move]
            self.alerts[name]["actions"] += [note] if note else []

    @rule(key=KEYS, severity=st.sampled_from(["critical", "warning"]))
    def escalate(self, key: int, severity: str) -> None:
        if self.do(lambda: alerts.escalate_alert(self.memory, f"ALERT-{key}", severity)):
            self.alerts[f"ALERT-{key}"]["severity"] = severity

    @rule(key=KEYS, value=TEXTS)
    def update_alert(self, key: int, value: str) -> None:
        if self.do(lambda: alerts.update_alert(self.memory, f"ALERT-{key}", value)):
            self.alerts[f"ALERT-{key}"]["value"] = value

    @rule(key=KEYS, text=TEXTS)
    def note_alert(self, key: int, text: str) -> None:
        if self.do(lambda: alerts.note_alert(self.memory, f"ALERT-{key}", text)):
            self.alerts[f"ALERT-{key}"]["actions"].append(text)

    @rule(key=KEYS)
    def resolve(self, key: int) -> None:
        if self.do(lambda: alerts.resolve_alert(self.memory, f"ALERT-{key}")):
            del self.alerts[f"ALERT-{key}"]

    @rule(name=NAMES, tasks=st.integers(0, 9), line=TEXTS, notes=st.none() | TEXTS)
    def record(self, name: str, tasks: int, line: str, notes: str | None) -> None:
        results = Results(tasks=tasks, on_time=0, first_pass=0, task_lines=(line,), notes=notes)
        assert self.do(lambda: metrics.record(self.memory, name, results))
        day = next(d for d in self.memory.read("daily-metrics").individual_metrics if d.agent == name)
        assert day.tasks[-1] == line
        assert notes is None or day.notes == notes

    @rule(kind=TEXTS, text=TEXTS, notes=st.none() | TEXTS)
    def log(self, kind: str, text: str, notes: str | None) -> None:
        event = Event(time=self.memory.now(), type=kind, action=text, notes=notes, extra={"Of mine": text})
        assert self.do(lambda: self.memory.log(event))
        if kind != BROADCAST:
            # A broadcast is shown on cos-state too: its transaction has counted it.
            self.events.append(event)

    @rule()
    def rotate(self) -> None:
        assert self.do(lambda: rotate(self.memory))
        assert verify(self.memory).faults == ()
        assert rotate(self.memory).result.archived == ()

    @rule(path=st.sampled_from((*PAGES, DAILY)), edit=st.sampled_from(EDITS), choose=seeds)
    def edit_by_hand(self, path: str, edit: Any, choose: random.Random) -> None:
        path = next((each for each in self.store.paths() if each.startswith(path)), STATE)
        text = self.store._pages[path].decode()
        newline = "\r\n" if "\r\n" in text else "\n"
        words = f"words of mine {len(self.words)} {choose.randint(1000, 9999)}"
        after = newline.join(edit(text.split(newline), words, choose))
        self.words.update(re.findall(re.escape(words) + r"(?:\.\d+)?", after))
        self.store._pages[path] = after.encode()

    @rule(path=st.sampled_from((*PAGES, LOG)))
    def save_with_other_line_ends(self, path: str) -> None:
        data = self.store._pages[path]
        self.store._pages[path] = (
            data.replace(b"\r\n", b"\n") if b"\r\n" in data else data.replace(b"\n", b"\r\n")
        )

    @rule(edit=st.sampled_from(EDITS), choose=seeds, key=KEYS)
    def edit_an_alert_that_ends(self, edit: Any, choose: random.Random, key: int) -> None:
        self.edit_by_hand(choose.choice([ALERTS, STATE]), edit, choose)
        self.resolve(key)

    @rule(edit=st.sampled_from(EDITS), choose=seeds, name=NAMES)
    def edit_a_team_that_somebody_leaves(self, edit: Any, choose: random.Random, name: str) -> None:
        self.edit_by_hand(ROSTER, edit, choose)
        self.leave(name, "done")

    @rule(path=st.sampled_from(PAGES))
    def save_without_last_line_end(self, path: str) -> None:
        self.store._pages[path] = self.store._pages[path].rstrip(b"\r\n")

    @rule(choose=seeds)
    def write_into_the_log(self, choose: random.Random) -> None:
        words = f"words of mine {len(self.words)} {choose.randint(1000, 9999)}"
        text = self.store._pages[LOG].decode()
        newline = "\r\n" if "\r\n" in text else "\n"
        parts = re.split(r"(?m)^(?=### \d{4})", text)
        parts.insert(choose.randint(1, len(parts)), f"{words}{newline * 2}")
        self.store._pages[LOG] = "".join(parts).encode()
        self.words.add(words)

    @invariant()
    def no_word_of_a_person_is_lost(self) -> None:
        everything = b"\n".join(self.store._pages.values()).decode()
        assert sorted(words for words in self.words if words not in everything) == []

    @invariant()
    def the_pages_say_what_the_verbs_said(self) -> None:
        page = self.memory.read("cos-state")
        assert page.current_focus.primary_task == self.focus
        assert {a.id: (a.action, a.status) for a in page.pending_actions} == self.actions
        assert [(d.decision, d.rationale) for d in page.recent_decisions] == self.decisions
        assert {row.alert_id for row in page.active_alerts} == set(self.alerts)
        roster = self.memory.read("team-roster")
        read = {m.session_name: (m.role, m.status, m.current_task) for m in roster.active_team_members}
        assert read == self.team
        assert all(member.details for member in roster.active_team_members)
        assert roster.total_agents == page.coordination_state.team_size
        assert roster.active == page.coordination_state.active_agents == len(self.team)
        shown = self.memory.read("active-alerts")
        assert all(alert.severity == "critical" for alert in shown.critical)
        assert {alert.id: _told(alert) for alert in (*shown.critical, *shown.warning)} == self.alerts

    @invariant()
    def the_log_holds_exactly_the_events_in_order(self) -> None:
        held = [event_text(event) for _, event in find_events(self.memory)]
        assert held == [event_text(event) for event in self.events]

    @invariant()
    def validating_never_fails(self) -> None:
        assert self.memory.validate().pages


def _told(alert: Any) -> dict[str, Any]:
    return {
        "severity": alert.severity,
        "status": alert.status,
        "value": alert.value,
        "actions": list(alert.actions_taken),
    }


TestMemoryMachine = MemoryMachine.TestCase
TestMemoryMachine.settings = settings(
    max_examples=int(os.environ.get("COSMEMORY_MACHINES", "30")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
