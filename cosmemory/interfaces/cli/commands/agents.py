"""Commands for agents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from cosmemory.document.data import data_of, plain
from cosmemory.document.json_values import read_data
from cosmemory.errors import InvalidValue, UsageError
from cosmemory.interfaces.cli.agent_lines import agent_line
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.metadata import METAVAR, OPTION, metadata_said
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices, tell_warning
from cosmemory.interfaces.cli.session import changing, reading, session_of, text_of
from cosmemory.kinds.agent import STATUS, Process
from cosmemory.operations import agents
from cosmemory.operations.agents import Spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from cosmemory.memory import Memory, Outcome

    Command = TypeVar("Command", bound=Callable[..., Any])


@group
def agent() -> None:
    """Spawn agents and follow them: states, progress, processes.

    Each has a page agents/ID.md; recover finds those that were interrupted.
    """


def asking(command: Command) -> Command:
    """The options that say what is asked of an agent."""
    for decorated in (
        option(OPTION, metavar=METAVAR, many=True, help="Anything else; VALUE may be JSON."),
        option("--duration", metavar="SECONDS", help="How long it will take."),
        option("--load", metavar="PERCENT", help="The share of the load that it takes."),
        option("--prompt", metavar="TEXT", help="What it is to do; - reads stdin."),
        option("--model", metavar="M", help="The model that it runs on."),
        option("--parent", metavar="ID", help="Who spawns it."),
        option("--type", "kind", metavar="T", help="L1, L2, L3 or any other word."),
        option("--name", metavar="N", help="What it is called."),
    ):
        command = decorated(command)
    return command


def asked_of(options: dict[str, Any]) -> dict[str, Any]:
    """What is asked of an agent; it takes that out of ``options``."""
    said = {name: options.pop(name) for name in ("name", "kind", "parent", "model")}
    prompt, load, duration = (options.pop(name) for name in ("prompt", "load", "duration"))
    said["prompt"] = text_of(prompt) if prompt is not None else None
    said["load"] = number_of("--load", load.removesuffix("%")) if load is not None else None
    said["duration"] = number_of("--duration", duration) if duration is not None else None
    said["metadata"] = metadata_said(options.pop("metadata"))
    if not isinstance(said["metadata"], dict | None):
        raise InvalidValue(
            OPTION, f"{said['metadata']!r} names no value", "Write KEY=VALUE, or a JSON object."
        )
    return said


def number_of(what: str, text: str) -> float:
    """A number that was given on the command line.

    Raises InvalidValue.
    """
    from cosmemory.document.values import NUMBER

    found: float | None = NUMBER.enter(what, text)
    if found is None:
        raise InvalidValue(what, f"{text!r} is not a number")
    return found


@agent.command()
@changing
@argument("key", metavar="ID")
@asking
def register(key: str, **options: Any) -> None:
    """Write down an agent that is to be spawned."""
    session = session_of(options)
    said = asked_of(options)
    session.change(
        lambda memory: agents.register(memory, key, expected=session.expected(f"agents/{key}"), **said), str
    )


@agent.command()
@changing
@argument("key", metavar="ID")
@asking
@option("--pid", metavar="N", least=1, help="Its process, where it has one already.")
def spawn(key: str, pid: int | None, **options: Any) -> None:
    """Say that an agent is being spawned, a new one or one that waits.

    Where its page cannot be written a warning says so, and the exit code is 0: the agent is not to wait for it.
    """
    session = session_of(options)
    said = asked_of(options)
    process = _process(pid)

    def verb(memory: Memory) -> Outcome[Spawn]:
        made = agents.spawn(memory, key, process=process, expected=session.expected(f"agents/{key}"), **said)
        if made.result.problem:
            tell_warning(f"{key} is not on record: {made.result.problem}")
        return made

    session.change(verb, lambda made: made.key)


def _process(pid: int | None) -> Process | None:
    """The process of that number as a page names it, whether it still runs or not."""
    if pid is None:
        return None
    from cosmemory.maintenance.processes import described

    return described(pid)


@agent.command()
@changing
@argument("key", metavar="ID")
@option("--pid", metavar="N", least=1, help="Its process.")
def started(key: str, pid: int | None, **options: Any) -> None:
    """Say that an agent is at work."""
    session = session_of(options)
    process = _process(pid)
    session.change(
        lambda memory: agents.started(
            memory, key, process=process, expected=session.expected(f"agents/{key}")
        ),
        lambda moved: f"{moved} running",
    )


def using(command: Command) -> Command:
    """The options that say what an agent has used."""
    command = option("--cost", metavar="C", help="What it has cost so far.")(command)
    return option("--tokens", metavar="N", least=0, help="The tokens that it has used so far.")(command)


def used_of(options: dict[str, Any]) -> dict[str, Any]:
    """What an agent has used; it takes that out of ``options``."""
    cost = options.pop("cost")
    return {
        "tokens": options.pop("tokens"),
        "cost": number_of("--cost", cost) if cost is not None else None,
    }


@agent.command()
@changing
@argument("key", metavar="ID")
@argument("percent", metavar="PERCENT")
@option("--data", metavar="JSON", help="What it needs to go on from here; - reads stdin.")
@using
def progress(key: str, percent: str, data: str | None, **options: Any) -> None:
    """Say how far an agent is: a checkpoint from which it can be resumed.

    --message says what it has done; it stands in the checkpoint as well.
    """
    used = used_of(options)
    session = session_of(options)
    share = number_of("PERCENT", percent.removesuffix("%"))
    held = read_data(text_of(data)).value.value if data is not None else None
    session.change(
        lambda memory: agents.progress(
            memory,
            key,
            share,
            message=session.message or None,
            data=held,
            expected=session.expected(f"agents/{key}"),
            **used,
        ),
        lambda moved: f"{moved} at {percent.removesuffix('%')}%",
    )


@agent.command()
@changing
@argument("key", metavar="ID")
@using
def complete(key: str, **options: Any) -> None:
    """Say that an agent has done its work."""
    used = used_of(options)
    session = session_of(options)
    session.change(
        lambda memory: agents.complete(memory, key, expected=session.expected(f"agents/{key}"), **used),
        lambda moved: f"{moved} completed",
    )


@agent.command()
@changing
@argument("key", metavar="ID")
@option("--error", metavar="TEXT", required=True, help="Why.")
@using
def fail(key: str, error: str, **options: Any) -> None:
    """Say that an agent has failed."""
    used = used_of(options)
    session = session_of(options)
    session.change(
        lambda memory: agents.mark_failed(
            memory, key, error=error, expected=session.expected(f"agents/{key}"), **used
        ),
        lambda moved: f"{moved} failed",
    )


def _simple(name: str, summary: str, verb: Callable[..., Any], told: str) -> None:
    @agent.command(name, summary=summary)
    @changing
    @argument("key", metavar="ID")
    def step(key: str, **options: Any) -> None:
        session = session_of(options)
        session.change(
            lambda memory: verb(memory, key, expected=session.expected(f"agents/{key}")),
            lambda moved: f"{moved} {told}",
        )


_simple("retry", "Let an agent that failed wait to be spawned again.", agents.retry, "waits to be spawned")
_simple("remove", "Move an agent's page to the archive.", agents.remove, "moved to the archive")


@agent.command()
@changing
@option("--days", metavar="N", help="How long ago they must have ended; else what the settings say, 7.")
def cleanup(days: str | None, **options: Any) -> None:
    """Move the pages of agents that ended some days ago to the archive."""
    session = session_of(options)
    session.refuse_expected("agent cleanup")
    age = number_of("--days", days) if days is not None else None
    session.change(
        lambda memory: agents.cleanup(memory, days=age),
        lambda moved: f"{moved} moved to the archive" if moved else "no agent ended so long ago",
    )


@agent.command("list")
@reading
@option("--status", metavar="S", many=True, help="Only those of this status; may be given again.")
@option("--type", "kind", metavar="T", help="Only those of this type.")
@option("--parent", metavar="ID", help="Only those that this one spawned.")
@option("--model", metavar="M", help="Only those on this model.")
def list_(
    status: tuple[str, ...], kind: str | None, parent: str | None, model: str | None, **options: Any
) -> None:
    """List the agents."""
    session = session_of(options)
    wanted = [str(STATUS.enter("--status", each)) for each in status]
    found = agents.listed(session.memory(), status=wanted, kind=kind, parent=parent, model=model)
    if session.as_json:
        print_json("agents", {"agents": [data_of(each) for each in found]})
        return
    for each in found:
        print_text(agent_line(each))
    if not found:
        print_text("there is no such agent" if status or kind or parent or model else "there is no agent")


@agent.command()
@reading
@argument("key", metavar="ID")
def show(key: str, **options: Any) -> None:
    """Show an agent's page, or its typed content as JSON."""
    session = session_of(options)
    memory = session.memory()
    found = agents.get(memory, key)
    if session.as_json:
        print_json("agent", {"agent": data_of(found)})
        return
    print_text(memory.page(f"agents/{found.agent_id}").tree.text, end="")


