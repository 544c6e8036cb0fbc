"""Events as people read them: one line each, and day by day in columns on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from cosmemory.document.values import write_time
from cosmemory.kinds.coordination_log import Event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.cli.terminal import Cell

# Fixed, so that events can be shown while later ones are still being read.
TYPE, INVOLVED = 16, 18
_STYLES = {
    "alert_triggered": "bad",
    "escalation": "bad",
    "alert_resolved": "good",
    "decision": "title",
    "metrics": "quiet",
}


def event_line(event: Event) -> str:
    """An event on one line."""
    moment = write_time(event.time) if isinstance(event.time, datetime) else str(event.time)
    involved = f" [{' '.join(event.involved.split())}]" if event.involved else ""
    return f"{moment}  {event.type or '-'}{involved}  {said(event)}"


def said(event: Event) -> str:
    """What happened and what came of it, where the one does not end with the other."""
    action, outcome = (" ".join((part or "").split()) for part in (event.action, event.outcome))
    if outcome and f" {action}".lower().endswith(f" {outcome}".lower()):
        return action
    return " — ".join(filter(None, (action, outcome)))


def event_listing(events: Iterable[Event]) -> Iterator[str]:
    """Events for a terminal: below the day they happened on, in columns, what was said wrapped to the width."""
    from cosmemory.interfaces.cli.terminal import styled, table, width

    shown = None
    for event in events:
        timed = isinstance(event.time, datetime)
        day = f"{event.time:%Y-%m-%d %A}" if timed else "no time that can be read"
        if day != shown:
            yield from ([] if shown is None else [""])
            yield styled(day, "title")
            shown = day
        clock = f"{event.time:%H:%M:%S}" if timed else "-"
        yield from table(
            [[(clock, "quiet"), *event_cells(event)]], sizes=(8, TYPE, min(INVOLVED, width() // 6))
        )


def event_cells(event: Event) -> list[Cell]:
    """The type of an event, whom it involved, and what happened, as the cells of a table."""
    kind = event.type or "-"
    return [(kind, _STYLES.get(kind, "note")), (event.involved or "-", "name"), (said(event), "")]
