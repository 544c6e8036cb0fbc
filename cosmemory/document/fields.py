"""Where a dataclass field lives on a page: declared beside the field, read by decode, render and changes alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache

from cosmemory.document.values import TEXT, ValueType
from cosmemory.frozen import field, fields, frozen, replace
from cosmemory.syntax.fields import Field
from cosmemory.syntax.tables import Cell, Row, Table
from cosmemory.syntax.tree import Section, name_of
from cosmemory.text.spans import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# The shapes of parts that hold any number of records.
RECORDS = frozenset({"table", "blocks", "checklist"})


@frozen()
class Place:
    """Where one value of a record stands: its span, and the field or cell that holds it.

    A field may be a heading, ``## Status: done``; ``front`` says that the value is one of the front matter,
    ``item`` that it is an item of a list.
    """

    span: Span
    field: Field | None = None
    cell: Cell | None = None
    in_heading: bool = False
    front: bool = False
    item: bool = False


class RowPlaces(Mapping[str, Place]):
    """The places of the values in the row of a table, found when they are asked for: most are only read."""

    __slots__ = ("_columns", "_row")

    def __init__(self, columns: Sequence[str], row: Row) -> None:
        self._columns = columns
        self._row = row

    def __getitem__(self, attribute: str) -> Place:
        if attribute not in self._columns:
            raise KeyError(attribute)
        cell = self._row.cells[self._columns.index(attribute)]
        return Place(cell.value, cell=cell)

    def __contains__(self, attribute: object) -> bool:
        return attribute in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@frozen(eq=False)
class Origin:
    """The nodes that a record was read from: its row, block or section, and each value's place.

    A row without a table is an item of a list.
    """

    places: Mapping[str, Place]
    section: Section | None = None
    table: Table | None = None
    row: Row | None = None


@frozen(kw_only=True)
class Record:
    """Values that stand together on a page; ``extra`` are those that the kind does not know."""

    extra: Mapping[str, str] = field(default_factory=dict, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


@frozen()
class Value:
    """A single value: after a label, in a column, as a heading's words, or at home in the ``front`` matter."""

    title: str
    type: ValueType
    aliases: tuple[str, ...] = ()
    required: bool = False
    derived: bool = False
    heading: bool = False
    style: str = "- **{}:** {}"
    in_row: bool = True
    front: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The snake_case names that the value answers to, its own first."""
        return _names(self.title, self.aliases)


@frozen()
class Part:
    """A stretch of a page: one record (``one``), rows (``table``), H3 records (``blocks``), ``prose``, a ``checklist``.

    The ``identity`` of a page may stand in its head as well, below the title or in the front matter.
    Each of the ``ruled`` blocks is closed by a rule. ``listed`` is the value that stands in an item where
    people write a list in place of the table.
    """

    title: str
    shape: str
    record: type[Any] | None = None
    key: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False
    identity: bool = False
    ruled: bool = False
    listed: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The snake_case names of the sections that the part may stand in."""
        return _names(self.title, self.aliases)


@cache
def _names(title: str, aliases: tuple[str, ...]) -> tuple[str, ...]:
    return (name_of(title), *(name_of(alias) for alias in aliases))


def label(
    title: str,
    kind: ValueType = TEXT,
    *,
    aliases: tuple[str, ...] = (),
    required: bool = False,
    derived: bool = False,
    style: str = "- **{}:** {}",
    front: bool = False,
) -> Any:
    """A value after its label; in a block or section of its own, or as an entry of the page's ``front`` matter."""
    default: Any = () if kind.shape == "items" or kind.name == "a list" else None
    value = Value(title, kind, aliases, required, derived, style=style, in_row=False, front=front)
    return field(default=default, metadata={"place": value})


def column(
    title: str,
    kind: ValueType = TEXT,
    *,
    aliases: tuple[str, ...] = (),
    required: bool = False,
    derived: bool = False,
) -> Any:
    """A value in a table's column."""
    default: Any = () if kind.name == "a list" else None
    return field(default=default, metadata={"place": Value(title, kind, aliases, required, derived)})


