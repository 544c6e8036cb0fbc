"""Ids of records with a page of their own: valid everywhere, never used twice, archived byte for byte."""

from datetime import UTC, datetime

import pytest

from cosmemory import EphemeralStore, Memory
from cosmemory.errors import InvalidValue, NotFound, Unsafe
from cosmemory.kinds import CONFLICT, ONBOARDING
from cosmemory.operations import page_ids

NOW = datetime(2026, 11, 21, 17, 30, 45, tzinfo=UTC)
PAGE = "conflicts/L2.2.1.md"


@pytest.fixture
def memory():
    made = Memory(EphemeralStore(), now=lambda: int(NOW.timestamp()))
    with made.transaction() as transaction:
        transaction.create(PAGE, "# Conflict\n\nby hand\n")
    return made


@pytest.mark.parametrize("key", ["", "-", "a/b", "..", "con", "a:b", "x\x1by", ".hidden", "x" * 300])
def test_what_cannot_be_the_name_of_a_file_everywhere_is_no_id(memory, key):
    with memory.transaction() as transaction, pytest.raises(InvalidValue):
        page_ids.new_id(transaction, CONFLICT, key)


@pytest.mark.parametrize("key", ["L2.2.1", "l2.2.1"])
def test_an_id_is_given_once(memory, key):
    with memory.transaction() as transaction, pytest.raises(InvalidValue, match="was used before"):
        page_ids.new_id(transaction, CONFLICT, key)


@pytest.mark.parametrize(("kind", "command"), [(CONFLICT, "conflict"), (ONBOARDING, "onboard")])
def test_who_names_no_record_is_told_which_command_lists_them(memory, kind, command):
    with pytest.raises(NotFound) as told:
        page_ids.id_named(memory, kind, "nobody")
    assert told.value.hint == f"cosmemory {command} list names them."


def test_half_of_a_character_names_nothing(memory):
    with pytest.raises(Unsafe, match="half of a character"):
        memory.store.read("agents/\ud800.md")


def test_an_archived_page_keeps_its_bytes_and_its_id(memory):
    before = memory.store.read(PAGE).data
    with memory.transaction() as transaction:
        assert page_ids.to_archive(transaction, PAGE) == f"archive/{PAGE}"
    assert memory.store.read(PAGE) is None
    assert memory.store.read(f"archive/{PAGE}").data == before
    for key in ("L2.2.1", "l2.2.1"):
        with memory.transaction() as transaction, pytest.raises(InvalidValue, match="was used before"):
            page_ids.new_id(transaction, CONFLICT, key)


def test_a_second_page_of_an_archived_name_overwrites_nothing(memory):
    for text in ("# first\n", "# second\n"):
        with memory.transaction() as transaction:
            transaction.rewrite(PAGE, text)
        with memory.transaction() as transaction:
            page_ids.to_archive(transaction, PAGE)
    assert memory.store.read(f"archive/{PAGE}").data == b"# first\n"
    assert memory.store.read("archive/conflicts/L2.2.1_2.md").data == b"# second\n"


def test_two_ids_of_one_second_differ(memory):
    made = []
    for _ in range(3):
        with memory.transaction() as transaction:
            made.append(page_ids.stamped_id(transaction, CONFLICT, "run"))
            transaction.create(page_ids.page_of(CONFLICT, made[-1]), "# Run\n")
    assert made == ["run_20261121_173045", "run_20261121_173045_2", "run_20261121_173045_3"]


def test_a_name_is_found_whatever_its_case_and_a_slip_is_told(memory):
    assert page_ids.id_named(memory, CONFLICT, "l2.2.1") == "L2.2.1"
    with pytest.raises(NotFound, match=r"L2\.2\.2"):
        page_ids.id_named(memory, CONFLICT, "L2.2.2")
