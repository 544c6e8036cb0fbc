"""Parsers that are not ours, asked what a page is made of and what its cells say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import frontmatter
import mistune
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mistune.plugins.table import table

_MISTUNE = mistune.create_markdown(renderer=None, plugins=[table])
_MARKDOWN_IT = MarkdownIt("commonmark").enable("table")

Shape = list[tuple[Any, ...]]
# Python takes `&lt` without its semicolon for an entity too.
_ENTITY = re.compile(r"&#?\w{1,32};")
# The words of a cell, or None where the parser's tree no longer tells them (links, code, emphasis).
Cells = list[str | None]


def by_frontmatter(text: str) -> tuple[list[str], str]:
    """The keys of the front matter, and the page below it."""
    page = frontmatter.loads(text)
    return list(page.metadata), page.content + "\n"


def by_mistune(text: str) -> tuple[Shape, Cells]:
    """The headings, tables, lists, fences, rules and comments that mistune sees, and the words of the cells."""
    shape: Shape = []
    cells: Cells = []
    for token in _MISTUNE(text):
        _mistune_block(token, shape, cells)  # type: ignore[arg-type]
    return shape, cells


def _mistune_block(token: dict[str, Any], shape: Shape, cells: Cells) -> None:
    kind = token["type"]
    if kind == "heading":
        shape.append((kind, token["attrs"]["level"]))
    elif kind == "table":
        head, *body = token["children"]
        rows = [head, *(row for part in body for row in part["children"])]
        shape.append((kind, *(len(row["children"]) for row in rows)))
        cells += [_mistune_words(cell["children"]) for row in rows for cell in row["children"]]
    elif kind == "list":
        shape.append((kind, len(token["children"])))
        for item in token["children"]:
            for child in item["children"]:
                _mistune_block(child, shape, cells)
    elif kind not in {"blank_line", "block_text"}:
        shape.append((kind,))


def _mistune_words(children: list[dict[str, Any]]) -> str | None:
    pieces: list[str] = []
    for child in children:
        if child["type"] == "text":
            pieces.append(child["raw"])
        elif child["type"] == "inline_html" and child["raw"] == "<br>":
            pieces.append("\n")
        else:
            return None
    words = "".join(pieces)
    # mistune leaves entities as they are, so that `\&lt;` and `&lt;` look alike.
    return None if "&amp;" in words else _ENTITY.sub(lambda found: unescape(found[0]), words)


def by_markdown_it(text: str) -> tuple[Shape, Cells]:
    """The same as markdown-it sees it."""
    tokens = _MARKDOWN_IT.parse(text)
    return list(_markdown_it_shape(tokens)), [
        _markdown_it_words(tokens[at + 1])
        for at, token in enumerate(tokens)
        if token.type in {"td_open", "th_open"}
    ]


def _markdown_it_shape(tokens: list[Token]) -> Iterator[tuple[Any, ...]]:
    rows: list[int] = []
    for token in tokens:
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append(0)
        elif token.type in {"td_open", "th_open"}:
            rows[-1] += 1
        elif token.type == "table_close":
            yield ("table", *rows)
        elif token.type == "heading_open":
            yield ("heading", int(token.tag[1:]))
        elif token.nesting >= 0 and token.type not in {
            "inline",
            "thead_open",
            "tbody_open",
            "paragraph_open",
        }:
            yield (token.type,)


def _markdown_it_words(inline: Token) -> str | None:
    pieces: list[str] = []
    for child in inline.children or []:
        if child.type in {"text", "text_special"}:
            pieces.append(child.content)
        elif child.type in {"em_open", "em_close", "strong_open", "strong_close"}:
            pieces.append(child.markup)
        elif child.type == "html_inline" and child.content == "<br>":
            pieces.append("\n")
        else:
            return None
    return "".join(pieces)
