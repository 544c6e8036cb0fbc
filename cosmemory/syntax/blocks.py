"""The blocks of a page as mistune sees them, with their places; the one module that imports mistune."""

from __future__ import annotations

import re
from bisect import bisect_right
from re import Match
from typing import Any

from mistune import Markdown
from mistune.block_parser import BlockParser
from mistune.core import BlockState
from mistune.plugins.table import table

from cosmemory.syntax.nodes import Block

_KINDS = {
    "paragraph": "paragraph",
    "heading": "heading",
    "table": "table",
    "list": "list",
    "block_html": "html",
    "block_quote": "quote",
    "thematic_break": "rule",
    "blank_line": "blank",
}
_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*(?:\r\n|\n|\r)(?:.*?(?:\r\n|\n|\r))??(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)", re.DOTALL
)
_BLANK_LINE = re.compile(r"[ \t\v\f]*(?:\n|\Z)")


class _SpanParser(BlockParser):
    """mistune's block parser, with the place of each top-level token stamped on it."""

    def parse(self, state: BlockState, rules: list[str] | None = None) -> None:
        if state.parent is not None:
            super().parse(state, rules)
            return
        scan = self.compile_sc(self.rules)
        while state.cursor < state.cursor_max:
            count, start = len(state.tokens), state.cursor
            self._cut: int | None = None
            if not self._turn(state, scan):
                break
            self._stamp(state, count, start, min(state.cursor, state.cursor_max))
        if state.cursor < state.cursor_max:
            count, start = len(state.tokens), state.cursor
            state.add_paragraph(state.src[start:])
            state.cursor = state.cursor_max
            self._stamp(state, count, start, state.cursor)

    def _turn(self, state: BlockState, scan: re.Pattern[str]) -> bool:
        """One step of mistune's own loop, cut so that each step ends at the end of a block."""
        end = self._parse_indent_code_fast(state)
        if end is not None:
            state.cursor = end
            return True
        matched = scan.match(state.src, state.cursor)
        if matched is None and self._parse_plain_paragraph(state, scan):
            return True
        if matched is None:
            matched = scan.search(state.src, state.cursor)
            if matched is None:
                return False
            if matched.start() > state.cursor:
                state.add_paragraph(state.get_text(matched.start()))
                state.cursor = matched.start()
                return True
        begun = state.cursor
        found = self.parse_method(matched, state)
        if found:
            state.cursor = found
        else:
            state.cursor = begun
            after = state.find_line_end()
            state.add_paragraph(state.get_text(after))
            state.cursor = after
        return True

    def parse_method(self, m: Match[str], state: BlockState) -> int | None:
        if state.parent is None:
            # A list or quote that another block breaks off: the second block begins here.
            self._cut = m.start()
        return super().parse_method(m, state)

    def _stamp(self, state: BlockState, count: int, start: int, end: int) -> None:
        fresh = state.tokens[count:]
        if not fresh:
            last = state.tokens[-1] if state.tokens else None
            grew = last is not None and (last["type"] == "paragraph" or last.get("style") == "setext")
            if last is not None and grew and last["span"][1] == start:
                last["span"] = (last["span"][0], end)
            return
        if len(fresh) == 1:
            fresh[0]["span"] = (start, end)
            return
        cut = self._cut if self._cut is not None and start < self._cut < end else end
        fresh[0]["span"] = (start, cut)
        for token in fresh[1:]:
            token["span"] = (cut, end)


def blocks(text: str) -> list[Block]:
    """The blocks of any text at all; joined they are the text again."""
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 1 if text.startswith("\ufeff") else 0
    body, back = _normalised(text, start)
    found: list[Block] = []
    if front:
        found.append(Block("front_matter", 0, start))
    at = 0
    for kind, begin, end, level in _parsed(body):
        if begin > at:
            found += _between(body, back, at, begin)
        found.append(Block(kind, back(begin), back(end), level))
        at = end
    found += _between(body, back, at, len(body))
    tiled = _tiled(found, text)
    if not front and start:
        first = tiled[0] if tiled else Block("blank", 0, 1)
        tiled[:1] = [Block(first.kind, 0, first.end, first.level)]
    return tiled


def _normalised(text: str, start: int) -> tuple[str, Any]:
    """``text`` from ``start`` on with LF line ends, and the way back from its offsets."""
    if "\r" not in text:
        return text[start:], lambda offset: min(offset + start, len(text))
    body = text[start:]
    ends = [match.end() for match in re.finditer(r"\r\n", body)]
    shifted = [end - index - 1 for index, end in enumerate(ends)]
    plain = body.replace("\r\n", "\n").replace("\r", "\n")
    return plain, lambda offset: min(start + offset + bisect_right(shifted, offset), len(text))


def _parsed(body: str) -> list[tuple[str, int, int, int]]:
    if not body:
        return []
    parser = _SpanParser()
    markdown = Markdown(renderer=None, block=parser, plugins=[table])
    state = parser.state_cls()
    state.process(body if body.endswith("\n") else body + "\n")
    try:
        markdown.block.parse(state)
    except (RecursionError, ValueError, IndexError):
        # Nesting beyond what the parser bears must not make a page unreadable.
        return []
    found: list[tuple[str, int, int, int]] = []
    for token in state.tokens:
        kind = _KINDS.get(token["type"]) or ("fence" if token.get("style") == "fenced" else "code")
        level = token["attrs"]["level"] if kind == "heading" else 0
        begin, end = token["span"]
        end = min(end, len(body))
        if begin < end and kind != "blank":
            found.append((kind, begin, end, level))
    return found


def _between(body: str, back: Any, start: int, end: int) -> list[Block]:
    """What no token covers: blank lines, and definitions of links, which make none."""
    found: list[Block] = []
    while start < end:
        stop = body.find("\n", start, end) + 1 or end
        kind = "blank" if not body[start:stop].strip() else "definition"
        if found and found[-1].kind == kind:
            found[-1] = Block(kind, found[-1].start, back(stop))
        else:
            found.append(Block(kind, back(start), back(stop)))
        start = stop
    return found


def _tiled(found: list[Block], text: str) -> list[Block]:
    """The blocks with the blank lines at the end of one made blocks of their own."""
    tiled: list[Block] = []
    for block in found:
        if block.kind in {"blank", "front_matter"}:
            tiled = _joined(tiled, block)
            continue
        end = block.end
        while True:
            begin = max(text.rfind("\n", block.start, end - 1), text.rfind("\r", block.start, end - 1)) + 1
            if begin <= block.start or text[begin:end].strip() or (block.kind == "fence"):
                break
            if text[begin - 1 : begin + 1] == "\r\n":
                break
            end = begin
        tiled.append(Block(block.kind, block.start, end, block.level))
        if end < block.end:
            tiled = _joined(tiled, Block("blank", end, block.end))
    return tiled


def _joined(tiled: list[Block], blank: Block) -> list[Block]:
    if tiled and tiled[-1].kind == blank.kind == "blank":
        return [*tiled[:-1], Block("blank", tiled[-1].start, blank.end)]
    tiled.append(blank)
    return tiled
