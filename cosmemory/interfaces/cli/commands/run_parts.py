"""Commands for the phases, attempts, findings, artifacts, decisions and context of a run."""

from __future__ import annotations

from cosmemory.interfaces.cli.commands.run_calls import (
    change_run,
    data_said,
    expected_of,
    project_of,
    tell_records,
    values_said,
)
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.kinds.run import COMPLETED, SEVERITIES
from cosmemory.operations import runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.memory import Memory, Outcome
    from cosmemory.operations.runs.phasing import PhaseEnd


@group
def phase() -> None:
    """Add the phases of a run, and drive them."""


@phase.command()
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
@option(
    "--need", "needs", metavar="KEY", many=True, help="What of the context it needs; all unless one is named."
)
@option("--output", "outputs", metavar="KEY", many=True, help="What it must put out to be completed.")
@option("--limit", metavar="N", least=0, help="How often it may be retried.")
def add(key: str, **options: Any) -> None:
    """Add a phase at the end of a run."""
    change_run(session_of(options), key, runs.add_phase, lambda done: f"{done} added", **options)


@phase.command()
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
def enter(key: str, phase: str, **options: Any) -> None:
    """Enter a phase that is still to come, or one that failed."""
    change_run(session_of(options), key, runs.enter_phase, lambda done: f"{done} is in progress", phase=phase)


@phase.command("complete")
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
@option("--result", "pairs", metavar="KEY=VALUE", many=True, help="What it has put out; VALUE may be JSON.")
@option("--results", "file", metavar="FILE", help="The same as a JSON object in a file; - is stdin.")
def complete_(key: str, phase: str, pairs: tuple[str, ...], file: str | None, **options: Any) -> int:
    """Complete a phase; with too many unresolved findings it fails instead (exit 1)."""
    session = session_of(options)
    ends: list[PhaseEnd] = []
    given = values_said(pairs, file)

    def verb(memory: Memory) -> Outcome[PhaseEnd]:
        done = runs.complete_phase(memory, key, phase, given, expected=expected_of(session, memory, key))
        ends.append(done.result)
        return done

    session.change(verb, lambda end: f"{end.phase} {end.status}" + (f": {end.error}" if end.error else ""))
    return 0 if ends[-1].status == COMPLETED else 1


@phase.command("fail")
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
@option("--error", metavar="TEXT", required=True, help="What went wrong.")
@option("--fail-run", flag=True, help="The run has failed with it, for good.")
def fail_(key: str, **options: Any) -> None:
    """Say that a phase has failed."""
    change_run(session_of(options), key, runs.fail_phase, lambda done: f"{done} has failed", **options)


@phase.command()
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
def retry(key: str, phase: str, **options: Any) -> None:
    """Try a phase again, as often as its limit allows."""
    change_run(session_of(options), key, runs.retry_phase, lambda done: f"{phase}: retry {done}", phase=phase)


@phase.command()
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
@option("--reason", metavar="TEXT", help="Why.")
def skip(key: str, **options: Any) -> None:
    """Leave a failed phase as it is and go on."""
    change_run(session_of(options), key, runs.skip_phase, lambda done: f"{done} is skipped", **options)


@phase.command("list")
@reading
@argument("key", metavar="ID")
@option("--status", metavar="S", help="Those at S.")
def list_phases(key: str, status: str | None, **options: Any) -> None:
    """List the phases of a run."""
    session = session_of(options)
    found = runs.phases(session.memory(), key, status=status)
    tell_records(session, "phases", found, ("phase", "status", "retries", "limit", "error"), "there is none")


@phase.command()
@reading
@argument("key", metavar="ID")
def current(key: str, **options: Any) -> int:
    """Show the phase that is in progress."""
    session = session_of(options)
    found = runs.current_phase(session.memory(), key)
    tell_records(
        session,
        "phases",
        [found] if found else [],
        ("phase", "retries", "limit", "started"),
        "none is in progress",
    )
    return 0


@phase.command()
@reading
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
def results(key: str, phase: str, **options: Any) -> None:
    """Show what a completed phase has put out."""
    found = runs.phase_results(session_of(options).memory(), key, phase)
    print_json("results", {"results": found})


@group
def execution() -> None:
    """Record the attempts at a phase."""


