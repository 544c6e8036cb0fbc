"""What decides where both sides changed one thing, and the disputes that nothing decides."""

from __future__ import annotations

from collections.abc import Mapping

from cosmemory.document.fields import Value
from cosmemory.document.values import ValueType
from cosmemory.errors import InvalidValue, did_you_mean
from cosmemory.frozen import field, frozen, slotted

MERGE, OURS, THEIRS, LAST, FIRST, MANUAL = "merge", "ours", "theirs", "last write", "first write", "manual"
NAMES = (MERGE, OURS, THEIRS, LAST, FIRST, MANUAL)
TEXT, ENUM, NUMBER, TIME, LIST, PROSE, RECORD = "text", "enum", "number", "time", "list", "prose", "record"
FIELD_KINDS = (TEXT, ENUM, NUMBER, TIME, LIST, PROSE, RECORD)

_BY_TYPE = {
    "a time": TIME,
    "a time or text": TIME,
    "a date": TIME,
    "a number": NUMBER,
    "a count": NUMBER,
    "a percentage": NUMBER,
    "a measure": NUMBER,
    "a difference": NUMBER,
    "a list": LIST,
    "a list of items": LIST,
    "a long text": PROSE,
}


@frozen(kw_only=True)
class Strategies:
    """What decides a dispute: ``default``, or another for a kind of field; the times are those of the two writes.

    ``merge`` lets the rules decide and leaves open what they cannot, ``manual`` leaves open all that both changed.
    """

    default: str = MERGE
    by_kind: Mapping[str, str] = field(default_factory=dict)
    ours_at: int = 0
    theirs_at: int = 0

    def of(self, kind: str) -> str:
        """The strategy for fields of ``kind``."""
        return self.by_kind.get(kind, self.default)

    def rules(self, kind: str) -> bool:
        """Whether the rules may decide for fields of ``kind``: not where another strategy was asked for it."""
        return self.by_kind.get(kind, MERGE) == MERGE and self.default != MANUAL

    def side(self, kind: str) -> str:
        """The side that a dispute about a field of ``kind`` goes to; nothing where it is left open."""
        name = self.of(kind)
        if name in {OURS, THEIRS}:
            return name
        if name not in {LAST, FIRST} or self.ours_at == self.theirs_at:
            return ""
        return OURS if (self.ours_at > self.theirs_at) == (name == LAST) else THEIRS


def check_strategies(strategies: Strategies) -> None:
    """Raises InvalidValue for a name that no strategy, or no kind of field, has."""
    for name in (strategies.default, *strategies.by_kind.values()):
        if name not in NAMES:
            hint = did_you_mean(name, NAMES, f"There is {', '.join(NAMES)}.")
            raise InvalidValue(f"The strategy {name!r}", "there is none of that name", hint)
    for kind in strategies.by_kind:
        if kind not in FIELD_KINDS:
            hint = did_you_mean(kind, FIELD_KINDS, f"There is {', '.join(FIELD_KINDS)}.")
            raise InvalidValue(f"The kind of field {kind!r}", "there is none of that name", hint)


@frozen(kw_only=True)
class Dispute:
    """What both sides changed, each in its own way: ``where`` on the page, and what each has there; None is nothing.

    ``line`` is where its markers begin in the merged page.
    """

    where: str
    base: str | None
    ours: str | None
    theirs: str | None
    line: int = 0


@slotted
class Merging:
    """A merge under way: its strategies, the kind's own ways, and what was settled by rule so far.

    ``newer`` is the side that measured last, where the values of a section were measured together;
    ``taken_whole`` are the records of which one side's write stands, with all that goes with it, and ``given_up`` is
    what stood on the other side of the disputes that a strategy decided, by where they were.
    """

    strategies: Strategies
    stamp: tuple[str, ...] = ()
    derives: bool = False
    notes: list[str] = field(default_factory=list)
    renamed: dict[tuple[str, ...], str] = field(default_factory=dict)
    newer: str = ""
    taken_whole: set[tuple[str, ...]] = field(default_factory=set)
    given_up: dict[str, str] = field(default_factory=dict)

    def note(self, sentence: str) -> None:
        """Keeps a sentence on what was settled by rule, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


def field_kind(value: Value | ValueType | None) -> str:
    """The kind of field that a declared value is; a text where nothing is declared."""
    kind = value.type if isinstance(value, Value) else value
    if kind is None:
        return TEXT
    return ENUM if kind.words else _BY_TYPE.get(kind.name, TEXT)


def dotted(where: tuple[str, ...]) -> str:
    """The path of a value, a part that holds a dot in quotes."""
    return ".".join(
        '"' + each.replace('"', '""') + '"' if "." in each or '"' in each else each for each in where
    )
