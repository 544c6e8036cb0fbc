"""The setting that names what watch tidies up: a list of which each value is one of a few."""

from __future__ import annotations

import pytest

from cosmemory.config import load_settings
from cosmemory.config.schema import settings_schema
from cosmemory.errors import ConfigError


def test_each_of_the_list_is_one_of_those_there_are(tmp_path):
    (tmp_path / "cosmemory.toml").write_text('[watch]\ntidy = ["agents", "runs"]\n', encoding="utf-8")
    assert load_settings(str(tmp_path)).watch_tidy == ("agents", "runs")
    (tmp_path / "cosmemory.toml").write_text('[watch]\ntidy = ["agents", "run"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"watch\.tidy: .*agents, sessions, meetings or runs"):
        load_settings(str(tmp_path))


def test_the_schema_says_so():
    told = settings_schema()["properties"]["watch"]["properties"]["tidy"]
    assert told["items"]["enum"] == ["agents", "sessions", "meetings", "runs"]
