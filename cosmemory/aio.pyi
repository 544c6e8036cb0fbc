# A memory for event loops: every verb is awaited.
# Written by `python -m tests.faces`, from the verbs themselves.

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from threading import Event
from typing import Any, Unpack

import cosmemory.checks.run
import cosmemory.config
import cosmemory.config.settings
import cosmemory.kinds.active_alerts
import cosmemory.kinds.agent
import cosmemory.kinds.board
import cosmemory.kinds.conflict
import cosmemory.kinds.coordination_log
import cosmemory.kinds.cos_state
import cosmemory.kinds.deployment
import cosmemory.kinds.handoff
import cosmemory.kinds.meeting
import cosmemory.kinds.onboarding
import cosmemory.kinds.page
import cosmemory.kinds.run
import cosmemory.kinds.session
import cosmemory.kinds.system_metrics
import cosmemory.kinds.team_roster
import cosmemory.maintenance.briefing.points
import cosmemory.maintenance.checkpoint_shelf
import cosmemory.maintenance.deploying
import cosmemory.maintenance.interruptions
import cosmemory.maintenance.recovery
import cosmemory.maintenance.resuming_agents
import cosmemory.maintenance.verification
import cosmemory.memory
import cosmemory.office
import cosmemory.operations.agent_figures
import cosmemory.operations.agent_pages
import cosmemory.operations.agents
import cosmemory.operations.board
import cosmemory.operations.board.following
import cosmemory.operations.deployments
import cosmemory.operations.handoff_chains
import cosmemory.operations.interrupted_runs
import cosmemory.operations.interrupted_session
import cosmemory.operations.measurements
import cosmemory.operations.meetings.handing_over
import cosmemory.operations.metrics
import cosmemory.operations.onboardings
import cosmemory.operations.periods
import cosmemory.operations.runs.cleaning
import cosmemory.operations.runs.counting
import cosmemory.operations.runs.exporting
import cosmemory.operations.runs.packing
import cosmemory.operations.runs.phasing
import cosmemory.operations.runs.registering
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
    def once(self, key: str, call: str = "") -> Memory: ...
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
    def agents(self) -> Agents: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def board(self) -> Board: ...
    @property
    def briefing(self) -> Briefing: ...
    @property
    def conflicts(self) -> Conflicts: ...
    @property
    def deployment(self) -> Deployment: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def events(self) -> Events: ...
    @property
    def handoffs(self) -> Handoffs: ...
    @property
    def measurements(self) -> Measurements: ...
    @property
    def meetings(self) -> Meetings: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def onboardings(self) -> Onboardings: ...
    @property
    def pages(self) -> Pages: ...
    @property
    def recovery(self) -> Recovery: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def state(self) -> State: ...
    @property
    def team(self) -> Team: ...

