"""Names as file names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.errors import InvalidValue
from cosmemory.text.names import file_name, name_of_file

names = st.text(min_size=1, max_size=60).filter(lambda name: name.strip() != "")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("helper-1", "helper-1"),
        ("Helper 1", "%48elper%201"),
        ("../up", "%2e%2e%2fup"),
        ("con", "%63on"),
        ("é", "%c3%a9"),
    ],
)
def test_letters_that_every_file_system_keeps_apart_stand_for_themselves(name: str, file: str) -> None:
    assert file_name(name) == file
    assert name_of_file(file) == name


@given(names, names)
def test_no_two_names_share_a_file_not_even_where_capitals_are_the_same(one: str, two: str) -> None:
    assert (file_name(one).lower() == file_name(two).lower()) == (one == two)


@given(names)
def test_a_file_name_leaves_no_folder_and_can_be_read_back(name: str) -> None:
    file = file_name(name)
    assert set(file) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_%~")
    assert len(file) <= 100
    if "%~" not in file and not any("\ud800" <= each <= "\udfff" for each in name):
        assert name_of_file(file) == name


def test_a_long_name_keeps_its_beginning_and_the_hash_of_the_whole() -> None:
    one, two = "a" * 300 + "1", "a" * 300 + "2"
    assert file_name(one)[:60] == file_name(two)[:60] == "a" * 60
    assert file_name(one) != file_name(two)
    assert name_of_file(file_name(one)) is None


def test_no_name_is_refused() -> None:
    with pytest.raises(InvalidValue, match="empty"):
        file_name(" ")
