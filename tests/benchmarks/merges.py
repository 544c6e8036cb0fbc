"""P18: two branches of a long page merged."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.merge.pages import merge_pages
from tests.benchmarks.measure import Figure, median

ROWS = 1_000
HEAD = (
    "# Team Roster\n\nLast Updated: 2026-11-21T06:00:00Z\nTotal Agents: 1000\nActive: 1000\nInactive: 0\n\n"
    "## Active Team Members\n\n"
    "| Session Name | Role | Status | Last Seen | Current Task | Performance |\n|---|---|---|---|---|---|\n"
)


def _row(number: int, task: str) -> str:
    return f"| helper-{number} | Developer | active | 2026-11-21T06:{number % 60:02d}:00Z | {task} | - |\n"


def _roster(changed: range, joined: int) -> bytes:
    """A roster of which every tenth member has another task, and which somebody has joined."""
    rows = [_row(n, "A task of one's own" if n in changed else f"Part {n}") for n in range(ROWS)]
    rows += [_row(joined, "Learn the ropes")] if joined else []
    return (HEAD + "".join(rows)).encode()


def merges() -> Iterator[Figure]:
    """P18: two rosters of 1,000 rows with a hundred changes each."""
    base = _roster(range(0), 0)
    ours, theirs = _roster(range(0, ROWS, 10), 2_000), _roster(range(5, ROWS, 10), 3_000)
    merged = merge_pages("team-roster.md", base, ours, theirs)
    assert merged.disputes == ()
    assert b"Total Agents: 1002" in (merged.data or b"")
    taken = median(lambda: merge_pages("team-roster.md", base, ours, theirs), 15) * 1e3
    yield Figure(name="P18", what="merge of two rosters of 1,000 rows", goal=100, measured=taken, unit=" ms")
