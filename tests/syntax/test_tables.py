"""Rows of tables: where their cells stand, and that the quick way to their sources says the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.syntax import tables
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tables import Row, Table, tables_of
from cosmemory.syntax.writers import row_text
from cosmemory.text.spans import Span

lines = st.text(st.sampled_from("||| \t\\`ab-><!&"), max_size=24)


def row_of(line: str, expected: int | None = None) -> Row:
    return Row(line, Span(0, len(line)), expected)


def table_of(text: str) -> Table:
    (found,) = tables_of(text, parse(text).blocks)
    return found


@pytest.mark.parametrize(
    ("line", "sources"),
    [
        ("| a | b |", ["a", "b"]),
        ("|a|b|", ["a", "b"]),
        ("a | b", ["a", "b"]),
        ("| a | |", ["a", ""]),
        ("| a \\| b | c |", ["a \\| b", "c"]),
        ("| a | b <!-- mine --> |", ["a", "b"]),
        ("  | a |  b  |  ", ["a", "b"]),
        ("|", []),
    ],
)
def test_a_row_is_parted_at_its_pipes(line: str, sources: list[str]) -> None:
    row = row_of(line)
    assert row.sources == sources
    assert [cell.value.of(line) for cell in row.cells] == sources


def test_a_pipe_in_a_code_span_is_text_where_the_number_of_cells_says_so() -> None:
    line = "| `a|b` | c |"
    assert row_of(line).sources == ["`a", "b`", "c"]
    assert not row_of(line, 3).guarded
    assert row_of(line, 2).sources == ["`a|b`", "c"]
    assert row_of(line, 2).guarded


@pytest.mark.parametrize(
    ("text", "cells", "row"),
    [
        pytest.param(
            "| Priority | Actions |\n|----------|---------|\n| CRITICAL | 1 |\n",
            ("HIGH", "2"),
            "| HIGH | 2 |",
            id="words of one length are no aligned column",
        ),
        pytest.param(
            "| Priority | Actions |\n|----------|---------|\n| CRITICAL | 1       |\n",
            ("HIGH", "2"),
            "| HIGH     | 2       |",
            id="padded in the last column",
        ),
        pytest.param(
            "| Priority | Actions |\n|----------|---------|\n| LOW      | 1 |\n",
            ("CRITICAL", "2"),
            "| CRITICAL | 2 |",
            id="aligned but for the last column",
        ),
        pytest.param(
            "ID | Action   | Priority\n---|----------|---------\n1  | write it | high\n12 | ask      | low\n",
            ("3", "read", "medium"),
            "3  | read     | medium",
            id="without outer pipes",
        ),
        pytest.param(
            "  ID | Action   | Priority\n  ---|----------|---\n  1  | write it | high\n",
            ("3", "read", "medium"),
            "  3  | read     | medium",
            id="without outer pipes, set in",
        ),
    ],
)
def test_a_new_row_is_padded_only_where_the_others_are(text: str, cells: tuple[str, ...], row: str) -> None:
    assert row_text(text, table_of(text), cells) == row


@given(lines, st.none() | st.integers(0, 4))
def test_the_quick_way_to_the_sources_equals_the_way_by_their_places(line: str, expected: int | None) -> None:
    row = row_of(line, expected)
    by_place = [cell.value.of(line) for cell in row.cells]
    assert row.sources == by_place
    plain = row.plain()
    assert plain is None or (plain == by_place and not row.guarded)


@given(st.lists(st.text(st.sampled_from("ab &<"), max_size=5).map(str.strip), min_size=1, max_size=5))
def test_the_quick_way_answers_for_every_row_that_pipes_alone_part(cells: list[str]) -> None:
    assert row_of("| " + " | ".join(cells) + " |").plain() == cells


def test_a_comment_between_two_rows_does_not_end_a_table() -> None:
    table = table_of("| A | B |\n|---|---|\n| 1 | 2 |\n\n<!-- later -->\n| 3 | 4 |\n")
    assert table.columns == ["A", "B"]
    assert [row.sources for row in table.rows] == [["1", "2"], ["3", "4"]]


def test_a_table_with_one_ragged_row_is_read_as_one() -> None:
    table = table_of("| A | B |\n|---|---|\n| 1 |\n| 2 | 3 | 4 |\n")
    assert [row.sources for row in table.rows] == [["1"], ["2", "3", "4"]]


HEAD = "| A | B |\n|---|---|\n"


def test_a_table_that_goes_on_after_every_row_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = tables.replace
    monkeypatch.setattr(tables, "replace", lambda *given, **more: made.append(1) or real(*given, **more))
    text = HEAD + "".join(f"| {number} | x |\n\n<!-- note -->\n\n" for number in range(50))
    found = table_of(text)
    assert [row.sources[0] for row in found.rows] == [str(n) for n in range(50)]
    assert found.span.end == text.rindex("| x |") + len("| x |")
    assert len(made) == 1, "to build the whole table anew for each row takes quadratic time"


def test_rows_go_on_with_the_table_that_stands_nearest_above() -> None:
    text = f"{HEAD}| 1 | x |\n\n| 2 | x |\n\n{HEAD}| 3 | x |\n\n| 4 | x |\n"
    found = tables_of(text, parse(text).blocks)
    assert [[row.sources[0] for row in each.rows] for each in found] == [["1", "2"], ["3", "4"]]
