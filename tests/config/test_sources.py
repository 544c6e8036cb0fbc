"""Settings said in several places: the file, the local one beside it, and variables, each over those before."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.config import Settings, load_settings
from cosmemory.config.environment import RESERVED, unheard, value_of, variable_of, variables
from cosmemory.config.settings import PLACES, Verification
from cosmemory.config.sources import Source, merged, origin, unread
from cosmemory.errors import ConfigError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "design" / "memory"
    folder.mkdir(parents=True)
    return folder


def say(root: Path, text: str, name: str = "cosmemory.toml") -> None:
    (root / name).write_text(text, encoding="utf-8")


def test_the_local_file_is_laid_over_that_of_the_project_key_by_key(root):
    say(root, '[bounds]\ndecisions = 5\nteam_changes = 6\n[verification.build]\ncommand = "make"\n')
    say(root, "[bounds]\ndecisions = 7\n[verification.build]\ntimeout = 5\n", "cosmemory.local.toml")
    assert load_settings(str(root)) == Settings(
        decisions=7, team_changes=6, verification={"build": Verification(command="make", timeout=5.0)}
    )


def test_a_local_file_alone_counts(root):
    say(root, "[bounds]\ndecisions = 7\n", "cosmemory.local.toml")
    assert load_settings(str(root)) == Settings(decisions=7)


def test_a_local_file_counts_beside_the_file_that_is_read_and_nowhere_else(root):
    say(root, "[bounds]\ndecisions = 7\n")
    say(root.parents[1], "[bounds]\ndecisions = 8\n", "cosmemory.local.toml")
    assert load_settings(str(root)).decisions == 7
    assert unread(str(root)) == [str(root.parents[1] / "cosmemory.local.toml")]


def test_variables_are_laid_over_both_files(root, monkeypatch):
    say(root, '[bounds]\ndecisions = 5\n[targets]\n"Quality Rate" = 80\n')
    say(root, "[bounds]\ndecisions = 6\n", "cosmemory.local.toml")
    monkeypatch.setenv("COSMEMORY_BOUNDS_DECISIONS", "30")
    monkeypatch.setenv("COSMEMORY_TARGETS", '{ "On-Time Rate" = 95 }')
    monkeypatch.setenv("COSMEMORY_LOG_EVENT_TYPES", "release, review")
    monkeypatch.setenv("COSMEMORY_ARTIFACTS_GZIP", "no")
    assert load_settings(str(root)) == Settings(
        decisions=30,
        targets={"Quality Rate": 80.0, "On-Time Rate": 95.0},
        event_types=("release", "review"),
        artifact_gzip=False,
    )


def test_an_empty_variable_and_one_of_somebody_else_say_nothing(root, monkeypatch):
    monkeypatch.setenv("COSMEMORY_BOUNDS_DECISIONS", "")
    monkeypatch.setenv("COSMEMORY_SOMETHING_ELSE", "1")
    assert load_settings(str(root)) == Settings()
    assert unheard({"COSMEMORY_SOMETHING_ELSE": "1", "COSMEMORY_NOW": "x", "HOME": "/"}) == [
        "COSMEMORY_SOMETHING_ELSE"
    ]


@pytest.mark.parametrize(
    ("variable", "text", "told", "hint"),
    [
        (
            "COSMEMORY_BOUNDS_DECISIONS",
            "many",
            "COSMEMORY_BOUNDS_DECISIONS: expected a number of rows from 1 on, not 'many'.",
            "20 is the default.",
        ),
        (
            "COSMEMORY_BOUNDS_DECISION",
            "3",
            "COSMEMORY_BOUNDS_DECISION: there is no such setting.",
            "Did you mean COSMEMORY_BOUNDS_DECISIONS?",
        ),
        (
            "COSMEMORY_TARGET_ROLES",
            "{ reviewer = -1 }",
            "COSMEMORY_TARGET_ROLES: reviewer: expected a whole number from 0 on, not -1.",
            "Correct the value.",
        ),
    ],
)
def test_a_mistake_in_a_variable_names_it(root, monkeypatch, variable, text, told, hint):
    monkeypatch.setenv(variable, text)
    with pytest.raises(ConfigError) as refused:
        load_settings(str(root))
    assert (str(refused.value), refused.value.hint) == (told, hint)


def test_a_mistake_is_told_of_the_file_that_makes_it(root):
    say(root, "[bounds]\ndecisions = 5\n")
    say(root, "[bounds]\ndecisions = 0\n", "cosmemory.local.toml")
    with pytest.raises(ConfigError) as refused:
        load_settings(str(root))
    assert refused.value.file == str(root / "cosmemory.local.toml")


def test_a_place_is_seen_from_the_file_that_names_it(tmp_path, monkeypatch):
    root = tmp_path / "design" / "memory"
    root.mkdir(parents=True)
    say(tmp_path, '[logging]\nfile = "logs/memory.log"\n')
    monkeypatch.setenv("COSMEMORY_ARTIFACTS_FOLDER", "made")
    found = load_settings(str(root))
    assert (found.log_file, found.artifacts) == (str(tmp_path / "logs/memory.log"), str(tmp_path / "made"))


def test_every_setting_has_a_variable_of_its_own_and_none_has_another_meaning():
    assert len(set(variables())) == len(PLACES)
    assert not RESERVED & set(variables())
    assert variable_of("bounds", "decisions") == "COSMEMORY_BOUNDS_DECISIONS"


tables = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), st.integers(0, 3) | inner, max_size=3),
    max_leaves=8,
)

# A name is either that of a value or that of a table, as in settings.
values = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3))
shaped = st.builds(
    lambda held, tables: {**held, **tables}, values, st.dictionaries(st.sampled_from("xyz"), values)
)


@given(shaped, shaped, shaped)
def test_tables_may_be_merged_in_any_grouping(one, two, three):
    assert merged(merged(one, two), three) == merged(one, merged(two, three))


@given(tables, tables)
def test_what_is_merged_says_all_that_the_upper_says_and_nothing_that_nobody_says(below, above):
    both = merged(below, above)
    assert merged(both, above) == both
    assert merged(below, {}) == below
    assert merged({}, above) == above
    assert both.keys() == below.keys() | above.keys()


@given(tables, tables)
def test_every_value_of_what_is_merged_has_its_origin(below, above):
    sources = [Source(path="below", held=below), Source(path="above", held=above)]
    for path, value in leaves(merged(below, above)):
        said = origin(sources, path)
        assert said is not None
        assert dict(leaves(said.held))[path] == value


def leaves(held, path=()):
    for key, value in held.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


@given(st.integers(-(10**9), 10**9))
def test_a_number_in_a_variable_is_that_number(number):
    assert value_of(f" {number} ", "int") == number


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
def test_text_in_a_variable_is_that_text_and_nothing_in_it_says_another_setting(text):
    assert value_of(text, "str") == text
    assert not isinstance(value_of(f"1\nother = {text}", "int"), int)


@given(st.lists(st.from_regex(r"[a-z][a-z_-]{0,8}", fullmatch=True), max_size=4))
def test_a_list_in_a_variable_is_written_with_commas_or_as_in_a_file(words):
    assert value_of(",".join(words), "tuple[str, ...]") == words
    assert value_of(repr(words), "tuple[str, ...]") == words
