"""The text of an event's entry, and that its quick way writes what the plain one does."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cosmemory.syntax import entry
from cosmemory.syntax.entry import entry_text, event_entry, event_fields

NOW = "2026-11-21T06:00:00Z"
WORDS = (
    *("", "-", " - ", "None", "none yet", "_No notes yet._", "*no agents registered*", "no pending tasks"),
    *(
        "a",
        " a ",
        "a|b",
        "a\\",
        "`a",
        "&amp;",
        "<b",
        "a\nb",
        "a\r\nb",
        "a\0b",
        "# a #",
        "---",
        "### a",
        "**a:** b",
    ),
    *("é", "\u00a0a\u00a0", "\u2028", "\ud800", "\x1b[0m", "\x0b", "x" * 40, "_" + "x" * 40 + "_"),
)
values = st.sampled_from(WORDS) | st.text(max_size=30) | st.text(st.characters(codec="ascii"), max_size=30)


def plainly(time, *said):
    return entry_text(time, event_fields(*said, []))


def test_an_entry():
    assert event_entry(NOW, "decision", "helper-1", "Keep it", "", "none") == (
        "### 2026-11-21T06:00:00Z\n**Type:** decision\n**Involved:** helper-1\n**Action:** Keep it\n\n---\n\n"
    )


@given(st.tuples(st.just(NOW) | values, values, values, values, values, values))
@example((NOW, "", " ", "", "\t", "-"))
@example(("# #", "a", "b", "c", "d", "e"))
def test_the_quick_way_writes_what_the_plain_one_does(said):
    assert event_entry(*said) == plainly(*said)


@pytest.mark.parametrize("word", WORDS)
def test_each_odd_value_is_written_alike_wherever_it_stands(word):
    for place in range(6):
        given_ = [NOW, "decision", "helper-1", "Keep it", "agreed", "soon"]
        given_[place] = word
        assert event_entry(*given_) == plainly(*given_)


def test_what_people_write_takes_the_quick_way(monkeypatch):
    monkeypatch.setattr(entry, "entry_text", None)
    assert event_entry(NOW, "decision", "a, b", "Müllers Vorschlag (§ 3) – angenommen", "62 %", "- none")
