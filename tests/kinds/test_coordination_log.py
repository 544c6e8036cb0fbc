"""Entries read by one pattern equal those read line by line, and the pattern is seldom unsure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.kinds import coordination_log
from cosmemory.kinds.coordination_log import ENTRY, Event, entries, entry
from cosmemory.kinds.entries import event_text

PLAIN = event_text(
    Event(
        time=datetime(2026, 11, 21, 6, tzinfo=UTC),
        type="focus",
        involved="helper-1",
        action="Plan",
        notes="n",
    )
)

pieces = st.sampled_from(
    [
        PLAIN,
        PLAIN.replace("helper-1", "helper\\_1 & `x`"),
        PLAIN.replace("helper-1", "-"),
        PLAIN.replace("Plan", "  None "),
        PLAIN.replace("2026-11-21", "2026-02-30"),
        PLAIN.replace("06:00:00", "24:00:00"),
        PLAIN.replace("06:00:00Z", "06:00:00+02:00"),
        PLAIN.replace("**Type:**", "**Type**:"),
        PLAIN.replace("\n---\n\n", "\n---\n"),
        PLAIN.replace("\n\n---\n\n", "\n"),
        PLAIN.replace("**Notes:** n", "**Ticket:** 42\n**Notes:** n\n**Notes:** again"),
        PLAIN.replace("**Notes:** n", "**Notes:** n\n**Type:** other"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("2026", "\u0662026"),
        "A note between two entries.\n\n",
        "### 2026-11-21 an old heading\n",
        "## [2026-11-21] a shape of another tool\n**Type:** focus\n",
        "---\n",
        "\n",
    ]
)


def entries_by_line(text):
    """Every entry read line by line: what the pattern is held to."""
    found = ENTRY.search(text)
    while found is not None:
        following = ENTRY.search(text, found.end())
        yield entry(text, found, following.start() if following else len(text))
        found = following


@given(st.lists(pieces, max_size=9), st.sampled_from(["", "# Log\n\n", "words\n"]))
def test_the_pattern_and_the_lines_read_the_same(parts, head):
    text = head + "".join(parts)
    fast, plain = list(entries(text)), list(entries_by_line(text))
    assert fast == plain
    assert [event.span for event in fast] == [event.span for event in plain]


def test_ordinary_entries_are_never_read_line_by_line(monkeypatch):
    monkeypatch.setattr(coordination_log, "entry", None)
    assert len(list(entries("# Coordination Log\n\n## Events\n\n" + PLAIN * 50))) == 50


@pytest.mark.parametrize(
    ("source", "event"),
    [
        (PLAIN, {"type": "focus", "involved": "helper-1", "action": "Plan", "outcome": None, "notes": "n"}),
        (PLAIN.replace("**Action:** Plan", "**Action:** a \\| b<br>c"), {"action": "a | b\nc"}),
        ("### 2026-11-21T06:00:00Z - Deployed\n- **Type:** run\n", {"action": "Deployed", "type": "run"}),
        ("### 2026-11-21T06:00:00Z\nType: run\nTicket: 42\n", {"type": "run", "extra": {"Ticket": "42"}}),
    ],
)
def test_an_entry_says(source, event):
    (found,) = entries(source)
    assert {key: getattr(found, key) for key in event} == event
