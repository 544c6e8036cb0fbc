"""Fences and comments that are never closed, so that a Markdown reader takes what stands below for theirs."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.pattern import pattern
from cosmemory.syntax.tree import Tree
from cosmemory.text.spans import Span, first_line

_FENCE = pattern(r"\ufeff?[ ]{0,3}(`{3,}|~{3,})")
_LINE_END = pattern(r"[\r\n]")


def open_blocks(tree: Tree) -> Iterator[tuple[str, Span]]:
    """The kind of each open block, ``fence`` or ``html``, and where it is opened."""
    for block in tree.blocks:
        if block.kind not in {"fence", "html"}:
            continue
        source = tree.text[block.start : block.end]
        if block.kind == "fence":
            opener = _FENCE.match(source)
            mark = opener[1] if opener else "```"
            last = _LINE_END.split(source.rstrip())[-1].strip()
            alone = not _LINE_END.search(source.rstrip())
            if alone or last.strip(mark[0]) or len(last) < len(mark):
                yield "fence", first_line(tree.text, block.start, block.end)
        elif source.lstrip().startswith("<!--") and "-->" not in source:
            begin = block.start + len(source) - len(source.lstrip())
            yield "html", Span(begin, begin + len("<!--"))
