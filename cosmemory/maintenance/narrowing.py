"""Two texts of one page cut down to the sections in which they differ, wherever that surely reads the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from cosmemory.document.fields import Part, Value, layout
from cosmemory.frozen import frozen
from cosmemory.kinds import Kind
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import unescape
from cosmemory.syntax.tree import name_of

_HEADING = pattern(r"^ {0,3}(#{1,6})(?:[ \t]+([^\n]*?))?(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
_LABEL = pattern(r"- \*\*([^*:\n]{1,80}):\*\* ")
# What may reach beyond its section or move the sections of a page: fences, tags and comments of several lines,
# a heading that is underlined, a heading in a list or a quote.
_ODD = pattern(
    r"```|~~~|\r|\0|^ {0,3}=+[ \t]*$|(?<=[^\n])\n {0,3}-+[ \t]*$"
    r"|^(?:[ \t]|[-*+>]|\d{1,9}[.)])*<(?!!--[^\n]*-->[ \t]*$)"
    r"|^(?:[ \t]|[-*+>]|\d{1,9}[.)])+#{1,6}(?:[ \t]|$)|<!--(?![^\n]*-->)",
    re.MULTILINE,
)


@frozen()
class Narrowed:
    """Both texts less the sections that are the same in them, ``same``, and the parts of the document that are left.

    Of a part in ``labels`` surely no more differs than the values named there.
    """

    before: str
    after: str
    parts: frozenset[str]
    same: frozenset[str]
    labels: Mapping[str, frozenset[str]]


@frozen()
class _Chunks:
    """A page parted at its sections; the head is what stands above the first."""

    head: str
    sections: dict[str, str]


def narrowed(kind: Kind, before: str, after: str, *, shortest: bool = False) -> Narrowed | None:
    """Both texts with no more than the sections that differ; None where the whole pages must be read to be sure.

    What is left out reads the same on both pages, and what is left reads as it does on the whole page. In the
    ``shortest`` texts a section of labels has only the lines that differ.
    """
    old, new = _chunks(before, kind), _chunks(after, kind)
    if old is None or new is None or list(old.sections) != list(new.sections):
        return None
    if _title(old.head) != _title(new.head):
        return None
    parts = layout(kind.document).parts
    # A part without a section of its name is looked for in all of them, and in headings of every level.
    if any(old.sections.keys().isdisjoint(part.names) for part in parts.values()):
        return None
    differ = {name for name, text in old.sections.items() if text != new.sections[name]}
    lines: dict[str, _Lines] = {}
    labels: dict[str, frozenset[str]] = {}
    if old.head == new.head:
        lines = _lines_of(kind, old, new, differ)
        labels = {
            name: frozenset(each for at in differ & set(part.names) for each in lines[at].values)
            for name, part in parts.items()
            if part.shape == "one" and differ & set(part.names) and (differ & set(part.names)) <= lines.keys()
        }
    else:
        differ |= {name for part in parts.values() if part.identity for name in part.names}
    left = frozenset(name for name, part in parts.items() if differ & set(part.names))
    same = frozenset(old.sections.keys() - differ)
    short = lines if shortest else {}
    first, second = (
        _kept(chunks, differ, {name: each.sides[side] for name, each in short.items()})
        for side, chunks in enumerate((old, new))
    )
    return Narrowed(first, second, left, same, labels)


@frozen()
class _Lines:
    """A section of labels in which only some lines differ: their values, and on either side the section of those alone."""

    values: frozenset[str]
    sides: tuple[str, str]


def _lines_of(kind: Kind, old: _Chunks, new: _Chunks, differ: set[str]) -> dict[str, _Lines]:
    """Those of the sections that ``differ`` in nothing but lines with labels, each label known and there once."""
    found: dict[str, _Lines] = {}
    for part in layout(kind.document).parts.values():
        for name in differ.intersection(part.names) if part.shape == "one" else ():
            lines = _labels(old.sections[name], new.sections[name], part)
            if lines is not None:
                found[name] = lines
    return found


def _labels(old: str, new: str, part: Part) -> _Lines | None:
    assert part.record is not None
    shape = layout(part.record)
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after):
        return None
    found: set[str] = set()
    sides = [before[0]], [after[0]]
    for one, other in zip(before, after, strict=True):
        if one == other:
            continue
        here, there = _LABEL.match(one), _LABEL.match(other)
        attribute = shape.value_named(name_of(here[1])) if here is not None else None
        if here is None or there is None or here[1] != there[1] or attribute is None:
            return None
        value = shape.values[attribute]
        if value.type.shape != "line" or not (_once(value, before) and _once(value, after)):
            return None
        found.add(attribute)
        sides[0].append(one)
        sides[1].append(other)
    return _Lines(frozenset(found), ("\n".join([*sides[0], ""]), "\n".join([*sides[1], ""])))


def _once(value: Value, lines: list[str]) -> bool:
    """Whether only one line may have the label of ``value``: of two the first would count, whichever differs."""
    return sum(any(name in name_of(line) for name in value.names) for line in lines) == 1


def _kept(chunks: _Chunks, names: Iterable[str], short: Mapping[str, str]) -> str:
    kept = set(names)
    return chunks.head + "".join(
        short.get(name, text) for name, text in chunks.sections.items() if name in kept
    )


@lru_cache(maxsize=8)
def _chunks(text: str, kind: Kind) -> _Chunks | None:
    """The sections of a page by their names; None for a page on which a line may reach beyond its section."""
    head, *rest = (text.replace("\r\n", "\n") if "\r" in text else text).split("\n## ")
    if not _title(head):
        return None
    sections: dict[str, str] = {}
    for each in rest:
        chunk = f"## {each}\n"
        name = _name(chunk, kind)
        if not name or name in sections:
            return None
        sections[name] = chunk
    return _Chunks(f"{head}\n", sections)


@lru_cache(maxsize=256)
def _title(head: str) -> str:
    """The title of a page, from what stands above its first section; nothing where it may be read otherwise."""
    if _ODD.search(head) or head.startswith(("---", "\ufeff---")):
        return ""
    found = _HEADING.findall(head.removeprefix("\ufeff"))
    return f"# {found[0][1]}" if len(found) == 1 and found[0][0] == "#" else ""


@lru_cache(maxsize=1024)
def _name(chunk: str, kind: Kind) -> str:
    """What a section is called; nothing where a line of it may reach beyond it, or be read as another section."""
    headings = _HEADING.findall(chunk)
    if not headings or _ODD.search(chunk):
        return ""
    (_, title), *deeper = headings
    known = [name for part in layout(kind.document).parts.values() for name in part.names]
    if ":" in title or any(
        marks in {"#", "##"} or name_of(unescape(words)) in known for marks, words in deeper
    ):
        return ""
    return name_of(unescape(title))
