"""From an old and a new document to the fewest edits of the page, in the page's own style."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cosmemory.document.checklist_changes import change_checklist
from cosmemory.document.decode import Decoded, decode
from cosmemory.document.fields import Record, layout
from cosmemory.document.guard import refuse_damage, refuse_doubles, undisturbed
from cosmemory.document.record_changes import change_blocks, change_rows
from cosmemory.document.sections import top_section
from cosmemory.document.value_changes import (
    PageChange,
    change_numbered,
    change_one,
    change_prose,
    change_values,
)
from cosmemory.errors import Damaged
from cosmemory.frozen import frozen
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import Tree
from cosmemory.text.edits import Edit, apply, only_real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen()
class Changed:
    """A page with its new text, as it reads now."""

    tree: Tree
    read: Decoded


def changed(
    path: str, tree: Tree, old: Any, new: Any, read: Callable[[Tree, type[Any]], Decoded] = decode
) -> Changed:
    """The page at ``path`` with ``old``, which ``read`` found on it, become ``new``.

    Raises Damaged when its target is damaged, or when the page could not be made to say exactly ``new``;
    nothing is then to be written.
    """
    edits = allowed(path, tree, old, new)
    after = parse(apply(tree.text, edits))
    again = read(after, type(new))
    if again.document != new:
        # Two sections of one name, or a fence left open above, can make an edit land where nobody reads it.
        line = tree.text.count("\n", 0, edits[0].start if edits else 0) + 1
        raise Damaged(path, line, "the change would not be read back from here", "Run cosmemory validate.")
    return Changed(after, again)


def changed_alone(path: str, tree: Tree, old: Any, new: Any, parts: frozenset[str]) -> Changed | None:
    """The same for documents of which only some ``parts`` were read; None where others might read differently now.

    Raises Damaged when its target is damaged.
    """
    edits = allowed(path, tree, old, new)
    after = parse(apply(tree.text, edits))
    others = [part for name, part in layout(type(new)).parts.items() if name not in parts]
    if not undisturbed(tree, after, edits, others):
        return None
    again = decode(after, type(new), parts)
    return Changed(after, again) if again.document == new else None


def allowed(path: str, tree: Tree, old: Any, new: Any) -> list[Edit]:
    """The edits from ``old`` to ``new``, if nothing is damaged where they are made."""
    edits = only_real(tree.text, changes(tree, old, new))
    refuse_damage(path, tree, edits)
    for attribute, part in layout(type(new)).parts.items():
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before is not after and before != after:
            refuse_doubles(path, tree, top_section(tree), part)
    return edits


def changes(tree: Tree, old: Any, new: Any) -> list[Edit]:
    """The edits that turn ``old``, read from ``tree``, into ``new``."""
    top = top_section(tree)
    before = {id(record.origin): record for record in records_of(old) if record.origin}
    after = frozenset(id(record.origin) for record in records_of(new) if record.origin)
    change = PageChange(tree, top, layout(type(old)), before, after)
    change_values(change, old, new)
    for attribute, part in layout(type(new)).parts.items():
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before is not after:
            _PARTS[part.shape](change, part, before, after)
    return change.edits


def records_of(record: Any) -> Iterator[Any]:
    """Every record inside ``record``."""
    for attribute in layout(type(record)).parts:
        inner = getattr(record, attribute)
        for each in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(each, Record):
                yield each
                yield from records_of(each)


_PARTS = {
    "one": change_one,
    "prose": change_prose,
    "numbered": change_numbered,
    "table": change_rows,
    "blocks": change_blocks,
    "checklist": change_checklist,
}
