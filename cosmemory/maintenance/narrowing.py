"""Two texts of one page cut down to the sections in which they differ, wherever that surely reads the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cosmemory.document.fields import layout
from cosmemory.frozen import frozen
from cosmemory.kinds import Kind
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import unescape
from cosmemory.syntax.tree import name_of

_HEADING = pattern(r"^ {0,3}(#{1,6})(?:[ \t]+([^\n]*?))?(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
_SECTION = pattern(r"^(?=##[ \t])", re.MULTILINE)
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
    """Both texts less the sections that are the same in them, ``same``, and the parts of the document that are left."""

    before: str
    after: str
    parts: frozenset[str]
    same: frozenset[str]


@frozen()
class _Chunks:
    """A page parted at its sections; the head is what stands above the first."""

    title: str
    head: str
    sections: dict[str, str]


def narrowed(kind: Kind, before: str, after: str) -> Narrowed | None:
    """Both texts with no more than the sections that differ; None where the whole pages must be read to be sure.

    What is left out reads the same on both pages, and what is left reads as it does on the whole page.
    """
    shape = layout(kind.document)
    known = frozenset(name for part in shape.parts.values() for name in part.names)
    old, new = (_chunks(text.replace("\r\n", "\n"), known) for text in (before, after))
    if old is None or new is None or list(old.sections) != list(new.sections) or old.title != new.title:
        return None
    # A part without a section of its name is looked for in all of them, and in headings of every level.
    if any(old.sections.keys().isdisjoint(part.names) for part in shape.parts.values()):
        return None
    differ = {name for name, text in old.sections.items() if text != new.sections[name]}
    if old.head != new.head:
        differ |= {name for part in shape.parts.values() if part.identity for name in part.names}
    parts = frozenset(name for name, part in shape.parts.items() if differ & set(part.names))
    same = frozenset(old.sections.keys() - differ)
    return Narrowed(_kept(old, differ), _kept(new, differ), parts, same)


def _kept(chunks: _Chunks, names: Iterable[str]) -> str:
    kept = set(names)
    return chunks.head + "".join(text for name, text in chunks.sections.items() if name in kept)


def _chunks(text: str, known: frozenset[str]) -> _Chunks | None:
    """The sections of a page by their names; None for a page on which a line may reach beyond its section."""
    if _ODD.search(text) or text.startswith(("---", "\ufeff---")):
        return None
    head, *rest = _SECTION.split(text)
    top = _HEADING.findall(head.removeprefix("\ufeff"))
    if len(top) != 1 or top[0][0] != "#":
        return None
    sections: dict[str, str] = {}
    for chunk in rest:
        (_, title), *deeper = _HEADING.findall(chunk)
        name = name_of(unescape(title))
        if not name or name in sections or ":" in title:
            return None
        if any(marks in {"#", "##"} or name_of(unescape(words)) in known for marks, words in deeper):
            return None
        sections[name] = chunk
    return _Chunks(top[0][1], head, sections)
