"""The YAML front matter of a page as values of its document: those that the page itself does not give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from cosmemory.diagnostics import Fix
from cosmemory.document.fields import Layout, Place, Value
from cosmemory.document.labels import Labelled, PageReading, is_placeholder
from cosmemory.document.places import edit_at
from cosmemory.document.values import ITEMS, LIST, Raw, Reading
from cosmemory.frozen import frozen
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.syntax.front_matter import front_matter_lines, plain_front_matter, read_front_matter
from cosmemory.syntax.tree import name_of
from cosmemory.text.spans import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen()
class Entry:
    """One entry of the front matter: its texts, quotes stripped, and the place of a value that one line holds."""

    texts: tuple[str, ...]
    place: Place | None

    @property
    def text(self) -> str:
        """The entry as one text."""
        return ", ".join(self.texts)


def front_entries(page: PageReading) -> dict[str, Entry]:
    """The entries by the snake_case names of their keys; what is wrong with them is reported."""
    blocks = page.tree.blocks
    if not blocks or blocks[0].kind != "front_matter":
        return {}
    text = page.tree.text
    # Most front matter is plain; the loader of any other takes as long to load as the rest of the program.
    values: Mapping[str, object] | None = plain_front_matter(text)
    if values is None:
        values, problem = read_front_matter(text)
        if problem and not values:
            sentence = problem[0].lower() + problem[1:].rstrip(".")
            page.report("front-matter-unreadable", sentence, Span(blocks[0].start, blocks[0].end))
            return {}
    spans: dict[str, Span] = {}
    for key, span in front_matter_lines(text):
        if key in spans:
            page.report("duplicate-field", f"{key!r} stands in the front matter a second time", span)
        spans[key] = span
    found: dict[str, Entry] = {}
    for key, value in values.items():
        at = spans.get(key)
        place = Place(at, front=True) if at is not None else None
        found.setdefault(name_of(key), Entry(_texts(value, at.of(text) if at else ""), place))
    return found


def _texts(value: Any, source: str) -> tuple[str, ...]:
    """What an entry says; of a number, a date or a yes the very words that stand there."""
    if value is None:
        return ("",)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(text for each in value for text in _texts(each, ""))
    if source and source[0] not in "\"'":
        return (source,)
    return (value.isoformat() if isinstance(value, date | datetime) else str(value),)


def take_entries(page: PageReading, shape: Layout, read: Labelled, entries: dict[str, Entry]) -> None:
    """Puts into ``read`` the values of ``shape`` that it lacks and that ``entries`` have, and takes them out there."""
    for name in [name for name in entries if shape.value_named(name)]:
        attribute = shape.attributes[name]
        entry = entries.pop(name)
        value = _read(page, shape.values[attribute], entry, silent=attribute in read.values)
        if attribute not in read.values:
            read.values[attribute] = value
            if entry.place is not None:
                read.places[attribute] = entry.place
        elif read.values[attribute] != value and entry.place is not None:
            message = f"the front matter says {entry.text!r}, and what the page itself says counts"
            page.report("duplicate-field", message, entry.place.span)


def keep_entries(read: Labelled, entries: dict[str, Entry]) -> None:
    """Keeps the entries that no value of the kind has taken."""
    for name, entry in entries.items():
        read.keep(name, entry.text, entry.place)


def _read(page: PageReading, value: Value, entry: Entry, *, silent: bool) -> Any:
    if value.type in {LIST, ITEMS}:
        texts = entry.texts if len(entry.texts) != 1 else tuple(entry.texts[0].split(","))
        return tuple(text for each in texts if not is_empty(text := normalise(each)))
    text = normalise(entry.text)
    if is_empty(text):
        return None
    place = entry.place
    written = place.span.of(page.tree.text) if place is not None else text
    if is_placeholder(written, value):
        reading = Reading(Raw(text), "unfilled-placeholder", f"the placeholder {written!r} still stands here")
    else:
        reading = value.type.read(text)
    if reading.rule and place is not None and not silent:
        fix = None
        if reading.better is not None:
            edit = edit_at(page.tree.text, place, value.type, reading.value)
            fix = Fix(edits=(edit,), safe=True, message=f"write {value.type.write(reading.value)}")
        page.report(reading.rule, f"{value.title}: {reading.message}", place.span, fix)
    return reading.value
