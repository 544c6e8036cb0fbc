"""A long page with rows left out: where it is sure, and that it is unsure of every row that may mean something else."""

from __future__ import annotations

import pytest

from cosmemory.document import abridged
from cosmemory.document.abridged import abridge, extended, takes_rows
from cosmemory.frozen import replace
from cosmemory.kinds.run import Finding, Run

HEAD = """# Run demo

- **Run ID:** demo
- **Goal:** Ship it
- **Status:** executing

## Phases

| Phase | Status |
|---|---|
| scout | in_progress |

## Findings

| ID | Phase | Severity | Text |
|----|-------|----------|------|
"""
FOOT = "\n## Last Change\n\n- **Last Updated:** 2026-11-21T06:00:00Z\n"
ROWS = [f"| F-{number} | scout | minor | Wrong {'x' * (number % 5)} |" for number in range(1, 61)]
NEW = Finding(id="F-61", phase="scout", severity="minor", text="One more")


@pytest.fixture(autouse=True)
def _any_length(monkeypatch):
    monkeypatch.setattr(abridged, "LARGE", 0)


def page(rows=ROWS, head=HEAD, foot=FOOT) -> bytes:
    return (head + "".join(f"{row}\n" for row in rows) + foot).encode()


def with_row(number: int, row: str) -> bytes:
    return page([*ROWS[: number - 1], row, *ROWS[number:]])


def with_one_more(data: bytes) -> bytes | None:
    """The page with another finding, where its abridged form is sure; None where it is not."""
    short = abridge(data, Run, ["scout"])
    if short is None or not takes_rows(short, "findings"):
        return None
    done = extended(
        "runs/demo.md", data, short, replace(short.document, findings=(*short.document.findings, NEW))
    )
    return done.data if done is not None else None


def test_the_first_and_the_last_rows_stay_and_the_one_with_the_highest_number():
    short = abridge(with_row(30, "| F-99 | scout | minor | Wrong |"), Run)
    assert [each.id for each in short.document.findings] == ["F-1", "F-99", "F-60"]
    assert len(short.cuts) == 2
    assert takes_rows(short, "findings")


def test_a_row_that_is_asked_for_stays():
    rows = [f"| phase {number} | pending |" for number in range(60)]
    head = HEAD.replace("| scout | in_progress |", "\n".join(rows))
    short = abridge(page(head=head), Run, ["phase 7", "phase 700"])
    assert [each.phase for each in short.document.phases] == ["phase 0", "phase 7", "phase 59"]


def test_a_row_more_stands_below_the_last_and_all_else_is_as_it_was():
    assert with_one_more(page()) == page([*ROWS, "| F-61 | scout | minor | One more |"])
    words = [row.replace("Wrong", "Größe 漢🚀") for row in ROWS]
    assert with_one_more(page(words)) == page([*words, "| F-61 | scout | minor | One more |"])


def test_rows_are_put_to_one_page_again_and_again():
    data = page()
    short = abridge(data, Run, ["scout"])
    for number in range(61, 71):
        more = replace(NEW, id=f"F-{number}")
        done = extended(
            "runs/demo.md", data, short, replace(short.document, findings=(*short.document.findings, more))
        )
        data, short = done.data, done.page
    rows = [f"| F-{number} | scout | minor | One more |" for number in range(61, 71)]
    assert data == page([*ROWS, *rows])


@pytest.mark.parametrize(
    "row",
    [
        "| F-30 | scout | minor | Wrong | extra |",  # readers disagree about the table
        "| F-30 | scout | minor |",
        "| F-30 | scout | `a|b` | Wrong |",
        "| finding 99 | scout | minor | Wrong |",  # its number may be the highest
        "| F-x | scout | minor | Wrong |",
        "|  F-99 | scout | minor | Wrong |",
        "| F\\-99 | scout | minor | Wrong |",
        "| | | | |",
        "|||||||",  # the mark of a conflict
        "| F-30 | scout | minor | Wr\0ng |",
        "| F-30 | scout | minor | Wrong |\r",
    ],
)
def test_it_is_unsure_of_a_page_with_a_row_that_may_mean_something_else(row):
    assert with_one_more(with_row(30, row)) is None


def test_it_is_unsure_of_bytes_that_are_no_text():
    assert abridge(page().replace(b"Wrong x |", b"Wr\xffng |", 1), Run) is None


def test_it_is_unsure_of_rows_that_are_aligned_for_those_left_out_need_not_be():
    rows = [f"| F-{number:02} | scout | critical | Wrong |" for number in range(1, 61)]
    rows[29] = "| F-30 | scout | minor | Wrong |"
    head = HEAD.replace("| ID |", "| ID   |").replace("|----|", "|------|")
    assert with_one_more(page(rows, head)) is None


def test_it_is_unsure_where_what_looks_like_a_table_stands_in_a_comment():
    # The comment ends within a row that is left out: what follows it is a table no more.
    data = page(
        [*ROWS[:29], "| F-30 | scout | minor | --> |", *ROWS[30:]],
        head=HEAD.replace("| ID |", "<!--\n| ID |"),
    )
    assert abridge(data, Run) is None


@pytest.mark.parametrize("data", [page(ROWS[:20]), b"", b"\n", HEAD.encode()])
def test_it_leaves_a_page_without_long_tables_to_be_read_whole(data):
    assert abridge(data, Run) is None
