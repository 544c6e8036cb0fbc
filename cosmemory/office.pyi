# A memory with its verbs by noun.
# Written by `python -m tests.faces`, from the verbs themselves.

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import FunctionType
from typing import Any, Unpack

import cosmemory.kinds.agent
import cosmemory.kinds.conflict
import cosmemory.kinds.coordination_log
import cosmemory.memory
import cosmemory.operations.agent_figures
import cosmemory.operations.agent_pages
import cosmemory.operations.agents
import cosmemory.operations.metrics
import cosmemory.operations.periods
import cosmemory.reader

NOUNS: dict[str, str]

class Noun:
    def __init__(self, held: cosmemory.memory.Memory, module: str) -> None: ...
    def __getattr__(self, verb: str) -> Callable[..., Any]: ...

def verbs_of(module: str) -> dict[str, FunctionType]: ...

class Memory(cosmemory.memory.Memory):
    @property
    def agents(self) -> Agents: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def conflicts(self) -> Conflicts: ...
    @property
    def events(self) -> Events: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def pages(self) -> Pages: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def state(self) -> State: ...
    @property
    def team(self) -> Team: ...

class Agents:
    def cleanup(
        self, *, days: float | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def clear(
        self, keys: Sequence[str], *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def complete(
        self,
        key: str,
        *,
        exit_code: int | None = None,
        tokens: int | None = None,
        cost: float | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    def incomplete(self) -> tuple[cosmemory.kinds.agent.Agent, ...]: ...
    def listed(
        self,
        *,
        status: Sequence[str] = ...,
        kind: str | None = None,
        parent: str | None = None,
        model: str | None = None,
    ) -> tuple[cosmemory.kinds.agent.Agent, ...]: ...
    def mark_failed(
        self,
        key: str,
        *,
        error: str,
        exit_code: int | None = None,
        tokens: int | None = None,
        cost: float | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    def named(self, key: str) -> cosmemory.kinds.agent.Agent: ...
    def progress(
        self,
        key: str,
        percent: float,
        *,
        message: str | None = None,
        data: Any = None,
        tokens: int | None = None,
        cost: float | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    def register(
        self,
        key: str,
        *,
        expected: dict[str, str] | None = None,
        **asked: Unpack[cosmemory.operations.agent_pages.Asked],
    ) -> cosmemory.memory.Outcome[str]: ...
    def remove(
        self, key: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def resume(
        self, key: str, *, reason: str = "interrupted", expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def retry(self, key: str, *, expected: dict[str, str] | None = None) -> cosmemory.memory.Outcome[str]: ...
    def spawn(
        self,
        key: str,
        *,
        pid: int | None = None,
        process: cosmemory.kinds.agent.Process | None = None,
        expected: dict[str, str] | None = None,
        **asked: Unpack[cosmemory.operations.agent_pages.Asked],
    ) -> cosmemory.memory.Outcome[cosmemory.operations.agents.Spawn]: ...
    def started(
        self,
        key: str,
        *,
        pid: int | None = None,
        process: cosmemory.kinds.agent.Process | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    def summary(self) -> cosmemory.operations.agent_figures.Summary: ...
    def tree(self) -> tuple[tuple[int, cosmemory.kinds.agent.Agent], ...]: ...

class Alerts:
    def escalate_alert(
        self, key: str, severity: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def move_alert(
        self, move: str, key: str, *, note: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def note_alert(
        self, key: str, text: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def raise_alert(
        self,
        *,
        kind: str,
        severity: str,
        resource: str,
        value: str,
        threshold: str,
        key: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    def resolve_alert(
        self, key: str, *, note: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def update_alert(
        self, key: str, value: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Conflicts:
    def conflict_named(self, key: str) -> cosmemory.kinds.conflict.Conflict: ...
    def conflicts(self, *, pending: bool = True) -> tuple[cosmemory.kinds.conflict.Conflict, ...]: ...
    def resolve_conflict(
        self, key: str, *, reason: str, take: str = ..., expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Events:
    def find_events(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        types: Iterable[str] = ...,
        agent: str | None = None,
        text: str | None = None,
        last: int | None = None,
    ) -> Iterator[tuple[str, cosmemory.kinds.coordination_log.Event]]: ...
    def log_pages(self) -> list[str]: ...
    def newest_pages(self) -> Iterator[str]: ...
    def page_events(self, path: str) -> Iterator[cosmemory.kinds.coordination_log.Event]: ...

class Metrics:
    def record(
        self,
        agent: str,
        results: cosmemory.operations.metrics.Results,
        *,
        day: date | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    def record_team(
        self, metric: str, text: str, *, day: date | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Pages:
    def add_record(
        self, name: str, path: str, given: Mapping[str, str], *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def remove_record(
        self, name: str, path: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def set_value(
        self, name: str, path: str, text: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Reports:
    def write_report(
        self,
        period: cosmemory.operations.periods.Period,
        *,
        agent: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...

class State:
    def add_action(
        self,
        text: str,
        *,
        priority: str = "medium",
        deadline: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    def decide(
        self, text: str, rationale: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def move_action(
        self, move: str, key: str, *, notes: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def set_focus(
        self, task: str, *, priority: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[None]: ...
    def set_resources(
        self, load: float | None, used: float | None, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[None]: ...

class Team:
    def assign_task(
        self, name: str, task: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def change_role(
        self, name: str, role: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def change_status(
        self, name: str, status: str, *, details: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def join(
        self,
        name: str,
        *,
        role: str,
        task: str | None = None,
        capabilities: str | None = None,
        notes: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    def leave(
        self, name: str, *, reason: str, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def see(self, name: str, *, expected: dict[str, str] | None = None) -> cosmemory.memory.Outcome[str]: ...
