"""The first page of a record of a kind that the project has made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cosmemory.document.fields import layout, stamped
from cosmemory.document.paths import with_value
from cosmemory.errors import InvalidValue, NotFound, Refused, did_you_mean, no_page
from cosmemory.frozen import replace
from cosmemory.kinds import STANDARD, Kind
from cosmemory.kinds.declared import OwnKind
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.first_pages import lost_text
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import new_id, page_of
from cosmemory.syntax.escape import escape_heading, normalise
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Labels that hold the id of a page's record.
IDENTITY = ("id", "name")


def new(
    memory: Memory,
    kind: str,
    key: str | None = None,
    *,
    values: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The page of a new record called ``key`` of an own ``kind``, with ``values`` by their paths; gives its path.

    The built-in kinds have verbs of their own for that. Raises NotFound for a kind that there is not, InvalidValue
    for a key that cannot be one or was given before.
    """
    made = _own(memory, kind)
    given = list(values.items()) if isinstance(values, Mapping) else list(values)

    def verb(transaction: Transaction) -> str:
        path, name = _place(transaction, made, key)
        if transaction.exists(path):
            raise InvalidValue(f"{made.name}", f"{path} is there already", "cosmemory set changes it.")
        if lost_text(memory, path) is not None:
            raise no_page(path)
        document = _identified(made.document(), name)
        if made.stamp:
            document = stamped(document, made.stamp, transaction.now)
        for where, text in given:
            document = with_value(document, where, text)
        title = escape_heading(normalise(_title(made, name)))
        transaction.create(path, page_text(memory, made, document, title=title))
        return path

    return memory.run(verb, expected=expected, operation=f"new {made.name}")


def _own(memory: Memory, name: str) -> OwnKind:
    kind = memory.kinds.named(name)
    if kind is None:
        known = [each.name for each in memory.kinds.own]
        raise NotFound(f"The kind {name!r}", did_you_mean(name, known, "cosmemory kinds lists them."))
    if not isinstance(kind, OwnKind):
        verb = "cosmemory init makes it." if kind in STANDARD else "A command of its own makes it."
        raise Refused(f"{kind.name} is no kind of the project's own.", verb)
    return kind


def _place(transaction: Transaction, kind: Kind, key: str | None) -> tuple[str, str]:
    """Where the page of a new record stands, and what the record is called."""
    now = transaction.now
    if kind.single:
        if key is not None:
            raise InvalidValue(
                f"the id of the {kind.name}", "there is one page of that kind", "Leave it out."
            )
        return kind.path, ""
    path = kind.path.replace("{date}", f"{now:%Y-%m-%d}").replace("{month}", f"{now:%Y-%m}")
    if "{id}" not in path and "{name}" not in path:
        if key is not None:
            raise InvalidValue(f"the id of the {kind.name}", "its pages are named by time", "Leave it out.")
        found = kind.pattern.fullmatch(path)
        return path, found[1] if found else ""
    if key is None:
        raise InvalidValue(f"the id of the {kind.name}", "it is missing", f"cosmemory new {kind.name} ID")
    if path == kind.path and "{id}" in path and "{name}" not in path:
        key = new_id(transaction, kind, key)
        return page_of(kind, key), key
    key = normalise(key)
    path = path.replace("{id}", key).replace("{name}", key)
    if "/" in key or not kind.pattern.fullmatch(path):
        raise InvalidValue(
            f"the id of the {kind.name}", f"{key!r} cannot be one", "Use letters, digits and -."
        )
    return path, key


def _identified(document: Any, name: str) -> Any:
    """``document`` with its name, where it has a label for that."""
    values = layout(type(document)).values
    held = next((each for each in IDENTITY if each in values and values[each].type.name == "a text"), "")
    return replace(document, **{held: name}) if held and name else document


def _title(kind: OwnKind, name: str) -> str:
    title = kind.title
    for placeholder in ("{id}", "{name}", "{date}", "{month}"):
        title = title.replace(placeholder, name)
    return title
