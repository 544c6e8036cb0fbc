"""Text in, lossless tree out."""

from __future__ import annotations

from cosmemory.syntax.scan import scan
from cosmemory.syntax.tree import Tree, grow


def parse(text: str) -> Tree:
    """The tree of any text at all; ``parse(text).text == text``.

    The line scan answers for ordinary pages; where it is unsure mistune decides for the whole page.
    """
    blocks = scan(text)
    return grow(text, blocks) if blocks is not None else parse_plainly(text)


def parse_plainly(text: str) -> Tree:
    """The tree as mistune sees the text: the reference that the line scan is held to."""
    from cosmemory.syntax.blocks import blocks

    return grow(text, blocks(text))
