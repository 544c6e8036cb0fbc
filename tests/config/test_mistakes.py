"""What is said of settings that are wrong: a page of files, each with every sentence that it gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cosmemory.config import FILE, FORMAT, Settings, load_settings, settings_of
from cosmemory.config.load import examined, sources_of
from cosmemory.errors import ConfigError

PAGE = Path(__file__).parents[1] / "cases" / "settings" / "mistakes.md"
CASE = re.compile(
    r"## (?P<title>[^\n]+)\n\n```toml\n(?P<text>.*?)```\n\n(?P<told>(?:- [^\n]+\n)+)", re.DOTALL
)
CASES = [
    pytest.param(found["text"], found["told"].strip().split("\n"), id=found["title"])
    for found in CASE.finditer(PAGE.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("text", "told"), CASES)
def test_everything_that_is_wrong_is_told_with_its_place_and_what_helps(tmp_path, text, told):
    file = tmp_path / FILE
    file.write_text(text, encoding="utf-8")
    wrong = examined(sources_of(str(tmp_path)), str(tmp_path))[1]
    assert {each.file for each in wrong} == {str(file)}
    said = [f"- {each.key}: {each.reason} → {each.hint}".replace(str(tmp_path), "FOLDER") for each in wrong]
    assert len(said) == len(told)
    for found, expected in zip(said, told, strict=True):
        assert found == expected or (expected.endswith("…") and found.startswith(expected[:-1]))


def test_the_page_has_all_its_cases():
    assert len(CASES) == PAGE.read_text(encoding="utf-8").count("\n## ")


def test_everywhere_but_in_a_check_the_first_mistake_is_raised(tmp_path):
    (tmp_path / FILE).write_text("[bounds]\ndecisions = 0\nteam_changes = 0\n")
    with pytest.raises(ConfigError, match=r"bounds\.decisions"):
        load_settings(str(tmp_path))


def test_a_newer_format_is_told_apart_whatever_else_the_file_says():
    assert settings_of({"format": FORMAT + 1, "unheard": {"of": 1}}) == Settings(format=FORMAT + 1)


def test_a_file_that_is_nested_without_end_is_told(tmp_path):
    (tmp_path / FILE).write_text("extra = " + "[" * 5000 + "]" * 5000)
    with pytest.raises(ConfigError, match=r"cosmemory\.toml: it is (nested too deeply|not TOML)"):
        load_settings(str(tmp_path))
