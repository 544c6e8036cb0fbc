"""Every command, called as a careless script or an enemy would: an honest exit code, one object, nothing by the way."""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from cosmemory.__main__ import main
from cosmemory.interfaces.cli.declared import Declared, Parameter
from cosmemory.interfaces.cli.table import COMMANDS, load

ROUNDS = int(os.environ.get("COSMEMORY_EVERY_COMMAND", "3"))
OFFICE = """\
action add|Write the docs
alert raise|--type|Cpu|--severity|warning|--resource|db|--value|91%|--threshold|90%
team join|helper-1|--role|reviewer
deploy begin|v1|--slo|latency
session start|S-1
meeting begin|planning|--agents|a,b|--id|M-1
handoff create|payments|--from|helper-1|--to|helper-2|--criterion|ok|--id|H-1
onboard begin|helper-1|--role|Developer
agent spawn|L1|--type|L1
agent started|L1
board set|plan|{"a": 1}
run create|R-1|--goal|g|--phase|scout
run start|R-1
run phase enter|R-1|scout
run execution begin|R-1|scout
run finding add|R-1|scout|No test|--severity|medium
new|risk|RK-1|owner=ada
checkpoint create
"""
GOOD = [
    "1", "0", "5", "a=1", "x", "ok", "a,b", "v1", "L1", "H-1", "R-1", "S-1", "M-1", "F-1", "E-1", "I-1", "RK-1", "ALERT-1",
    "helper-1", "plan", "scout", "risk", "risk", "RK-2", "planning", "latency=yes", "cos-state", "runs/R-1", "agents/L1", "board", "2026-11-21",
    "7d", '{"a": 1}', "current_focus.primary_task", "bounds.decisions", "last", "note.txt", "warning", "medium",
]  # fmt: skip
HOSTILE = [
    "", "-", "---", " ", "N/A", "\x1b[31mred\x07", "a\n## Forged\n- **Status:** forged\n", "x\n---\n## Forged\n```\n",
    "```\n## Forged", "| a | b |\n|---|---|\n", "<!-- x -->", "../../x", "/etc/passwd", "a/b", "CON", "..", "x" * 300, "y" * 9000,
    "\u202eabc", "\udcff", "{{7*7}}", "#1", "-1", "1e9999", "NaN", "9" * 5000, "\u0663", "null", "[" * 5000, '"\\ud800"', "=", "=b",
    "0001-01-01", "9999-12-31", "2026-02-30", "last~99999999999", "99999999999d", "\ufeffx", "\u2028x", "*", "(", '"', '"a.b"', "a..b",
]  # fmt: skip
FOREIGN = {"git merge-driver", "mcp"}
SHARED = ("--json", "--dry-run", "--expect", "--root", "--actor", "--message")
LEFT_OUT = {"--watch", "--demo"}  # the one never ends, the other takes seconds
# What may be lost at any time: a dry run and a refusal may leave it as they like.
CACHE = re.compile(r"\.cosmemory/(spool|lock|marks|cache/.*|.*\.sqlite.*)\Z")
FORGED = re.compile(rb"^## Forged\s*$", re.MULTILINE)  # a list may well stand in prose


def commands() -> Iterator[tuple[str, Declared]]:
    """Every command by its whole name, but for the ones that answer git and agents in the way of those."""

    def within(name: str, declared: Declared) -> Iterator[tuple[str, Declared]]:
        if not declared.commands:
            yield name, declared
        for each, inner in declared.commands.items():
            yield from within(f"{name} {each}", inner)

    for name in COMMANDS:
        yield from (found for found in within(name, load(name)) if found[0] not in FOREIGN)


