"""The blocks of any page as mistune sees them, each with its place; the one module that imports mistune."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from re import Match
from typing import Any

from mistune import Markdown
from mistune.block_parser import BlockParser
from mistune.core import BlockState
from mistune.plugins.table import parse_nptable, table

from cosmemory.syntax.front_matter import front_matter_span
from cosmemory.syntax.nodes import Block

_KINDS = {
    "blank_line": "blank",
    "block_html": "html",
    "block_quote": "quote",
    "heading": "heading",
    "list": "list",
    "paragraph": "paragraph",
    "table": "table",
    "thematic_break": "rule",
}
# White space that CommonMark calls blank; str.strip takes more, a no-break space for one.
_BLANK = " \t\v\f\n"
_RUN = re.compile(r"(?:[ \t\v\f]*\n)+|(?:(?![ \t\v\f]*\n)[^\n]*\n)+")
_PIPE = re.compile(r"\\.|(\|)", re.DOTALL)
_DELIMITER = re.compile(r"(?:[ \t]*+(?::?-++:?)?[ \t]*+\|)+[ \t]*+(?::?-++:?)?[ \t]*+\n")
# mistune's own pattern tries every way to part an attribute at its tabs: 30 of them take for ever.
_WHOLE_TAG = re.compile(
    r""" {0,3}<[A-Za-z][A-Za-z0-9-]*+(?:\s++[A-Za-z_:][\w.:-]*+(?:\s*+=\s*+(?:[^\s!"'=<>`]++|'[^']*+'|"[^"]*+"))?)*"""
    r"[ \t]*>[ \t]*\n"
)


class _Definitions(dict[str, Any]):
    """The links that a page defines, all known already: to keep an address mistune would encode its bad bytes."""

    def __contains__(self, key: object) -> bool:
        return True


class _Places(BlockState):
    """mistune's state, which here keeps the places of the blocks and forgets their words."""

    def __init__(self, parent: BlockState | None = None) -> None:
        super().__init__(parent)
        self.env = {"ref_links": _Definitions()}
        self.found: list[Block] = []
        self.turn = 0
        self.no_table_before = 0

    def append_token(self, token: dict[str, Any]) -> None:
        self.tokens = [{key: token[key] for key in ("type", "attrs", "style") if key in token}]

    # A block that breaks off a list or a quote has its own turn, so nothing stands behind what it broke off.
    prepend_token = append_token

    def add_paragraph(self, text: str) -> None:
        # mistune joins the text line by line, in quadratic time.
        del text
        if not self.in_paragraph():
            self.tokens = [{"type": "paragraph"}]

    def append_paragraph(self) -> int | None:
        return self.find_line_end() if self.in_paragraph() else None

    def in_paragraph(self) -> bool:
        """Whether the next line may go on with a paragraph."""
        return bool(self.tokens) and self.tokens[-1]["type"] == "paragraph"

    def note(self, before: Any) -> None:
        """Keep the place of what this turn found, ``before`` being the last token until then."""
        token = self.last_token()
        end = min(self.cursor, self.cursor_max)
        last = self.found[-1] if self.found else Block("", 0, 0)
        if token is not before:
            style = token.get("style")
            kind = _KINDS.get(token["type"]) or ("fence" if style == "fenced" else "code")
            level = token["attrs"]["level"] if kind == "heading" else 0
            self.found.append(Block(kind, self.turn, end, level))
        elif last.kind == "paragraph" and token["type"] == "heading":
            self.found[-1] = Block("heading", last.start, end, token["attrs"]["level"])
        elif last.kind == "paragraph":
            self.found[-1] = Block("paragraph", last.start, end)
        else:
            # The definition of a link makes no token.
            self.found.append(Block("definition", self.turn, end))


class _PlaceParser(BlockParser):
    """mistune's block parser in its own order, one block of the page a turn, and none inside of blocks."""

    state_cls = _Places

    def parse(self, state: BlockState, rules: list[str] | None = None) -> None:
        # What stands inside a list or a quote has no place of its own, and may be nested without end.
        if not isinstance(state, _Places) or state.parent is not None:
            return
        indented = self.compile_sc(["indent_code"])
        begins = self.compile_sc([rule for rule in rules or self.rules if rule != "indent_code"])
        while state.cursor < state.cursor_max:
            before, state.turn = state.last_token(), state.cursor
            begun = self.BLANK_LINE.match(state.src, state.cursor)
            if begun:
                state.append_token({"type": "blank_line"})
                state.cursor = begun.end()
            else:
                if not state.in_paragraph():
                    begun = indented.match(state.src, state.cursor)
                begun = begun or begins.match(state.src, state.cursor)
                end = self.parse_method(begun, state) if begun else None
                state.cursor = end or self._paragraph_end(state, begins)
                if not end:
                    state.add_paragraph("")
            state.note(before)

    @staticmethod
    def _paragraph_end(state: BlockState, begins: re.Pattern[str]) -> int:
        """Where the lines end that begin no other block. mistune searches letter by letter, five times slower."""
        end = state.find_line_end()
        while end < state.cursor_max and not begins.match(state.src, end):
            end = state.find_line_end_at(end)
        return end

    def parse_method(self, m: Match[str], state: BlockState) -> int | None:
        if not isinstance(state, _Places) or m.start() == state.turn:
            return super().parse_method(m, state)
        # Inside of a list or a quote: the block that breaks it off is only tried, and found again in its own turn.
        # Two kinds may turn out to be none. mistune would recurse, and mix up the order of three such blocks.
        if m.lastgroup in {"fenced_code", "block_html"}:
            trial = _Places()
            trial.process(state.src)
            trial.cursor = trial.turn = m.start()
            return m.start() if super().parse_method(m, trial) else None
        return m.start()

    def parse_atx_heading(self, m: Match[str], state: BlockState) -> int:
        # mistune also strips the closing marks, in quadratic time where white space abounds.
        state.append_token({"type": "heading", "attrs": {"level": len(m["atx_1"])}})
        return m.end() + 1

    def parse_raw_html(self, m: Match[str], state: BlockState) -> int | None:
        tag = m[0].strip()
        known = tag[:2] in {"</", "<!", "<?"} or re.match(self.BLOCK_HTML, tag + "\n", re.IGNORECASE)
        if known or _WHOLE_TAG.match(state.src, m.start()):
            return super().parse_raw_html(m, state)
        return state.append_paragraph()

    def parse_bare_table(self, m: Match[str], state: BlockState) -> int | None:
        """A table without outer pipes. One ragged row ends all tables that could begin above it."""
        if not isinstance(state, _Places) or m.start() < state.no_table_before:
            return None
        end = parse_nptable(self, m, state)
        if end is None and _DELIMITER.match(state.src, m.end()):
            width = _pipes(m[0])
            ragged = m.end()
            while ragged < state.cursor_max and _pipes(state.get_line(ragged)) == width:
                ragged = state.find_line_end_at(ragged)
            state.no_table_before = ragged
        return end


def blocks(text: str) -> list[Block]:
    """The blocks of any text at all; joined they are the text again."""
    front = front_matter_span(text)
    start = front.end if front else int(text.startswith("\ufeff"))
    body = text[start:].replace("\r\n", "\n").replace("\r", "\n")
    if not body.endswith("\n"):
        body += "\n"
    found = [Block("front_matter", 0, start)] if front else []
    # Where a \r was taken away, offsets into the text run ahead of those into the body.
    taken = [match.end() - number - 1 for number, match in enumerate(re.finditer("\r\n", text[start:]))]
    for block in _joined(body, _found(body)) if start < len(text) else ():
        end = min(block.end + start + bisect_right(taken, block.end), len(text))
        found.append(Block(block.kind, found[-1].end if found else 0, end, block.level))
    return found or [Block("blank", 0, start)][:start]


@cache
def _parser() -> _PlaceParser:
    parser = _PlaceParser()
    Markdown(renderer=None, block=parser, plugins=[table])
    parser.register("nptable", None, _PlaceParser.parse_bare_table)
    return parser


def _found(body: str) -> list[Block]:
    """What mistune finds; where it fails, a paragraph for each run of lines that are not blank."""
    state = _Places()
    state.process(body)
    try:
        _parser().parse(state)
    except Exception:  # noqa: BLE001 - whatever mistune stumbles over, the page stays readable
        runs = _RUN.finditer(body)
        return [Block("paragraph" if run[0].strip(_BLANK) else "blank", *run.span()) for run in runs]
    return state.found


def _joined(body: str, found: list[Block]) -> Iterator[Block]:
    """``found`` with blank lines taken from the ends of lists and code, and with neighbours of one kind joined."""
    held: Block | None = None
    for block in _apart(body, found):
        if held and held.kind == block.kind and block.kind in {"blank", "definition"}:
            held = Block(held.kind, held.start, block.end)
            continue
        if held:
            yield held
        held = block
    if held:
        yield held


def _apart(body: str, found: list[Block]) -> Iterator[Block]:
    for block in found:
        end = block.end
        if block.kind in {"list", "code"}:
            while end > block.start and not body[end - 1 : end].strip(_BLANK):
                end -= 1
            end = body.index("\n", end) + 1 if end > block.start else end
        if end > block.start:
            yield Block(block.kind, block.start, end, block.level)
        if end < block.end:
            yield Block("blank", end, block.end)


def _pipes(line: str) -> int:
    """How many pipes part the cells of a line."""
    return sum(match[1] is not None for match in _PIPE.finditer(line))