class Agents:
    async def cleanup(
        self, *, days: float | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def clear(
        self, keys: Sequence[str], *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def complete(
        self,
        key: str,
        *,
        exit_code: int | None = None,
        tokens: int | None = None,
        cost: float | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def get(self, key: str) -> cosmemory.kinds.agent.Agent: ...
    async def incomplete(self) -> tuple[cosmemory.kinds.agent.Agent, ...]: ...
    async def listed(
        self,
        *,
        status: Sequence[str] = ...,
        kind: str | None = None,
        parent: str | None = None,
        model: str | None = None,
    ) -> tuple[cosmemory.kinds.agent.Agent, ...]: ...
    async def mark_failed(
        self,
        key: str,
        *,
        error: str,
        exit_code: int | None = None,
        tokens: int | None = None,
        cost: float | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def progress(
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
    async def register(
        self,
        key: str,
        *,
        expected: dict[str, str] | None = None,
        **asked: Unpack[cosmemory.operations.agent_pages.Asked],
    ) -> cosmemory.memory.Outcome[str]: ...
    async def remove(
        self, key: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def resume(
        self,
        key: str,
        *,
        reason: str = "interrupted",
        again: bool = False,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def retry(
        self, key: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def spawn(
        self,
        key: str,
        *,
        pid: int | None = None,
        process: cosmemory.kinds.agent.Process | None = None,
        expected: dict[str, str] | None = None,
        **asked: Unpack[cosmemory.operations.agent_pages.Asked],
    ) -> cosmemory.memory.Outcome[cosmemory.operations.agents.Spawn]: ...
    async def started(
        self,
        key: str,
        *,
        pid: int | None = None,
        process: cosmemory.kinds.agent.Process | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def summary(self) -> cosmemory.operations.agent_figures.Summary: ...
    async def tree(self) -> tuple[tuple[int, cosmemory.kinds.agent.Agent], ...]: ...

class Alerts:
    async def escalate_alert(
        self, key: str, severity: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def get(self, key: str) -> cosmemory.kinds.active_alerts.Alert: ...
    async def listed(
        self, *, severity: str | None = None, status: str | None = None
    ) -> tuple[cosmemory.kinds.active_alerts.Alert, ...]: ...
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
    async def resolved(self) -> tuple[cosmemory.kinds.active_alerts.Resolved, ...]: ...
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
    async def value(self, key: str) -> Any: ...
    async def wait(
        self, key: str, *, timeout: float = ..., above: int = 0
    ) -> cosmemory.kinds.board.Entry: ...

class Briefing:
    async def brief(
        self,
        *,
        budget: int | None = None,
        tokens: int | None = None,
        since: datetime | int | str | None = None,
    ) -> cosmemory.maintenance.briefing.points.Brief: ...
    async def changes(
        self,
        since: int,
        *,
        besides: Collection[str] = ...,
        unless: Callable[[cosmemory.store.Remembered], bool] | None = None,
    ) -> str: ...
    async def newest(self) -> int: ...

class Conflicts:
    async def get(self, key: str) -> cosmemory.kinds.conflict.Conflict: ...
    async def listed(self, *, pending: bool = True) -> tuple[cosmemory.kinds.conflict.Conflict, ...]: ...
    async def resolve_conflict(
        self, key: str, *, reason: str, take: str = ..., expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

class Deployment:
    async def advance(
        self, *, force: bool = False, reason: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def begin(
        self,
        version: str,
        *,
        slos: Sequence[str] = ...,
        notes: str | None = None,
        anew: bool = False,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def interrupted(self) -> tuple[cosmemory.operations.deployments.Interrupted, ...]: ...
    async def record_metric(
        self,
        metric: str,
        *,
        current: float | None = None,
        baseline: float | None = None,
        measured_as: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def roll_back(
        self,
        *,
        to: str | None = None,
        everything: bool = False,
        reason: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[cosmemory.maintenance.deploying.RolledBack]: ...
    async def set_slo(
        self,
        name: str,
        holds: bool,
        *,
        note: str | None = None,
        new: bool = False,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def set_slos(
        self,
        answers: Mapping[str, bool],
        *,
        note: str | None = None,
        new: bool = False,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def status(self) -> cosmemory.operations.deployments.Standing: ...
    async def way_back(
        self, page: cosmemory.kinds.deployment.Deployment, name: str | None = None
    ) -> cosmemory.maintenance.checkpoint_shelf.Checkpoint | None: ...

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

class Handoffs:
    async def accept(
        self,
        key: str,
        criterion: str | None = None,
        *,
        met: bool = True,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def acknowledge(
        self, key: str, sha256: str, *, by: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def broken(self) -> tuple[tuple[str, str], ...]: ...
    async def complete(
        self, key: str, *, notes: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def create(
        self,
        project: str,
        *,
        from_agent: str,
        to_agent: str,
        key: str | None = None,
        previous: str | None = None,
        requires_ack: bool = True,
        expires: datetime | str | None = None,
        expected: dict[str, str] | None = None,
        **package: Any,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def expire(
        self, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[tuple[str, ...]]: ...
    async def get(self, key: str) -> cosmemory.kinds.handoff.Handoff: ...
    async def interrupted(self) -> tuple[cosmemory.operations.handoff_chains.Waiting, ...]: ...
    async def listed(
        self,
        *,
        status: str | None = None,
        to_agent: str | None = None,
        from_agent: str | None = None,
        project: str | None = None,
    ) -> tuple[cosmemory.kinds.handoff.Handoff, ...]: ...
    async def mediate(
        self,
        project: str,
        *,
        from_agent: str,
        to_agent: str,
        from_role: str,
        to_role: str,
        results: Any,
        analysis: Any = None,
        key: str | None = None,
        previous: str | None = None,
        requires_ack: bool = True,
        expires: datetime | str | None = None,
        expected: dict[str, str] | None = None,
        **package: Any,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def pending(self, agent: str | None = None) -> tuple[cosmemory.kinds.handoff.Handoff, ...]: ...
    async def received(self, agent: str) -> tuple[cosmemory.kinds.handoff.Handoff, ...]: ...
    async def reject(
        self, key: str, *, reason: str, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def share(
        self,
        project: str,
        *,
        from_agent: str,
        to_agent: str,
        board_key: str,
        board_version: int | None = None,
        key: str | None = None,
        previous: str | None = None,
        requires_ack: bool = True,
        expires: datetime | str | None = None,
        expected: dict[str, str] | None = None,
        **package: Any,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def start(
        self, key: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def verify(self, key: str) -> cosmemory.operations.handoff_chains.Chain: ...

class Measurements:
    async def latest(self) -> cosmemory.kinds.system_metrics.SystemMetrics: ...
    async def record(
        self,
        metric: str,
        *,
        current: float | None = None,
        baseline: float | None = None,
        interval: tuple[float, float] | None = None,
        trend: str | None = None,
        measured_as: str | None = None,
        at: datetime | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def record_many(
        self,
        measurements: Sequence[cosmemory.operations.measurements.Measurement],
        *,
        at: datetime | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...

class Meetings:
    async def abandon(
        self, key: str | None = None, *, reason: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def add_action(
        self,
        text: str,
        *,
        priority: str = "medium",
        owner: str | None = None,
        meeting_id: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def begin(
        self,
        team: str,
        *,
        agents: Sequence[str],
        key: str | None = None,
        actions_of: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def conclude(
        self,
        key: str | None = None,
        *,
        verdict: str | None = None,
        counts: Mapping[str, int] | None = None,
        results: Mapping[str, Any] | None = None,
        metrics: Mapping[str, Any] | None = None,
        slos: Mapping[str, bool] | None = None,
        run_ids: Iterable[str] = ...,
        handoff_file: str | None = None,
        notes: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def get(self, key: str | None = None) -> cosmemory.kinds.meeting.Meeting: ...
    async def give_verdict(
        self, verdict: str, *, meeting_id: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def handoff_contents(
        self, meeting: str | None = None
    ) -> cosmemory.operations.meetings.handing_over.HandoffContents: ...
    async def latest(self, team: str) -> cosmemory.kinds.meeting.Meeting | None: ...
    async def listed(
        self, *, team: str | None = None, status: str | None = None
    ) -> tuple[cosmemory.kinds.meeting.Meeting, ...]: ...
    async def mark_action(
        self, key: str, status: str, *, meeting_id: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def page_named(self, key: str | None = None) -> str: ...
    async def prune(
        self, *, keep: int | None = None, days: int | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[tuple[str, ...]]: ...
    async def rebuild_handoff(
        self, meeting: str | None = None, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def record(
        self,
        *,
        results: Mapping[str, Any] | None = None,
        metrics: Mapping[str, Any] | None = None,
        slos: Mapping[str, bool] | None = None,
        run_ids: Iterable[str] = ...,
        meeting_id: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def set_gate(
        self,
        gate: str,
        condition: Any,
        *,
        meeting_id: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def spoke(
        self, agent: str, *, said: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...

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

class Onboardings:
    async def begin(
        self,
        agent: str,
        *,
        role: str,
        onboarded_by: str | None = None,
        tasks: Mapping[str, Sequence[str]] | None = None,
        first_task: str | None = None,
        notes: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def check(
        self,
        key: str,
        phase: str,
        task: str | None = None,
        *,
        done: bool = True,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def complete(
        self, key: str, *, join: bool = False, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def fail(
        self, key: str, *, reason: str, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def get(self, key: str) -> cosmemory.kinds.onboarding.Onboarding: ...
    async def interrupted(self) -> tuple[cosmemory.operations.onboardings.Unfinished, ...]: ...
    async def listed(
        self, *, status: str | None = None
    ) -> tuple[tuple[str, cosmemory.kinds.onboarding.Onboarding], ...]: ...
    async def verify(
        self,
        key: str,
        what: str,
        *,
        result: str,
        by: str | None = None,
        notes: str | None = None,
        expected: dict[str, str] | None = None,
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

class Recovery:
    async def check(
        self, sorts: Sequence[cosmemory.maintenance.interruptions.Sort] = ...
    ) -> dict[str, tuple[Any, ...]]: ...
    async def clear(
        self, keys: Sequence[str] = ..., *, kind: str = ""
    ) -> tuple[cosmemory.maintenance.recovery.Cleared, ...]: ...
    async def item_named(self, key: str, kind: str) -> cosmemory.maintenance.recovery.Item: ...
    async def items(self, kinds: Sequence[str] = ...) -> tuple[cosmemory.maintenance.recovery.Item, ...]: ...
    async def resume(
        self, key: str = "", *, kind: str = ..., again: bool = False
    ) -> cosmemory.maintenance.interruptions.Handed | cosmemory.maintenance.resuming_agents.Resumption: ...
    async def resume_all(
        self, *, again: bool = False
    ) -> tuple[
        cosmemory.maintenance.interruptions.Handed | cosmemory.maintenance.resuming_agents.Resumption, ...
    ]: ...
    async def resume_item(
        self, item: cosmemory.maintenance.recovery.Item, *, again: bool = False
    ) -> (
        cosmemory.maintenance.interruptions.Handed | cosmemory.maintenance.resuming_agents.Resumption | None
    ): ...

class Reports:
    async def write_report(
        self,
        period: cosmemory.operations.periods.Period,
        *,
        agent: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...

class Runs:
    async def abort(
        self, key: str, *, reason: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def add_finding(
        self,
        key: str,
        phase: str,
        *,
        severity: str,
        text: str,
        place: str | None = None,
        execution: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def add_phase(
        self,
        key: str,
        phase: str,
        *,
        needs: Sequence[str] = ...,
        outputs: Sequence[str] = ...,
        limit: int | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def artifacts(
        self, key: str, *, phase: str | None = None
    ) -> tuple[cosmemory.kinds.run.Artifact, ...]: ...
    async def begin_execution(
        self,
        key: str,
        phase: str,
        *,
        agent: str | None = None,
        data: Any = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def clean(
        self,
        key: str | None = None,
        *,
        days: int | None = None,
        compress: bool = False,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[tuple[cosmemory.operations.runs.cleaning.Cleaned, ...]]: ...
    async def clean_artifacts(
        self,
        key: str | None = None,
        *,
        days: int | None = None,
        project: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[tuple[cosmemory.operations.runs.packing.OldArtifact, ...]]: ...
    async def complete(
        self, key: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def complete_execution(
        self, key: str, execution: str, *, data: Any = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def complete_phase(
        self,
        key: str,
        phase: str,
        results: Mapping[str, Any] | None = None,
        *,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[cosmemory.operations.runs.phasing.PhaseEnd]: ...
    async def context(self, key: str, phase: str | None = None, *, whole: bool = False) -> dict[str, Any]: ...
    async def create(
        self,
        key: str | None = None,
        *,
        goal: str,
        phases: Sequence[str | Mapping[str, Any]] = ...,
        agents: Sequence[str] = ...,
        metadata: Any = None,
        context: Mapping[str, Any] | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def create_intervention(
        self, key: str, *, reason: str, phase: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def current_phase(self, key: str) -> cosmemory.kinds.run.Phase | None: ...
    async def enter_phase(
        self, key: str, phase: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def executions(
        self, key: str, *, phase: str | None = None
    ) -> tuple[cosmemory.kinds.run.Execution, ...]: ...
    async def export_phase(self, key: str, phase: str) -> dict[str, Any]: ...
    async def export_run(self, key: str) -> dict[str, Any]: ...
    async def fail(
        self, key: str, *, error: str, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def fail_execution(
        self, key: str, execution: str, *, error: str, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def fail_phase(
        self,
        key: str,
        phase: str,
        *,
        error: str,
        fail_run: bool = False,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def findings(
        self, key: str, *, phase: str | None = None, execution: str | None = None, severity: str | None = None
    ) -> tuple[cosmemory.kinds.run.Finding, ...]: ...
    async def findings_summary(self, key: str, *, phase: str | None = None) -> dict[str, dict[str, int]]: ...
    async def get(self, key: str) -> cosmemory.kinds.run.Run: ...
    async def handoff_context(self, key: str, from_phase: str, to_phase: str) -> dict[str, Any]: ...
    async def interrupted(self) -> tuple[cosmemory.operations.interrupted_runs.Interrupted, ...]: ...
    async def latest(self, *, status: str | None = None) -> cosmemory.kinds.run.Run: ...
    async def link(
        self,
        key: str,
        *,
        agents: Sequence[str] = ...,
        handoffs: Sequence[str] = ...,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def listed(
        self, *, status: str | None = None, since: datetime | None = None, limit: int | None = None
    ) -> tuple[cosmemory.kinds.run.Run, ...]: ...
    async def lost_executions(self, key: str) -> tuple[tuple[cosmemory.kinds.run.Execution, str], ...]: ...
    async def old_artifacts(
        self, key: str | None = None, *, days: int | None = None, project: str | None = None
    ) -> tuple[cosmemory.operations.runs.packing.OldArtifact, ...]: ...
    async def pause(
        self, key: str, *, reason: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def pending_interventions(self, key: str) -> tuple[cosmemory.kinds.run.Intervention, ...]: ...
    async def phase(self, key: str, phase: str) -> cosmemory.kinds.run.Phase: ...
    async def phase_results(self, key: str, phase: str) -> dict[str, Any] | None: ...
    async def phases(
        self, key: str, *, status: str | None = None
    ) -> tuple[cosmemory.kinds.run.Phase, ...]: ...
    async def plan(
        self, key: str, plan: Mapping[str, Any], *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def planned_of(self, key: str) -> tuple[dict[str, Any], tuple[str, ...]]: ...
    async def recover(
        self, key: str, *, again: bool = False, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[cosmemory.operations.interrupted_runs.Interrupted]: ...
    async def register_artifact(
        self,
        key: str,
        path: str,
        *,
        kind: str | None = None,
        phase: str | None = None,
        data: Any = None,
        project: str = ".",
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def resolve_finding(
        self, key: str, finding: str, *, resolution: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def resolve_intervention(
        self, key: str, intervention: str, *, resolution: str, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def resume(
        self, key: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def retry_phase(
        self, key: str, phase: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[int]: ...
    async def set_context(
        self,
        key: str,
        values: Mapping[str, Any],
        *,
        phase: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def skip_phase(
        self, key: str, phase: str, *, reason: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def start(
        self, key: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def statistics(self) -> cosmemory.operations.runs.counting.Statistics: ...
    async def summary(self, key: str) -> cosmemory.operations.runs.exporting.RunSummary: ...
    async def summary_markdown(self, key: str) -> str: ...
    async def unresolved(
        self, key: str, *, phase: str | None = None
    ) -> tuple[cosmemory.kinds.run.Finding, ...]: ...
    async def verifications(
        self, names: Sequence[str] = ...
    ) -> dict[str, cosmemory.config.settings.Verification]: ...
    async def verify(
        self, key: str, phase: str, names: Sequence[str] = ..., *, project: str | None = None
    ) -> tuple[cosmemory.maintenance.verification.Checked, ...]: ...
    async def verify_artifacts(
        self, key: str, *, project: str = "."
    ) -> tuple[cosmemory.operations.runs.registering.Verified, ...]: ...

class Sessions:
    async def clear(
        self, *, reason: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def complete(
        self, *, notes: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def current(self) -> cosmemory.kinds.session.Session | None: ...
    async def fail(
        self, error: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def get(self, key: str | None = None) -> cosmemory.kinds.session.Session: ...
    async def interrupted(self) -> tuple[cosmemory.operations.interrupted_session.Interrupted, ...]: ...
    async def interruption(
        self, now: cosmemory.kinds.session.Session
    ) -> cosmemory.operations.interrupted_session.Interrupted: ...
    async def listed(self, *, status: str | None = None) -> tuple[cosmemory.kinds.session.Session, ...]: ...
    async def pause(
        self, *, reason: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def prune(
        self, *, days: int | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[tuple[str, ...]]: ...
    async def reset(
        self, *, reason: str | None = None, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def resume(
        self, *, again: bool = False, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[cosmemory.operations.interrupted_session.Interrupted]: ...
    async def start(
        self,
        key: str | None = None,
        *,
        agents: Sequence[str] = ...,
        pending_actions: int | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def update(
        self,
        *,
        agents: Sequence[str] | None = None,
        pending_actions: int | None = None,
        progress: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...

class State:
    async def action(self, key: str) -> cosmemory.kinds.cos_state.Action: ...
    async def actions(
        self, *, status: str | None = None, priority: str | None = None
    ) -> tuple[cosmemory.kinds.cos_state.Action, ...]: ...
    async def add_action(
        self,
        text: str,
        *,
        priority: str = "medium",
        deadline: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
    async def change_action(
        self,
        key: str,
        *,
        text: str | None = None,
        priority: str | None = None,
        deadline: str | None = None,
        status: str | None = None,
        notes: str | None = None,
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
    async def former(
        self, *, role: str | None = None
    ) -> tuple[cosmemory.kinds.team_roster.FormerMember, ...]: ...
    async def get(self, name: str) -> cosmemory.kinds.team_roster.Member: ...
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
    async def listed(
        self, *, role: str | None = None, status: str | None = None
    ) -> tuple[cosmemory.kinds.team_roster.Member, ...]: ...
    async def see(
        self, name: str, *, expected: dict[str, str] | None = None
    ) -> cosmemory.memory.Outcome[str]: ...
    async def upsert(
        self,
        name: str,
        *,
        role: str | None = None,
        task: str | None = None,
        status: str | None = None,
        capabilities: str | None = None,
        notes: str | None = None,
        expected: dict[str, str] | None = None,
    ) -> cosmemory.memory.Outcome[str]: ...
