"""Law 6: whenever the line scan answers, it equals the plain path; and it seldom fails to on ordinary pages."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.kinds import KINDS
from cosmemory.syntax.blocks import blocks
from cosmemory.syntax.scan import scan

CASES = Path(__file__).parents[1] / "cases"
PAGES = sorted((CASES / "pages").glob("*.md"))

# Whole blocks as people and agents write them, to be parted by blank lines.
ORDINARY = [
    *["# Title", "## Session Info", "### 2026-11-21T06:00:00Z", "#### Notes ####", "## Status: COMPLETE"],
    *[
        "Some words.",
        "Words over\ntwo lines, with `code`.",
        "**Bold** words",
        "_Nothing yet._",
        "[No notes]",
        "(none)",
    ],
    *[
        "2026-11-21 was a Saturday.",
        "3.5 % more",
        "“Quoted” – ünïcode ✅",
        "@builder: done?",
        "*emphasis* first",
    ],
    *[
        "Last Updated: 2026-11-21T06:00:00Z\nTotal Agents: 3",
        "**Type:** decision\n**Notes:** a | b",
        "**Key**: v",
        "a | b",
    ],
    *[
        "- **Key:** v\n- **Status:** active|idle|busy",
        "- one\n- two\n  goes on\n- three",
        "* star\n* star",
        "+ plus",
    ],
    *[
        "- [ ] open\n- [x] done",
        "- one\n\n- two",
        "- one\n  - nested\n    - deep",
        "- one\ngoes on lazily",
        "-1 degrees",
    ],
    *[
        "1. one\n2. two",
        "1) one\n2) two",
        "9. nine\n10. ten\n    goes on",
        "1. one\n   - nested",
        "1. one\n\n2. two",
    ],
    *[
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "| a |\n| :-: |",
        "| a \\| b | `c` |\n|:--|--:|\n| \\\\ | |",
        "|a|b|\n|-|-|\n|1|2|  ",
    ],
    *[
        "---",
        "***",
        "<!-- a note -->",
        "<!-- a note\nover lines -->",
        "> quoted\n> twice",
        "Under\n=====",
        "Under\n---",
    ],
    *["```\ncode\n\n# no heading\n```", "~~~mermaid\npie\n~~~", "````md\n```\n````"],
]
# Lines with which the scan must take care, most of them unsure by themselves.
ODD = [
    *[
        "-",
        "- ",
        "* * *",
        "- - -",
        "===",
        "=-",
        " - one",
        "\tx",
        "     ",
        "  \t- a",
        "```",
        "~~~",
        "```a`b",
        "<div>",
        "<!-- open",
    ],
    *[
        "-->",
        "<a b=c>",
        "[a]: /b",
        "[a",
        "[a\\]]: x",
        "[a]",
        "| a | b |",
        "|---|---|",
        "| 1 | 2 |",
        "| 1 |",
        "| a \\|",
        "|",
        "- |-",
    ],
    *[
        "| a \\| b | c |",
        "a|b",
        "-|-",
        "a|b|c",
        "- a | b",
        ":-|-:",
        ":x",
        "\x0b",
        "\xa0",
        "  \xa0",
        "\0x",
        "\udcff",
        "#no",
        "#",
        "#\tx",
    ],
    *[
        "٣. x",
        "1٢. x",
        "-x",
        "123456789. z",
        "1234567890. z",
        "    - z",
        "  | a |",
        "___",
        "** *",
        "**",
        "1)",
        "2) b",
        "1.",
    ],
    *[
        "\x1cq",
        "\x85",
        "\u2028x",
        "|a|\n|-|\n|b|c|",
        "||\n||",
        "| a |\n| |",
        "```x\ny\n  ```` \nz",
        "...",
        "> ```",
        "\ufeff",
        "a\rb",
    ],
    *[
        "--x",
        "__",
        "_ _ _",
        "- **",
        "* ***",
        "10. a\n   b",
        "1. a\n  b",
        "1. a\n\n   b",
        "- a\n\n\n  b",
        "- a\n\n b",
        "\x0c",
    ],
]

ends = st.sampled_from(["\n", "", "\n\n", "  \n"])
newlines = st.sampled_from(["\n", "\n", "\r\n"])
starts = st.sampled_from(["", "", "", "\ufeff", "---\nid: x\n---\n", "---\n\n"])


@st.composite
def pages(draw, fragments, joins):
    parts = draw(st.lists(st.sampled_from(fragments), max_size=10))
    text = "".join(part + draw(st.sampled_from(joins)) for part in parts[:-1]) + "".join(parts[-1:])
    return (draw(starts) + text + draw(ends)).replace("\n", draw(newlines))


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_every_layout_is_scanned(page):
    text = page.read_bytes().decode("utf-8")
    for changed in (text, text.replace("\n", "\r\n"), "\ufeff" + text, text.removesuffix("\n")):
        assert scan(changed) == blocks(changed)


def test_there_is_an_example_of_every_kind():
    assert {page.stem for page in PAGES} == {kind.name for kind in KINDS}


@pytest.mark.parametrize("block", ORDINARY)
def test_every_ordinary_block_is_scanned(block):
    for text in (block, f"{block}\n", f"# Title\n\n{block}\n\nend\n", f"# Title\r\n{block}\r\n"):
        assert scan(text) == blocks(text)


@pytest.mark.parametrize(
    "text",
    [
        "<div>\n",
        "    code\n",
        " indented\n",
        "-\n",
        "- - -\n",
        "```\nopen\n",
        "<!-- open\n",
        "[a]: /b\n",
        "[a\nb]: /c\n",
        "| a | b |\n|---|---|\n| 1 |\n",
        "| a |\nno table\n",
        "> quote\nlazy\n",
        "- list\n| a |\n|---|\n",
        "a | b\n| - |\n",
        "a | b\n- | -\n",
        "text\n2. no list\n",
        "lone\rreturn\n",
        "\x0c\n",
        "1٢. number\n",
    ],
)
def test_it_is_unsure_of_what_is_odd(text):
    assert scan(text) is None


@given(pages(ORDINARY, ["\n\n"]) | pages(ORDINARY, ["\n", "\n\n"]))
def test_it_equals_the_plain_path_on_ordinary_pages(text):
    answer = scan(text)
    assert answer is None or answer == blocks(text)


@given(pages(ORDINARY + ODD, ["\n", "\n\n", "\n \n"]))
def test_it_equals_the_plain_path_on_odd_pages(text):
    answer = scan(text)
    assert answer is None or answer == blocks(text)


@given(st.text(st.sampled_from("ab \t\n\r#-*_=>`~|[]():<!1.\\\ufeff\xa0"), max_size=40))
def test_it_equals_the_plain_path_on_any_text(text):
    answer = scan(text)
    assert answer is None or answer == blocks(text)


def test_it_is_seldom_unsure_of_ordinary_pages():
    choose = random.Random(6)
    made = 2_000
    unsure = 0
    for _ in range(made):
        parts = choose.choices(ORDINARY, k=choose.randint(1, 30))
        newline = choose.choice(["\n", "\r\n"])
        answer = scan("\n\n".join(parts).replace("\n", newline) + newline)
        unsure += answer is None
    print(f"unsure of {unsure} of {made} ordinary pages")
    assert unsure < made * 0.05


def test_it_does_without_mistune():
    script = (
        "import sys; from cosmemory.syntax.scan import scan; assert scan('# a\\n\\n```\\nb\\n```\\n');"
        "assert not {'mistune', 'frontmatter', 'yaml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=CASES.parents[1])
