"""What differs between two texts of a page, by meaning: every value, record and line, put in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from cosmemory.document.data import plain
from cosmemory.document.fields import Value
from cosmemory.document.values import TIME
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import ARCHIVE, BUILT_IN, COORDINATION_LOG, Kind, Kinds, kind_of
from cosmemory.kinds.page import read_document
from cosmemory.maintenance.loose import loose_lines
from cosmemory.maintenance.narrowing import narrowed
from cosmemory.maintenance.steps import ADDED, CHANGED, MOVED, REMOVED, Step, is_logged, runs, steps
from cosmemory.maintenance.wording import (
    MIRRORS,
    came_back,
    left,
    moved,
    reopened,
    resolved,
    sentence,
    shorter,
    word_difference,
)
from cosmemory.merge.strategies import dotted
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOGGED, TEXT, LAYOUT = "logged", "text", "layout"


@frozen(kw_only=True)
class Difference:
    """One difference on a page: where, of which sort, the values as JSON has them, and all of it in words.

    One that is ``derived`` follows from another and is told only where there is no other.
    """

    page: str
    where: str
    sort: str
    words: str
    old: Any = None
    new: Any = None
    derived: bool = False


def page_differences(
    path: str, before: bytes | None, after: bytes | None, kinds: Kinds = BUILT_IN
) -> tuple[Difference, ...]:
    """What the page at ``path`` says differently in ``after``; None stands for no page."""
    if before == after:
        return ()
    if before is None or after is None:
        sort, word = (ADDED, "created") if before is None else (REMOVED, "removed")
        return (Difference(page=path, where="", sort=sort, words=f"{path.removesuffix('.md')} {word}"),)
    old, new = decode_text(before), decode_text(after)
    kind = COORDINATION_LOG if ARCHIVE.fullmatch(path) else kind_of(path, kinds)
    if kind is None:
        found = list(_line_differences(path, _lines(old), _lines(new)))
    elif kind is COORDINATION_LOG:
        found = _log_differences(path, kind, old, new)
    else:
        found = _typed_differences(path, kind, old, new)
    layout = Difference(page=path, where="", sort=LAYOUT, words="only its layout changed")
    return tuple(found) or (layout,)


def _log_differences(path: str, kind: Kind, old: str, new: str) -> list[Difference]:
    if new.startswith(old) and old.endswith("\n"):
        # What was appended is all that must be read of a long log.
        old, new = "", new[len(old) :]
    return _whole_differences(path, kind, old, new)


def _typed_differences(path: str, kind: Kind, old: str, new: str) -> list[Difference]:
    less = narrowed(kind, old, new, shortest=True)
    if less is None:
        return _whole_differences(path, kind, old, new)
    return _whole_differences(path, kind, less.before, less.after, less.parts)


def _whole_differences(
    path: str, kind: Kind, old: str, new: str, parts: frozenset[str] | None = None
) -> list[Difference]:
    before, left = _read(kind, old, parts)
    after, stand = _read(kind, new, parts)
    found = [_difference(path, kind, step) for step in _told_apart(steps(before, after))]
    found = _without_escorts(found)
    return [*(each for each, _ in found), *_line_differences(path, left, stand)]


@lru_cache(maxsize=4)
def _read(kind: Kind, text: str, parts: frozenset[str] | None) -> tuple[Any, list[tuple[str, str]]]:
    """What a text of a page says, and its loose lines; on a walk each is the old text after it was the new one."""
    tree = parse(text)
    document = read_document(kind, tree, parts).document
    return document, loose_lines(tree, document)


def _told_apart(found: Iterable[Step]) -> Iterator[Step | tuple[Step, Step]]:
    """The steps, a record that left one section and came to another as a pair."""
    every = list(found)
    gone = {step.key: step for step in every if step.sort == REMOVED and _is_record(step)}
    pairs: dict[int, tuple[Step, Step]] = {}
    for step in every:
        other = gone.get(step.key) if step.sort == ADDED and _is_record(step) else None
        if other is not None and other.where[0] != step.where[0]:
            pairs[id(other)] = pairs[id(step)] = other, step
    told: set[int] = set()
    for step in every:
        pair = pairs.get(id(step))
        if pair is None:
            yield step
        elif id(pair[0]) not in told:
            told.add(id(pair[0]))
            yield pair


def _is_record(step: Step) -> bool:
    return bool(step.key) and not step.key.startswith("#") and not step.field and len(step.where) == 2


def _difference(path: str, kind: Kind, step: Step | tuple[Step, Step]) -> tuple[Difference, Step]:
    if isinstance(step, tuple):
        return _pair_difference(path, *step)
    value = step.value
    derived = (isinstance(value, Value) and value.derived) or step.where == kind.stamp
    derived = derived or (step.record is not None and step.record.__name__ in MIRRORS)
    sort = LOGGED if is_logged(step) else step.sort
    made = Difference(page=path, where=dotted(step.where), sort=sort, words=sentence(step), derived=derived)
    return replace(made, old=plain(step.old), new=plain(step.new)), step


def _pair_difference(path: str, gone: Step, come: Step) -> tuple[Difference, Step]:
    """A record that went from one section to another."""
    names = type(gone.old).__name__, type(come.new).__name__
    said = {
        ("Member", "FormerMember"): left,
        ("FormerMember", "Member"): came_back,
        ("Alert", "Resolved"): resolved,
        ("Resolved", "Alert"): reopened,
    }.get(names)
    words = said(come.new) if said is not None else moved(come, come.where[0].replace("_", " "))
    if names == ("Alert", "Alert"):
        inside = [sentence(each) for each in steps(gone.old, come.new, come.where, come.key)]
        words = "; ".join(inside) or words
    made = Difference(page=path, where=dotted(come.where), sort=MOVED, words=words)
    return replace(made, old=plain(gone.old), new=plain(come.new)), replace(come, sort=MOVED)


def _without_escorts(found: list[tuple[Difference, Step]]) -> list[tuple[Difference, Step]]:
    """The same with what only goes with another change of its record marked as derived.

    Such are the time of the change, and a member's details that say what the row says too.
    """
    changed = [step for _, step in found if step.sort == CHANGED]
    moving = {step.where[:-1] for step in changed if not _is_time(step)}
    said = {(step.where[:-1], step.field, str(step.new)) for step in changed}

    def follows(step: Step) -> bool:
        again = (step.where[:-2], step.field, str(step.new)) in said and step.where[-2:-1] == ("details",)
        record = step.where[:-2] if step.where[-2:-1] == ("details",) else step.where[:-1]
        return again or (_is_time(step) and bool({step.where[:-1], record} & moving))

    return [
        (replace(each, derived=True) if step.sort == CHANGED and follows(step) else each, step)
        for each, step in found
    ]


def _is_time(step: Step) -> bool:
    return isinstance(step.value, Value) and step.value.type is TIME


def _lines(text: str) -> list[tuple[str, str]]:
    return [("", line.removesuffix("\r")) for line in text.split("\n")]


def _line_differences(
    path: str, old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> Iterator[Difference]:
    for a, b, c, d in runs([f"{s}\0{w}" for s, w in old], [f"{s}\0{w}" for s, w in new]):
        gone, come = ("\n".join(words for _, words in each) for each in (old[a:b], new[c:d]))
        section = (new[c:d] or old[a:b])[0][0]
        below = f" below {shorter(section)}" if section else ""
        if gone and come:
            words = f"text{below}: {word_difference(gone, come)}"
        else:
            words = (
                f'text {"added" if come else "removed"}{below}: "{shorter(" ".join((gone + come).split()))}"'
            )
        yield Difference(page=path, where="", sort=TEXT, words=words, old=gone or None, new=come or None)


def told(found: Iterable[Difference]) -> list[Difference]:
    """Those that are worth telling: what only follows from others is left out where there are others."""
    every = list(found)
    return [each for each in every if not each.derived] or every


def summary(found: Iterable[Difference], most: int = 3) -> str:
    """The differences in few words, events counted; how many more there are stands at the end."""
    sentences = sentences_of(told(found))
    more = len(sentences) - most
    return "; ".join([*sentences[:most], *([f"{more} more"] if more > 0 else [])])


def sentences_of(found: Iterable[Difference]) -> list[str]:
    """One sentence for each difference; the events of a log together."""
    sentences: list[str] = []
    events: dict[str, list[Any]] = {}
    for each in found:
        if _is_event(each):
            events.setdefault("logged" if each.sort == LOGGED else "gone from the log", []).append(each)
        else:
            sentences.append(each.words)
    for what, held in events.items():
        number = "1 event" if len(held) == 1 else f"{len(held)} events"
        named = [shorter(each.words.partition(": ")[2]) for each in held[:2]]
        sentences.append(f"{number} {what}: " + "; ".join([*named, *(["…"] if len(held) > 2 else [])]))
    return sentences


def _is_event(each: Difference) -> bool:
    return each.where.startswith("events.") and each.sort in {LOGGED, REMOVED}
