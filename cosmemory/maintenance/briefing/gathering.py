"""Where the points of a brief come from, each source for itself, so that one that fails leaves the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from cosmemory.document.values import write_time
from cosmemory.kinds import COS_STATE
from cosmemory.maintenance.briefing.points import Point, word
from cosmemory.maintenance.briefing.sessions import focus, session, team
from cosmemory.maintenance.briefing.work import actions, alerts, broken_off, handoffs
from cosmemory.memory import Memory

# So many events are told of at most where nothing says since when.
EVENTS = 10


def damaged(name: str, error: Exception) -> Point:
    """What is said where something could not be read."""
    hint = getattr(error, "hint", "")
    return Point(section="damage", head=f"{name} cannot be told", text=f"{error} {hint}".strip())


def decisions(memory: Memory, since: datetime | None) -> Iterator[Point]:
    """Decisions since then, newest first."""
    if memory.store.read(COS_STATE.path) is None:
        return
    held = memory.read(COS_STATE.path).recent_decisions
    for each in sorted(held, key=lambda one: _at(one.time), reverse=True):
        if since is None or not isinstance(each.time, datetime) or each.time >= since:
            why = f"; why: {each.rationale}" if each.rationale else ""
            yield Point(section="decisions", head=_at(each.time) or "-", text=f"{each.decision or '-'}{why}")


def _at(moment: object) -> str:
    return write_time(moment) if isinstance(moment, datetime) else ""


def events(memory: Memory, since: datetime | None) -> Iterator[Point]:
    """Events since then, newest first."""
    from cosmemory.operations.events import find_events

    last = EVENTS if since is None else None
    found = [event for _, event in find_events(memory, since=since, last=last)]
    for each in reversed(found):
        involved = f", {word(each.involved)}" if each.involved else ""
        outcome = f"; {each.outcome}" if each.outcome else ""
        head = f"{_at(each.time) or '-'} {word(each.type)}{involved}"
        yield Point(section="events", head=head, text=f"{each.action or '-'}{outcome}")


def health(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """Pages with errors, what a glance tells, and how many findings there are."""
    from cosmemory.maintenance.glance import glance
    from cosmemory.rules.rule import ERROR, INFO

    for seen in glance(memory):
        if seen.severity != INFO and seen.check != "interrupted":
            section = "damage" if seen.check in {"pages", "damage"} else "health"
            yield Point(section=section, head=seen.severity, text=seen.said, command=seen.command)
    counts: Counter[str] = Counter()
    for page in memory.validate().pages:
        grave = [each for each in page.diagnostics if each.severity == ERROR]
        counts.update(each.severity for each in page.diagnostics)
        if grave:
            name = page.path.removesuffix(".md")
            text = "; ".join(each.message for each in grave)
            yield Point(section="damage", head=f"{word(name, 120)} has {len(grave)} errors", text=text)
    said = ", ".join(f"{counts[level]} {level}" for level in ("error", "warning", "info") if counts[level])
    if counts["error"] or counts["warning"]:
        yield Point(section="health", head=f"findings: {said}", command="cosmemory validate")


Gather = Callable[[Memory, datetime | None], Iterable[Point]]
GATHERED: tuple[tuple[str, Gather], ...] = (
    ("The session", session),
    ("The focus", focus),
    ("Alerts", alerts),
    ("Actions", actions),
    ("What was interrupted", broken_off),
    ("Handoffs", handoffs),
    ("The team", team),
    ("Decisions", decisions),
    ("Events", events),
    ("Health", health),
)
