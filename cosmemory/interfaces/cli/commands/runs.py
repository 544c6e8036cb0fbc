"""Commands for runs as a whole."""

from __future__ import annotations

from cosmemory.document.values import TIME
from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.commands.run_calls import (
    change_run,
    expected_of,
    json_from,
    project_of,
    tell_records,
    values_said,
)
from cosmemory.interfaces.cli.commands.run_parts import context, execution, phase
from cosmemory.interfaces.cli.commands.run_records import artifact, finding, intervention
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.metadata import METAVAR, OPTION, metadata_said
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices, visible_line
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.operations import runs
from cosmemory.operations.runs.changing import run_page
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cosmemory.memory import Outcome

HEAD = ("run_id", "status", "current_phase", "created", "goal")


@group
def run() -> None:
    """Plan runs, drive their phases, and tell how they fare.

    Each run is a page runs/ID.md: its plan, phases, attempts, findings, artifacts, decisions and context.
    """


@run.command()
@changing
@argument("key", metavar="[ID]", required=False)
@option("--goal", metavar="TEXT", required=True, help="What the run is to reach.")
@option("--phase", "phases", metavar="NAME", many=True, help="A phase of it; may be given again.")
@option("--agent", "agents", metavar="NAME", many=True, help="Who works on it; may be given again.")
@option("--context", "pairs", metavar="KEY=VALUE", many=True, help="What the first phase finds.")
@option(OPTION, metavar=METAVAR, many=True, help="Whatever else there is to keep.")
def create(key: str | None, pairs: tuple[str, ...], metadata: tuple[str, ...], **options: Any) -> None:
    """Create a run and print its id.

    Without an ID it is run_YYYYMMDD_HHMMSS; an id is never used twice.
    """
    session = session_of(options)
    session.refuse_expected("run create")
    given = {"metadata": metadata_said(metadata), "context": values_said(pairs)}
    session.change(lambda memory: runs.create(memory, key, **given, **options), str)


@run.command("list")
@reading
@option("--status", metavar="S", help="Those at S, such as executing.")
@option("--since", metavar="TIME", help="Created from this time on.")
@option("-n", "limit", metavar="N", least=1, help="At most N of them.")
def list_(status: str | None, since: str | None, limit: int | None, **options: Any) -> None:
    """List the runs, newest first."""
    session = session_of(options)
    moment = TIME.enter("since", since) if since is not None else None
    found = runs.listed(session.memory(), status=status, since=moment, limit=limit)
    tell_records(session, "runs", found, HEAD, "there is no such run")


@run.command()
@reading
@argument("key", metavar="ID")
def show(key: str, **options: Any) -> None:
    """Show the page of a run, or all of it as JSON."""
    session = session_of(options)
    memory = session.memory()
    if session.as_json:
        print_json("run", runs.export_run(memory, key))
        return
    stored = memory.store.read(run_page(memory, key))
    if stored is not None:
        print_text(decode_text(stored.data), end="")


@run.command()
@reading
@option("--status", metavar="S", help="The newest at S.")
def latest(status: str | None, **options: Any) -> None:
    """Show the newest run."""
    session = session_of(options)
    memory = session.memory()
    found = runs.latest(memory, status=status)
    show.body(str(found.run_id), root=session.root, as_json=session.as_json)


@run.command()
@reading
def interrupted(**options: Any) -> None:
    """List the runs that were not finished, each with the phase to go on with."""
    session = session_of(options)
    found = runs.interrupted(session.memory())
    if session.as_json:
        from dataclasses import asdict

        from cosmemory.operations.runs.changing import plain

        told = [{name: plain(value) for name, value in asdict(each).items()} for each in found]
        print_json("interrupted", {"runs": told})
        return
    for each in found:
        where = f"{each.phase} {each.phase_status}, retried {each.retries} of {each.limit} times"
        waits = f", waits for {', '.join(each.waits_for)}" if each.waits_for else ""
        print_text(f"{each.run}  {each.status}  {where if each.phase else 'no phase'}{waits}")
        for lost in each.lost:
            print_text(f"    nobody is at {lost}")
    if not found:
        print_text("no run was interrupted")


@run.command()
@changing
@argument("key", metavar="ID")
@argument("file", metavar="[FILE]", required=False)
def plan(key: str, file: str | None, **options: Any) -> int:
    """Plan a run from the JSON in FILE (- is stdin), or tell its plan and what is wrong with it.

    A plan is an object of tasks, dependencies, timeline and resources; a task has an id and its dependencies.
    """
    session = session_of(options)
    if file is not None:
        held = json_from(file)
        if not isinstance(held, dict):
            raise UsageError(
                f"{file} holds no JSON object.", "Write tasks, dependencies, timeline, resources."
            )
        change_run(session, key, runs.plan, lambda done: f"{done} planned", plan=held)
        return 0
    told, wrong = runs.planned_of(session.memory(), key)
    if session.as_json:
        print_json("plan", {"plan": told, "errors": list(wrong)})
    else:
        import json

        print_text(json.dumps(told, ensure_ascii=False, indent=2))
        for each in wrong:
            print_text(f"error: {each}")
    return 1 if wrong else 0


def _step(name: str, verb: Callable[..., Outcome[str]], said: str, summary: str) -> None:
    @run.command(name, summary=summary)
    @changing
    @argument("key", metavar="ID")
    def step(key: str, **options: Any) -> None:
        change_run(session_of(options), key, verb, lambda done: f"{done} {said}")