EVERY = dict(commands())


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """A project in the middle of its work, with a page of nearly every kind."""
    project = tmp_path_factory.mktemp("office")
    root = project / "design" / "memory"
    root.mkdir(parents=True)
    (project / "note.txt").write_text("mine\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
        patch.chdir(project)
        assert main(["init"]) == 0
        (root / "cosmemory.toml").write_text(
            '[kinds.risk]\npath = "risks/{id}.md"\nfields = ["ID", "Owner"]\n'
        )
        for line in OFFICE.splitlines():
            name, *words = line.split("|")
            assert main([*name.split(), *words]) == 0, line
    return project


@pytest.fixture
def run(office, tmp_path, monkeypatch, capfdbinary):
    """Runs a command line in a copy of the office; gives its exit code, what it said, and the files before and after."""
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    for name in ("COSMEMORY_ROOT", "COSMEMORY_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    project = tmp_path / "project"

    def call(words: list[str]) -> SimpleNamespace:
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(office, project)
        monkeypatch.chdir(project)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x\n## Forged\n")))
        before = files(project)
        capfdbinary.readouterr()
        code = main(words)
        out, err = capfdbinary.readouterr()
        out, err = out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape")
        return SimpleNamespace(code=code, out=out, err=err, before=before, after=files(project))

    return call


def files(project: Path) -> dict[str, bytes]:
    found = {path.relative_to(project).as_posix(): path for path in project.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not CACHE.search(name)}


def words_of(name: str, declared: Declared, chance: random.Random, hostile: float) -> list[str]:
    """A call of a command, with or without what it needs."""
    if name == "agent run":
        return [
            *name.split(),
            chance.choice(GOOD + HOSTILE),
            "--restarts=0",
            "--",
            chance.choice(["true", "false", "/x/y"]),
        ]
    words, loose = name.split(), []

    def value(parameter: Parameter) -> str:
        given = chance.choice(HOSTILE if chance.random() < hostile else GOOD)
        return chance.choice([given, *parameter.choices, *parameter.choices])

    for parameter in declared.parameters:
        if parameter.option in {*SHARED, *LEFT_OUT}:
            continue
        if chance.random() < (0.03 if parameter.required else 0.6):
            continue
        if not parameter.option:
            loose.append(value(parameter))
        else:
            words += [parameter.option] if parameter.flag else [parameter.option, value(parameter)]
    words += {"watch": ["--once"], "board wait": ["--timeout", "0"]}.get(name, [])
    return words + loose


@pytest.mark.parametrize("name", EVERY)
def test_a_command_keeps_the_contract_whatever_it_is_given(run, name):
    declared = EVERY[name]
    takes = {parameter.option for parameter in declared.parameters}
    chance = random.Random(name)
    for _ in range(ROUNDS):
        words = words_of(name, declared, chance, chance.choice([0, 0.2, 0.6]))
        modes = [
            each for each in ("--json", "--dry-run", "--expect") if each in takes and chance.random() < 0.4
        ]
        at = len(name.split())
        more = [part for each in modes for part in ((each, "f" * 64) if each == "--expect" else (each,))]
        words = [*words[:at], *more, *words[at:]]
        ran = run(words)
        keeps_the_contract(ran, words, as_json="--json" in modes)
        if {"--dry-run", "--expect"} & {*modes} or is_error(ran.err):
            assert ran.after == ran.before, words
        for path, data in ran.after.items():
            if path.endswith(".md") and ran.before.get(path) != data:
                assert not FORGED.search(data), (path, words)


def is_error(err: str) -> bool:
    return bool(re.search(r'^error: |"kind": "error"', err, re.MULTILINE))


def keeps_the_contract(ran: SimpleNamespace, words: list[str], *, as_json: bool) -> None:
    """What CLI.md promises of every command."""
    assert ran.code in {0, 1, 2}, words
    assert "\x1b" not in ran.err, words
    assert "Traceback" not in ran.err, words
    if is_error(ran.err):
        assert ran.code != 0, words
        assert ran.out == "", words
        if as_json:
            held = json.loads(ran.err.strip().split("\n")[-1])
            assert set(held) == {"schema", "kind", "code", "message", "hint"}, words
        for named, second in re.findall(r"cosmemory ([a-z]+)(?: ([a-z]+))? names them", ran.err):
            assert f"{named} {second}".strip() in EVERY, words
    else:
        assert ran.code != 2, words
        if as_json and words[0] != "export" and "--output-format" not in words:
            assert ran.out.count("\n") == 1, words
            held = json.loads(ran.out)
            assert (held["schema"], isinstance(held["kind"], str)) == (1, True), words
