"""The lossless tree of a page: blocks that tile its text, and the sections that headings make of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cosmemory.frozen import field, frozen
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import unescape
from cosmemory.syntax.nodes import Block
from cosmemory.text.source import newline_of
from cosmemory.text.spans import Span

_ATX = pattern(r"\ufeff? {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$", re.DOTALL)
_UNDERLINE = pattern(r"(?:\r\n|\n|\r) {0,3}(?:=+|-+)[ \t]*$")
_NOT_NAME = pattern(r"[\W_]+")


@frozen(eq=False)
class Section:
    """A heading with what stands below it, down to the next heading of its level or a higher one.

    The page itself is the section of level 0, whose heading is empty.
    """

    level: int
    title: str
    heading: Span
    title_span: Span
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def name(self) -> str:
        """The title in snake_case, as dotted paths and JSON have it."""
        return name_of(self.title)

    @property
    def body(self) -> Span:
        """What stands below the heading and above the first section inside."""
        return Span(self.heading.end, self.blocks[-1].end if self.blocks else self.heading.end)

    @property
    def end(self) -> int:
        """Where the section ends, the sections inside it included."""
        return self.sections[-1].end if self.sections else self.body.end

    @property
    def span(self) -> Span:
        """The whole section."""
        return Span(self.heading.start, self.end)

    def walk(self) -> Iterator[Section]:
        """Every section inside, in page order, itself left out."""
        for section in self.sections:
            yield section
            yield from section.walk()


@frozen(eq=False)
class Tree:
    """A page's text with its blocks and sections; ``tree.text`` is what was parsed, to the byte."""

    text: str
    blocks: tuple[Block, ...]
    page: Section
    newline: str = field(default="\n")

    def find(self, title: str, level: int | None = None) -> list[Section]:
        """The sections named ``title`` (case, spacing and punctuation aside), in page order."""
        name = name_of(title)
        return [
            section
            for section in self.page.walk()
            if section.name == name and (level is None or section.level == level)
        ]


@lru_cache(maxsize=8192)
def name_of(label: str) -> str:
    """``label`` in snake_case: letters and digits of any script kept, runs of anything else one ``_``."""
    return _NOT_NAME.sub("_", label).strip("_").lower()


def grow(text: str, blocks: Sequence[Block]) -> Tree:
    """The tree of ``text`` whose blocks are ``blocks``."""
    position = 0

    def build(level: int, heading: Span, title: str, title_span: Span) -> Section:
        nonlocal position
        own: list[Block] = []
        while position < len(blocks) and blocks[position].kind != "heading":
            own.append(blocks[position])
            position += 1
        return Section(level, title, heading, title_span, tuple(own))

    flat = [build(0, Span(0, 0), "", Span(0, 0))]
    while position < len(blocks):
        block = blocks[position]
        position += 1
        start, end, title = _heading(text[block.start : block.end])
        title_span = Span(block.start + start, block.start + end)
        flat.append(build(block.level, Span(block.start, block.end), title, title_span))
    return Tree(text, tuple(blocks), _nest(flat), newline_of(text))


def _nest(flat: list[Section]) -> Section:
    """The page of ``flat``, each section inside the nearest one above it of a lower level."""
    children: list[list[Section]] = [[] for _ in flat]
    finished: list[Section] = list(flat)
    open_at: list[int] = []

    def close(down_to: int) -> None:
        while open_at and flat[open_at[-1]].level >= down_to:
            index = open_at.pop()
            section = flat[index]
            finished[index] = Section(
                section.level,
                section.title,
                section.heading,
                section.title_span,
                section.blocks,
                tuple(children[index]),
            )
            if open_at:
                children[open_at[-1]].append(finished[index])

    for index, section in enumerate(flat):
        if section.level:
            close(section.level)
        open_at.append(index)
    close(0)
    return finished[0]


@lru_cache(maxsize=2048)
def _heading(source: str) -> tuple[int, int, str]:
    """Where in a heading its words begin and end, its marks left out, and what they say."""
    line = source.removesuffix("\n").removesuffix("\r")
    found = _ATX.match(line)
    if found:
        start, end = found.span(2) if found.group(2) is not None else (found.end(1), found.end(1))
    else:
        underline = _UNDERLINE.search(line)
        start = len(line) - len(line.lstrip(" \t\ufeff"))
        end = max(start, len(line[: underline.start() if underline else None].rstrip(" \t")))
    return start, end, unescape(line[start:end])