@execution.command()
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
@option("--agent", metavar="NAME", help="Who makes it.")
@option("--data", metavar="JSON", help="Whatever else there is to keep.")
def begin(key: str, phase: str, agent: str | None, data: str | None, **options: Any) -> None:
    """Begin an attempt and print its id."""
    session = session_of(options)
    change_run(session, key, runs.begin_execution, str, phase=phase, agent=agent, data=data_said(data))


@execution.command("complete")
@changing
@argument("key", metavar="ID")
@argument("execution", metavar="EXECUTION")
@option("--data", metavar="JSON", help="What it came to.")
def complete_execution(key: str, execution: str, data: str | None, **options: Any) -> None:
    """Say that an attempt is done."""
    change_run(
        session_of(options),
        key,
        runs.complete_execution,
        lambda done: f"{done} is completed",
        execution=execution,
        data=data_said(data),
    )


@execution.command("fail")
@changing
@argument("key", metavar="ID")
@argument("execution", metavar="EXECUTION")
@option("--error", metavar="TEXT", required=True, help="What went wrong.")
def fail_execution(key: str, **options: Any) -> None:
    """Say that an attempt has failed; its phase stays in progress."""
    change_run(session_of(options), key, runs.fail_execution, lambda done: f"{done} has failed", **options)


@execution.command("list")
@reading
@argument("key", metavar="ID")
@option("--phase", metavar="PHASE", help="Those at PHASE.")
def list_executions(key: str, phase: str | None, **options: Any) -> None:
    """List the attempts of a run."""
    session = session_of(options)
    found = runs.executions(session.memory(), key, phase=phase)
    tell_records(session, "executions", found, ("id", "phase", "attempt", "status", "error"), "there is none")


@group
def finding() -> None:
    """Record what verifications find wrong, and that it is dealt with."""


@finding.command("add")
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
@argument("text", metavar="TEXT")
@option("--severity", metavar="S", required=True, help=f"{', '.join(SEVERITIES)}.")
@option("--place", metavar="PLACE", help="Where it is, such as src/app.py:12.")
@option("--execution", metavar="EXECUTION", help="The attempt that it is about.")
def add_finding(key: str, **options: Any) -> None:
    """Add a finding and print its id."""
    change_run(session_of(options), key, runs.add_finding, str, **options)


@finding.command("resolve")
@changing
@argument("key", metavar="ID")
@argument("finding", metavar="FINDING")
@option("--resolution", metavar="TEXT", help="How.")
def resolve_finding(key: str, **options: Any) -> None:
    """Say that a finding is dealt with."""
    change_run(session_of(options), key, runs.resolve_finding, lambda done: f"{done} is resolved", **options)


@finding.command("list")
@reading
@argument("key", metavar="ID")
@option("--phase", metavar="PHASE", help="Those of PHASE.")
@option("--execution", metavar="EXECUTION", help="Those of an attempt.")
@option("--severity", metavar="S", help="Those of severity S.")
@option("--unresolved", flag=True, help="Those that nobody has dealt with.")
def list_findings(key: str, unresolved: bool, **options: Any) -> None:
    """List the findings of a run."""
    session = session_of(options)
    found = runs.findings(session.memory(), key, **options)
    chosen = [each for each in found if not unresolved or each.resolved is None]
    tell_records(
        session, "findings", chosen, ("id", "severity", "phase", "resolved", "text"), "there is none"
    )


@finding.command()
@reading
@argument("key", metavar="ID")
@option("--phase", metavar="PHASE", help="Those of PHASE.")
def summary(key: str, phase: str | None, **options: Any) -> None:
    """Count the findings of a run by severity."""
    session = session_of(options)
    told = runs.findings_summary(session.memory(), key, phase=phase)
    if session.as_json:
        print_json("findings", dict(told))
        return
    for severity, count in told["total"].items():
        print_text(f"{severity}: {count}, unresolved {told['unresolved'][severity]}")


@group
def artifact() -> None:
    """Register the files that a run makes, and hold them against the disk."""


