"""What a value on a page can be: how its source is read, told of and written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document import values
from cosmemory.document.values import Measure, Raw, ValueType, enum, read_source, source_of
from cosmemory.errors import InvalidValue

COLOUR = enum("colour", "red", "dark_blue", also=("grey",))
SIX = datetime(2026, 11, 21, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "source", "value", "rule"),
    [
        (values.TEXT, "a \\| b", "a | b", ""),
        (values.TEXT, "—", None, ""),
        (values.TIME, "2026-11-21T06:00:00Z", SIX, ""),
        (values.TIME, "2026-11-21T08:00:00+02:00", SIX, "time-with-offset"),
        (values.TIME, "2026-11-21 06:00:00", SIX, "time-not-iso"),
        (values.TIME, "soon", Raw("soon"), "time-unreadable"),
        (values.TIME_OR_TEXT, "next week", "next week", ""),
        (values.DATE, "2026-11-21", date(2026, 11, 21), ""),
        (values.DATE, "2026-11-21T06:00:00Z", Raw("2026-11-21T06:00:00Z"), "date-unreadable"),
        (values.NUMBER, "1.5", 1.5, ""),
        (values.NUMBER, "1_000", Raw("1_000"), "not-a-number"),
        (values.NUMBER, "nan", Raw("nan"), "not-a-number"),
        (values.NUMBER, "-+5", Raw("-+5"), "not-a-number"),
        (values.NUMBER, "-", None, ""),
        (values.NUMBER, "+", Raw("+"), "not-a-number"),
        (values.COUNT, "12", 12, ""),
        (values.COUNT, "-1", Raw("-1"), "not-a-count"),
        (values.PERCENT, "62%", 62, ""),
        (values.PERCENT, "62", 62, "percent-without-sign"),
        (values.PERCENT, "120%", 120, "percent-out-of-range"),
        (values.MEASURE, "8 (88%)", Measure(8, "", 88), ""),
        (values.MEASURE, "4 min", Measure(4, "min"), ""),
        (values.MEASURE, "8 (many)", Raw("8 (many)"), "not-a-measure"),
        (values.CHANGE, "+3", Measure(3), ""),
        (values.LIST, "a, b\\, c, -", ("a", "b, c"), ""),
        (COLOUR, "red", "red", ""),
        (COLOUR, "Dark Blue", "dark_blue", "enum-case"),
        (COLOUR, "'red'", "red", "quoted-enum"),
        (COLOUR, "pink", Raw("pink"), "unknown-enum"),
    ],
)
def test_a_source_is_read_as_its_type(kind: ValueType, source: str, value: Any, rule: str) -> None:
    reading = read_source(kind, source)
    assert (reading.value, reading.rule) == (value, rule)


@pytest.mark.parametrize(
    ("kind", "value", "source"),
    [
        (values.TIME, SIX, "2026-11-21T06:00:00Z"),
        (values.NUMBER, 2.0, "2"),
        (values.NUMBER, 1e-7, "0.0000001"),
        (values.PERCENT, 62.5, "62.5%"),
        (values.MEASURE, Measure(8, "", 88), "8 (88%)"),
        (values.CHANGE, Measure(3, "%"), "+3%"),
        (values.CHANGE, Measure(-3), "-3"),
        (values.LIST, ("a", "b, c"), "a, b\\, c"),
        (values.TEXT, None, "-"),
        (values.TEXT, Raw("as it was"), "as it was"),
    ],
)
def test_a_value_is_written_as_people_write_it(kind: ValueType, value: Any, source: str) -> None:
    assert source_of(kind, value, cell=False) == source
    assert read_source(kind, source).value == (value if not isinstance(value, Raw) else value.text)


@given(st.decimals(-(10**9), 10**9, places=4))
def test_any_decimal_comes_back(number: Any) -> None:
    value = float(number)
    assert read_source(values.NUMBER, source_of(values.NUMBER, value, cell=True), cell=True).value == value


@given(st.text(max_size=60), st.booleans())
def test_a_source_read_again_and_again_says_the_same(source: str, cell: bool) -> None:
    for kind in (values.TEXT, values.TIME, values.PERCENT, values.LIST, COLOUR):
        assert read_source(kind, source, cell=cell) == values._read(kind, source, cell)


def test_what_a_person_enters_is_refused_with_a_hint() -> None:
    assert COLOUR.enter("Colour", " Red ") == "red"
    assert values.PERCENT.enter("Memory", "62") == 62
    with pytest.raises(InvalidValue) as refused:
        COLOUR.enter("Colour", "redd")
    assert "'redd' is not a colour: one of red, dark_blue" in str(refused.value)
    assert refused.value.hint == "Did you mean 'red'?"
    with pytest.raises(InvalidValue, match="120% is no share of a whole"):
        values.PERCENT.enter("Memory", "120%")


def test_a_word_that_is_none_of_an_enum_is_told_with_the_right_article() -> None:
    for name, said in (("agent status", "'x' is not an agent status"), ("verdict", "'x' is not a verdict")):
        assert read_source(enum(name, "y"), "x", cell=False).message.startswith(said)
