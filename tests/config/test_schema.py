"""The JSON Schema for editors: published as it is generated, and of one mind with the checks."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.config.checked import checked
from cosmemory.config.meanings import MEANINGS
from cosmemory.config.schema import DRAFT, settings_schema
from cosmemory.config.settings import PLACES, Settings
from cosmemory.config.sources import Source
from cosmemory.config.told import nested
from cosmemory.frozen import fields

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = settings_schema()
JUDGE = jsonschema.Draft7Validator(SCHEMA)


def test_the_published_schema_is_the_one_that_is_generated():
    published = (DOCS / "cosmemory.schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n"


def test_the_schema_is_one():
    assert SCHEMA["$schema"] == DRAFT
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_every_setting_says_what_it_means_and_has_one_place():
    names = [each.name for each in fields(Settings) if each.name != "folder"]  # where the file stands
    assert sorted(PLACES.values()) == sorted(names)
    assert [name for name in names if not MEANINGS[name].says.endswith(".")] == []
    assert MEANINGS.keys() == set(names)


def test_the_defaults_are_right():
    assert list(JUDGE.iter_errors(nested(Settings()))) == []
    assert checked([Source(path="", held=nested(Settings()))]) == (Settings(), [])


@pytest.mark.parametrize("page", ["settings.md", "checkpoints.md"])
def test_every_example_of_the_documentation_is_right(page):
    examples = re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        held = tomllib.loads(example)
        assert list(JUDGE.iter_errors(held)) == []
        assert checked([Source(path="", held=held)])[1] == []


def test_the_documentation_shows_every_setting():
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    whole = tomllib.loads(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0])
    missing = [
        f"{table}.{key}" for table, key in PLACES if key not in (whole.get(table, {}) if table else whole)
    ]
    assert missing == []


scalars = (
    st.integers(-3, 200)
    | st.sampled_from([0, 1, 20, 36_500, 36_501, 86_400, 86_401, 3600, 3601, 10**12])
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer())
    | st.booleans()
    | st.sampled_from(["", "full", "file", "none", "merge", "report", "debug", "info", "mostly"])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["command", "timeout", "enabled", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(sorted(PLACES)), anything)
def test_the_schema_and_the_checks_are_of_one_mind(place, value):
    table, key = place
    if place == ("", "format") and isinstance(value, int):
        value = min(value, 1)  # of a newer format nothing is judged
    held = {table: {key: value}} if table else {key: value}
    assert (list(JUDGE.iter_errors(held)) == []) == (checked([Source(path="", held=held)])[1] == [])


@given(
    st.dictionaries(
        st.sampled_from([*(table or key for table, key in PLACES), "other"]), anything, max_size=3
    )
)
def test_they_are_of_one_mind_about_whole_files_too(held):
    if held.get("format", 1) == 1:
        assert (list(JUDGE.iter_errors(held)) == []) == (checked([Source(path="", held=held)])[1] == [])
