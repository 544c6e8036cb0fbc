"""The picture of a finding: its line, and carets below what is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.diagnostics import Fix, caret, report
from cosmemory.text.edits import Edit


def picture(text: str, meant: str) -> list[str]:
    start = text.index(meant)
    return caret(text, report("missing-title", "", start, start + len(meant))).split("\n")


def test_carets_stand_below_what_is_meant() -> None:
    assert picture("# Page\n- **Status:** asleep\n", "asleep") == [
        "  |",
        "2 | - **Status:** asleep",
        "  |               ^^^^^^",
        "  |",
    ]


@pytest.mark.parametrize(
    ("line", "meant", "shown", "carets"),
    [
        ("\tbad word", "bad", "    bad word", "    ^^^"),
        ("日本 bad", "bad", "日本 bad", "     ^^^"),
        ("a 日本 b", "日本", "a 日本 b", "  ^^^^"),
        ("e\u0301 bad", "bad", "e\u0301 bad", "  ^^^"),
        ("\x1b[31m bad", "bad", "\\x1b[31m bad", "         ^^^"),
    ],
)
def test_they_do_so_below_tabs_wide_and_hidden_characters(
    line: str, meant: str, shown: str, carets: str
) -> None:
    _, source, below, _ = picture(line, meant)
    assert (source.removeprefix("1 | "), below.removeprefix("  | ")) == (shown, carets)


def test_of_a_long_line_the_surroundings_are_shown() -> None:
    _, source, below, _ = picture("x" * 500 + " bad " + "y" * 500, "bad")
    assert source.startswith("1 | ...xxx")
    assert source.endswith("yyy...")
    assert source[below.index("^") :].startswith("bad ")


@given(st.text(max_size=300), st.integers(0, 300), st.integers(0, 300))
def test_any_finding_has_a_picture_that_fits_and_steers_nothing(text: str, one: int, two: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    shown = caret(text, report("missing-title", "", start, end))
    assert shown.isprintable() or not any(each < " " and each != "\n" for each in shown)
    assert not text or "^" in shown


def test_a_fix_is_what_the_table_of_rules_promises() -> None:
    fix = Fix(edits=(Edit(0, 1, ""),), safe=False, message="")
    with pytest.raises(AssertionError, match="missing-title"):
        report("missing-title", "", 0, 0, fix=fix)
