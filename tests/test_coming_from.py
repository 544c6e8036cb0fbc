"""Every row of docs/coming-from.md is run, and no name of the designs that it speaks of is left out."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import cosmemory
from cosmemory.__main__ import main

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "coming-from.md"
NAMES = ROOT / "tests" / "cases" / "coming_from"
SETUP = re.compile(r"<!-- docs-test: setup -->\n```sh\n(?P<code>.*?)```", re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
SECTIONS = {
    found[1]: found[2]
    for found in re.finditer(
        r"^## (\d)\. [^\n]*\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
}


def rows(section: str) -> list[tuple[str, str]]:
    """What stands there and what stands here, row by row."""
    lines = [line for line in SECTIONS[section].split("\n") if line.startswith("| ")]
    cells = [re.split(r"(?<!\\)\|", line.strip("| "), maxsplit=1) for line in lines]
    found = [(there.strip(), here.strip()) for there, here in cells]
    return [row for row in found if row[0] != "there" and not row[0].startswith("-")]


ROWS = [(section, number) for section in SECTIONS for number in range(len(rows(section)))]


def runnable(here: str) -> list[str]:
    """The commands and lines of Python in a cell."""
    spans = (span.replace("\\|", "|") for span in SPAN.findall(here))
    return [span for span in spans if span.startswith(("cosmemory ", ">>> "))]


def run(line: str, names: dict[str, object]) -> str:
    """What is wrong when ``line`` is run in the folder of the project; nothing if it does what it says."""
    if line.startswith(">>> "):
        try:
            exec(line.removeprefix(">>> "), names)
        except Exception as error:  # noqa: BLE001 - whatever a row raises is what is wrong with it
            return f"{line}: {type(error).__name__}: {error}"
        return ""
    said, told = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
        code = main(shlex.split(line)[1:])
    return "" if code == 0 else f"{line}: exit {code}: {_text(told)}{_text(said)}"


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@cache
def outcomes(section: str) -> list[str]:
    """What went wrong in each row of a section, all of them run one after the other in one new memory."""
    setup = SETUP.search(SECTIONS[section])
    with TemporaryDirectory() as folder, contextlib.chdir(folder), pytest.MonkeyPatch.context() as patch:
        patch.delenv("COSMEMORY_ROOT", raising=False)
        patch.setenv("COSMEMORY_ACTOR", "chief-of-staff")
        (Path(folder) / "design" / "memory").mkdir(parents=True)
        for line in setup["code"].replace("\\\n", " ").strip().split("\n") if setup else []:
            assert not run(line, {}), run(line, {})
        names: dict[str, object] = {"cosmemory": cosmemory, "memory": cosmemory.open_memory()}
        return [
            "\n".join(filter(None, (run(line, names) for line in runnable(here))))
            for _, here in rows(section)
        ]


@pytest.mark.parametrize(("section", "number"), ROWS)
def test_a_row_does_what_it_says(section, number):
    assert outcomes(section)[number] == "", rows(section)[number]


@pytest.mark.parametrize(("section", "number"), ROWS)
def test_a_row_without_anything_to_run_says_why(section, number):
    _, here = rows(section)[number]
    assert runnable(here) or here.startswith("Not needed: ") or "](" in here


@pytest.mark.parametrize("section", [path.stem for path in sorted(NAMES.glob("*.txt"))])
def test_nothing_that_is_named_there_is_left_out(section):
    named = {span for there, _ in rows(section) for span in SPAN.findall(there)}
    wanted = (NAMES / f"{section}.txt").read_text("utf-8").split("\n")
    assert [name for name in wanted if name and name not in named] == []
