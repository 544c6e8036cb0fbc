"""A page with another document in the place of what it says: the fewest bytes changed, derived values and times settled."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from cosmemory.document.changes import Changed, changed, changed_alone, changes
from cosmemory.document.decode import Decoded
from cosmemory.document.derived import settle
from cosmemory.document.fields import layout, stamped
from cosmemory.document.paths import parse_path, part_called
from cosmemory.errors import Damaged, NotFound
from cosmemory.kinds import ACTIVE_ALERTS, COORDINATION_LOG, TEAM_ROSTER, Kind
from cosmemory.kinds.page import Page, read_document
from cosmemory.syntax.tree import Tree
from cosmemory.text.edits import only_real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_another(page: Page, document: Any) -> bool:
    """Whether ``document`` in the place of what the page says would change it.

    Raises NotFound for what the page has no place for.
    """
    try:
        return bool(only_real(page.tree.text, changes(page.tree, page.document, document)))
    except NotFound as missing:
        # A verb may change a page that nobody has named.
        raise NotFound(f"{missing.what} on {page.path}", missing.hint) from None


def with_document(page: Page, document: Any, now: datetime) -> Changed | None:
    """The page with ``document``, and the time of the change where it has a place for that; None where all stays."""
    settled = settle(page.document, document, page.kind.derive)
    if not is_another(page, settled):
        return None

    def read(tree: Tree, _: type[Any]) -> Decoded:
        return read_document(page.kind, tree)

    if page.kind.stamp:
        # Damage where only the time of the change stands must not stop the change itself.
        with suppress(Damaged):
            touched = stamped(settled, page.kind.stamp, now)
            if page.kind.timed:
                touched = settle(settled, touched, page.kind.derive)
            return changed(page.path, page.tree, page.document, touched, read)
    return changed(page.path, page.tree, page.document, settled, read)


def with_parts(page: Page, document: Any, parts: frozenset[str], now: datetime) -> Changed | None:
    """A page of which only ``parts`` were read with ``document``; None where that is not sure."""
    if page.kind.stamp:
        document = stamped(document, page.kind.stamp, now)
    with suppress(Damaged):
        return changed_alone(page.path, page.tree, page.document, document, parts)
    return None


def parts_for(kind: Kind, path: str) -> frozenset[str] | None:
    """The parts that setting the value at a dotted ``path`` needs; None where other values hang on it."""
    if kind.derive is not None or kind in {TEAM_ROSTER, ACTIVE_ALERTS, COORDINATION_LOG}:
        return None
    document = kind.document
    name = parse_path(path)[0]
    part = part_called(document, name)
    if part is None:
        return None
    shape = layout(document)
    identity = [attribute for attribute, each in shape.parts.items() if each.identity]
    return frozenset([part, *identity, *kind.stamp[:-1]])
