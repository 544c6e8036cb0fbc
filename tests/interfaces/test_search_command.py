"""The search from the command line, on a memory that lives in a dict."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from cosmemory.__main__ import main
from cosmemory.memory import Memory
from cosmemory.operations import state
from tests.maintenance.story import Day


@pytest.fixture
def cli(monkeypatch, capsys):
    """Runs commands on a small memory; gives the exit code and what was said."""
    day = Day().do(
        lambda memory: state.set_focus(memory, "Cut release 4.2"),
        lambda memory: state.set_focus(memory, "Write the \x1b[31m announcement"),
        message="release 4.2 is out",
    )

    def opened(root: str | None = None, *, actor: str | None = None, message: str = "") -> Memory:
        del root, actor, message
        return day.memory

    monkeypatch.setattr("cosmemory.connect.open_memory", opened)

    def call(*arguments: str) -> SimpleNamespace:
        code = main(["search", *arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return call


def test_a_hit_is_told_on_one_line_with_its_place(cli):
    assert cli("announcement", "--in", "pages") == SimpleNamespace(
        code=0,
        out="cos-state.md:10: [Current Focus] - **Primary Task:** Write the \\x1b[31m announcement\n",
        err="",
    )
    gone = cli('"cut release"', "--in", "history")
    assert (
        gone.out
        == "cos-state.md:10: [Current Focus, until #3 by alice] - **Primary Task:** Cut release 4.2\n"
    )


def test_hits_as_json_have_every_value(cli):
    (hit,) = json.loads(cli("--json", "cut", "--in", "history").out)["hits"]
    assert hit | {"score": 0} == {
        "page": "cos-state",
        "path": "cos-state.md",
        "line": 10,
        "in": "history",
        "kind": "cos-state",
        "section": "Current Focus",
        "key": None,
        "time": "2026-11-21T12:02:00Z",
        "snippet": "- **Primary Task:** Cut release 4.2",
        "marks": [[20, 23]],
        "score": 0,
        "change": 3,
        "actor": "alice",
    }


def test_more_and_nothing_are_told_on_stderr(cli):
    assert cli("release", "-n", "1").err == "note: there is more; -n 2 shows it\n"
    assert json.loads(cli("release", "-n", "1", "--json").out)["more"] is True
    nothing = cli("zebra")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "note: nothing was found\n")


def test_a_word_that_must_not_occur_is_no_option(cli):
    found = cli("announcement", "-write", "--json")
    assert all("Write" not in hit["snippet"] for hit in json.loads(found.out)["hits"])
    assert cli("--json", "--", "release", "-4.2").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["--kind", "cos-stat", "x"], 1, "Did you mean 'cos-state'?"),
        (["--in", "nowhere", "x"], 2, "nowhere"),
        (["--since", "tomorrow-ish", "x"], 1, "since"),
        (["-x"], 2, "nothing that must occur"),
        ([], 2, "WORDS"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(cli, arguments, code, word):
    refused = cli(*arguments)
    assert (refused.code, refused.out) == (code, "")
    assert word in refused.err
    assert "Traceback" not in refused.err