@agent.command()
@reading
def tree(**options: Any) -> None:
    """Show which agent spawned which."""
    session = session_of(options)
    found = agents.tree(session.memory())
    if session.as_json:
        held = [
            {"depth": depth, "agent_id": each.agent_id, "status": plain(each.status)} for depth, each in found
        ]
        print_json("agent-tree", {"agents": held})
        return
    for depth, each in found:
        print_text("  " * depth + agent_line(each))
    if not found:
        print_text("there is no agent")


@agent.command()
@reading
def summary(**options: Any) -> None:
    """Count the agents by status and type; tell the oldest that has not ended."""
    session = session_of(options)
    found = agents.summary(session.memory())
    if session.as_json:
        held = {**asdict(found), "oldest_since": plain(found.oldest_since)}
        print_json("agent-summary", held)
        return
    print_text(f"Agents: {found.total}, {found.incomplete} not ended")
    for title, counts in (("By status", found.by_status), ("By type", found.by_type)):
        print_text(f"  {title}: {', '.join(f'{name} {number}' for name, number in counts.items()) or 'none'}")
    if found.oldest is not None:
        print_text(f"  Oldest not ended: {found.oldest}, since {plain(found.oldest_since)}")
    if found.resumed:
        print_text(f"  Resumed after an interruption: {found.resumed}, of which {found.recovered} completed")


