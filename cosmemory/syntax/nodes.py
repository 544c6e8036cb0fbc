"""The blocks of a page: what each stretch of the text is, in the order in which it stands there."""

from __future__ import annotations

from cosmemory.frozen import frozen


@frozen()
class Block:
    """One block of a page: the kind of text[start:end], whole lines with their line ends.

    The blocks of a page tile it: joined in order they are the text again, byte for byte. A byte order mark
    belongs to the first block. Kinds:

    front_matter  the fence lines and all between them, only at the very start of the page
    blank         one run of blank lines
    heading       an ATX or setext heading, with its underline; `level` is 1 to 6
    paragraph     a run of text; also a table that a ragged row demotes (the tables module reads it again)
    table         a GFM table: heading row, delimiter row, rows
    list          a whole list with all its items; blank lines inside belong to it
    fence         a fenced code block with its fences
    code          an indented code block
    html          an HTML block: a comment, a tag
    quote         a block quote
    rule          a thematic break
    definition    a run of link reference definitions
    """

    kind: str
    start: int
    end: int
    level: int = 0
