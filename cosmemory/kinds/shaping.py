"""From a declaration in the settings to the dataclass of a page: its fields, tables, blocks and prose."""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence

from cosmemory.config import FILE
from cosmemory.document import fields as places
from cosmemory.document.fields import Record
from cosmemory.document.json_values import DATA
from cosmemory.document.values import (
    COUNT,
    DATE,
    ITEMS,
    LIST,
    LONG,
    MEASURE,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    TIME_OR_TEXT,
    ValueType,
    enum,
)
from cosmemory.errors import ConfigError, did_you_mean
from cosmemory.frozen import frozen
from cosmemory.pattern import pattern
from cosmemory.syntax.tree import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TYPES: dict[str, ValueType] = {
    "text": TEXT,
    "time": TIME,
    "time or text": TIME_OR_TEXT,
    "date": DATE,
    "number": NUMBER,
    "count": COUNT,
    "percent": PERCENT,
    "measure": MEASURE,
    "list": LIST,
    "items": ITEMS,
    "long": LONG,
    "data": DATA,
}
SHAPES = ("fields", "table", "blocks", "prose", "numbered")
SECTION_KEYS = ("title", "shape", "key", "columns", "fields", "heading", "required", "aliases")
# Whatever Markdown or a template would make more of than words stays out.
TITLE = pattern(r"\w(?:[\w ()&'/.,+%-]*[\w)%])?")
FIELD_KEYS = ("label", "type", "words", "required", "aliases")