@agent.command()
@changing
@argument("key", metavar="ID")
@argument("command", metavar="COMMAND...", many=True, required=True)
@asking
@option("--restarts", metavar="N", least=0, help="How often it is started again where it fails; else never.")
@option("--backoff", metavar="SECONDS", help="The pause before the first new start; else as settings say.")
@option("--output", metavar="FILE", help="Where it prints to; else a file below .cosmemory/output.")
def run(key: str, command: tuple[str, ...], **options: Any) -> int:
    """Start a process for an agent and follow it to its end: cosmemory agent run ID -- COMMAND...

    Exit 0 where it did its work, 1 where it failed. It goes on when cosmemory is killed; recover tells if it lives.
    """
    from cosmemory.maintenance.following import follow
    from cosmemory.maintenance.processes import ending_of

    restarts, backoff, output = (options.pop(name) for name in ("restarts", "backoff", "output"))
    pause = number_of("--backoff", backoff) if backoff is not None else None
    said = asked_of(options)
    session = session_of(options)
    session.refuse_expected("agent run")
    if session.dry_run:
        raise UsageError("A process cannot be run for trial.", "Leave --dry-run out.")
    memory = session.memory()
    try:
        done = follow(
            memory,
            key,
            command,
            restarts=restarts or 0,
            backoff=pause,
            output=output,
            tell=tell_warning,
            **said,
        )
    finally:
        tell_notices(memory.notices())
    if session.as_json:
        print_json("agent-run", {**asdict(done), "completed": done.completed})
    else:
        ended = "completed" if done.completed else f"failed, {ending_of(done.exit_code)}"
        print_text(f"{done.key} {ended}; its output: {done.output}")
    return int(not done.completed)


@agent.command()
@reading
@argument("key", metavar="ID")
@option("-n", "lines", metavar="N", least=1, help="How many lines; else 20.")
def output(key: str, lines: int | None, **options: Any) -> None:
    """Show the last lines that an agent's process printed."""
    from cosmemory.maintenance.outputs import last_lines

    session = session_of(options)
    found = agents.get(session.memory(), key)
    told = last_lines(found.process.output, lines or 20)
    if session.as_json:
        print_json("output", {"agent_id": found.agent_id, "path": found.process.output, "lines": told})
        return
    for line in told:
        print_text(line)
