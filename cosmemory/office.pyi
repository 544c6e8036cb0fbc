# A memory with its verbs by noun.
# Written by `python -m tests.faces`, from the verbs themselves.

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from threading import Event
from types import FunctionType
from typing import Any

import cosmemory.kinds.board
import cosmemory.kinds.conflict
import cosmemory.kinds.coordination_log
import cosmemory.memory
import cosmemory.operations.board
import cosmemory.operations.board.following
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
    def alerts(self) -> Alerts: ...
    @property
    def board(self) -> Board: ...
    @property
    def conflicts(self) -> Conflicts: ...
    @property
    def documents(self) -> Documents: ...
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

class Board:
    def changes(
        self, pattern: str = "*", *, stop: Event | None = None, present: bool = False
    ) -> Iterator[cosmemory.operations.board.following.Changed]: ...
    def entries(
        self, pattern: str = "*", *, writer: str | None = None
    ) -> tuple[cosmemory.kinds.board.Entry, ...]: ...
    def expire(
        self, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[tuple[str, ...]]: ...
    def get(self, key: str) -> cosmemory.kinds.board.Entry: ...
    def history(self, key: str, *, limit: int = ...) -> tuple[cosmemory.operations.board.Earlier, ...]: ...
    def remove(
        self, key: str, *, if_version: int | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    def set(
        self,
        key: str,
        value: Any,
        *,
        if_version: int | None = None,
        time_to_live: int | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[cosmemory.kinds.board.Entry]: ...
    def subscribe(
        self,
        callback: Callable[[cosmemory.operations.board.following.Changed], object],
        pattern: str = "*",
        *,
        present: bool = False,
    ) -> cosmemory.operations.board.following.Subscription: ...
    def update(
        self,
        key: str,
        function: Callable[[Any], Any],
        *,
        time_to_live: int | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[cosmemory.kinds.board.Entry]: ...
    def wait(self, key: str, *, timeout: float = ..., above: int = 0) -> cosmemory.kinds.board.Entry: ...

class Conflicts:
    def conflict_named(self, key: str) -> cosmemory.kinds.conflict.Conflict: ...
    def conflicts(self, *, pending: bool = True) -> tuple[cosmemory.kinds.conflict.Conflict, ...]: ...
    def resolve_conflict(
        self, key: str, *, reason: str, take: str = ..., expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Documents:
    def new(
        self,
        kind: str,
        key: str | None = None,
        *,
        values: Mapping[str, str] | Sequence[tuple[str, str]] = ...,
        expected: dict[str, str] | None = None,
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