class Entry:
    """A table of the settings with the key it stands under, so that what is wrong can be named."""

    def __init__(self, key: str, held: Any) -> None:
        self.key = key
        if not isinstance(held, Mapping):
            raise ConfigError(FILE, key, f"expected a table, not {held!r}")
        self.held = held

    def has(self, name: str) -> bool:
        """Whether ``name`` is said."""
        return name in self.held

    def text(self, name: str, *, required: bool = False) -> str:
        """The text of ``name``; empty where it is not said."""
        value = self.held.get(name, "")
        if not isinstance(value, str) or (required and not value):
            raise self.wrong(name, "expected a text" if name in self.held else "it is missing")
        return value

    def truth(self, name: str) -> bool:
        """The truth of ``name``; false where it is not said."""
        value = self.held.get(name, False)
        if not isinstance(value, bool):
            raise self.wrong(name, "expected true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of ``name``; none where it is not said."""
        value = self.held.get(name, ())
        if not isinstance(value, Sequence) or isinstance(value, str) or not all(map(_is_text, value)):
            raise self.wrong(name, "expected a list of texts")
        return tuple(value)

    def entries(self, name: str) -> tuple[Entry, ...]:
        """The tables in the list ``name``; a bare text is one with that label."""
        value = self.held.get(name, ())
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.wrong(name, "expected a list")
        return tuple(
            Entry(f"{self.key}.{name}[{at}]", {"label": each} if _is_text(each) else each)
            for at, each in enumerate(value)
        )

    def wrong(self, name: str, reason: str, hint: str = "") -> ConfigError:
        """What is said of the value of ``name``."""
        return ConfigError(FILE, f"{self.key}.{name}", reason, hint or "Correct the value.")

    def refuse_others(self, known: Sequence[str]) -> None:
        """Refuses a key that is none of those ``known``: a slip would be heeded nowhere."""
        for name in self.held:
            if name not in known:
                raise self.wrong(
                    name, "no such setting", did_you_mean(name, known, f"Known: {', '.join(known)}.")
                )

    def refuse_beside(self, name: str, others: Sequence[str]) -> None:
        """Refuses ``others`` where ``name`` says it all."""
        for each in others:
            if each in self.held:
                raise self.wrong(each, f"{name} says this already", "Leave one of the two out.")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


@frozen()
class Shaping:
    """What the classes that are made are called after."""

    name: str


def shaped(entry: Entry, shaping: Shaping) -> type[Any]:
    """The dataclass of a page as ``entry`` declares it: fields below the title, then sections."""
    made: dict[str, Any] = {}
    for each in entry.entries("fields"):
        _put(made, each, "label", _value(each, row=False))
    for each in entry.entries("sections"):
        if not each.has("title") and each.has("label"):
            raise each.wrong("label", "a section has a title", "Write title, and shape or columns.")
        _put(made, each, "title", _section(each, shaping))
    if not made:
        raise entry.wrong("sections", "a page needs a field or a section", "Declare one.")
    return _class(shaping.name, made)


def _put(made: dict[str, Any], entry: Entry, called: str, place: Any) -> None:
    title = entry.text(called, required=True)
    if not TITLE.fullmatch(title):
        raise entry.wrong(
            called, f"{title!r} has more than words in it", "Use letters, digits, spaces and -."
        )
    name = name_of(title)
    if keyword.iskeyword(name):
        name += "_"
    if not name.isidentifier():
        raise entry.wrong(called, f"{title!r} does not begin with a letter", "Choose another.")
    if name in {"extra", "origin", "derived", "events"} or name in made:
        reason = "is taken" if name in made else "has a meaning of its own"
        raise entry.wrong(called, f"{title!r} {reason}", "Choose another.")
    made[name] = place


def _section(entry: Entry, shaping: Shaping) -> Any:
    entry.refuse_others(SECTION_KEYS)
    title, required, aliases = (
        entry.text("title", required=True),
        entry.truth("required"),
        entry.texts("aliases"),
    )
    shape = entry.text("shape") or (
        "table" if entry.has("columns") else "fields" if entry.has("fields") else "prose"
    )
    if shape not in SHAPES:
        raise entry.wrong("shape", f"{shape!r} is none of {', '.join(SHAPES)}")
    if shape in {"prose", "numbered"}:
        for name in ("columns", "fields", "key", "heading"):
            if entry.has(name):
                raise entry.wrong(name, f"a section of {shape} has none")
        made = places.prose(title, aliases=aliases, required=required)
        return made if shape == "prose" else places.numbered(title, required=required)
    inner = Shaping(shaping.name + "".join(part.capitalize() for part in name_of(title).split("_")))
    if shape == "table":
        record = _record(entry, "columns", inner, row=True)
        key = _key(entry, record)
        return places.table(title, record, key=key, aliases=aliases, required=required)
    if shape == "blocks":
        record = _record(entry, "fields", inner, row=False, heading=entry.text("heading") or "ID")
        return places.blocks(title, record, key=places.layout(record).headed, required=required)
    record = _record(entry, "fields", inner, row=False)
    return places.section(title, record, aliases=aliases, required=required)


def _record(entry: Entry, name: str, shaping: Shaping, *, row: bool, heading: str = "") -> type[Any]:
    made: dict[str, Any] = {}
    if heading:
        _put(made, Entry(entry.key, {"heading": heading}), "heading", places.heading(heading))
    for each in entry.entries(name):
        _put(made, each, "label", _value(each, row=row))
    if len(made) == bool(heading):
        raise entry.wrong(name, "there are none", "Declare one at least.")
    return _class(shaping.name, made)


def _key(entry: Entry, record: type[Any]) -> str:
    said = entry.text("key")
    if not said:
        return ""
    name = places.layout(record).value_named(name_of(said))
    if name is None:
        columns = [value.title for value in places.layout(record).values.values()]
        hint = did_you_mean(said, columns, f"The columns are {', '.join(columns)}.")
        raise entry.wrong("key", f"there is no column {said!r}", hint)
    if places.layout(record).values[name].type is not TEXT:
        raise entry.wrong("key", "the column of the key holds text", "Give the column the type text.")
    return name


def _value(entry: Entry, *, row: bool) -> Any:
    entry.refuse_others(FIELD_KEYS)
    title, said = entry.text("label", required=True), entry.text("type")
    words = entry.texts("words")
    if words or said == "enum":
        kind = _enum(entry, title, words, said)
    else:
        known = TYPES.get(said or "text")
        if known is None:
            every = [*TYPES, "enum"]
            raise entry.wrong(
                "type", f"there is no type {said!r}", did_you_mean(said, every, f"Known: {', '.join(every)}.")
            )
        kind = known
    required, aliases = entry.truth("required"), entry.texts("aliases")
    if not row:
        return places.label(title, kind, aliases=aliases, required=required)
    if kind.shape != "line":
        raise entry.wrong("type", f"a cell holds no {said}", "Take text or list, or a section of blocks.")
    return places.column(title, kind, aliases=aliases, required=required)


def _enum(entry: Entry, title: str, words: tuple[str, ...], said: str) -> ValueType:
    if said not in {"", "enum"}:
        raise entry.wrong("words", f"a value of the type {said} has none", "Leave the type out.")
    if not words:
        raise entry.wrong("words", "an enum needs words", 'Write words = ["open", "closed"], say.')
    for word in words:
        if word != word.lower() or not word.replace("_", "").replace("-", "").replace(" ", "").isalnum():
            raise entry.wrong("words", f"{word!r} is no word", "Use small letters, digits, -, _ and spaces.")
    made = enum(title.lower(), *words)
    for word in words:
        if made.read(word).value != word:
            raise entry.wrong("words", f"{word!r} does not read back", "Choose other words.")
    return made


def _class(name: str, made: dict[str, Any]) -> type[Any]:
    """A frozen record of those places; it is made here and nowhere imported from."""
    body = {"__annotations__": dict.fromkeys(made, "Any"), "__doc__": f"{name}, as declared.", **made}
    record: type[Any] = frozen(kw_only=True)(type(name, (Record,), {"__module__": __name__, **body}))
    return record
