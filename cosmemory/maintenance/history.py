"""What a memory remembers of its changes: each with what it did, and the changes of a single value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from cosmemory.document.data import plain
from cosmemory.document.fields import Record, layout
from cosmemory.document.paths import parse_path, part_called, value_at
from cosmemory.errors import InvalidValue, NotFound
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, BUILT_IN, COORDINATION_LOG, LOG_PATH, Kind, Kinds, kind_of
from cosmemory.kinds.page import read_document
from cosmemory.maintenance.differences import Difference, page_differences, summary, told
from cosmemory.maintenance.moments import Texts, changes_of
from cosmemory.maintenance.narrowing import Narrowed, narrowed
from cosmemory.merge.strategies import dotted
from cosmemory.store import History, Remembered
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import name_of
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORGOTTEN = "forgotten"


@frozen(kw_only=True)
class Past:
    """A change with what it did to the pages that were asked for."""

    change: Remembered
    differences: tuple[Difference, ...]

    @property
    def words(self) -> str:
        """What it did, in few words; the events that go with other differences are left out."""
        shown = [each for each in told(self.differences) if each.page != LOG_PATH]
        return summary(shown or self.differences)


@frozen(kw_only=True)
class Wanted:
    """Which changes are asked for: times in seconds, both included, who made them, and words that they hold."""

    since: int | None = None
    until: int | None = None
    actor: str | None = None
    search: str | None = None

    def takes(self, change: Remembered) -> bool:
        """Whether a change is of that time and actor."""
        at = change.attribution.at
        if (self.since is not None and at < self.since) or (self.until is not None and at > self.until):
            return False
        return self.actor is None or self.actor.lower() == change.attribution.actor.lower()

    def finds(self, past: Past) -> bool:
        """Whether its words stand in a change's message, its operation or what it did."""
        if self.search is None:
            return True
        held = [past.change.attribution.message, past.change.attribution.operation]
        for each in past.differences:
            held += [each.words, str(each.old or ""), str(each.new or "")]
        return any(self.search.lower() in text.lower() for text in held)


def past_of(
    history: History,
    pages: Sequence[str] = (),
    wanted: Wanted | None = None,
    *,
    whole: bool = False,
    kinds: Kinds = BUILT_IN,
) -> Iterator[Past]:
    """The changes of ``pages``, or of all, newest first, each told when it is asked for.

    Unless the ``whole`` is wanted the log is only read for a change that did nothing else.
    """
    texts = Texts(history)
    wanted = wanted or Wanted()
    for change in changes_of(history, pages):
        if not wanted.takes(change):
            continue
        past = Past(
            change=change,
            differences=differences_of(
                texts, change, pages, whole=whole or wanted.search is not None, kinds=kinds
            ),
        )
        if wanted.finds(past):
            yield past


def differences_of(
    texts: Texts,
    change: Remembered,
    pages: Sequence[str] = (),
    *,
    whole: bool = True,
    kinds: Kinds = BUILT_IN,
) -> tuple[Difference, ...]:
    """What ``change`` did to ``pages``, or to all of its own; the log comes last."""
    paths = [step.path for step in change.pages if not pages or step.path in pages]
    found: list[Difference] = []
    for path in sorted(paths, key=lambda each: each == LOG_PATH):
        if path != LOG_PATH or whole or not any(not each.derived for each in found):
            found += _page(texts, change, path, kinds)
    return tuple(found)


def _page(texts: Texts, change: Remembered, path: str, kinds: Kinds) -> tuple[Difference, ...]:
    try:
        return page_differences(path, *texts.of(change, path), kinds)
    except NotFound:
        return (Difference(page=path, where="", sort=FORGOTTEN, words="its text is not kept any more"),)


@frozen(kw_only=True)
class ValueChange:
    """A change of one value, from what to what; None where there was none."""

    change: Remembered
    old: Any
    new: Any


