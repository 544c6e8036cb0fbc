"""The file that is told what is done: its lines, its levels, and how it is set aside by whoever finds it large."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cosmemory import open_memory
from cosmemory.__main__ import main
from cosmemory.kinds.coordination_log import Event
from cosmemory.log_file import LOGGER, Lines, line_of, tell_file
from cosmemory.trace import LOGGERS


@pytest.fixture
def root(tmp_path) -> Path:
    folder = tmp_path / "memory"
    assert main(["--root", str(folder), "init"]) == 0
    return folder


@pytest.fixture(autouse=True)
def _alone():
    """Whatever a test lets be told ends with it."""
    yield
    logger = logging.getLogger(LOGGER)
    for each in [each for each in logger.handlers if isinstance(each, Lines)]:
        logger.removeHandler(each)
    LOGGERS[1:] = []


def set_up(root: Path, **values) -> Path:
    lines = ['file = "logs/memory.log"', *(f"{key} = {value!r}" for key, value in values.items())]
    (root / "cosmemory.toml").write_text("\n".join(["[logging]", *lines, ""]), encoding="utf-8")
    return root / "logs" / "memory.log"


def test_a_change_and_a_refusal_are_told_each_on_a_line(root, capsys):
    file = set_up(root)
    assert main(["--root", str(root), "focus", "The parser", "--actor", "helper-1"]) == 0
    assert main(["--root", str(root), "log", "focus", "--action", "Back", "--actor", "helper-1"]) == 0
    assert main(["--root", str(root), "get", "cos-state", "no.such"]) == 1
    told = file.read_text(encoding="utf-8").split("\n")[:-1]
    assert [re.sub(r"^\S+Z (\w+) \d+: ", r"\1 ", line) for line in told] == [
        "INFO focus by helper-1 changed cos-state.md, coordination-log.md",
        "INFO log by helper-1 changed coordination-log.md",
        "ERROR not-found: 'no' in the path 'no.such' was not found.",
    ]
    assert capsys.readouterr().err.count("was not found") == 1


def test_only_its_level_is_told(root):
    file = set_up(root, level="error")
    assert main(["--root", str(root), "focus", "The parser"]) == 0
    assert file.read_bytes() == b""
    set_up(root, level="debug")
    assert main(["--root", str(root), "focus", "The writer"]) == 0
    assert " INFO " in file.read_text(encoding="utf-8")


def test_python_callers_have_the_file_told_too(root):
    file = set_up(root)
    memory = open_memory(str(root), actor="planner")
    memory.log(Event(time=memory.now(), type="focus", action="Back to it"))
    assert file.read_text(encoding="utf-8").endswith("log by planner changed coordination-log.md\n")


def test_a_file_that_is_large_is_set_aside_and_the_oldest_goes(tmp_path):
    file = tmp_path / "memory.log"
    lines = Lines(str(file), most=100, backups=2)
    for number in range(8):
        lines.emit(record(f"{number}" * 40))
    kept = [path.read_text()[-3:-1] for path in sorted(tmp_path.iterdir())]
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "memory.log",
        "memory.log.1",
        "memory.log.2",
    ]
    assert kept == ["77", "66", "55"]


def test_without_backups_a_large_file_begins_anew(tmp_path):
    lines = Lines(str(tmp_path / "memory.log"), most=100, backups=0)
    for number in range(3):
        lines.emit(record(f"{number}" * 40))
    assert [path.read_text()[-2] for path in tmp_path.iterdir()] == ["2"]


def test_processes_that_write_one_file_lose_and_mix_no_line(tmp_path):
    program = (
        "import logging, sys\n"
        "from cosmemory.log_file import Lines\n"
        "lines = Lines(sys.argv[1], most=2_000, backups=50)\n"
        "for number in range(100):\n"
        "    lines.emit(logging.LogRecord('x', 20, '', 0, f'{sys.argv[2]}-{number}', (), None))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "memory.log")]
    writers = [subprocess.Popen([*command, name], cwd=Path(__file__).parents[1]) for name in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    told = "".join(path.read_text() for path in tmp_path.iterdir())
    found = re.findall(r"^\S+Z INFO \d+: ([abc]-\d+)$", told, re.MULTILINE)
    assert len(told.split("\n")) == 301
    assert sorted(found) == sorted(f"{name}-{number}" for name in "abc" for number in range(100))
    assert len(list(tmp_path.iterdir())) > 3


def test_words_of_somebody_are_no_line_of_their_own():
    told = line_of(record("one\n2026-11-21T06:00:00Z INFO 1: forged \x1b[31m\u202e"))
    assert told.count("\n") == 1
    assert told.endswith(r"one\n2026-11-21T06:00:00Z INFO 1: forged \x1b[31m\u202e" + "\n")


def test_a_file_that_cannot_be_written_is_told_and_stops_nothing(root, capsys):
    (root / "logs").write_text("in the way")
    (root / "cosmemory.toml").write_text('[logging]\nfile = "logs/memory.log"\n')
    assert main(["--root", str(root), "focus", "The parser"]) == 0
    assert "is not told what is done" in capsys.readouterr().err


def test_a_file_is_told_each_thing_once_however_often_it_is_named(tmp_path):
    file = tmp_path / "memory.log"
    for _ in range(3):
        assert tell_file(str(file), "info", most=0, backups=0) == ""
    logging.getLogger(LOGGER).info("once")
    assert file.read_text().count("once") == 1


def record(message: str) -> logging.LogRecord:
    return logging.LogRecord("cosmemory", logging.INFO, "", 0, message, (), None)
