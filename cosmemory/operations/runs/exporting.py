"""A run as others read it: as JSON, whole or by the phase, and as a summary in Markdown with a timeline."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.values import write_time
from cosmemory.frozen import frozen
from cosmemory.kinds.active_alerts import duration
from cosmemory.kinds.run import COMPLETED, FAILED, IN_PROGRESS, SKIPPED, Phase, Run, named
from cosmemory.kinds.run_phases import everything_for, needed_by, results, unresolved
from cosmemory.kinds.run_plan import plan_data
from cosmemory.memory import Memory
from cosmemory.operations.runs.changing import counted, data_of_record, run_named
from cosmemory.syntax.escape import escape_cell, escape_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_TABLES = ("phases", "executions", "findings", "artifacts", "interventions", "context")


@frozen(kw_only=True)
class RunSummary:
    """A run in figures."""

    run: str
    goal: str
    status: str
    phases: dict[str, int]
    executions: int
    retries: int
    unresolved: dict[str, int]
    findings: int
    artifacts: int
    artifact_bytes: int
    pending_interventions: int
    duration: str | None


def export_run(memory: Memory, key: str) -> dict[str, Any]:
    """All that is known of a run, as JSON has it: the run, its plan, and a list for each of its tables."""
    run = run_named(memory, key)
    held = {name: [data_of_record(each) for each in getattr(run, name)] for name in _TABLES}
    about = {**data_of_record(run), **data_of_record(run.last_change)}
    return {"run": about, "plan": plan_data(run.plan, run.tasks), **held, "notes": run.notes}


def export_phase(memory: Memory, key: str, phase: str) -> dict[str, Any]:
    """All that is known of one phase of a run, with the context that it finds and its results."""
    run = run_named(memory, key)
    held: Phase = named(run, "phases", phase)
    mine = {
        name: [data_of_record(each) for each in getattr(run, name) if each.phase == held.phase]
        for name in _TABLES[1:-1]
    }
    return {
        "run": run.run_id,
        "phase": data_of_record(held),
        "context": needed_by(everything_for(run, held), held),
        "results": results(run, held.phase),
        **mine,
    }


def summary(memory: Memory, key: str) -> RunSummary:
    """A run in figures."""
    return summary_of(run_named(memory, key), memory.now())


def summary_of(run: Run, now: datetime) -> RunSummary:
    """``run`` in figures, as it stands ``now``."""
    statuses: dict[str, int] = {}
    for phase in run.phases:
        statuses[str(phase.status)] = statuses.get(str(phase.status), 0) + 1
    end = run.completed if isinstance(run.completed, datetime) else now
    return RunSummary(
        run=str(run.run_id),
        goal=str(run.goal),
        status=str(run.status),
        phases=statuses,
        executions=len(run.executions),
        retries=_sum(phase.retries for phase in run.phases),
        unresolved=unresolved(run),
        findings=len(run.findings),
        artifacts=len(run.artifacts),
        artifact_bytes=_sum(each.size for each in run.artifacts),
        pending_interventions=sum(each.status == "pending" for each in run.interventions),
        duration=duration(run.started, end) if isinstance(run.started, datetime) else None,
    )


def _sum(numbers: Iterable[object]) -> int:
    return sum(each for each in numbers if isinstance(each, int))


def summary_markdown(memory: Memory, key: str) -> str:
    """A summary of a run for people: figures, a timeline that GitHub draws, phases, and what is unresolved."""
    run = run_named(memory, key)
    return "\n".join(_lines(run, summary_of(run, memory.now()), memory.now())) + "\n"


def _lines(run: Run, told: RunSummary, now: datetime) -> Iterator[str]:
    yield f"# Summary of {escape_field(told.run)}"
    yield ""
    yield f"- **Goal:** {escape_field(told.goal)}"
    yield f"- **Status:** {told.status}"
    if run.error:
        yield f"- **Error:** {escape_field(run.error)}"
    if told.duration:
        yield f"- **Duration:** {told.duration}"
    yield f"- **Phases:** {counted(told.phases)}"
    yield f"- **Executions:** {told.executions}, with {told.retries} retries"
    yield f"- **Findings:** {told.findings}, unresolved: {counted(told.unresolved)}"
    yield f"- **Artifacts:** {told.artifacts}, {told.artifact_bytes} bytes"
    yield f"- **Waiting for a decision:** {told.pending_interventions}"
    timeline = list(timeline_of(run, now))
    if timeline:
        yield from ("", "## Timeline", "", *timeline)
    if run.phases:
        rows = [
            (each.phase, each.status, each.retries, _time(each.started), _time(each.completed), each.error)
            for each in run.phases
        ]
        yield from _table("Phases", ("Phase", "Status", "Retries", "Started", "Completed", "Error"), rows)
    open_ones = [each for each in run.findings if each.resolved is None]
    if open_ones:
        found = [(each.id, each.severity, each.phase, each.text, each.place) for each in open_ones]
        yield from _table("Unresolved Findings", ("ID", "Severity", "Phase", "Text", "Place"), found)
    if run.artifacts:
        made = [(each.path, each.kind, each.phase, each.size, each.sha256) for each in run.artifacts]
        yield from _table("Artifacts", ("Path", "Kind", "Phase", "Size", "SHA-256"), made)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield from ("", f"## {title}", "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}")
    for row in rows:
        yield f"| {' | '.join('-' if each is None else escape_cell(str(each)) for each in row)} |"


def _time(moment: object) -> str | None:
    return write_time(moment) if isinstance(moment, datetime) else None


def timeline_of(run: Run, now: datetime) -> Iterator[str]:
    """The phases that were begun, as a Gantt chart in Mermaid; nothing where none was."""
    begun = [each for each in run.phases if isinstance(each.started, datetime)]
    if not begun:
        return
    yield from (
        "```mermaid",
        "gantt",
        f"    title {_words(run.run_id)}",
        "    dateFormat YYYY-MM-DDTHH:mm:ss",
        "    axisFormat %m-%d %H:%M",
    )
    for number, phase in enumerate(begun, 1):
        assert isinstance(phase.started, datetime)
        end = phase.completed if isinstance(phase.completed, datetime) else now
        style = {COMPLETED: "done, ", IN_PROGRESS: "active, ", FAILED: "crit, ", SKIPPED: "crit, done, "}
        first, last = (f"{each:%Y-%m-%dT%H:%M:%S}" for each in (phase.started, max(end, phase.started)))
        yield f"    {_words(phase.phase)} :{style.get(str(phase.status), '')}p{number}, {first}, {last}"
    yield "```"


def _words(text: str | None) -> str:
    """``text`` as a name in a Gantt chart, where colons, semicolons and number signs end a name."""
    return " ".join("".join(" " if each in ':;#`"%' else each for each in text or "-").split()) or "-"
