"""What a merge does at its edges: pages that are not there, damaged ones, markers, and the strategies one by one."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cosmemory.errors import InvalidValue
from cosmemory.merge.pages import Strategies, merge_pages
from cosmemory.merge.strategies import FIELD_KINDS, NAMES
from tests.document.test_mutated_pages import MUTATIONS, PAGES
from tests.merge.test_merge_cases import CASES, merged, parts_of

PATHS = {
    "active-alerts.md": "alerts/active-alerts.md",
    "agent-metrics.md": "performance/agent-helper-2026-11.md",
    "daily-metrics.md": "performance/metrics-2026-11-20.md",
    "report.md": "performance/reports/weekly-2026-W46.md",
}
BASE = b"# Chief of Staff State\n\n## Session Info\n- **Status:** idle\n- **Started:** 2026-11-21T06:00:00Z\n"
OURS = BASE.replace(b"idle", b"active")
THEIRS = BASE.replace(b"idle", b"busy")


def statuses(strategies: Strategies, **more) -> tuple[str, int]:
    found = merge_pages("cos-state.md", BASE, OURS, THEIRS, strategies=strategies, **more)
    status = (found.data or b"").decode().partition("**Status:** ")[2].partition("\n")[0]
    return status, len(found.disputes)


@pytest.mark.parametrize(
    ("strategies", "said"),
    [
        (Strategies(), ("active", 1)),
        (Strategies(default="manual"), ("active", 1)),
        (Strategies(default="ours"), ("active", 0)),
        (Strategies(default="theirs"), ("busy", 0)),
        (Strategies(default="last write", ours_at=1, theirs_at=2), ("busy", 0)),
        (Strategies(default="last write", ours_at=2, theirs_at=1), ("active", 0)),
        (Strategies(default="first write", ours_at=1, theirs_at=2), ("active", 0)),
        (Strategies(default="first write", ours_at=2, theirs_at=1), ("busy", 0)),
        (Strategies(default="last write", ours_at=2, theirs_at=2), ("active", 1)),
        (Strategies(by_kind={"enum": "theirs"}), ("busy", 0)),
        (Strategies(by_kind={"text": "theirs"}), ("active", 1)),
        (Strategies(default="ours", by_kind={"enum": "manual"}), ("active", 1)),
    ],
)
def test_a_strategy_settles_a_dispute_or_leaves_it_open(strategies, said):
    assert statuses(strategies) == said


@pytest.mark.parametrize("kind", FIELD_KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_every_strategy_may_be_given_for_every_kind_of_field(kind, name):
    merge_pages("cos-state.md", BASE, OURS, THEIRS, strategies=Strategies(by_kind={kind: name}))


def test_a_strategy_or_kind_of_field_that_there_is_not_is_refused():
    with pytest.raises(InvalidValue, match="last wrote"):
        merge_pages("cos-state.md", BASE, OURS, THEIRS, strategies=Strategies(default="last wrote"))
    with pytest.raises(InvalidValue, match="enums"):
        merge_pages("cos-state.md", BASE, BASE, BASE, strategies=Strategies(by_kind={"enums": "ours"}))


def test_the_markers_have_the_names_and_the_length_that_were_asked_for():
    found = merge_pages("cos-state.md", BASE, OURS, THEIRS, labels=("main", "feature"), marker_size=9)
    lines = (found.data or b"").decode().split("\n")
    assert [line for line in lines if line[:1] in {"<", "|", "=", ">"}] == [
        "<<<<<<<<< main",
        "||||||||| base",
        "=========",
        ">>>>>>>>> feature",
    ]
    assert lines[found.disputes[0].line - 1] == "<<<<<<<<< main"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_markers_have_the_line_ends_of_the_page(newline):
    texts = [data.replace(b"\n", newline.encode()) for data in (BASE, OURS, THEIRS)]
    data = merge_pages("cos-state.md", *texts).data or b""
    assert data.count(b"\n") == data.count(newline.encode())


NOWHERE = [(None, None), (BASE, None), (None, BASE), (OURS, BASE), (BASE, OURS), (OURS, OURS)]


@pytest.mark.parametrize(("base", "other"), NOWHERE)
def test_what_one_side_alone_did_is_what_is_done(base, other):
    assert merge_pages("cos-state.md", base, base, other).data == other
    assert merge_pages("cos-state.md", base, other, base).data == other
    assert merge_pages("cos-state.md", base, other, other).data == other


def test_a_page_that_one_side_took_away_and_the_other_changed_stays_and_is_in_dispute():
    for sides in ((None, OURS), (OURS, None)):
        found = merge_pages("cos-state.md", BASE, *sides)
        assert found.data == OURS
        assert [each.where for each in found.disputes] == ["cos-state.md"]
    assert merge_pages("cos-state.md", BASE, None, OURS, strategies=Strategies(default="ours")).data is None


def test_a_page_in_utf_16_is_kept_and_in_dispute_as_a_whole():
    wide = OURS.decode().encode("utf-16")
    found = merge_pages("cos-state.md", BASE, wide, THEIRS)
    assert found.data == wide
    assert len(found.disputes) == 1
    assert merge_pages("cos-state.md", BASE, OURS, THEIRS.decode().encode("utf-16")).data == OURS


def test_markers_left_in_a_page_are_text_that_is_merged_by_line():
    left = BASE + b"\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n"
    found = merge_pages("cos-state.md", left, left.replace(b"idle", b"busy"), left + b"\n## Mine\n")
    assert found.data == left.replace(b"idle", b"busy") + b"\n## Mine\n"
    assert found.notes == ("cos-state.md: merged line by line.",)


@pytest.mark.parametrize("path", sorted(CASES.iterdir()), ids=lambda path: path.stem)
def test_the_strategy_ours_leaves_no_dispute_and_nothing_of_ours_out(path):
    parts = parts_of(path)
    found = merged(parts | {"strategies": "ours"})
    assert found.disputes == ()
    assert b"<<<<<<<" not in (found.data or b"")


@given(seed=st.integers(0, 2**32), ours=st.integers(0, 3), theirs=st.integers(0, 3))
@example(0, 1, 1)
def test_damaged_pages_are_merged_or_in_dispute_and_no_word_of_both_goes(seed, ours, theirs):
    choose = random.Random(seed)
    path = choose.choice(sorted(PAGES.iterdir()))
    base = path.read_bytes()

    def damaged(times: int) -> bytes:
        data = base
        for _ in range(times):
            data = choose.choice(MUTATIONS)(data, choose)
        return data

    one, other = damaged(ours), damaged(theirs)
    found = merge_pages(PATHS.get(path.name, path.name), base, one, other)
    assert found.data is not None
    if not found.disputes:
        assert lines(one) & lines(other) & lines(base) <= lines(found.data)


# What follows from other values on the page is made anew, whatever damage made of those.
DERIVED = (
    b"Total Agents",
    b"Active:",
    b"Inactive:",
    b"| Tasks Comp",
    b"| On-Time",
    b"| Quality",
    b"| Dev",
    b"| Test",
    b"| Code",
)


def lines(data: bytes) -> set[bytes]:
    """The lines that say something of their own, less the numbers of items."""
    said = {line.strip().lstrip(b"0123456789") for line in data.replace(b"\r", b"\n").split(b"\n")}
    return {line for line in said if line.strip(b"|:- ") and not line.startswith(DERIVED)}


NOTES = "# Chief of Staff State\n\n## Notes\n{}\n## Plans\n\nFirst this.\n"


def notes(*lines: str) -> bytes:
    return NOTES.format("".join(f"{line}\n" for line in lines)).encode()


def test_items_that_both_added_at_the_end_of_a_section_stand_beside_each_other_whatever_blank_lines_follow() -> (
    None
):
    ours = notes("None", "- Ours").replace(b"## Plans", b"\n## Plans")
    done = merge_pages("cos-state.md", notes("None"), ours, notes("None", "- Theirs"))
    assert not done.disputes
    assert b"None\n- Ours\n- Theirs\n" in done.data


@pytest.mark.parametrize(
    ("side", "stands", "gone"), [("ours", b"Mine.", b"Yours."), ("theirs", b"Yours.", b"Mine.")]
)
def test_a_dispute_in_a_text_that_a_strategy_decides_takes_nothing_else_of_it_away(
    side, stands, gone
) -> None:
    ours = notes("An added line.", "Kept.", "Mine.")
    theirs = notes("Kept.", "Yours.")
    done = merge_pages(
        "cos-state.md", notes("Kept.", "As it was."), ours, theirs, strategies=Strategies(default=side)
    )
    assert not done.disputes
    assert b"An added line.\nKept.\n" + stands in done.data
    assert gone not in done.data
