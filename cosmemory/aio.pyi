# A memory for event loops: every verb is awaited.
# Written by `python -m tests.faces`, from the verbs themselves.

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from threading import Event
from typing import Any

import cosmemory.checks.run
import cosmemory.config
import cosmemory.kinds.board
import cosmemory.kinds.conflict
import cosmemory.kinds.coordination_log
import cosmemory.kinds.page
import cosmemory.memory
import cosmemory.office
import cosmemory.operations.board
import cosmemory.operations.board.following
import cosmemory.operations.metrics
import cosmemory.operations.periods
import cosmemory.reader
import cosmemory.store
import cosmemory.transaction

async def open_memory(
    path: str | None = None,
    *,
    actor: str | None = None,
    message: str = "",
    settings: cosmemory.config.Settings | None = None,
    kinds: Sequence[cosmemory.kinds.Kind] = (),
) -> Memory: ...

class Memory:
    sync: cosmemory.office.Memory
    def __init__(self, sync: cosmemory.office.Memory) -> None: ...
    async def log(self, *events: cosmemory.kinds.coordination_log.Event) -> cosmemory.store.Revision: ...
    async def notices(self) -> tuple[str, ...]: ...
    async def page(self, name: str) -> cosmemory.kinds.page.Page: ...
    async def read(self, name: str) -> Any: ...
    async def read_together(self, *names: str) -> tuple[Any, ...]: ...
    async def run(
        self,
        verb: Callable[[cosmemory.transaction.Transaction], cosmemory.memory.Result],
        *,
        expected: dict[str, cosmemory.store.Revision] | None = None,
        operation: str = "",
        message: str = "",
    ) -> cosmemory.memory.Outcome[cosmemory.memory.Result]: ...
    async def validate(
        self, paths: Sequence[str] | None = None, *, project_checks: bool = True
    ) -> cosmemory.checks.run.Checked: ...
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
    async def escalate_alert(
        self, key: str, severity: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def move_alert(
        self, move: str, key: str, *, note: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def note_alert(
        self, key: str, text: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def raise_alert(
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
    async def resolve_alert(
        self, key: str, *, note: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def update_alert(
        self, key: str, value: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Board:
    def changes(
        self, pattern: str = "*", *, stop: Event | None = None, present: bool = False
    ) -> AsyncIterator[cosmemory.operations.board.following.Changed]: ...
    async def entries(
        self, pattern: str = "*", *, writer: str | None = None
    ) -> tuple[cosmemory.kinds.board.Entry, ...]: ...
    async def expire(
        self, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[tuple[str, ...]]: ...
    async def get(self, key: str) -> cosmemory.kinds.board.Entry: ...
    async def history(
        self, key: str, *, limit: int = ...
    ) -> tuple[cosmemory.operations.board.Earlier, ...]: ...
    async def remove(
        self, key: str, *, if_version: int | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def set(
        self,
        key: str,
        value: Any,
        *,
        if_version: int | None = None,
        time_to_live: int | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[cosmemory.kinds.board.Entry]: ...
    async def subscribe(
        self,
        callback: Callable[[cosmemory.operations.board.following.Changed], object],
        pattern: str = "*",
        *,
        present: bool = False,
    ) -> cosmemory.operations.board.following.Subscription: ...
    async def update(
        self,
        key: str,
        function: Callable[[Any], Any],
        *,
        time_to_live: int | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[cosmemory.kinds.board.Entry]: ...
    async def wait(
        self, key: str, *, timeout: float = ..., above: int = 0
    ) -> cosmemory.kinds.board.Entry: ...

class Conflicts:
    async def conflict_named(self, key: str) -> cosmemory.kinds.conflict.Conflict: ...
    async def conflicts(self, *, pending: bool = True) -> tuple[cosmemory.kinds.conflict.Conflict, ...]: ...
    async def resolve_conflict(
        self, key: str, *, reason: str, take: str = ..., expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Documents:
    async def new(
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
    ) -> AsyncIterator[tuple[str, cosmemory.kinds.coordination_log.Event]]: ...
    async def log_pages(self) -> list[str]: ...
    def newest_pages(self) -> AsyncIterator[str]: ...
    def page_events(self, path: str) -> AsyncIterator[cosmemory.kinds.coordination_log.Event]: ...

class Metrics:
    async def record(
        self,
        agent: str,
        results: cosmemory.operations.metrics.Results,
        *,
        day: date | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def record_team(
        self, metric: str, text: str, *, day: date | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Pages:
    async def add_record(
        self, name: str, path: str, given: Mapping[str, str], *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def remove_record(
        self, name: str, path: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def set_value(
        self, name: str, path: str, text: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Reports:
    async def write_report(
        self,
        period: cosmemory.operations.periods.Period,
        *,
        agent: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...

class State:
    async def add_action(
        self,
        text: str,
        *,
        priority: str = "medium",
        deadline: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def decide(
        self, text: str, rationale: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def move_action(
        self, move: str, key: str, *, notes: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def set_focus(
        self, task: str, *, priority: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[None]: ...
    async def set_resources(
        self, load: float | None, used: float | None, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[None]: ...

class Team:
    async def assign_task(
        self, name: str, task: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def change_role(
        self, name: str, role: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def change_status(
        self, name: str, status: str, *, details: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def join(
        self,
        name: str,
        *,
        role: str,
        task: str | None = None,
        capabilities: str | None = None,
        notes: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def leave(
        self, name: str, *, reason: str, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def see(
        self, name: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
