"""The verbs of runs, each in the file of its concern; this is the list of them."""

from __future__ import annotations

from cosmemory.operations.interrupted_runs import interrupted
from cosmemory.operations.runs.attempts import (
    begin_execution,
    complete_execution,
    executions,
    fail_execution,
)
from cosmemory.operations.runs.cleaning import clean
from cosmemory.operations.runs.counting import statistics
from cosmemory.operations.runs.deciding import (
    create_intervention,
    pending_interventions,
    resolve_intervention,
)
from cosmemory.operations.runs.exporting import export_phase, export_run, summary, summary_markdown
from cosmemory.operations.runs.lifecycle import (
    abort,
    complete,
    create,
    fail,
    link,
    pause,
    plan,
    planned_of,
    resume,
    start,
)
from cosmemory.operations.runs.listing import get, latest, listed, recover
from cosmemory.operations.runs.losing import lost_executions
from cosmemory.operations.runs.packing import clean_artifacts, old_artifacts
from cosmemory.operations.runs.passing import context, handoff_context, set_context
from cosmemory.operations.runs.phasing import (
    add_phase,
    complete_phase,
    current_phase,
    enter_phase,
    fail_phase,
    phase,
    phase_results,
    phases,
    retry_phase,
    skip_phase,
)
from cosmemory.operations.runs.registering import artifacts, register_artifact, verify_artifacts
from cosmemory.operations.runs.verifying import (
    add_finding,
    findings,
    findings_summary,
    resolve_finding,
    unresolved,
)

__all__ = [
    "abort",
    "add_finding",
    "add_phase",
    "artifacts",
    "begin_execution",
    "clean",
    "clean_artifacts",
    "complete",
    "complete_execution",
    "complete_phase",
    "context",
    "create",
    "create_intervention",
    "current_phase",
    "enter_phase",
    "executions",
    "export_phase",
    "export_run",
    "fail",
    "fail_execution",
    "fail_phase",
    "findings",
    "findings_summary",
    "get",
    "handoff_context",
    "interrupted",
    "latest",
    "link",
    "listed",
    "lost_executions",
    "old_artifacts",
    "pause",
    "pending_interventions",
    "phase",
    "phase_results",
    "phases",
    "plan",
    "planned_of",
    "recover",
    "register_artifact",
    "resolve_finding",
    "resolve_intervention",
    "resume",
    "retry_phase",
    "set_context",
    "skip_phase",
    "start",
    "statistics",
    "summary",
    "summary_markdown",
    "unresolved",
    "verify_artifacts",
]
