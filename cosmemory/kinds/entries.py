"""Events as the entries of the log that they become."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cosmemory.document.values import write_time
from cosmemory.frozen import replace
from cosmemory.syntax.entry import entry_text, event_entry, event_fields
from cosmemory.text.source import encode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.kinds.coordination_log import Event


def entries_of(events: Iterable[Event]) -> bytes:
    """The entries of ``events`` as they go to the log."""
    return encode_text("".join(map(event_text, events)))


def belated(event: Event, moment: datetime) -> Event:
    """``event`` with its own time, as the order of the log asks for, and the earlier ``moment`` at which it happened."""
    notes = filter(None, (f"Happened at {write_time(moment)}", event.notes))
    return replace(event, notes="; ".join(notes))


def event_text(event: Event) -> str:
    """The entry of ``event`` as it stands in the log."""
    moment = (
        write_time(event.time) if isinstance(event.time, datetime) else str(getattr(event.time, "text", ""))
    )
    values = (
        event.type or "",
        event.involved or "",
        event.action or "",
        event.outcome or "",
        event.notes or "",
    )
    if not event.extra:
        return event_entry(moment, *values)
    return entry_text(moment, event_fields(*values, list(event.extra.items())))