class _Absent:
    """What stands for a value that is not on the page."""


ABSENT = _Absent()


def value_changes(history: History, path: str, where: str, kinds: Kinds = BUILT_IN) -> Iterator[ValueChange]:
    """Every change of the value at the dotted path ``where`` of the page at ``path``, newest first.

    It ends where texts are not kept any more. Raises NotFound for a page of no kind.
    """
    kind = kind_at(path, kinds)
    names = parse_path(where)
    texts = Texts(history)
    for change in changes_of(history, [path]):
        try:
            before, after = texts.of(change, path)
        except NotFound:
            return
        old, new = values_of(kind, names, before, after)
        if old != new:
            yield ValueChange(
                change=change, old=None if old is ABSENT else old, new=None if new is ABSENT else new
            )


def kind_at(path: str, kinds: Kinds = BUILT_IN) -> Kind:
    """The kind of the page at ``path``.

    Raises NotFound for a page of no kind.
    """
    kind = COORDINATION_LOG if ARCHIVE.fullmatch(path) else kind_of(path, kinds)
    if kind is None:
        raise NotFound(f"A page kind for {path}", "cosmemory kinds lists what pages there are.")
    return kind


def values_of(kind: Kind, names: Sequence[str], before: bytes | None, after: bytes | None) -> tuple[Any, Any]:
    """The value that ``names`` lead to on both texts of a page, as JSON has it."""
    old, new = decode_text(before or b""), decode_text(after or b"")
    less = narrowed(kind, old, new) if before is not None and after is not None else None
    if less is None:
        return value_in(kind, names, old), value_in(kind, names, new)
    if not may_differ(kind, names, less):
        return ABSENT, ABSENT
    return value_in(kind, names, less.before, less.parts), value_in(kind, names, less.after, less.parts)


def may_differ(kind: Kind, names: Sequence[str], less: Narrowed) -> bool:
    """Whether what ``names`` lead to may stand in the sections that are left."""
    own, parts, value = _home(kind, *names[:2])
    if own is None:
        return names[0] != "extra" or names[1:2] == [] or names[1] not in less.same
    if own in less.labels and value is not None and len(names) == 2:
        return value in less.labels[own]
    return not less.parts.isdisjoint(parts)


@lru_cache(maxsize=4096)
def _home(kind: Kind, first: str, second: str = "") -> tuple[str | None, frozenset[str], str | None]:
    """The part that a path leads into, all parts that its record may stand in, and the value of a section of labels."""
    own = part_called(kind.document, first)
    if own is None:
        return None, frozenset(), None
    part = layout(kind.document).parts[own]
    value = layout(part.record).value_named(name_of(second)) if part.shape == "one" and part.record else None
    return own, frozenset((own, *_siblings(kind.document, [first, second]))), value


def value_in(kind: Kind, names: Sequence[str], text: str, parts: frozenset[str] | None = None) -> Any:
    """The value that ``names`` lead to on a page, or in the section that its record has moved to."""
    document = read_document(kind, parse(text), parts).document
    return value_of(document, names)


def value_of(document: Record, names: Sequence[str]) -> Any:
    """The same in a document that is read already."""
    try:
        return plain(value_at(document, dotted(tuple(names))))
    except (NotFound, InvalidValue):
        pass
    for other in _siblings(type(document), names):
        try:
            return plain(value_at(document, dotted((other, *names[1:]))))
        except (NotFound, InvalidValue):
            continue
    return ABSENT


def _siblings(document: type[Any], names: Sequence[str]) -> list[str]:
    """The other parts that hold records of the same class, where ``names`` lead to one by its key."""
    shape = layout(document)
    own = part_called(document, names[0])
    if own is None or not "".join(names[1:2]) or names[1].startswith("#") or not shape.parts[own].key:
        return []
    record = shape.parts[own].record
    return [name for name, part in shape.parts.items() if name != own and part.record is record]
