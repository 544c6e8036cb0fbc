"""Tables parted by blank lines and comments: one table to people, however many parts it has."""

from __future__ import annotations

from cosmemory.syntax import tables
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tables import tables_of

HEAD = "## Rows\n\n| a | b |\n|---|---|\n"


def test_a_table_that_goes_on_after_every_row_is_put_together_once(monkeypatch):
    made = []
    monkeypatch.setattr(tables, "replace", lambda *given, **more: made.append(1) or real(*given, **more))
    text = HEAD + "".join(f"| {number} | x |\n\n<!-- note -->\n\n" for number in range(50))
    (found,) = tables_of(text, parse(text).page.sections[0].blocks)
    assert [tables.cell_text(text, row.cells[0]) for row in found.rows] == [str(n) for n in range(50)]
    assert found.span.end == text.rindex("| x |") + len("| x |")
    assert len(made) == 1, "to build the whole table anew for each row takes quadratic time"


def test_rows_go_on_with_the_table_that_stands_nearest_above():
    text = HEAD + "| 1 | x |\n\n| 2 | x |\n\n" + HEAD.split("\n\n")[1] + "| 3 | x |\n\n| 4 | x |\n"
    found = tables_of(text, parse(text).page.sections[0].blocks)
    assert [[tables.cell_text(text, row.cells[0]) for row in each.rows] for each in found] == [
        ["1", "2"],
        ["3", "4"],
    ]


real = tables.replace
