"""One run of a workflow: its plan, phases, executions, findings, artifacts, interventions and the context they pass on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, section, table
from cosmemory.document.json_values import DATA, Data
from cosmemory.document.values import COUNT, LIST, TIME, Raw, enum
from cosmemory.errors import IllegalTransition, NotFound, did_you_mean
from cosmemory.frozen import frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PLANNING, EXECUTING, PAUSED = "planning", "executing", "paused"
COMPLETED, FAILED, ABORTED = "completed", "failed", "aborted"
PENDING, IN_PROGRESS, SKIPPED = "pending", "in_progress", "skipped"
RUNNING, RESOLVED = "running", "resolved"
SEVERITIES = ("critical", "major", "medium", "minor")

STATUS = enum("run status", PLANNING, EXECUTING, PAUSED, COMPLETED, FAILED, ABORTED)
PHASE_STATUS = enum("phase status", PENDING, IN_PROGRESS, COMPLETED, FAILED, SKIPPED)
EXECUTION_STATUS = enum("execution status", RUNNING, COMPLETED, FAILED)
INTERVENTION_STATUS = enum("intervention status", PENDING, RESOLVED)
SEVERITY = enum("severity", *SEVERITIES)

STEPS: dict[str, tuple[str, ...]] = {
    PLANNING: (EXECUTING,),
    EXECUTING: (PAUSED, COMPLETED, FAILED),
    PAUSED: (EXECUTING, COMPLETED, ABORTED),
    COMPLETED: (),
    FAILED: (),
    ABORTED: (),
}
PHASE_STEPS: dict[str, tuple[str, ...]] = {
    PENDING: (IN_PROGRESS,),
    IN_PROGRESS: (COMPLETED, FAILED),
    FAILED: (SKIPPED, IN_PROGRESS),
    COMPLETED: (),
    SKIPPED: (),
}
EXECUTION_STEPS: dict[str, tuple[str, ...]] = {RUNNING: (COMPLETED, FAILED), COMPLETED: (), FAILED: ()}
INTERVENTION_STEPS: dict[str, tuple[str, ...]] = {PENDING: (RESOLVED,), RESOLVED: ()}
ENDED = (COMPLETED, FAILED, ABORTED)
# What an interruption leaves to be gone on with.
RECOVERABLE = (EXECUTING, PAUSED)

Time = datetime | Raw | None
Word = str | Raw | None
Count = int | Raw | None

# What tells when the page was changed.
STAMP = ("last_change", "last_updated")
# The parts that derived values follow from: a change of any other need not read them.
DERIVED_FROM = frozenset({"phases"})


@frozen(kw_only=True)
class Plan(Record):
    """What is planned besides the tasks: when, on what of others the run depends, and with what it is done."""

    timeline: Data | None = label("Timeline", DATA)
    dependencies: Data | None = label("Dependencies", DATA)
    resources: Data | None = label("Resources", DATA)
    more: Data | None = label("More", DATA)


@frozen(kw_only=True)
class Task(Record):
    """A planned task, the tasks that must be done before it, and the phase that does it."""

    task: str | None = column("Task", aliases=("ID",), required=True)
    what: str | None = column("What", aliases=("Description",))
    phase: str | None = column("Phase")
    depends_on: tuple[str, ...] = column("Depends On", LIST, aliases=("Dependencies",))
    more: Data | None = column("More", DATA)


@frozen(kw_only=True)
class Phase(Record):
    """A phase: how far it is, how often it was tried again, what it needs and what it must put out."""

    phase: str | None = column("Phase", aliases=("Name",), required=True)
    status: Word = column("Status", PHASE_STATUS, required=True)
    retries: Count = column("Retries", COUNT)
    limit: Count = column("Limit", COUNT)
    started: Time = column("Started", TIME)
    completed: Time = column("Completed", TIME)
    needs: tuple[str, ...] = column("Needs", LIST)
    outputs: tuple[str, ...] = column("Outputs", LIST)
    error: str | None = column("Error")
    more: Data | None = column("More", DATA)


@frozen(kw_only=True)
class Execution(Record):
    """One attempt at a phase."""

    id: str | None = column("ID", required=True)
    phase: str | None = column("Phase", required=True)
    attempt: Count = column("Attempt", COUNT)
    status: Word = column("Status", EXECUTION_STATUS, required=True)
    agent: str | None = column("Agent")
    started: Time = column("Started", TIME)
    completed: Time = column("Completed", TIME)
    error: str | None = column("Error")
    more: Data | None = column("More", DATA)


@frozen(kw_only=True)
class Finding(Record):
    """Something that a verification found wrong, until it is resolved."""

    id: str | None = column("ID", required=True)
    phase: str | None = column("Phase", required=True)
    execution: str | None = column("Execution")
    severity: Word = column("Severity", SEVERITY, required=True)
    text: str | None = column("Text", required=True)
    place: str | None = column("Place")
    found: Time = column("Found", TIME)
    resolved: Time = column("Resolved", TIME)
    resolution: str | None = column("Resolution")


@frozen(kw_only=True)
class Artifact(Record):
    """A file that the run has made, as it was when it was registered."""

    path: str | None = column("Path", required=True)
    kind: str | None = column("Kind")
    phase: str | None = column("Phase")
    size: Count = column("Size", COUNT)
    sha256: str | None = column("SHA-256", aliases=("Checksum",))
    registered: Time = column("Registered", TIME)
    more: Data | None = column("More", DATA)


@frozen(kw_only=True)
class Intervention(Record):
    """Something that only a person can decide; the run waits for it."""

    id: str | None = column("ID", required=True)
    phase: str | None = column("Phase")
    status: Word = column("Status", INTERVENTION_STATUS, required=True)
    reason: str | None = column("Reason", required=True)
    created: Time = column("Created", TIME)
    resolved: Time = column("Resolved", TIME)
    resolved_by: str | None = column("Resolved By")
    resolution: str | None = column("Resolution")


@frozen(kw_only=True)
class Passed(Record):
    """A value that a phase has put out, or, without a phase, that the run began with."""

    phase: str | None = column("Phase")
    key: str | None = column("Key", required=True)
    value: Data | None = column("Value", DATA, required=True)


@frozen(kw_only=True)
class LastChange(Record):
    """When the page was changed, right below its longest table.

    The history keeps what lies between the first and the last place of a change. At the top of the page this one would
    make that the whole of it for every finding.
    """

    last_updated: Time = label("Last Updated", TIME, aliases=("Updated",), derived=True)


@frozen(kw_only=True)
class Run(Record):
    """The page ``runs/ID.md``."""

    run_id: str | None = label("Run ID", aliases=("ID", "Workflow ID"), required=True)
    goal: str | None = label("Goal", required=True)
    status: Word = label("Status", STATUS, required=True)
    current_phase: str | None = label("Current Phase", derived=True)
    created: Time = label("Created", TIME, required=True)
    started: Time = label("Started", TIME)
    completed: Time = label("Completed", TIME)
    error: str | None = label("Error")
    agents: tuple[str, ...] = label("Agents", LIST)
    handoffs: tuple[str, ...] = label("Handoffs", LIST)
    metadata: Data | None = label("Metadata", DATA)
    plan: Plan = section("Plan", Plan)
    tasks: tuple[Task, ...] = table("Tasks", Task, key="task")
    phases: tuple[Phase, ...] = table("Phases", Phase, key="phase", required=True)
    interventions: tuple[Intervention, ...] = table("Manual Interventions", Intervention, key="id")
    executions: tuple[Execution, ...] = table("Executions", Execution, key="id")
    artifacts: tuple[Artifact, ...] = table("Artifacts", Artifact, key="path")
    context: tuple[Passed, ...] = table("Context", Passed)
    notes: str | None = prose("Notes")
    findings: tuple[Finding, ...] = table("Findings", Finding, key="id")
    last_change: LastChange = section("Last Change", LastChange, identity=True)


def ages(run: Run) -> bool:
    """Whether the page may become a finding with nobody changing it: a run that stands still, or hangs on others."""
    return run.status not in ENDED or bool(run.agents or run.handoffs)


def derived(run: Run) -> Run:
    """``run`` with the phase that is in progress: the last of them where there are several."""
    current = current_phase(run)
    return replace(run, current_phase=current.phase if current is not None else None)


def current_phase(run: Run) -> Phase | None:
    """The phase in progress, if there is one."""
    return next((phase for phase in reversed(run.phases) if phase.status == IN_PROGRESS), None)


def stepped(steps: Mapping[str, tuple[str, ...]], what: str, current: object, wanted: str) -> str:
    """``wanted``, if the table ``steps`` leads there from ``current``.

    Raises IllegalTransition; from a status that cannot be read nothing leads on.
    """
    legal = steps.get(str(current), ())
    if wanted not in legal:
        raise IllegalTransition(what, str(current), wanted, legal)
    return wanted


def run_at(run: Run, status: str, at: datetime, error: str | None = None) -> Run:
    """``run`` at ``status``, since ``at``.

    Raises IllegalTransition.
    """
    stepped(STEPS, f"The run {run.run_id}", run.status, status)
    if status == EXECUTING:
        return replace(run, status=status, started=run.started or at)
    if status in ENDED:
        return replace(run, status=status, completed=at, error=error or run.error)
    return replace(run, status=status)


def named(run: Run, part: str, key: str) -> Any:
    """The record ``key`` among the ``part`` of the run: phases, executions, findings, artifacts or interventions.

    Raises NotFound.
    """
    attribute = KEYS[part]
    records = {str(getattr(each, attribute)): each for each in getattr(run, part)}
    found = records.get(key) or next(
        (each for name, each in records.items() if name.lower() == key.lower()), None
    )
    if found is None:
        hint = did_you_mean(key, records, f"cosmemory run show {run.run_id} tells of all of them.")
        raise NotFound(f"The {part.removesuffix('s')} {key!r} of the run {run.run_id}", hint)
    return found


def exchanged(run: Run, part: str, old: Any, new: Any) -> Run:
    """``run`` with ``new`` in the place of ``old`` among its ``part``."""
    changed: dict[str, Any] = {part: tuple(new if each is old else each for each in getattr(run, part))}
    return replace(run, **changed)


KEYS = {
    "tasks": "task",
    "phases": "phase",
    "executions": "id",
    "findings": "id",
    "artifacts": "path",
    "interventions": "id",
}
