"""The blocks of any text tile it, and are those that mistune sees."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path

import mistune
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mistune.block_parser import BlockParser
from mistune.plugins.table import table

from cosmemory.syntax.blocks import blocks
from cosmemory.syntax.nodes import Block

EXAMPLES = json.loads((Path(__file__).parents[1] / "cases" / "commonmark.json").read_text(encoding="utf-8"))
MISTUNE = mistune.create_markdown(renderer=None, plugins=[table])
NAMES = {"block_text": "paragraph", "block_html": "html", "block_quote": "quote", "thematic_break": "rule"}


def assert_tiled(text: str, found: list[Block]) -> None:
    assert "".join(text[block.start : block.end] for block in found) == text
    assert [block.start for block in found] == [0, *(block.end for block in found)][: len(found)]
    for block in found:
        assert block.start < block.end
        assert block.end == len(text) or text[block.end - 1] in "\r\n"
        assert (block.level > 0) == (block.kind == "heading")
    kinds = [block.kind for block in found]
    assert all(pair != ("blank", "blank") for pair in itertools.pairwise(kinds))


def pieces(text: str) -> list[tuple[str, str]]:
    found = blocks(text)
    assert_tiled(text, found)
    return [(block.kind, text[block.start : block.end]) for block in found]


def seen(text: str) -> list[tuple[str, int]]:
    """The kinds and levels of the blocks that stand for tokens of mistune."""
    found = blocks(text)
    assert_tiled(text, found)
    return [(block.kind, block.level) for block in found if block.kind not in {"blank", "definition"}]


def seen_by_mistune(text: str) -> list[tuple[str, int]]:
    found = []
    for token in MISTUNE(text):
        kind = NAMES.get(token["type"], token["type"])
        if kind == "block_code":
            kind = "fence" if token["style"] == "fenced" else "code"
        if kind != "blank_line":
            found.append((kind, token["attrs"]["level"] if kind == "heading" else 0))
    return found


def test_the_kinds_of_blocks():
    assert pieces(
        "---\nid: x\n---\n# Title\n\nWords\nmore words\n\n\nUnder\n=====\n| a |\n|---|\n| 1 |\n- item\n\n  more\n\n"
        "***\n```py\ncode\n\n```\n<!-- note -->\n> quote\n\n    code\n\n[a]: /b\n[c]: /d\n\nend"
    ) == [
        ("front_matter", "---\nid: x\n---\n"),
        ("heading", "# Title\n"),
        ("blank", "\n"),
        ("paragraph", "Words\nmore words\n"),
        ("blank", "\n\n"),
        ("heading", "Under\n=====\n"),
        ("table", "| a |\n|---|\n| 1 |\n"),
        ("list", "- item\n\n  more\n"),
        ("blank", "\n"),
        ("rule", "***\n"),
        ("fence", "```py\ncode\n\n```\n"),
        ("html", "<!-- note -->\n"),
        ("quote", "> quote\n"),
        ("blank", "\n"),
        ("code", "    code\n"),
        ("blank", "\n"),
        ("definition", "[a]: /b\n[c]: /d\n"),
        ("blank", "\n"),
        ("paragraph", "end"),
    ]


@pytest.mark.parametrize(
    ("text", "level"), [("### a", 3), ("###### a ##\n", 6), ("a\nb\n===\n", 1), ("a\n-", 2)]
)
def test_a_heading_has_its_level(text, level):
    assert blocks(text) == [Block("heading", 0, len(text), level)]


def test_an_entry_of_the_log():
    entry = "### 2026-11-21T06:00:00Z\n**Type:** decision\n**Notes:** a | b\n\n---\n\n"
    kinds = ["heading", "paragraph", "blank", "rule", "blank"]
    assert [kind for kind, _ in pieces(entry * 3)] == kinds * 3


def test_a_ragged_row_makes_a_paragraph_of_a_table():
    assert pieces("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |\n") == [
        ("paragraph", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |\n")
    ]
    assert pieces("a | b\n--|--\n1 | 2\n3 | 4 | 5\n")[0][0] == "paragraph"


def test_a_table_below_a_ragged_one_is_still_found():
    ragged, whole = "a | b\n--|--\n1 | 2 | 3\n", "a | b | c\n--|--|--\n1 | 2 | 3\n"
    assert pieces(ragged + whole) == [("paragraph", ragged), ("table", whole)]


def test_line_ends_of_every_style_are_kept():
    text = "# a\r\n\r\nb\r\n- c\rd\r\r---\n\r\n```\r\n\r\n```"
    assert pieces(text) == [
        ("heading", "# a\r\n"),
        ("blank", "\r\n"),
        ("paragraph", "b\r\n"),
        ("list", "- c\rd\r"),
        ("blank", "\r"),
        ("rule", "---\n"),
        ("blank", "\r\n"),
        ("fence", "```\r\n\r\n```"),
    ]


def test_a_byte_order_mark_hides_nothing():
    assert blocks("\ufeff# a\nb") == [Block("heading", 0, 5, 1), Block("paragraph", 5, 6)]
    assert pieces("\ufeff---\na: b\n---\nc") == [
        ("front_matter", "\ufeff---\na: b\n---\n"),
        ("paragraph", "c"),
    ]
    assert pieces("\ufeff\n\na") == [("blank", "\ufeff\n\n"), ("paragraph", "a")]
    assert pieces("\ufeff") == [("blank", "\ufeff")]


def test_an_empty_page_has_no_blocks():
    assert blocks("") == []
    assert pieces("\n \n\t\n") == [("blank", "\n \n\t\n")]


def test_white_space_that_markdown_does_not_know_is_text():
    assert pieces("a\n\xa0\nb\u2028c\x0bd\n") == [("paragraph", "a\n\xa0\nb\u2028c\x0bd\n")]
    assert pieces("a\n\x0c\nb") == [("paragraph", "a\n"), ("blank", "\x0c\n"), ("paragraph", "b")]


def test_a_line_of_spaces_is_blank_however_many():
    # mistune takes five for a line of code that the paragraph goes on with
    assert pieces("a\n     \nb") == [("paragraph", "a\n"), ("blank", "     \n"), ("paragraph", "b")]


def test_blocks_that_break_off_lists_and_quotes_have_their_own_place():
    assert pieces("> a\n- b\n> c\n```\nd\n```\n- e\n---\n") == [
        ("quote", "> a\n"),
        ("list", "- b\n"),
        ("quote", "> c\n"),
        ("fence", "```\nd\n```\n"),
        ("list", "- e\n"),
        ("rule", "---\n"),
    ]
    # no fence: what opens it holds a backtick
    assert pieces("- a\n```b`\n") == [("list", "- a\n```b`\n")]
    assert pieces("a\n\n> b\n2. c\n")[-2:] == [("quote", "> b\n"), ("list", "2. c\n")]


def test_a_paragraph_of_labels_needs_no_search():
    """The override of the paragraph rule gives what mistune gives, line by line."""
    for start in [
        "**a**",
        "*a*",
        "_a_",
        "`a`",
        "1990",
        "(a)",
        "[a]",
        "<a",
        "&amp;",
        "\\*",
        "~a~",
        "+1",
        "-1",
        "|",
        "é",
        "\x00",
    ]:
        text = f"{start} b\n{start} c\n# d\n{start}\n\ne\n{start} f\n---\n"
        assert seen(text) == seen_by_mistune(text)


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{each['example']}" for each in EXAMPLES])
def test_commonmark(example):
    # behind a blank line, so that no rule at the start of an example begins front matter
    for text in ("\n" + example["markdown"], "\n" + example["markdown"].removesuffix("\n")):
        assert seen(text) == seen_by_mistune(text)
    text = example["markdown"]
    for newline in ("\n", "\r\n", "\r"):
        changed = text.replace("\n", newline)
        assert_tiled(changed, blocks(changed))
        assert [block.kind for block in blocks(changed)] == [block.kind for block in blocks(text)]


def test_all_examples_are_there():
    assert len(EXAMPLES) == 652


SIZE = 60_000
LINES = {
    "quotes in quotes": ">" * SIZE,
    "lists in lists": "- " * (SIZE // 2) + "x",
    "one line": "x" * 1_000_000,
    "one line of white space": "# a" + " " * SIZE + "b",
    "tabs": "\t" * SIZE + "x",
    "NUL": "\0" * SIZE,
    "half characters": "[a]: /\udcff\n\n\ud800\n" * (SIZE // 12),
    "form feeds": "\f\n" * (SIZE // 2),
    "odd line ends": "\r\r\n" * (SIZE // 3),
    "attributes parted by tabs": "<a" + " a=b\tc" * (SIZE // 7) + " !",
    "brackets": "[\n" * (SIZE // 2),
    "open titles": "[a]: b 'x\n\n" * (SIZE // 11),
    "delimiter rows": "-|-\n" * (SIZE // 4) + "-|-|-\n",
    "pipes": "| " * (SIZE // 2) + "|\n" + "|-" * (SIZE // 2) + "|",
    "lists and quotes": "- a\n> b\n" * (SIZE // 8),
    "lists of two kinds": "- a\n* b\n" * (SIZE // 8),
    "indented lines below text": "*x\n" + "    y\n" * (SIZE // 6),
    "open fence": "```\n" + "x\n" * (SIZE // 2),
    "open comment": "<!--\n" * (SIZE // 5),
    "open front matter": "---\n" + "a: b\n" * (SIZE // 5),
    "long bar": "~" * SIZE + "\n" + "~" * (SIZE - 1),
    "stairs": "".join("  " * depth + "- a\n" for depth in range(240)),
}


@pytest.mark.parametrize("name", LINES)
def test_no_text_is_too_much(name):
    begun = time.perf_counter()
    assert_tiled(LINES[name], blocks(LINES[name]))
    # a tenth of this is usual; what grows with the square takes a hundred times as long
    assert time.perf_counter() - begun < 10


def test_where_mistune_fails_text_is_paragraphs(monkeypatch):
    def fail(*arguments):
        raise RecursionError

    monkeypatch.setattr(BlockParser, "parse_method", fail)
    assert pieces("\ufeff# a\nb\n\n \n- c\r\n\r\nd") == [
        ("paragraph", "\ufeff# a\nb\n"),
        ("blank", "\n \n"),
        ("paragraph", "- c\r\n"),
        ("blank", "\r\n"),
        ("paragraph", "d"),
    ]


# Without quotes: below a paragraph, mistune moves a list that breaks one off into the paragraph above it.
FRAGMENTS = [
    *[
        "# a",
        "### 2026",
        "text",
        "**K:** v",
        "- a",
        "-",
        "* b",
        "1. x",
        "2. y",
        "  more",
        "    code",
        "\tcode",
        " - one",
    ],
    *[
        "---",
        "***",
        "- - -",
        "===",
        "```",
        "~~~",
        "```a`b",
        "<div>",
        "<!-- c -->",
        "<!--",
        "-->",
        "<a b=c>",
        "</script>",
    ],
    *[
        "[a]: /b",
        "[a]: /b 'x",
        "[t] u",
        "| a | b |",
        "|---|---|",
        "| 1 | 2 |",
        "| 1 |",
        "a|b",
        "-|-",
        "a|b|c",
        "|",
        ":-|-:",
    ],
    *[
        "",
        "",
        "",
        "   ",
        "\x0b",
        "\xa0",
        "\0",
        "_x_",
        "#no",
        "     x",
        "a\\",
        "|a\\|b|",
        "٣. x",
        "-x",
        "+5",
        "3.5 x",
    ],
]


@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("\n".join), st.sampled_from(["\n", "\r\n", "\r"])
)
def test_mistune_sees_the_same(text, newline):
    text = "\n" + text.replace("\n", newline)
    assert seen(text) == seen_by_mistune(text)


ANYTHING = st.text(
    st.sampled_from("ab \t\n\r\f\v\0#-*_=>`~|[]():<!/1.\\\"'\ufeff\xa0\udcff\u2028") | st.characters(),
    max_size=60,
)


@given(ANYTHING)
def test_any_text_is_tiled(text):
    assert_tiled(text, blocks(text))


@given(st.binary(max_size=60))
def test_any_bytes_are_tiled(data):
    text = data.decode("utf-8", "surrogateescape")
    assert_tiled(text, blocks(text))
