"""The brief on the command line: the text that everybody is given, the same as data, and refusals."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys

import pytest

from cosmemory.__main__ import main
from cosmemory.connect import open_memory
from cosmemory.interfaces.cli.declared import Declared
from cosmemory.interfaces.cli.table import load
from cosmemory.maintenance.briefing.points import SECTIONS

NOW = "2026-11-21T12:00:00Z"
# What a brief may wait for: nothing that takes long to load, and nothing that only other commands need.
HEAVY = {
    "click",
    "jinja2",
    "msgspec",
    "tomlkit",
    "anyio",
    "asyncio",
    "sqlite3",
    "dataclasses",
    "typing",
    "ssl",
    "mistune",
}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COSMEMORY_NOW", NOW)

    def call(*words, code=0):
        assert main(["--root", str(tmp_path), *words]) == code
        return capsys.readouterr()

    call("init")
    call("focus", "Cut release 4.2", "--priority", "high")
    call("action", "add", "Write the docs", "--deadline", "2026-11-20")
    return call


def test_it_tells_what_every_other_way_tells(run, tmp_path, monkeypatch):
    told = run("brief").out
    assert told == open_memory(str(tmp_path)).briefing.brief().text + "\n"
    assert "- action 1, medium, pending, OVERDUE, due 2026-11-20: Write the docs\n" in told


def test_as_json_it_has_its_points_with_their_ids_and_the_text(run):
    told = json.loads(run("brief", "--json").out)
    assert (told["schema"], told["kind"], told["time"], told["since"]) == (1, "brief", NOW, NOW)
    assert told["points"][2] == {
        "section": "pressing",
        "id": "1",
        "said": "action 1, medium, pending, OVERDUE, due 2026-11-20: Write the docs",
        "command": None,
        "cut": False,
    }
    assert told["left_out"] == []
    assert told["text"] == run("brief").out.removesuffix("\n")


@pytest.mark.parametrize("option", [["--budget", "1300"], ["--tokens", "325"], ["--budget", "1,300"]])
def test_it_keeps_to_its_room_and_says_what_it_left_out(run, option):
    for number in range(40):
        run("action", "add", f"Number {number} of many")
    assert len(run("brief", *option).out) <= 1301
    (left,) = [
        each
        for each in json.loads(run("brief", *option, "--json").out)["left_out"]
        if each["section"] == "actions"
    ]
    assert left["command"] == "cosmemory show cos-state"
    assert f"{left['count']} other open actions (cosmemory show cos-state)" in run("brief", *option).out


def test_since_takes_what_the_history_takes_for_a_time_or_a_number(run):
    for moment in ("1h ago", "2026-11-21", "#1", "2"):
        assert "Events since 2026-11-21T" in run("brief", "--since", moment).out


@pytest.mark.parametrize(
    "words",
    [
        ["--budget", "much"],
        ["--budget", "2.5"],
        ["--tokens", ""],
        ["--budget", "0"],
        ["--since", "soon"],
        ["--since", "#9"],
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_remedy(run, words):
    told = run("brief", *words, code=1 if words[1] == "0" else 2).err
    assert told.startswith("error: ")
    assert "\nhint: " in told


def test_every_command_that_it_names_is_one():
    for section in SECTIONS:
        _, name, *words = section.command.split(" ")
        declared: Declared = load(name)
        assert not declared.commands or words[0] in declared.commands


def test_the_sample_in_the_documentation_is_what_its_commands_print(tmp_path, monkeypatch, capsys, checkout):
    page = (checkout / "docs" / "brief.md").read_text(encoding="utf-8")
    commands, sample = re.search(r"```sh\n(.*?)```\n\n```text\n(.*?)```", page, re.DOTALL).groups()
    monkeypatch.setenv("COSMEMORY_NOW", NOW)
    for line in commands.strip().split("\n")[1:]:
        capsys.readouterr()
        assert main(["--root", str(tmp_path), *shlex.split(line)[1:]]) == 0
    assert capsys.readouterr().out == sample


def test_it_loads_little(run, tmp_path):
    code = (
        "import sys; from cosmemory.__main__ import main; main(sys.argv[1:]); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    line = [sys.executable, "-c", code, "--root", str(tmp_path), "brief"]
    ran = subprocess.run(line, capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(ran.stderr.split())
