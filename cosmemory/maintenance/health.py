"""How a memory fares: one look at everything that goes wrong slowly or unseen, each with the command that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.ages import spoken
from cosmemory.checks.state import missing_pages
from cosmemory.document.values import time_of
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, COS_STATE, LOG_PATH, TEAM_ROSTER, Kind
from cosmemory.kinds.cos_state import ENDED
from cosmemory.maintenance.checkpoints import Checkpoint, listed
from cosmemory.maintenance.damage import SORTS, damage_of
from cosmemory.maintenance.rotation import verify
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.rules import ERROR, INFO, WARNING
from cosmemory.store import Vitals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHOWN = 5  # strangers that are named
TAIL = 4096
AWAY = ("offline", "hibernated")


@frozen(kw_only=True)
class Finding:
    """One thing that is not as it should be, in a sentence, and the command that mends it."""

    check: str
    severity: str
    said: str
    command: str = ""


@frozen(kw_only=True)
class Health:
    """What a look found, the gravest first, and the figures that it saw."""

    findings: tuple[Finding, ...]
    pages: int
    used: int
    own: int
    free: int | None
    checkpoint: str | None
    holder: str

    @property
    def well(self) -> bool:
        """Whether nothing is wrong that must not stay so."""
        return all(each.severity != ERROR for each in self.findings)


def examine(memory: Memory) -> Health:
    """A look at everything; it changes nothing."""
    vitals = memory.store.vitals()
    last = next(iter(listed(memory)), None)
    damaged: set[str] = set()
    found = [
        *_missing(memory),
        *_pages(memory, damaged),
        *_errors(memory, damaged),
        *_archives(memory, damaged),
        *_session(memory),
        *_team(memory),
        *_actions(memory),
        *_vitals(memory, vitals),
        *_checkpoint(memory, last),
        *_strangers(memory),
    ]
    order = (ERROR, WARNING, INFO)
    return Health(
        findings=tuple(sorted(found, key=lambda each: order.index(each.severity))),
        pages=len(memory.store.paths()),
        used=vitals.used,
        own=vitals.own,
        free=vitals.free,
        checkpoint=last.name if last else None,
        holder=vitals.holder,
    )


def glance(memory: Memory) -> tuple[Finding, ...]:
    """What can be told without reading more than the end of the log: for verbs that want to be sure before they begin."""
    return (*_missing(memory), *_tail(memory), *_vitals(memory, memory.store.vitals()))


def _missing(memory: Memory) -> Iterator[Finding]:
    for path in missing_pages(set(memory.store.paths())):
        said = f"{path} is missing."
        yield Finding(check="pages", severity=ERROR, said=said, command=_repair(path))


def _repair(path: str) -> str:
    return f"cosmemory repair {path.removesuffix('.md')}"


def _pages(memory: Memory, damaged: set[str]) -> Iterator[Finding]:
    """Damage, and pages that have grown too large."""
    limit = memory.settings.page_bytes
    for path in memory.store.paths():
        stored = memory.store.read(path)
        if stored is None:
            continue
        size = len(stored.data)
        if size > limit:
            said = f"{path} has {megabytes(size)}, more than {megabytes(limit)}."
            command = "cosmemory rotate" if path == LOG_PATH else f"cosmemory validate {path}"
            yield Finding(
                check="size",
                severity=INFO if ARCHIVE.fullmatch(path) else WARNING,
                said=said,
                command=command,
            )
        damage = damage_of(path, stored.data)
        if not damage:
            continue
        first, more = damage[0], len(damage) - 1
        severity = WARNING if {each.sort for each in damage} == {"torn-entry"} else ERROR
        if severity == ERROR:
            damaged.add(path)
        place = f"{path}:{first.line}" if first.line else path
        said = f"{place}: {SORTS[first.sort]} ({first.evidence})" + (f", and {more} more." if more else ".")
        yield Finding(check="damage", severity=severity, said=said, command=_repair(path))


def _tail(memory: Memory) -> Iterator[Finding]:
    tail, start = memory.store.read_tail(LOG_PATH, TAIL)
    begin = tail.rfind(b"\n### ") + 1
    if begin and any(each.sort == "torn-entry" for each in damage_of(LOG_PATH, tail[begin:])):
        said = f"{LOG_PATH}: the last entry, at byte {start + begin}, has no end; the next one closes it."
        yield Finding(check="damage", severity=WARNING, said=said, command=_repair(LOG_PATH))


def _errors(memory: Memory, damaged: set[str]) -> Iterator[Finding]:
    """What validate would tell of pages that are not told of already."""
    counts: dict[str, int] = {}
    for page in memory.validate().pages:
        for each in page.diagnostics:
            if page.path not in damaged and each.name not in {
                "missing-page",
                "archive-checksum",
                "open-entry",
            }:
                counts[each.severity] = counts.get(each.severity, 0) + 1
    for severity in (ERROR, WARNING):
        count = counts.get(severity, 0)
        if count:
            said = f"{count} {severity}{'s' if count > 1 else ''} on the pages."
            yield Finding(check="validation", severity=severity, said=said, command="cosmemory validate")


def _archives(memory: Memory, damaged: set[str]) -> Iterator[Finding]:
    for fault in verify(memory).faults:
        path = fault.partition(" ")[0]
        if path not in damaged:
            yield Finding(check="archives", severity=ERROR, said=fault, command=_repair(path))


def _document(memory: Memory, kind: Kind) -> Any:
    stored = memory.store.read(kind.path)
    if stored is None or any(each.sort in {"utf-16", "empty"} for each in damage_of(kind.path, stored.data)):
        return None
    return memory.read_stored(stored).document


def _session(memory: Memory) -> Iterator[Finding]:
    state = _document(memory, COS_STATE)
    info = state.session_info if state is not None else None
    if info is None or info.status != "active" or not isinstance(info.last_updated, datetime):
        return
    seconds = int((memory.now() - info.last_updated).total_seconds())
    if seconds >= memory.settings.stale_seconds:
        said = f"The session is active and was not updated for {spoken(seconds // 60)}."
        command = "cosmemory set cos-state session_info.status idle"
        yield Finding(check="session", severity=WARNING, said=said, command=command)


def _team(memory: Memory) -> Iterator[Finding]:
    """Members who have something to do and give no sign of life."""
    roster = _document(memory, TEAM_ROSTER)
    for member in roster.active_team_members if roster is not None else ():
        if not member.current_task or not isinstance(member.last_seen, datetime) or member.status in AWAY:
            continue
        seconds = int((memory.now() - member.last_seen).total_seconds())
        if seconds > memory.settings.idle_seconds:
            said = f"{member.session_name} has a task and was not seen for {spoken(seconds // 60)}."
            command = f"cosmemory team seen {quoted(str(member.session_name))}"
            yield Finding(check="team", severity=ERROR, said=said, command=command)


def _actions(memory: Memory) -> Iterator[Finding]:
    """The action that has been open for longest, if that is too long."""
    state = _document(memory, COS_STATE)
    waiting = {each.id for each in state.pending_actions if each.status not in ENDED} if state else set()
    if not waiting:
        return
    oldest = next(
        (
            event
            for _, event in find_events(memory, types=["action"])
            if event.outcome == "Added"
            and event.extra.get("Action ID") in waiting
            and isinstance(event.time, datetime)
        ),
        None,
    )
    if oldest is None or not isinstance(oldest.time, datetime):
        return
    minutes = int((memory.now() - oldest.time).total_seconds()) // 60
    if minutes >= memory.settings.incomplete_hours * 60:
        key = oldest.extra["Action ID"]
        said = f"Action {key} is open since {spoken(minutes)}, the oldest of {len(waiting)}."
        yield Finding(check="actions", severity=WARNING, said=said, command=f"cosmemory action done {key}")


def _vitals(memory: Memory, vitals: Vitals) -> Iterator[Finding]:
    """The lock, a change that is half done, and room."""
    if vitals.pending:
        what = f"A change ({vitals.operation or 'unnamed'}) of {', '.join(vitals.pending)}"
        said = f"{what} is recorded and not finished; readers see it whole, and the next command finishes it."
        # While its writer is at work this is as it should be.
        severity = INFO if vitals.holder and vitals.alive else WARNING
        yield Finding(check="intent", severity=severity, said=said, command="cosmemory repair --yes")
    if vitals.holder:
        severity, end = (INFO, "") if vitals.alive else (WARNING, ", which does not run any more")
        said = f"The lock is held by {vitals.holder}{end}."
        yield Finding(check="lock", severity=severity, said=said)
    if vitals.free is not None and vitals.free < memory.settings.free_bytes:
        said = f"{megabytes(vitals.free)} are left on the disk, and {megabytes(vitals.used)} are used here."
        yield Finding(check="disk", severity=ERROR, said=said, command="cosmemory checkpoint prune")
    if vitals.own > memory.settings.own_bytes:
        said = f"The journal and its like, in .cosmemory, have {megabytes(vitals.own)}."
        yield Finding(check="journal", severity=WARNING, said=said)


def _checkpoint(memory: Memory, last: Checkpoint | None) -> Iterator[Finding]:
    hours = memory.settings.checkpoint_hours
    if last is None:
        said, severity = "There is no checkpoint yet.", INFO
    else:
        minutes = int((memory.now() - time_of(last.at)).total_seconds()) // 60
        if minutes < hours * 60:
            return
        said, severity = f"The last checkpoint, {last.name}, is {spoken(minutes)} old.", WARNING
    yield Finding(check="checkpoint", severity=severity, said=said, command="cosmemory checkpoint create")


def _strangers(memory: Memory) -> Iterator[Finding]:
    strangers = memory.store.strangers()
    if strangers:
        more = f" and {len(strangers) - SHOWN} more" if len(strangers) > SHOWN else ""
        said = f"Copies that somebody left between the pages: {', '.join(strangers[:SHOWN])}{more}."
        command = "cosmemory validate --select COS110"
        yield Finding(check="strangers", severity=INFO, said=said, command=command)


def megabytes(size: int) -> str:
    """A size in the largest unit that it fills: ``1.2 MB``, ``34 kB``, ``512 bytes``."""
    for unit, name in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"


def quoted(word: str) -> str:
    """A word as a shell takes it."""
    from shlex import quote

    return quote(word)
