"""A page as it was read: its text, its kind, what it says and what is wrong with it."""

from __future__ import annotations

from cosmemory.diagnostics import Diagnostic
from cosmemory.document.decode import Decoded, decode
from cosmemory.errors import NotFound
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, BUILT_IN, COORDINATION_LOG, Kind, Kinds, kind_of
from cosmemory.store import Revision, Stored
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import Tree
from cosmemory.text.digest import log_revision
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen(kw_only=True)
class Page:
    """One page as it was read: its text, what it says, and what is wrong with it.

    Where ``parts`` names some parts of its document, the others were not read.
    """

    path: str
    kind: Kind
    revision: Revision
    tree: Tree
    document: Any
    diagnostics: tuple[Diagnostic, ...]
    parts: frozenset[str] | None = None


def read_page(stored: Stored, parts: frozenset[str] | None = None, kinds: Kinds = BUILT_IN) -> Page:
    """What ``stored`` says, as the kind of its path; of its parts those named, or all."""
    kind = COORDINATION_LOG if ARCHIVE.fullmatch(stored.path) else kind_of(stored.path, kinds)
    if kind is None:
        raise NotFound(f"A page kind for {stored.path}", "cosmemory kinds lists what pages there are.")
    text = decode_text(stored.data)
    tree = parse(text)
    read = read_document(kind, tree, parts)
    return Page(
        path=stored.path,
        kind=kind,
        # As appending names it, without reading the whole of a long log.
        revision=log_revision(len(stored.data), stored.data) if kind is COORDINATION_LOG else stored.revision,
        tree=tree,
        document=read.document,
        diagnostics=read.diagnostics,
        parts=parts,
    )


def read_document(kind: Kind, tree: Tree, parts: frozenset[str] | None = None) -> Decoded:
    """What the page of a kind says; the entries of a log are found by a rule of their own."""
    if kind is COORDINATION_LOG:
        read: Decoded = kind.module.decode_log(tree)
        return read
    return decode(tree, kind.document, parts)
