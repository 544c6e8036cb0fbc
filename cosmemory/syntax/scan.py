"""The blocks of ordinary pages, found by one pattern without mistune; anything odd is left to mistune.

Every line below is written so that mistune could only see it in one way. What may be seen in two ways, because
of what stands around it, matches nothing here, and then the answer is None for the whole page.
"""

from __future__ import annotations

import re

from cosmemory.pattern import pattern
from cosmemory.syntax.front_matter import front_matter_span
from cosmemory.syntax.nodes import Block

_REST = r"[^\n]*\n"
_BLANK = r"[ \t]*+\r?\n"
# Beginnings of a line that begins nothing but text: no bullet, number, rule, underline, fence, tag or table.
_TEXT = r"""(?: [^\s\d\x00-\x1f\x7f#*+<=>\[_`|~:-]
              | \*{1,2}[^\s*] | _{1,2}[^\s_] | `{1,2}[^\s`] | ~{1,2}[^\s~]
              | [0-9]++(?!\d|[.)][ \t\r\n]) | \+(?!\s) | -(?![-\s|:]) | :(?=[^\W_]) )"""
# Of these, only a bracketed word that a colon follows could begin the definition of a link.
_FIRST = rf"(?: {_TEXT} | \[[^\[\]\\\n]*+\](?!:) )"
# Not `- - -`, which is a rule, and no empty item.
_CONTENT = rf"[ ](?=\S)(?![-*_ \t]*+\r?\n){_REST}"
_LAZY = rf"(?:{_TEXT}|\[){_REST}"
_ROW = r"\|[^\n]*\|[ ]*\r?\n"


def _numbered(digits: int) -> str:
    """An item whose number has so many digits, with the lines below that are indented enough to belong to it."""
    return (
        rf"[0-9]{{{digits}}}(?P=point){_CONTENT}(?:(?:{_BLANK})*[ ]{{{digits + 2},}}+(?=\S){_REST}|{_LAZY})*"
    )


_BLOCK = pattern(
    rf"""(?P<blank> (?:{_BLANK})+ )
      | (?P<heading> (?P<marks>\#{{1,6}}) (?:[ ]{_REST} | \r?\n) )
      | (?P<rule> (?: -{{3,}} | \*{{3,}} | _{{3,}} ) [ ]*+ \r?\n )
      | (?P<paragraph> {_FIRST} {_REST} (?: [ ]*+ {_LAZY} )*
                       (?: (?P<underline>[=-]) (?P=underline)* [ ]*+ \r?\n )? )
      | (?P<table> {_ROW} \| (?:[ ]*+:?-++:?[ ]*+\|)+ [ ]*+\r?\n (?:{_ROW})* )
      | (?P<list> (?P<bullet>[-*+]) {_CONTENT}
                  (?: (?:{_BLANK})* (?: (?P=bullet) {_CONTENT} | [ ]{{2,}}+(?=\S) {_REST} ) | {_LAZY} )*
                | (?= [0-9]{{1,2}} [.)] ) )
      | (?P<quote> (?: >{_REST} )+ )
      | (?P<fence> (?P<bar> `{{3,}} | ~{{3,}} ) [^`\n]*\n )
      | (?P<html> <!-- )
      | (?P<odd> )""",
    re.VERBOSE,
)
# A list with numbers, apart: together they would take half as long again to compile, and few pages have one.
_NUMBERED = pattern(
    rf"""(?= [0-9]{{1,2}} (?P<point>[.)]) )
         (?: (?:{_BLANK})* (?: {_numbered(1)} | {_numbered(2)} ) )+""",
    re.VERBOSE,
)

# Blocks that the pattern matches to their end, where it does not see their beginning only, and those that the line
# below could still go on with.
_WHOLE = frozenset({"blank", "heading", "rule", "paragraph", "list", "quote"})
_OPEN = frozenset({"paragraph", "list", "quote"})


def scan(text: str) -> list[Block] | None:
    """The blocks of an ordinary page, the same that ``blocks`` finds; None where it is unsure."""
    front = front_matter_span(text)
    position = front.end if front else int(text.startswith("\ufeff"))
    if text.count("\r") != text.count("\r\n"):
        return None
    size = len(text)
    if not text.endswith("\n"):
        text += "\n"
    found = [Block("front_matter", 0, position)] if front else []
    above = ""
    while position < size:
        for block in _BLOCK.finditer(text, position):
            kind = block.lastgroup or ""
            if above in _OPEN and kind != "blank" and not _parted(text, above, kind, position):
                return None
            end = block.end() if kind in _WHOLE and block.end() > position else _end(text, block, kind)
            if end == position:
                return None
            if kind == "heading":
                found.append(Block(kind, position, end, block.end("marks") - position))
            elif kind == "paragraph" and block["underline"]:
                kind = "heading"
                found.append(Block(kind, position, end, 1 if block["underline"] == "=" else 2))
            else:
                found.append(Block(kind, position, end))
            position, above = end, kind
            # The pattern goes on behind what it matched, but the block ends further down.
            if position != block.end() or position >= size:
                break
    return _bounded(found, size, bool(front))


def _bounded(found: list[Block], size: int, front: bool) -> list[Block] | None:
    """``found`` from the first character, a byte order mark, to the last, without the line end lent to it."""
    if not found:
        return None if size else []
    last = found[-1]
    if last.end > size:
        found[-1] = Block(last.kind, last.start, size, last.level)
    first = found[0]
    if first.start and not front:
        found[0] = Block(first.kind, 0, first.end, first.level)
    return found


def _end(text: str, block: re.Match[str], kind: str) -> int:
    """Where a block ends of which the pattern does not decide that; its start where that is not sure."""
    end = 0
    if kind == "table":
        end = block.end() if _even(block[0]) else 0
    elif kind == "list":
        numbered = _NUMBERED.match(text, block.start())
        end = numbered.end() if numbered else 0
    elif kind == "fence":
        bar = block["bar"]
        closing = re.compile(rf"^ {{0,3}}{bar[0]}{{{len(bar)},}}[ \t]*\r?\n", re.MULTILINE)
        closed = closing.search(text, block.end())
        end = closed.end() if closed else 0
    elif kind == "html":
        closed_at = text.find("-->", block.end())
        end = text.index("\n", closed_at) + 1 if closed_at >= 0 else 0
    return end or block.start()


def _even(table: str) -> bool:
    """Whether all rows of a table have the same number of cells: a ragged one makes mistune drop the table."""
    rows = table.split("\n")
    rows.pop()
    if "\\" in table:
        rows = [re.sub(r"\\.", "", row.rstrip(" \r")[1:-1]) + "||" for row in rows]
    return len({row.count("|") for row in rows}) == 1


def _parted(text: str, above: str, kind: str, position: int) -> bool:
    """Whether a block of this kind surely begins here, right below an open one."""
    if above == "quote":
        return False
    if above == "list":
        # A list goes on with a line of text or of a table, lazily.
        return kind not in {"paragraph", "table"}
    if kind == "list":
        # Below text a list may begin only with 1, and a line of dashes may make the text above a table's header.
        return (text[position] in "-*+" or text[position : position + 2] in {"1.", "1)"}) and not _piped(
            text, position
        )
    return kind != "rule" and not (kind == "table" and _piped(text, position))


def _piped(text: str, position: int) -> bool:
    """Whether a pipe stands in the line above."""
    return "|" in text[text.rfind("\n", 0, position - 1) + 1 : position]