@artifact.command()
@changing
@argument("key", metavar="ID")
@argument("path", metavar="PATH")
@option("--kind", metavar="K", help="What sort of file.")
@option("--phase", metavar="PHASE", help="The phase that made it.")
@option("--data", metavar="JSON", help="Whatever else there is to keep.")
def register(key: str, data: str | None, **options: Any) -> None:
    """Register a file of the project with its size and sha256."""
    session = session_of(options)
    change_run(
        session,
        key,
        runs.register_artifact,
        lambda done: f"{done} registered",
        data=data_said(data),
        project=project_of(session),
        **options,
    )


@artifact.command()
@reading
@argument("key", metavar="ID")
def verify(key: str, **options: Any) -> int:
    """Tell which artifacts are no longer as they were registered."""
    session = session_of(options)
    found = runs.verify_artifacts(session.memory(), key, project=project_of(session))
    if session.as_json:
        from dataclasses import asdict

        print_json("verification", {"artifacts": [asdict(each) for each in found]})
    else:
        for each in found:
            print_text(f"{each.path}  {each.state}")
        if not found:
            print_text("there is none")
    return 1 if any(each.state in {"changed", "missing"} for each in found) else 0


@artifact.command("list")
@reading
@argument("key", metavar="ID")
@option("--phase", metavar="PHASE", help="Those of PHASE.")
def list_artifacts(key: str, phase: str | None, **options: Any) -> None:
    """List the artifacts of a run."""
    session = session_of(options)
    found = runs.artifacts(session.memory(), key, phase=phase)
    tell_records(session, "artifacts", found, ("path", "kind", "phase", "size", "sha256"), "there is none")


@group
def intervention() -> None:
    """Ask a person to decide, and record what was decided."""


@intervention.command()
@changing
@argument("key", metavar="ID")
@argument("reason", metavar="REASON")
@option("--phase", metavar="PHASE", help="The phase that it is about.")
def create(key: str, **options: Any) -> None:
    """Pause a run until somebody decides, and print the id of the question."""
    change_run(session_of(options), key, runs.create_intervention, str, **options)


@intervention.command()
@changing
@argument("key", metavar="ID")
@argument("intervention", metavar="INTERVENTION")
@argument("resolution", metavar="RESOLUTION")
def resolve(key: str, **options: Any) -> None:
    """Record what was decided; the run goes on."""
    change_run(
        session_of(options), key, runs.resolve_intervention, lambda done: f"{done} is resolved", **options
    )


@intervention.command("list")
@reading
@argument("key", metavar="ID")
@option("--pending", flag=True, help="Those that wait for somebody.")
def list_interventions(key: str, pending: bool, **options: Any) -> None:
    """List what a person had to decide."""
    session = session_of(options)
    memory = session.memory()
    found = runs.pending_interventions(memory, key) if pending else runs.get(memory, key).interventions
    tell_records(session, "interventions", found, ("id", "status", "phase", "reason"), "there is none")


@group
def context() -> None:
    """Show and set what the phases of a run hand on to each other."""


@context.command("show")
@reading
@argument("key", metavar="ID")
@argument("phase", metavar="[PHASE]", required=False)
@option("--whole", flag=True, help="All that it finds, not only what it needs.")
def show(key: str, phase: str | None, whole: bool, **options: Any) -> None:
    """Show what a phase finds: what the phases before it put out, as far as it needs it."""
    found = runs.context(session_of(options).memory(), key, phase, whole=whole)
    print_json("context", {"context": found})


@context.command("set")
@changing
@argument("key", metavar="ID")
@argument("pairs", metavar="KEY=VALUE...", many=True, required=True)
@option("--phase", metavar="PHASE", help="The phase that puts it out; the run as a whole unless it is given.")
def set_(key: str, pairs: tuple[str, ...], phase: str | None, **options: Any) -> None:
    """Set values of the context; VALUE may be JSON."""
    given = values_said(pairs)
    change_run(
        session_of(options), key, runs.set_context, lambda done: f"{done} set", values=given, phase=phase
    )


@context.command()
@reading
@argument("key", metavar="ID")
@argument("from_phase", metavar="FROM")
@argument("to_phase", metavar="TO")
def handoff(key: str, from_phase: str, to_phase: str, **options: Any) -> None:
    """Show what one phase hands to another, as far as the other needs it."""
    found = runs.handoff_context(session_of(options).memory(), key, from_phase, to_phase)
    print_json("context", {"handoff": found})
