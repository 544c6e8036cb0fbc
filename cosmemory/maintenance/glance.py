"""What a glance at a memory tells, at the cost of a few milliseconds: for commands that show it besides."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.checks.state import missing_pages
from cosmemory.frozen import frozen
from cosmemory.kinds import AGENT, CONFLICT, DEPLOYMENT, LOG_PATH, MEETING, RUN, SESSION_PATH
from cosmemory.memory import Memory
from cosmemory.rules.rule import ERROR, INFO, WARNING
from cosmemory.store import Vitals

TAIL = 4096
# Where the pages are of what can be interrupted.
_WORK = (SESSION_PATH, *(kind.path.partition("{")[0] for kind in (AGENT, RUN, DEPLOYMENT, MEETING)))


@frozen(kw_only=True)
class Finding:
    """One thing that is not as it should be, in a sentence, and the command that mends it."""

    check: str
    severity: str
    said: str
    command: str = ""


def glance(memory: Memory) -> tuple[Finding, ...]:
    """What can be told without reading more than the end of the log, the conflicts and what was interrupted."""
    return (*first_glance(memory), *interrupted(memory))


def first_glance(memory: Memory) -> tuple[Finding, ...]:
    """The same without what was interrupted, for those who tell of that in their own words."""
    vitals = memory.store.vitals(brief=True)
    if vitals.pending:
        vitals = memory.store.vitals()  # whether somebody is at it
    return (
        *missing(memory),
        *_tail(memory),
        *ailing(memory, vitals),
        *disputed(memory),
    )


def missing(memory: Memory) -> Iterator[Finding]:
    """Standard pages that are not there."""
    for path in missing_pages(set(memory.store.paths())):
        said = f"{path} is missing."
        yield Finding(check="pages", severity=ERROR, said=said, command=repair_of(path))


def repair_of(path: str) -> str:
    """The command that mends a page."""
    return f"cosmemory repair {path.removesuffix('.md')}"


def _tail(memory: Memory) -> Iterator[Finding]:
    tail, start = memory.store.read_tail(LOG_PATH, TAIL)
    begin = tail.rfind(b"\n### ") + 1
    if not begin or tail.rstrip().endswith(b"\n---"):
        return
    from cosmemory.maintenance.damage import damage_of

    if any(each.sort == "torn-entry" for each in damage_of(LOG_PATH, tail[begin:])):
        said = f"{LOG_PATH}: the last entry, at byte {start + begin}, has no end; the next one closes it."
        yield Finding(check="damage", severity=WARNING, said=said, command=repair_of(LOG_PATH))


def ailing(memory: Memory, vitals: Vitals) -> Iterator[Finding]:
    """The lock, a change that is half done, and room."""
    if vitals.pending:
        what = f"A change ({vitals.operation or 'unnamed'}) of {', '.join(vitals.pending)}"
        outlook = "readers see it whole, and the next command finishes it."
        if vitals.edited:
            outlook = f"{', '.join(vitals.edited)} was saved by hand since, and the next command brings both together."
        said = f"{what} is recorded and not finished; {outlook}"
        # While its writer is at work this is as it should be.
        severity = INFO if vitals.holder and vitals.alive else WARNING
        yield Finding(check="intent", severity=severity, said=said, command="cosmemory repair --yes")
    if vitals.holder:
        severity = INFO if vitals.alive else WARNING
        said = f"The lock is held by {vitals.told or vitals.holder}."
        yield Finding(check="lock", severity=severity, said=said)
    if vitals.free is not None and vitals.free < memory.settings.free_bytes:
        said = f"{megabytes(vitals.free)} are left on the disk, and {megabytes(vitals.used)} are used here."
        yield Finding(check="disk", severity=ERROR, said=said, command="cosmemory checkpoint prune")
    if vitals.own > memory.settings.own_bytes:
        said = f"The journal and its like, in .cosmemory, have {megabytes(vitals.own)}."
        yield Finding(check="journal", severity=WARNING, said=said)


def disputed(memory: Memory) -> Iterator[Finding]:
    """Conflicts that wait for somebody."""
    if not any(CONFLICT.pattern.fullmatch(path) for path in memory.store.paths()):
        return  # which most memories come to, at no cost
    from cosmemory.operations import conflicts

    for each in conflicts.listed(memory):
        values = ", ".join(str(value.value) for value in each.disputed_values)
        said = f"{each.id} waits for somebody: {each.document}, {values}."
        command = f"cosmemory conflict show {each.id}"
        yield Finding(check="conflict", severity=WARNING, said=said, command=command)


def interrupted(memory: Memory) -> Iterator[Finding]:
    """What was interrupted, in a line: a warning where nobody is at it any more."""
    if not any(path.startswith(_WORK) for path in memory.store.paths()):
        return  # which many memories come to, at no cost
    from cosmemory.maintenance.recovery import SORTS, check, is_urgent, sentences
    from cosmemory.maintenance.resuming_agents import is_stale

    found = check(memory, [sort for sort in SORTS if sort.glanced is not None])
    seen = {
        sort.name: tuple(filter(sort.glanced, found[sort.name])) for sort in SORTS if sort.glanced is not None
    }
    said = " ".join(sentences(seen))
    if not said:
        return
    now, limit = memory.now(), memory.settings.agent_stale_minutes
    lost = is_urgent(seen) or any(is_stale(each, now, limit) for each in seen["agents"])
    severity = WARNING if lost else INFO
    yield Finding(check="interrupted", severity=severity, said=said, command="cosmemory recover check")


def megabytes(size: int) -> str:
    """A size in the largest unit that it fills: ``1.2 MB``, ``34 kB``, ``512 bytes``."""
    for unit, name in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"
