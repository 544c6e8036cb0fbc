"""Values of any shape: as people write them, and whatever JSON can say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.json_values import DATA, Data
from cosmemory.document.values import read_source, source_of
from cosmemory.errors import InvalidValue


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("≥ 5%", "≥ 5%"),
        ("0.85", 0.85),
        ("25.0", 25.0),
        ("true", True),
        ('"true"', "true"),
        ('"-"', "-"),
        ('["abc123", "def456"]', ["abc123", "def456"]),
        ('{"ndcg@10": 0.73}', {"ndcg@10": 0.73}),
        ("[ISO timestamp]", "[ISO timestamp]"),
        ("NaN", "NaN"),
    ],
)
def test_words_stand_for_themselves_and_all_else_is_json(written, meant):
    read = DATA.read(written).value
    assert read.value == meant
    assert type(read.value) is type(meant)
    assert str(read) == written


def test_empty_is_no_data_and_null_is_some():
    assert read_source(DATA, "-").value is None
    assert source_of(DATA, Data.of(""), cell=True) == '""'


def test_what_json_cannot_say_is_refused():
    with pytest.raises(InvalidValue, match="JSON cannot say it"):
        Data.of(float("inf"))
    with pytest.raises(InvalidValue, match="JSON cannot say it"):
        Data.of({1, 2})


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(ANY, st.booleans())
def test_whatever_json_can_say_comes_back_from_a_page(value, cell):
    source = source_of(DATA, Data.of(value), cell=cell)
    assert "\n" not in source
    read = read_source(DATA, source, cell=cell).value
    assert json.dumps(read.value) == json.dumps(value)
