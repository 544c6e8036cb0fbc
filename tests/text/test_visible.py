"""What would steer a terminal is found, and shown spelled out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cosmemory.text.visible import HIDDEN, hidden_in, visible


def test_what_is_hidden_is_spelled_out():
    assert visible("a\x1b[31mb\u202ec\udcff") == "a\\x1b[31mb\\u202ec\\xff"
    assert [found[0] for found in hidden_in("a\tb\r\n\x1bc\u2028")] == ["\r", "\x1b", "\u2028"]


@given(st.text(st.characters() | st.sampled_from("\t\n\r \x1b\x7f\x85\u2028\ud800")))
def test_nothing_hidden_is_passed_over(text):
    found = [each.span() for each in hidden_in(text)]
    assert found in ([], [each.span() for each in HIDDEN.finditer(text)])
    assert found or set(HIDDEN.findall(text)) <= {"\r"}
