"""The commands that find what was interrupted, hand it out to go on, or put it away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.interfaces.cli.agent_lines import blocks, interrupted_data, resumption_lines
from cosmemory.interfaces.cli.confirm import agreed
from cosmemory.interfaces.cli.declared import group, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices
from cosmemory.interfaces.cli.session import Session, changing, reading, session_of
from cosmemory.maintenance import recovery
from cosmemory.maintenance.interrupted_agents import InterruptedAgent
from cosmemory.memory import Memory
from cosmemory.operations import agents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOTHING = "nothing was interrupted"


@group
def recover() -> None:
    """Find what was interrupted by a crash or a shutdown, and go on with it."""


@recover.command()
@reading
def check(**options: Any) -> int:
    """Count what was interrupted; exit 1 where an agent has lost its process."""
    session = session_of(options)
    found = recovery.check(session.memory())["agents"]
    counts = recovery.counted(found)
    processes = dict(Counter(each.process for each in found))
    if session.as_json:
        held = {**asdict(counts), "processes": processes}
        print_json(
            "recovery",
            {"agents": held, "interrupted": {"agents": [interrupted_data(each) for each in found]}},
        )
    else:
        for line in _summary(counts, processes):
            print_text(line)
    return int(counts.orphans > 0)


def _summary(counts: recovery.Counts, processes: dict[str, int]) -> Iterator[str]:
    if not counts.total:
        yield NOTHING
        return
    yield recovery.sentence(counts)
    for title, told in (("Status", counts.by_status), ("Type", counts.by_type), ("Process", processes)):
        yield f"  {title}: {', '.join(f'{name} {number}' for name, number in told.items())}"
    yield "What can be done:"
    yield "  cosmemory recover list    shows how far each of them was"
    yield "  cosmemory recover resume  hands them out to be spawned again from their last checkpoints"
    yield "  cosmemory recover clear   moves them to the archive"


@recover.command("list")
@reading
def list_(**options: Any) -> None:
    """Show each agent that has not ended: its process, its last checkpoint, its parent."""
    session = session_of(options)
    memory = session.memory()
    found = recovery.check(memory)["agents"]
    if session.as_json:
        print_json("interrupted", {"agents": [interrupted_data(each) for each in found]})
        return
    for line in blocks(found, memory.now()):
        print_text(line)
    if not found:
        print_text(NOTHING)


@recover.command()
@changing
@option("--agent", "keys", metavar="ID", many=True, help="Only this one; may be given again.")
@option("--yes", flag=True, help="Do it without asking.")
def resume(keys: tuple[str, ...], yes: bool, **options: Any) -> int:
    """Hand out what is needed to spawn interrupted agents again; their pages and the log tell of it.

    Agents whose process lives are left alone. Whoever gets the answer spawns them, each from its last checkpoint.
    """
    session = session_of(options)
    session.refuse_expected("recover resume")
    memory = session.memory()
    chosen = list(keys) or [each.agent_id for each in recovery.resumable(memory)]
    if not _asked(session, memory, chosen, yes, "Resume"):
        return 1
    if session.dry_run:
        memory.store = Rehearsal(memory.store)
    try:
        done = [recovery.resume(memory, key) for key in chosen]
    finally:
        tell_notices(memory.notices())
    if session.as_json:
        print_json("resumption", {"agents": [each.data for each in done], "dry_run": session.dry_run})
        return 0
    for each in done:
        for line in resumption_lines(each):
            print_text(line)
    if not done:
        print_text(NOTHING)
    return 0


@recover.command()
@changing
@option("--agent", "keys", metavar="ID", many=True, help="Only this one; may be given again.")
@option("--yes", flag=True, help="Do it without asking.")
def clear(keys: tuple[str, ...], yes: bool, **options: Any) -> int:
    """Move agents that nobody will resume to the archive, where their pages are kept.

    Agents whose process lives stay where they are.
    """
    session = session_of(options)
    session.refuse_expected("recover clear")
    memory = session.memory()
    found = recovery.check(memory)["agents"]
    chosen = list(keys) or [each.agent_id for each in found if each.process != "alive"]
    if not _asked(session, memory, chosen, yes, "Clear"):
        return 1
    if session.dry_run:
        memory.store = Rehearsal(memory.store)
    try:
        done = recovery.clear(memory, keys)
    finally:
        tell_notices(memory.notices())
    if session.as_json:
        print_json("clearance", {"agents": list(done), "dry_run": session.dry_run})
    else:
        print_text("\n".join(f"{key} moved to archive/agents/{key}.md" for key in done) or NOTHING)
    return 0


def _asked(session: Session, memory: Memory, keys: Sequence[str], yes: bool, verb: str) -> bool:
    """Whether it may be done: nothing to ask where nothing is there, and shown to who has not said yes."""
    if yes or session.dry_run or not keys:
        return True
    named = {str(agents.named(memory, key).agent_id) for key in keys}
    found: list[InterruptedAgent] = [
        each for each in recovery.check(memory)["agents"] if each.agent_id in named
    ]
    if session.as_json:
        print_json("question", {"agents": [interrupted_data(each) for each in found], "done": False})
        return False
    for line in blocks(found, memory.now()):
        print_text(line)
    if agreed(f"{verb} {len(keys)} agent{'s' if len(keys) > 1 else ''}?"):
        return True
    print_text(f"nothing was done; cosmemory recover {verb.lower()} --yes does it")
    return False
