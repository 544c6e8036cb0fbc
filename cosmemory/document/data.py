"""A document as plain data, for JSON: names as dotted paths have them, times in ISO 8601, empty as null."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from cosmemory.document.fields import Record, layout
from cosmemory.document.values import Measure, Raw, write_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def data_of(record: Record) -> dict[str, Any]:
    """The values of ``record`` in declared order; what the kind does not know stands under ``extra``."""
    shape = layout(type(record))
    data = {name: plain(getattr(record, name)) for name in (*shape.values, *shape.parts)}
    events = getattr(record, "events", None)
    if events is not None:
        data["events"] = [event_data(event) for event in events]
    if record.extra:
        data["extra"] = dict(record.extra)
    return data


def plain(value: Any) -> Any:
    """One value as JSON has it."""
    if isinstance(value, Record):
        return data_of(value)
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, Raw):
        return value.text
    if is_event(value):
        return event_data(value)
    if isinstance(value, datetime):
        return write_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Measure):
        return value.number if value.share is None else {"number": value.number, "share": value.share}
    if isinstance(value, Mapping):
        return dict(value)
    # Only pages with data in them load what reads it.
    return value.value if hasattr(value, "json") else value


EVENT_VALUES = ("time", "type", "involved", "action", "outcome", "notes")


def is_event(value: Any) -> bool:
    """Whether ``value`` is an entry of the log, which is no record: it is appended and never edited."""
    return all(hasattr(value, name) for name in EVENT_VALUES)


def event_data(event: Any, source: str = "") -> dict[str, Any]:
    """One event of the log, with the page it stands on where ``source`` names it."""
    data = {name: plain(getattr(event, name)) for name in EVENT_VALUES}
    if source:
        data["source"] = source
    return {**data, "extra": dict(event.extra)}
