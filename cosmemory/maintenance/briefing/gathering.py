"""Where the points of a brief come from, each source for itself, so that one that fails leaves the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from cosmemory.document.values import write_time
from cosmemory.kinds import COS_STATE
from cosmemory.maintenance.briefing.points import LONGEST_ID, Point, word
from cosmemory.maintenance.briefing.sessions import focus, session, team
from cosmemory.maintenance.briefing.work import actions, alerts, broken_off, handoffs
from cosmemory.memory import Memory

# So many events are told of at most where nothing says since when.
EVENTS = 10
# So many of the newest are told of at most, and the others counted, for who would read them.
MOST = 300
# Events of a sort that comes by itself, day after day.
_ROUTINE = frozenset({"metrics"})


def damaged(name: str, error: Exception) -> Point:
    """What is said where something could not be read."""
    said = f"{error} {getattr(error, 'hint', '')}".strip() or type(error).__name__
    return Point(section="damage", head=f"{name} cannot be told", text=said)


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
    from cosmemory.maintenance.briefing.recent import newest_events, recent_events

    found = list(newest_events(memory, EVENTS)) if since is None else recent_events(memory, since)
    decided = _decided(memory)
    # A decision is told of with why it was made.
    held = [each for each in reversed(found) if (each.time, each.action) not in decided]
    older = len(held) - MOST
    for number, each in enumerate(held[:MOST], 1):
        involved = f", {word(each.involved)}" if each.involved else ""
        outcome = f"; {each.outcome}" if each.outcome else ""
        head = f"{_at(each.time) or '-'} {word(each.type)}{involved}"
        routine = each.type in _ROUTINE or each.action == "Seen"
        text = f"{each.action or '-'}{outcome}"
        more = older if number == MOST else 0
        yield Point(section="events", head=head, text=text, routine=routine, more=more)


def _decided(memory: Memory) -> set[tuple[object, str | None]]:
    if memory.store.read(COS_STATE.path) is None:
        return set()
    return {(each.time, each.decision) for each in memory.read(COS_STATE.path).recent_decisions}


def health(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """Pages with errors, what a glance tells, and how many findings there are."""
    from cosmemory.checks.state import missing_pages
    from cosmemory.maintenance.glance import first_glance
    from cosmemory.rules.rule import ERROR, INFO, WARNING

    for seen in first_glance(memory):
        if seen.severity != INFO:
            section = "damage" if seen.check in {"pages", "damage"} else "health"
            yield Point(section=section, head=seen.severity, text=seen.said, command=seen.command)
    missing = missing_pages(set(memory.store.paths()))
    counts: Counter[str] = Counter()
    for page in memory.validate().pages:
        counts.update(each.severity for each in page.diagnostics)
        grave = [each for each in page.diagnostics if each.severity == ERROR]
        if grave and page.path not in missing:
            text = "; ".join(each.message for each in grave)
            head = f"{word(page.path.removesuffix('.md'), LONGEST_ID)} has {_number(len(grave), ERROR)}"
            yield Point(section="damage", head=head, text=text)
    if counts[ERROR] or counts[WARNING]:
        said = ", ".join(_number(counts[each], each) for each in (ERROR, WARNING) if counts[each])
        yield Point(section="health", head=f"findings: {said}", command="cosmemory validate")


def _number(count: int, severity: str) -> str:
    return f"{count} {severity}{'s' if count > 1 else ''}"


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
