"""Law 1: ``parse(text).text == text`` for any text at all, and any bytes come back as they were."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import mistune
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mistune.plugins.table import table

from cosmemory.document.decode import decode
from cosmemory.kinds import KINDS
from cosmemory.kinds.coordination_log import decode_log
from cosmemory.syntax.parse import parse, parse_plainly
from cosmemory.syntax.tree import Tree
from cosmemory.text.source import Source, decode_text, encode_text

CASES = Path(__file__).parents[1] / "cases"
EXAMPLES = json.loads((CASES / "commonmark.json").read_text(encoding="utf-8"))
MISTUNE = mistune.create_markdown(renderer=None, plugins=[table])
NAMES = {"block_html": "html", "block_quote": "quote", "thematic_break": "rule"}

# What breaks pages in the wild, to be strewn between ordinary lines.
ODD_BYTES = [
    *[
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\r",
        b"\t",
        b" ",
        b"    ",
        b"\x00",
        b"\xff",
        b"\x80",
        b"\xc3",
        b"\xed\xa0\x80",
    ],
    *[b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0b", b"\x0c", b"\x1c", b"\x1b[31m"],
    *[b"# A", b"## Notes", b"---", b"===", b"```", b"~~~", b"<!--", b"-->", b"- **Key:** v", b"| a | b |"],
    *[b"|---|---|", b"> q", b"1. one", b"[a]: /b", b"<div>", b"**Type:** x", b"\\", b"`", "漢字🚀".encode()],
]
odd_pages = st.lists(st.sampled_from(ODD_BYTES) | st.binary(max_size=3), max_size=40).map(b"".join)


def assert_lossless(data: bytes) -> None:
    text = decode_text(data)
    assert encode_text(text) == data
    assert Source.of(data).text == text
    for tree in (parse(text), parse_plainly(text)):
        assert tree.text == text
        assert "".join(text[block.start : block.end] for block in tree.blocks) == text
        assert_every_character_has_one_section(tree)


def assert_every_character_has_one_section(tree: Tree) -> None:
    sections = [tree.page, *tree.page.walk()]
    spans = [span for each in sections for span in (each.heading, each.body) if span.start < span.end]
    assert "".join(span.of(tree.text) for span in spans) == tree.text
    for above, below in itertools.pairwise(sections):
        assert above.body.end == below.heading.start


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# A\r\n\r\n## B\r\n- **Key:** v\r\n",
        b"\xef\xbb\xbf# A\n\ntext",
        b"# A\n\n\tcode\n-\ttab\n",
        b"# A\n\nbad \xff\xfe byte\n## B \x80\n",
        b"# A\n\x00\x00\n",
        b"no line end",
        b"mixed\rline\r\nends\n\r",
        b"\xff\xfe#\x00 \x00A\x00",
        b"\xed\xb3\xbf is no text either",
    ],
)
def test_odd_pages_come_back_to_the_byte(data: bytes) -> None:
    assert_lossless(data)


@given(st.binary(max_size=300))
def test_any_bytes_come_back(data: bytes) -> None:
    assert_lossless(data)


@given(odd_pages)
def test_pages_of_odd_pieces_come_back(data: bytes) -> None:
    assert_lossless(data)


@given(odd_pages)
def test_any_bytes_can_be_read_as_any_kind(data: bytes) -> None:
    tree = parse(decode_text(data))
    for kind in KINDS:
        assert decode(tree, kind.document).document is not None
    assert decode_log(tree).document is not None


@pytest.mark.parametrize("page", sorted((CASES / "pages").glob("*.md")), ids=lambda page: page.stem)
@given(data=st.data())
def test_a_page_with_bytes_strewn_in_comes_back_and_is_read(page: Path, data: st.DataObject) -> None:
    written = page.read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(written)))
        written = written[:at] + data.draw(st.sampled_from(ODD_BYTES)) + written[at:]
    assert_lossless(written)
    for kind in KINDS:
        decode(parse(decode_text(written)), kind.document)


def blocks_of(tree: Tree) -> list[tuple[str, int]]:
    return [(each.kind, each.level) for each in tree.blocks if each.kind not in {"blank", "definition"}]


def blocks_by_mistune(text: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    tokens: list[dict[str, Any]] = MISTUNE(text)  # type: ignore[assignment]
    for token in tokens:
        kind = NAMES.get(token["type"], token["type"])
        if kind == "block_code":
            kind = "fence" if token["style"] == "fenced" else "code"
        if kind != "blank_line":
            found.append((kind, token["attrs"]["level"] if kind == "heading" else 0))
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{each['example']}" for each in EXAMPLES])
def test_a_commonmark_example_is_kept_and_its_blocks_are_mistunes(example: dict[str, Any]) -> None:
    text = example["markdown"]
    assert_lossless(text.encode())
    assert_lossless(text.replace("\n", "\r\n").encode())
    # Below a blank line, so that no rule at the start of an example begins front matter.
    assert blocks_of(parse("\n" + text)) == blocks_by_mistune("\n" + text)


def test_there_are_652_examples() -> None:
    assert len(EXAMPLES) == 652