def heading(title: str = "", kind: ValueType = TEXT) -> Any:
    """The value that is the words of the record's own heading."""
    return field(default=None, metadata={"place": Value(title, kind, required=True, heading=True)})


def section(
    title: str,
    record: type[Any],
    *,
    aliases: tuple[str, ...] = (),
    required: bool = False,
    identity: bool = False,
) -> Any:
    """One record of labels below the heading ``title``; an ``identity`` is read from the page's head as well."""
    part = Part(title, "one", record, aliases=aliases, required=required, identity=identity)
    return field(default_factory=record, metadata={"place": part})


def table(
    title: str,
    record: type[Any],
    *,
    key: str = "",
    aliases: tuple[str, ...] = (),
    required: bool = False,
    listed: str = "",
) -> Any:
    """The rows of the table below ``title``; without a title, of the first table in the record's own block."""
    place = Part(title, "table", record, key, aliases, required, listed=listed)
    return field(default=(), metadata={"place": place})


def blocks(title: str, record: type[Any], *, key: str, required: bool = False, ruled: bool = False) -> Any:
    """The records below ``title`` that have a heading each, and a rule at the end where they are ``ruled``."""
    place = Part(title, "blocks", record, key, required=required, ruled=ruled)
    return field(default=(), metadata={"place": place})


def details(record: type[Any]) -> Any:
    """The block, headed by the row's key, that says more about a table's row."""
    return field(default=None, metadata={"place": Part("", "details", record)})


def prose(title: str, *, aliases: tuple[str, ...] = (), required: bool = False) -> Any:
    """The free text below ``title``."""
    return field(default=None, metadata={"place": Part(title, "prose", aliases=aliases, required=required)})


def checklist(title: str, record: type[Any], *, required: bool = False) -> Any:
    """The items with boxes below ``title``; without a title, those in the record's own block."""
    return field(default=(), metadata={"place": Part(title, "checklist", record, "text", required=required)})


def numbered(title: str, *, required: bool = False) -> Any:
    """The items of the numbered list below ``title``."""
    return field(default=(), metadata={"place": Part(title, "numbered", required=required)})


@frozen()
class Layout:
    """The declared values and parts of one dataclass, by attribute."""

    values: Mapping[str, Value]
    parts: Mapping[str, Part]
    attributes: Mapping[str, str]

    def value_named(self, name: str) -> str | None:
        """The attribute of the value that a label or column called ``name`` holds."""
        return self.attributes.get(name)

    def shape_of(self, text: str) -> str:
        """What belongs to the label ``text``: its line, a list, a long text; nothing for an unknown one."""
        attribute = self.value_named(name_of(text))
        return self.values[attribute].type.shape if attribute else ""

    @property
    def headed(self) -> str:
        """The attribute that stands in the record's heading, if one does."""
        return next((attribute for attribute, value in self.values.items() if value.heading), "")


_LAYOUTS: dict[type[Any], Layout] = {}


def layout(record: type[Any]) -> Layout:
    """The layout that the dataclass ``record`` declares."""
    if record not in _LAYOUTS:
        _LAYOUTS[record] = _declared(record)
    return _LAYOUTS[record]


def _declared(record: type[Any]) -> Layout:
    places = {each.name: each.metadata["place"] for each in fields(record) if "place" in each.metadata}
    values = {name: place for name, place in places.items() if isinstance(place, Value)}
    parts = {name: place for name, place in places.items() if isinstance(place, Part)}
    attributes: dict[str, str] = {}
    for attribute, value in values.items():
        for name in () if value.heading else value.names:
            attributes.setdefault(name, attribute)
    return Layout(values, parts, attributes)


def stamped(document: Any, path: Sequence[str], at: datetime) -> Any:
    """``document`` with the time that the attributes ``path`` lead to at ``at``, if the page has a place for it."""
    name, *inside = path
    if inside:
        record = getattr(document, name)
        moved = stamped(record, inside, at) if record.origin is not None else record
        return document if moved is record else replace(document, **{name: moved})
    stands = document.origin is None or name in document.origin.places
    return replace(document, **{name: at}) if stands else document
