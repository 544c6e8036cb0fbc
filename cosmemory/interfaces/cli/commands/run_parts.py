"""Commands for the phases, attempts and context of a run."""

from __future__ import annotations

from cosmemory.interfaces.cli.commands.run_calls import (
    change_run,
    data_said,
    expected_of,
    tell_records,
    tell_values,
    values_said,
)
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.kinds.run import COMPLETED, IN_PROGRESS
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
    tell_records(
        session,
        "phases",
        found,
        ("phase", "status", "retries", "limit", "error"),
        "there is none",
        _phase_line,
    )


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
        _phase_line,
    )
    return 0


def _phase_line(each: dict[str, Any]) -> str:
    """A phase in a line, its numbers in words."""
    since = f"since {each['started']}" if each["status"] == IN_PROGRESS and each["started"] else None
    tries = f"retried {each['retries'] or 0} of {each['limit'] or 0} times"
    return "  ".join(filter(None, (each["phase"], each["status"], tries, since, each["error"])))


@phase.command()
@reading
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
def results(key: str, phase: str, **options: Any) -> None:
    """Show what a completed phase has put out."""
    session = session_of(options)
    tell_values(session, "results", "results", runs.phase_results(session.memory(), key, phase))


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
@option("--lost", flag=True, help="Those that run although their phase or agent has ended.")
def list_executions(key: str, phase: str | None, lost: bool, **options: Any) -> None:
    """List the attempts of a run."""
    session = session_of(options)
    found = runs.executions(session.memory(), key, phase=phase)
    if lost:
        nobody_at = {each.id for each, _ in runs.lost_executions(session.memory(), key)}
        found = tuple(each for each in found if each.id in nobody_at)
    tell_records(session, "executions", found, ("id", "phase", "attempt", "status", "error"), "there is none")


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
    session = session_of(options)
    tell_values(session, "context", "context", runs.context(session.memory(), key, phase, whole=whole))


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
    session = session_of(options)
    found = runs.handoff_context(session.memory(), key, from_phase, to_phase)
    tell_values(session, "context", "handoff", found)