_step("start", runs.start, "is executing", "Set a planned run to work.")
_step("resume", runs.resume, "is executing", "Go on with a paused run.")
_step("complete", runs.complete, "is completed", "Say that a run has reached its goal.")


@run.command()
@changing
@argument("key", metavar="ID")
@option("--reason", metavar="TEXT", help="Why.")
def pause(key: str, reason: str | None, **options: Any) -> None:
    """Pause a run that executes."""
    change_run(session_of(options), key, runs.pause, lambda done: f"{done} is paused", reason=reason)


@run.command()
@changing
@argument("key", metavar="ID")
@option("--error", metavar="TEXT", required=True, help="What went wrong.")
def fail(key: str, error: str, **options: Any) -> None:
    """Say that a run has failed for good."""
    change_run(session_of(options), key, runs.fail, lambda done: f"{done} has failed", error=error)


@run.command()
@changing
@argument("key", metavar="ID")
@option("--reason", metavar="TEXT", help="Why.")
def abort(key: str, reason: str | None, **options: Any) -> None:
    """Give a paused run up."""
    change_run(session_of(options), key, runs.abort, lambda done: f"{done} is aborted", reason=reason)


@run.command()
@changing
@argument("key", metavar="ID")
@option(
    "--again", flag=True, help="Also where it was handed out before and nobody has gone on with it since."
)
def recover(key: str, again: bool, **options: Any) -> None:
    """Go on with an interrupted run: attempts that ran are over, and it executes again."""
    session = session_of(options)
    session.change(
        lambda memory: runs.recover(memory, key, again=again, expected=expected_of(session, memory, key)),
        lambda done: f"{done.run} goes on in {done.phase}" if done.phase else f"{done.run} goes on",
    )


@run.command()
@changing
@argument("key", metavar="ID")
@option("--agent", "agents", metavar="NAME", many=True, help="An agent that works on it.")
@option("--handoff", "handoffs", metavar="ID", many=True, help="A handoff that belongs to it.")
def link(key: str, **options: Any) -> None:
    """Say which agents and handoffs belong to a run."""
    session = session_of(options)
    change_run(session, key, runs.link, lambda done: f"{done} linked", **options)


@run.command()
@reading
@argument("key", metavar="ID")
@option("--phase", metavar="NAME", help="One phase of it alone.")
@option("--format", "form", choices=("json", "markdown"), default="json", help="markdown is a summary.")
def export(key: str, phase: str | None, form: str, **options: Any) -> None:
    """Print a run or one phase as JSON, or a summary of the run with a timeline."""
    memory = session_of(options).memory()
    if form == "markdown":
        if phase is not None:
            raise UsageError("A summary is about the whole run.", "Leave --phase out, or ask for JSON.")
        print_text(runs.summary_markdown(memory, key), end="")
    elif phase is not None:
        print_json("phase", runs.export_phase(memory, key, phase))
    else:
        print_json("run", runs.export_run(memory, key))


@run.command()
@reading
@argument("key", metavar="[ID]", required=False)
def stats(key: str | None, **options: Any) -> None:
    """Show figures of a run, or over all runs."""
    from dataclasses import asdict

    session = session_of(options)
    memory = session.memory()
    told = asdict(runs.statistics(memory) if key is None else runs.summary(memory, key))
    if session.as_json:
        print_json("statistics", told)
        return
    for name, value in told.items():
        shown = (
            ", ".join(f"{number} {each}" for each, number in value.items())
            if isinstance(value, dict)
            else value
        )
        print_text(f"{name.replace('_', ' ')}: {'-' if shown in (None, '') else shown}")


@run.command()
@changing
@argument("key", metavar="ID")
@argument("phase", metavar="PHASE")
@argument("names", metavar="[NAME...]", many=True)
def verify(key: str, phase: str, names: tuple[str, ...], **options: Any) -> int:
    """Run the verification commands of the settings, or those named; one that fails becomes a finding (exit 1).

    Each runs in the project's folder as you, its output kept below .cosmemory/output; --dry-run shows them.
    """
    from dataclasses import asdict

    from cosmemory.maintenance import verification

    session = session_of(options)
    session.refuse_expected("run verify")
    memory = session.memory()
    if session.dry_run:
        for name, each in verification.verifications(memory, names).items():
            print_text(f"{name}: {visible_line(each.command)}")
        return 0
    checks = verification.verify(memory, key, phase, names, project=project_of(session))
    tell_notices(memory.notices())
    if session.as_json:
        print_json("verification", {"checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            told = (
                f"failed, {check.finding}: {check.error}" if check.finding else f"passed, {check.seconds:g} s"
            )
            print_text(f"{check.name}  {visible_line(told)}")
    return 0 if all(check.passed for check in checks) else 1


@run.command()
@changing
@argument("key", metavar="[ID]", required=False)
@option("--days", metavar="N", least=0, help="Those that ended so many days ago; 30 unless it is set.")
@option("--gzip", "compress", flag=True, help="Pack them; gunzip gives each back byte for byte.")
def clean(key: str | None, **options: Any) -> None:
    """Move failed and aborted runs to the archive, or the one that is named."""
    session = session_of(options)
    if key is None:
        session.refuse_expected("run clean without an ID")
    session.change(
        lambda memory: runs.clean(
            memory, key, expected=expected_of(session, memory, key) if key is not None else None, **options
        ),
        lambda done: "\n".join(f"{each.run} is at {each.place}" for each in done) or "nothing to clean up",
    )


run.include(phase, execution, finding, artifact, intervention, context)
