"""The commands that find what was interrupted, hand it out to go on, or put it away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import CosmemoryError
from cosmemory.interfaces.cli.agent_lines import resumption_lines
from cosmemory.interfaces.cli.confirm import agreed
from cosmemory.interfaces.cli.declared import group, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices
from cosmemory.interfaces.cli.recovery_lines import handed_lines, item_data, item_lines
from cosmemory.interfaces.cli.session import Session, changing, reading, session_of
from cosmemory.maintenance import recovery
from cosmemory.maintenance.recovery import AGENT, SORTS, Item
from cosmemory.maintenance.resuming_agents import Counts, Resumption, counted
from cosmemory.memory import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.maintenance.interruptions import Handed

NOTHING = "nothing was interrupted"
# What there is one of in a memory: its option takes no id.
ONE = ("session", "deployment")
MANY = ("agent", "run", "handoff", "onboarding", "meeting")


@group
def recover() -> None:
    """Find what was interrupted by a crash or a shutdown, and go on with it."""


@recover.command()
@reading
def check(**options: Any) -> int:
    """Tell what was interrupted; exit 1 where a process is gone, the session failed or fell silent, a handoff is lost."""
    session = session_of(options)
    found = recovery.check(session.memory())
    counts = counted(found["agents"])
    processes = dict(Counter(each.process for each in found["agents"]))
    if session.as_json:
        held = {**asdict(counts), "processes": processes}
        told = {
            sort.name: [item_data(Item(sort=sort, key="", record=each)) for each in found[sort.name]]
            for sort in SORTS
        }
        print_json("recovery", {"agents": held, "interrupted": told})
    else:
        for line in _summary(found, counts, processes):
            print_text(line)
    return int(recovery.is_urgent(found))


def _summary(found: dict[str, tuple[Any, ...]], counts: Counts, processes: dict[str, int]) -> Iterator[str]:
    if not any(found.values()):
        yield NOTHING
        return
    for sort in SORTS:
        if not found[sort.name]:
            continue
        yield sort.sentence(found[sort.name])
        if sort.kind == AGENT:
            for title, told in (
                ("Status", counts.by_status),
                ("Type", counts.by_type),
                ("Process", processes),
            ):
                yield f"  {title}: {', '.join(f'{name} {number}' for name, number in told.items())}"
    yield "What can be done:"
    yield "  cosmemory recover list    shows how far each of them was"
    yield "  cosmemory recover resume  hands out what is needed to go on where each of them was"
    yield "  cosmemory recover clear   moves what broke off to the archive"


@recover.command("list")
@reading
def list_(**options: Any) -> None:
    """Show each thing that was interrupted: how far it was, who is still to speak, which process it had."""
    session = session_of(options)
    memory = session.memory()
    found = recovery.items(memory)
    if session.as_json:
        print_json("interrupted", _by_sort(found))
        return
    for line in item_lines(found, memory.now()):
        print_text(line)
    if not found:
        print_text(NOTHING)


def _by_sort(found: Sequence[Item]) -> dict[str, Any]:
    return {sort.name: [item_data(each) for each in found if each.sort is sort] for sort in SORTS}


def _chosen(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name what is meant, and the one that says yes."""
    command = option("--yes", flag=True, help="Do it without asking.")(command)
    for kind in reversed(MANY):
        said = "The handoff that this meeting lost" if kind == "meeting" else f"Only this {kind}"
        command = option(f"--{kind}", metavar="ID", many=True, help=f"{said}; may be given again.")(command)
    for kind in reversed(ONE):
        command = option(f"--{kind}", flag=True, help=f"Only the {kind}.")(command)
    return command


