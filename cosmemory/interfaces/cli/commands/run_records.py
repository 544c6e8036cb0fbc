"""Commands for the findings, artifacts and decisions of a run."""

from __future__ import annotations

from cosmemory.interfaces.cli.commands.run_calls import (
    change_run,
    data_said,
    project_of,
    tell_records,
)
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.kinds.run import SEVERITIES
from cosmemory.operations import runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.operations.runs.packing import OldArtifact


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


@artifact.command("clean")
@changing
@argument("key", metavar="[ID]", required=False)
@option("--days", metavar="N", least=0, help="Those registered so many days ago; 30 unless it is set.")
def clean_artifacts(key: str | None, days: int | None, **options: Any) -> None:
    """Pack or remove old artifacts of runs that are over, in the folder of the settings."""
    session = session_of(options)
    given: dict[str, Any] = {"key": key, "days": days, "project": project_of(session)}
    if session.dry_run:
        print_text(_cleaned(runs.old_artifacts(session.memory(), **given)))
        return
    session.refuse_expected("run artifact clean")
    session.change(lambda memory: runs.clean_artifacts(memory, **given), _cleaned)


def _cleaned(found: tuple[OldArtifact, ...]) -> str:
    lines = [f"{each.run}  {each.path}  {each.becomes or f'{each.state}, left alone'}" for each in found]
    return "\n".join(lines) or "nothing to clean up"


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
