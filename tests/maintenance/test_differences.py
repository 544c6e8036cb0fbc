"""Differences by meaning: what two texts of a page say differently, in words that people use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosmemory.document.render import render
from cosmemory.kinds import KINDS, kind_of
from cosmemory.kinds.page import read_document
from cosmemory.maintenance import differences
from cosmemory.maintenance.differences import page_differences, sentences_of, told
from cosmemory.maintenance.narrowing import narrowed
from cosmemory.syntax.parse import parse
from cosmemory.text.source import encode_text
from tests.laws.documents import records

PAGES = Path(__file__).parents[1] / "cases" / "pages"
STATE = "cos-state.md"
ROSTER = "team-roster.md"
ALERTS = "alerts/active-alerts.md"
LOG = "coordination-log.md"
DAILY = "performance/metrics-2026-11-20.md"
MONTH = "performance/agent-builder-one-2026-11.md"
TYPED = [kind for kind in KINDS if kind.name != "coordination-log"]
CONFLICT = "conflicts/CONFLICT-1.md"
MANY = {"session": "sessions/current.md", "meeting": "meetings/planning_20251014_173045.md"}
HANDOFF = "handoffs/payments-2026-11-20.md"
ONBOARDING = "onboarding/helper-1-2026-11-20.md"
REPORT = "performance/reports/weekly-2026-W47.md"


def page(path: str) -> str:
    kind = kind_of(path)
    assert kind is not None
    return (PAGES / f"{kind.name}.md").read_text(encoding="utf-8")


def words(path: str, before: str, after: str) -> list[str]:
    return sentences_of(told(page_differences(path, before.encode(), after.encode())))


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (STATE, "in_progress |", "done |", 'action 2: in_progress -> done'),
        (STATE, "| low |", "| high |", "action 2: priority low -> high"),
        (STATE, "ship the parser", "ship the docs", 'Primary Task: "ship the parser" -> "ship the docs"'),
        (STATE, "71%", "80%", "Memory: 71% -> 80%"),
        (STATE, "71%", "high", "Memory: 71% -> high"),
        (STATE, "until Monday", "until Tuesday", "Notes: … is away until [-Monday]-]{+Tuesday]+}"),
        (STATE, "| one lock per memory |", "| one lock for all |",
         'decision #1: decision "one lock per memory" -> "one lock for all"'),
        (STATE, "| 2 | ask for a second disk | low | next week | in_progress |\n", "",
         'action 2 removed: "ask for a second disk"'),
        (STATE, "## Active Alerts\n", "## Active Alerts\nMine.\n", 'text added below Active Alerts: "Mine."'),
        (STATE, "- **Status:** active\n", "- **Status:** active\n- **Mood:** fine\n", "mood: - -> fine"),
        (STATE, "# Chief of Staff State\n", "# Chief of Staff State\n\n## Ideas\nA boat.\n", 'ideas: - -> "A boat."'),
        (STATE, "\n", "\r\n", "only its layout changed"),
        (STATE, "|----|--------|----------|----------|--------|", "|--|--|--|--|--|", "only its layout changed"),
        (ROSTER, "| Code Reviewer | idle", "| Tester | idle", 'reader-two\'s role "Code Reviewer" -> "Tester"'),
        (ROSTER, "09:39:00Z", "09:50:00Z", "builder-one seen at 2026-11-21T09:50:00Z"),
        (ROSTER, "python, sql", "python, c", "builder-one: capabilities: added c, removed sql"),
        (ROSTER, "prefers small reviews", "mornings only",
         'builder-one\'s details: notes "prefers small reviews" -> "mornings only"'),
        (ROSTER, "| Developer | 1 | 2 |", "| Developer | 1 | 3 |", "role Developer: target 2 -> 3"),
        (ALERTS, "- **Status:** active", "- **Status:** acknowledged", "alert ALERT-7 acknowledged"),
        (ALERTS, "97%", "99%", "alert ALERT-8: value 97% -> 99%"),
        (ALERTS, "  - removed old wheels\n", "", 'alert ALERT-8: actions taken: removed "removed old wheels"'),
        (DAILY, "| Issues | 1 |", "| Issues | 2 |", "builder-one's Issues 1 -> 2"),
        (DAILY, "Fast, once", "Slow, until", "builder-one's notes [-Fast, once-]{+Slow, until+} the tests were"),
    ],
)  # fmt: skip
def test_one_edit_is_one_sentence(path, old, new, said):
    before = page(path)
    assert old in before
    found = words(path, before, before.replace(old, new) if old == "\n" else before.replace(old, new, 1))
    assert len(found) == 1
    assert found[0].startswith(said)


def test_an_alert_that_is_resolved_an_agent_who_leaves_and_one_who_comes_back_are_told_once():
    before = page(ROSTER)
    row = "| reader-two | Code Reviewer | idle | 2026-11-21T09:20:00Z | - | good |\n"
    former = "| tester-three | Test Engineer | 2026-11-18T17:00:00Z | on leave |\n"
    gone = before.replace(row, "").replace(
        former, former + "| reader-two | Code Reviewer | 2026-11-21T09:20:00Z | rests |\n"
    )
    assert words(ROSTER, before, gone) == ["reader-two left: rests"]
    assert words(ROSTER, gone, before) == ["reader-two came back as Code Reviewer"]
    alerts = page(ALERTS)
    start, end = alerts.index("### ALERT-7"), alerts.index("## Recently")
    over = alerts[:start] + alerts[end:].rstrip("\n") + "\n| ALERT-7 | memory | 5m | 2026-11-21T09:35:00Z |\n"
    assert words(ALERTS, alerts, over) == ["alert ALERT-7 resolved after 5m"]


def test_what_an_entry_of_the_log_says_is_told_and_several_are_counted():
    log = page(LOG)
    entry = "### 2026-11-21T10:0{}:00Z\n**Type:** decision\n**Action:** Step {}\n\n---\n\n"
    more = log + entry.format(1, "one")
    assert words(LOG, log, more) == ["1 event logged: decision, Step one"]
    three = more + entry.format(2, "two") + entry.format(3, "three")
    assert words(LOG, log, three) == ["3 events logged: decision, Step one; decision, Step two; …"]
    assert words(LOG, three, more) == ["2 events gone from the log: decision, Step two; decision, Step three"]


def test_a_page_of_no_kind_is_told_by_its_lines():
    assert words("ideas.md", "a\nb\nc\n", "a\nx\nc\nd\n") == ["text: [-b-]{+x+}", 'text added: "d"']


def test_a_page_that_came_or_went_is_told_as_such():
    assert [each.words for each in page_differences(STATE, None, b"x")] == ["cos-state created"]
    assert [each.words for each in page_differences(STATE, b"x", None)] == ["cos-state removed"]
    assert page_differences(STATE, b"x", b"x") == ()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_tells_where_and_from_what_to_what(kind, snapshot):
    """Each value of the example page set to another, each record taken away: every difference in full."""
    many = {"daily-metrics": DAILY, "agent-metrics": MONTH, "report": REPORT, "conflict": CONFLICT} | MANY
    many |= {"handoff": HANDOFF, "onboarding": ONBOARDING}
    path = many.get(kind.name, kind.path)
    before = page(path)
    lines = before.split("\n")
    found = {}
    for number, line in enumerate(lines):
        if line.strip() and not line.startswith(("|-", "# ", "---")):
            after = "\n".join([*lines[:number], *lines[number + 1 :]])
            found[line] = [
                f"{each.sort} {each.where or '-'}: {each.words}"
                for each in told(page_differences(path, before.encode(), after.encode()))
            ]
    assert found == snapshot


@pytest.mark.parametrize("kind", TYPED, ids=lambda kind: kind.name)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_reading_only_the_sections_that_differ_tells_the_same(kind, data):
    path = kind.path.replace("{date}", "2026-11-20").replace("{name}", "a").replace("{month}", "2026-11")
    path = path.replace("{sort}-{period}", "weekly-2026-W47")
    held = (data.draw(records(kind.document)) for _ in range(2))
    first, second = (render(each, kind.template, name="helper", title="Report") for each in held)
    old, new = first, _mixed(first, second, data)
    whole = differences._whole_differences(path, kind, old, new)
    if narrowed(kind, old, new) is not None:
        assert differences._typed_differences(path, kind, old, new) == whole
    if not whole:
        assert read_document(kind, parse(old)).document == read_document(kind, parse(new)).document
    assert bool(page_differences(path, encode_text(old), encode_text(new))) == (old != new)


def _mixed(first: str, second: str, data: st.DataObject) -> str:
    """Some sections of one page and some of the other, with a line of somebody's own in one of them."""
    ours, theirs = (text.split("\n## ") for text in (first, second))
    if len(ours) != len(theirs):
        return second
    taken = [data.draw(st.sampled_from(pair)) for pair in zip(ours, theirs, strict=True)]
    own = data.draw(
        st.sampled_from(["", "\nmine\n", "\n```\n", "\n<!-- x\n", "\n### Notes\n", "\n<div>\n", "\n---\n"])
    )
    at = data.draw(st.integers(0, len(taken) - 1))
    return "\n## ".join([*taken[:at], taken[at] + own, *taken[at + 1 :]])
