"""How a memory fares: one look at everything that goes wrong slowly or unseen, each with the command that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.checks.ages import spoken
from cosmemory.document.values import time_of
from cosmemory.errors import CosmemoryError
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, COS_STATE, LOG_PATH, TEAM_ROSTER, Kind
from cosmemory.kinds.cos_state import ENDED
from cosmemory.maintenance.checkpoint_shelf import Checkpoint, listed
from cosmemory.maintenance.damage import SORTS, damage_of
from cosmemory.maintenance.glance import Finding, ailing, disputed, interrupted, megabytes, missing, repair_of
from cosmemory.maintenance.reconcile import stale_saves
from cosmemory.maintenance.rotation import verify
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from cosmemory.rules.rule import ERROR, INFO, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHOWN = 5  # strangers that are named
AWAY = ("offline", "hibernated")


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
    last, unsafe = _last_checkpoint(memory)
    damaged: set[str] = set()
    found = [
        *missing(memory),
        *_pages(memory, damaged),
        *_errors(memory, damaged),
        *_archives(memory, damaged),
        *_session(memory),
        *_team(memory),
        *_actions(memory),
        *ailing(memory, vitals),
        *(unsafe or _checkpoint(memory, last)),
        *_stale(memory),
        *disputed(memory),
        *interrupted(memory),
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
        damage = damage_of(path, stored.data, memory.kinds)
        if not damage:
            continue
        first, more = damage[0], len(damage) - 1
        severity = WARNING if {each.sort for each in damage} == {"torn-entry"} else ERROR
        if severity == ERROR:
            damaged.add(path)
        place = f"{path}:{first.line}" if first.line else path
        said = f"{place}: {SORTS[first.sort]} ({first.evidence})" + (f", and {more} more." if more else ".")
        yield Finding(check="damage", severity=severity, said=said, command=repair_of(path))


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
            yield Finding(check="archives", severity=ERROR, said=fault, command=repair_of(path))


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
        said = f"Action {key} has been open for {spoken(minutes)}, the oldest of {len(waiting)}."
        yield Finding(check="actions", severity=WARNING, said=said, command=f"cosmemory action done {key}")


def _last_checkpoint(memory: Memory) -> tuple[Checkpoint | None, tuple[Finding, ...]]:
    """The newest checkpoint, and what is wrong where their folder cannot be looked into."""
    try:
        return next(iter(listed(memory)), None), ()
    except CosmemoryError as error:
        return None, (Finding(check="checkpoint", severity=ERROR, said=f"There are no checkpoints: {error}"),)


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


def _stale(memory: Memory) -> Iterator[Finding]:
    """Saves by hand that went over changes which they did not know, as long as nothing has brought these back."""
    for each in stale_saves(memory):
        said = f"{each.warning()}."
        yield Finding(check="stale save", severity=WARNING, said=said, command="cosmemory reconcile")


def _strangers(memory: Memory) -> Iterator[Finding]:
    strangers = memory.store.strangers()
    if strangers:
        more = f" and {len(strangers) - SHOWN} more" if len(strangers) > SHOWN else ""
        said = (
            f"Copies and other things between the pages that are none: {', '.join(strangers[:SHOWN])}{more}."
        )
        command = "cosmemory validate --select COS110"
        yield Finding(check="strangers", severity=INFO, said=said, command=command)


def quoted(word: str) -> str:
    """A word as a shell takes it."""
    from shlex import quote

    return quote(word)