def _named(options: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the options name, by kind and key; it takes it out of them."""
    ones = [(kind, "") for kind in ONE if options.pop(kind)]
    return (*ones, *((kind, key) for kind in MANY for key in options.pop(kind)))


@recover.command()
@changing
@_chosen
@option("--again", flag=True, help="Also what was handed out before and nobody has gone on with since.")
def resume(yes: bool, again: bool, **options: Any) -> int:
    """Hand out what is needed to go on with everything that was interrupted; pages and log tell that it was done.

    What is at work, has failed, waits for a decision or was handed out before is left alone. Whoever gets the answer goes on: spawns the
    agents from their last checkpoints, lets those speak who have not, enters the phase, rolls back or advances.
    """
    named = _named(options)
    session = session_of(options)
    session.refuse_expected("recover resume")
    memory = session.memory()
    chosen = _items(memory, named, lambda each: each.resumable(again=again))
    if not _asked(session, memory, chosen, named, yes, "Resume"):
        return 1
    if session.dry_run:
        memory.store = Rehearsal(memory.store)
    done: list[Resumption | Handed] = []
    refused: CosmemoryError | None = None
    try:
        for each in _each_handed(memory, named, chosen, again):
            done.append(each)  # noqa: PERF402 - what came before one that is refused stays
    except CosmemoryError as error:
        refused = error
    finally:
        tell_notices(memory.notices())
    # What was handed out before one was refused is told to nobody else.
    if done or refused is None:
        _print_handed(session, memory, done)
    if refused is not None:
        raise refused
    return 0


def _each_handed(
    memory: Memory, named: Sequence[tuple[str, str]], chosen: Sequence[Item], again: bool
) -> Iterator[Resumption | Handed]:
    """What is named, or all that was chosen and that nobody else went on with meanwhile."""
    for kind, key in named:
        yield recovery.resume(memory, key, kind=kind, again=again)
    for each in () if named else chosen:
        found = recovery.resume_item(memory, each, again=again)
        if found is not None:
            yield found


def _print_handed(session: Session, memory: Memory, done: Sequence[Resumption | Handed]) -> None:
    if session.as_json:
        print_json("resumption", {**_handed(done), "dry_run": session.dry_run})
        return
    for each in done:
        for line in resumption_lines(each) if isinstance(each, Resumption) else handed_lines(each):
            print_text(line)
    if done:
        if session.dry_run:
            print_text("that would be handed out; nothing was changed")
        return
    before = [each for each in recovery.items(memory) if each.left == recovery.HANDED]
    for item in before:
        print_text(f"{item.sort.kind} {item.key} is left alone: {item.left}")
    print_text("--again hands it out once more, where whoever got it is gone" if before else _nothing(memory))


def _nothing(memory: Memory) -> str:
    """Why there is nothing to do: nothing was interrupted, or what was is not for all at once."""
    found = any(recovery.check(memory).values())
    return "nothing to do; cosmemory recover list shows what is left alone" if found else NOTHING


def _handed(done: Sequence[Resumption | Handed]) -> dict[str, Any]:
    return {sort.name: [each.data for each in done if each.kind == sort.kind] for sort in SORTS}


@recover.command()
@changing
@_chosen
def clear(yes: bool, **options: Any) -> int:
    """Move what nobody will resume to the archive, where its pages are kept: the session, agents and runs.

    Agents whose process lives stay where they are. Handoffs and onboardings are cleared only by name; a deployment
    never is, for part of the traffic runs on it.
    """
    named = _named(options)
    session = session_of(options)
    session.refuse_expected("recover clear")
    memory = session.memory()
    chosen = _items(
        memory,
        named,
        lambda each: each.sort.breaks_off and (each.sort.kind != AGENT or each.record.process != "alive"),
    )
    if not _asked(session, memory, chosen, named, yes, "Clear"):
        return 1
    if session.dry_run:
        memory.store = Rehearsal(memory.store)
    by_kind: dict[str, list[str]] = {}
    for kind, key in named:
        by_kind.setdefault(kind, []).extend([key] if key else [])
    try:
        done = [each for kind, keys in by_kind.items() for each in recovery.clear(memory, keys, kind=kind)]
        done += recovery.clear(memory) if not named else []
    finally:
        tell_notices(memory.notices())
    if session.as_json:
        told = {sort.name: [each.key for each in done if each.kind == sort.kind] for sort in SORTS}
        print_json("clearance", {**told, "dry_run": session.dry_run})
    else:
        moved = "would be moved" if session.dry_run else "moved"
        print_text("\n".join(f"{each.key} {moved} to {each.place}" for each in done) or _nothing(memory))
    return 0


def _items(memory: Memory, named: Sequence[tuple[str, str]], wanted: Callable[[Item], bool]) -> list[Item]:
    """What is meant: what is named, or all that is wanted."""
    if not named:
        return [each for each in recovery.items(memory) if wanted(each)]
    return [recovery.item_named(memory, key, kind) for kind, key in named]


def _asked(
    session: Session,
    memory: Memory,
    chosen: Sequence[Item],
    named: Sequence[tuple[str, str]],
    yes: bool,
    verb: str,
) -> bool:
    """Whether it may be done: nothing to ask where nothing is there, and shown to who has not said yes."""
    if yes or session.dry_run or not (chosen or named):
        return True
    if session.as_json:
        print_json("question", {**_by_sort(chosen), "done": False})
        return False
    for line in item_lines(chosen, memory.now()):
        print_text(line)
    if agreed(f"{verb} {_counted(chosen)}?"):
        return True
    meant = "".join(f" --{kind} {key}".rstrip() for kind, key in named)
    print_text(f"nothing was done; cosmemory recover {verb.lower()}{meant} --yes does it")
    return False


def _counted(chosen: Sequence[Item]) -> str:
    """How many of what, in words."""
    counts = Counter(each.sort.kind for each in chosen)
    return ", ".join(f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in counts.items())
