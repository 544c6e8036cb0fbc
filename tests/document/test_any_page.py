"""Any text at all, read as any kind: nothing raises, every finding lies on the page, one bad record hides none."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.clock import read_time
from cosmemory.document.data import data_of
from cosmemory.document.render import render
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.kinds import KINDS, Kind
from cosmemory.kinds.page import read_page
from cosmemory.memory import Memory
from cosmemory.store import Stored, revision_of
from tests.laws.documents import HOSTILE, records

PATHS = {
    "cos-state": "cos-state.md",
    "team-roster": "team-roster.md",
    "coordination-log": "coordination-log.md",
    "active-alerts": "alerts/active-alerts.md",
    "daily-metrics": "performance/metrics-2026-11-20.md",
    "agent-metrics": "performance/agent-a-2026-11.md",
    "report": "performance/reports/weekly-2026-W47.md",
    "conflict": "conflicts/CONFLICT-1.md",
    "deployment": "deployment.md",
    "system-metrics": "performance/system-metrics.md",
    "session": "sessions/current.md",
    "meeting": "meetings/planning_20251014_173045.md",
    "agent": "agents/L2.2.1.md",
    "board": "board.md",
    "handoff": "handoffs/payments-2026-11-20.md",
    "onboarding": "onboarding/helper-2026-11-20.md",
    "run": "runs/run-1.md",
}
ARCHIVE = "coordination-log-2026-W46.md"
NOW = read_time("2026-11-21T06:00:00Z")[0]
# Pieces that pages are made of, good and bad.
PIECES = [
    "---\nstatus: [active\n---\n",
    "---\nstatus: idle\nperiod: 2026-11\n---\n",
    "# Team Roster\n\n",
    "## Session Info\n- **Status:** Active\n",
    "## Status: busy\n",
    "## Active Team Members\n\n| Session Name | Role | Status |\n|---|---|---|\n",
    "| a | b | busy |\n",
    "| a | `b|c` | \"idle\" |\n",
    "| a |\n",
    "|||\n",
    "### a\n- Role: x\n- Role: y\n",
    "## Critical\n\n### ALERT-1\n- **Value:** 40%\n- **Threshold:** 80%\n- **Actions Taken:**\n  1. x\n",
    "## Recently Resolved\n\n| Alert ID | Type | Duration | Resolved At |\n|:-|-:|:-:|\n| ALERT-1 | x | y | 2026-11-21 |\n",
    "## Team Summary\n\n| Metric | Value | Previous | Change |\n|---|---|---|---|\n| On-Time Rate | 130% | 1 (200%) | up |\n",
    "## Individual Metrics\n\n### a\n\n| Metric | Value |\n|---|---|\n| Tasks Completed | 5 |\n| On-Time | 4 (50%) |\n",
    "Last Updated: 2026-11-21 06:00\nTotal Agents: 7\nActive: -1\n",
    "### 2026-11-21T06:00:00Z\n**Type:** broadcast\n**Action:** x\n\n---\n\n",
    "### 2026-11-21\nType: y\n",
    "[2026-11-21T06:00:00Z] [x] y\n",
    "# Coordination Log Archive\n\nWeek: 2026-W46\nEntries: 3\nSHA-256: " + "0" * 64 + "\n\n",
    "<<<<<<< a\n", "=======\n", ">>>>>>> b\n", "```\n", "<!--", "-->\n", "\r", "\r\n", "\n", "\ufeff", "\x00", "\udcff",
    "<!-- cosmemory-disable-next-line COS203 -->\n", "<!-- cosmemory-disable-file -->\n", "<!-- cosmemory-enable x -->\n",
]  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(HOSTILE), st.text(max_size=6)), max_size=14
).map("".join)


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def assert_reads(kind: Kind, data: bytes) -> None:
    page = read_page(Stored(path=PATHS[kind.name], data=data, revision=revision_of(data)))
    assert page.tree.text.encode("utf-8", "surrogateescape") == data
    assert data_of(page.document)
    for each in page.diagnostics:
        assert 0 <= each.start <= each.end <= len(page.tree.text)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(text=TEXTS)
def test_any_text_is_read_as_any_kind(kind, text):
    assert_reads(kind, encoded(text))


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.name != "coordination-log"], ids=lambda k: k.name
)
@given(data=st.data())
def test_a_page_with_anything_put_into_it_is_read(kind, data):
    text = render(data.draw(records(kind.document)), kind.template, name="a", title="Report")
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(len(text), at + 20)))
    assert_reads(kind, encoded(text[:at] + data.draw(TEXTS) + text[end:]))


@given(texts=st.lists(TEXTS, min_size=len(PATHS) + 1, max_size=len(PATHS) + 1))
def test_a_memory_of_any_texts_is_checked(texts):
    paths = [*PATHS.values(), ARCHIVE]
    store = EphemeralStore({path: encoded(text) for path, text in zip(paths, texts, strict=True)})
    for page in Memory(store, now=lambda: NOW).validate().pages:
        for each in page.diagnostics:
            assert 0 <= each.start <= each.end <= len(page.text)
            for edit in each.fix.edits if each.fix else ():
                assert 0 <= edit.start <= edit.end <= len(page.text)


def roster(count: int, bad: int) -> str:
    lines = [f"| agent-{n} | Developer | busy | 2026-11-21T05:59:00Z |" for n in range(count)]
    lines[bad] = "| agent-bad | Developer | busy | 2h ago |"
    head = "# Team Roster\n\nLast Updated: 2026-11-21T06:00:00Z\n\n## Active Team Members\n\n"
    return (
        head + "| Session Name | Role | Status | Last Seen |\n|---|---|---|---|\n" + "\n".join(lines) + "\n"
    )


def alerts(count: int, bad: int) -> str:
    def block(number: int) -> str:
        when = "soon" if number == bad else "2026-11-21T05:59:00Z"
        return (
            f"### ALERT-{number}\n- **Type:** memory\n- **Severity:** warning\n- **Triggered:** {when}\n"
            "- **Resource:** host\n- **Value:** 91%\n- **Threshold:** 80%\n- **Status:** active\n\n"
        )

    head = "# Active Alerts\n\nLast Updated: 2026-11-21T06:00:00Z\n\n## Critical\n\nNone\n\n## Warning\n\n"
    return head + "".join(map(block, range(count))) + "## Recently Resolved\n\nNone\n"


def log(count: int, bad: int) -> str:
    def entry(number: int) -> str:
        when = "2026-11-21T25:00:00Z" if number == bad else "2026-11-21T05:59:00Z"
        return f"### {when}\n**Type:** broadcast\n**Action:** {number}\n\n---\n\n"

    return "# Coordination Log\n\nSession: cos-1\n\n## Events\n\n" + "".join(map(entry, range(count)))


def checked(path: str, text: str) -> tuple[float, list[tuple[str, str, int]]]:
    store = EphemeralStore({path: text.encode()})
    began = time.process_time()
    page = next(each for each in Memory(store, now=lambda: NOW).validate().pages if each.path == path)
    spent = time.process_time() - began
    found = [(each.code, page.text[each.start : each.end], each.start) for each in page.diagnostics]
    return spent, found


@pytest.mark.parametrize(
    ("path", "make", "bad_text"),
    [
        ("team-roster.md", roster, "2h ago"),
        ("alerts/active-alerts.md", alerts, "soon"),
        ("coordination-log.md", log, "### 2026-11-21T25:00:00Z"),
    ],
    ids=["rows", "blocks", "entries"],
)
def test_one_bad_record_among_ten_thousand_is_the_one_finding_in_its_place(path, make, bad_text):
    text = make(10_000, 7_777)
    spent, found = checked(path, text)
    assert found == [("COS301", bad_text, text.index(bad_text))]
    small, _ = checked(path, make(1_000, 777))
    # Ten times as much in ten times the time, with room for a machine that is busy.
    assert spent < 40 * max(small, 0.05)


@pytest.mark.parametrize(
    "line", ["- **Color:** red\n", "### x\n", "| a | b |\n", "| x |\n", "## Notes\n", "```\n"]
)
def test_many_of_the_same_are_read_in_linear_time(line):
    spent, _ = checked("cos-state.md", "# Chief of Staff State\n\n" + line * 20_000)
    small, _ = checked("cos-state.md", "# Chief of Staff State\n\n" + line * 2_000)
    assert spent < 40 * max(small, 0.05)


def test_all_other_records_are_read_beside_a_bad_one():
    store = EphemeralStore({"team-roster.md": roster(10_000, 7_777).encode()})
    members = Memory(store).read("team-roster").active_team_members
    assert len(members) == 10_000
    assert sum(each.last_seen == datetime(2026, 11, 21, 5, 59, tzinfo=UTC) for each in members) == 9_999


def test_a_line_separator_below_code_leaves_an_empty_paragraph() -> None:
    for kind in KINDS:
        assert_reads(kind, "    code\n\n\u2028# Title\n\n".encode())
