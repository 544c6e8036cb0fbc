"""Every command and every piece of Python that the documentation shows runs as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import cosmemory
from cosmemory.config.settings import PLACES as SETTINGS
from cosmemory.interfaces.cli.rules_page import rules_markdown
from cosmemory.interfaces.cli.table import COMMANDS
from tests import references

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
MARKED = re.compile(r"<!-- docs-test: (?P<how>run|python) -->\n```\w+\n(?P<code>.*?)```", re.DOTALL)
EXAMPLES = [
    pytest.param(found["how"], found["code"], id=f"{page.name}-{number}")
    for page in PAGES
    for number, found in enumerate(MARKED.finditer(page.read_text(encoding="utf-8")), 1)
]


@pytest.fixture
def project(tmp_path) -> Path:
    """A project folder whose `cosmemory` is this one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "cosmemory"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cosmemory "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "design" / "memory").mkdir(parents=True)
    return tmp_path


def environment(project: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("COSMEMORY")}
    # What the user has set for git is no part of an example.
    kept |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {**kept, "PATH": f"{project / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize(("how", "code"), EXAMPLES)
def test_an_example_runs(project, how, code):
    if how == "run":
        line = ["sh", "-e", "-c", code]
    else:
        subprocess.run(
            ["cosmemory", "init"], cwd=project, env=environment(project), check=True, capture_output=True
        )
        line = [sys.executable, "-W", "error", "-c", code]
    ran = subprocess.run(
        line, cwd=project, env=environment(project), capture_output=True, text=True, check=False
    )
    # Where the clock has moved on between two commands, a merge says which of two times it took.
    told = [line for line in ran.stderr.splitlines() if not line.startswith("note: ")]
    assert (ran.returncode, told) == (0, [])


def test_every_command_is_documented_with_an_example():
    shown = "".join(code for how, code in (param.values for param in EXAMPLES) if how == "run")
    assert {name for name in COMMANDS if f"cosmemory {name}" not in shown} == set()


def test_every_command_with_its_verb_is_told_of_among_the_commands():
    told = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    names = [" ".join(path) for path, _ in references.commands()]
    assert [name for name in names if not re.search(rf"cosmemory {name}\b", told)] == []


def test_every_option_of_every_command_stands_in_the_reference():
    page = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    everywhere, *sections = re.split(r"\n### `cosmemory ", page)
    for (path, command), section in zip(references.commands(), sections, strict=True):
        assert section.startswith(" ".join(path))
        known = everywhere if "*changes*" in section else everywhere[: everywhere.index("*changes*")]
        for each in command.parameters:
            assert not each.option or f"`{each.option}" in section or f"`{each.option}" in known, path


@pytest.mark.parametrize("name", references.PAGES)
def test_a_page_of_reference_is_made_from_what_it_tells_of(name):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == references.PAGES[name]()


def test_every_verb_of_every_noun_stands_in_the_reference():
    page = (ROOT / "docs" / "verbs.md").read_text(encoding="utf-8")
    for section in (ROOT / "cosmemory" / "office.pyi").read_text(encoding="utf-8").split("\nclass ")[3:]:
        noun = section[: section.index(":")].lower()
        (told,) = re.findall(rf"\n## memory\.{noun}\n(.*?)(?=\n## |\Z)", page, re.DOTALL)
        for verb in re.findall(r"\n    def (\w+)\(", section):
            assert f"| `{verb}(" in told, (noun, verb)


def test_every_name_that_the_package_offers_at_its_top_is_told_of():
    told = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert {name for name in cosmemory.__all__ if not re.search(rf"`{name}`", told)} == set()


def test_every_setting_is_shown_where_the_settings_are_told_of():
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.DOTALL)
    shown = [tomllib.loads(block) for block in blocks]
    for table, key in SETTINGS:
        assert any(key in (each.get(table, {}) if table else each) for each in shown), (table, key)


def test_links_between_the_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_page_of_rules_is_made_from_their_table():
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_markdown()


def test_every_law_in_the_readme_names_tests_that_exist():
    shown = re.findall(r"`scripts/test (tests/[^`]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(shown) == 7
    for line in shown:
        for path in line.split():
            assert (ROOT / path).exists(), path
