"""What a person sees on a terminal: colour, columns, bars; and that a pipe is given none of it."""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from cosmemory.interfaces.cli import progress as bars
from cosmemory.interfaces.cli import terminal
from cosmemory.text.columns import columns, cut, wrapped
from cosmemory.text.visible import visible

pty = pytest.importorskip("pty")

NOW = "2026-11-21T06:00:00Z"
MARKS = {
    "1": "b",
    "2": "dim",
    "31": "red",
    "32": "green",
    "33": "yellow",
    "34": "blue",
    "36": "cyan",
    "0": "/",
}
ROSTER = """\
# Team Roster

Last Updated: 2026-11-21 05:59:00
Total Agents: 2

## Active Team Members

| Session Name | Role | Status |
|---|---|---|
| helper-1 | Developer | Active |
| 助手-2 | Reviewer | sleep\x1b[31ming |
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A memory with something to see everywhere."""
    project = tmp_path_factory.mktemp("project")
    root = str(project / "design/memory")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COSMEMORY_NOW", NOW)
        for line in (
            ["init"],
            ["log", "message_sent", "--involved", "helper-1", "--time", "2026-11-20T23:59:00Z", "--action",
             "Asked whether the lock is let go when the process that holds it has been killed", "--outcome", "answered"],
            ["log", "decision", "--involved", "助手-2", "--action", "Keep one lock", "--time", "2026-11-21T05:59:00Z"],
            ["focus", "Ship the parser", "--priority", "high"],
            ["action", "add", "Review the lock before anybody else has to", "--priority", "critical",
             "--deadline", "2026-11-20T17:00:00Z"],
            ["action", "add", "Write the docs", "--priority", "low"],
            ["alert", "raise", "--type", "Memory", "--severity", "critical", "--resource", "db", "--value", "91%",
             "--threshold", "90%"],
        ):  # fmt: skip
            assert main(["--root", root, *line]) == 0
    return project


@pytest.fixture
def project(made, tmp_path):
    """A copy of it that a test may change, with a roster that has findings."""
    shutil.copytree(made, tmp_path / "project")
    (tmp_path / "project/design/memory/team-roster.md").write_text(ROSTER, encoding="utf-8")
    return tmp_path / "project"


@pytest.fixture
def see(checkout):
    """Runs a command on a terminal; gives what stands there, each style named in angle brackets."""

    def call(folder: Path, *command: str, width: int = 80, **environ: str) -> str:
        data = on_terminal(folder, [sys.executable, *command], checkout, width, environ)
        return re.sub("\x1b\\[(\\d+)m", lambda found: f"<{MARKS[found[1]]}>", data.decode()).replace(
            "\r\n", "\n"
        )

    return call


def on_terminal(folder: Path, command: list[str], checkout: Path, width: int, more: dict[str, str]) -> bytes:
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    left_out = {"NO_COLOR", "COLUMNS", "LINES", "COSMEMORY_ROOT", "COSMEMORY_LOG", "GITHUB_ACTIONS"}
    environ = {key: value for key, value in os.environ.items() if key not in left_out}
    environ |= {"PYTHONPATH": str(checkout), "COSMEMORY_NOW": NOW, "TERM": "xterm-256color", **more}
    with subprocess.Popen(command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        data = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # the last who had the terminal open has ended
                break
            if not part:
                break
            data += part
    os.close(ours)
    return data


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["brief"],
        ["events"],
        ["kinds"],
        ["rule", "COS402"],
        ["validate"],
        ["validate", "--output-format", "full", "team-roster"],
        ["validate", "--diff", "team-roster"],
        ["focus", "Rest", "--dry-run"],
        ["focuss"],
    ],
    ids=" ".join,
)
def test_a_terminal_shows_colours_and_columns(see, project, command, snapshot):
    assert see(project, "-m", "cosmemory", *command) == snapshot


@pytest.mark.parametrize("command", [["status"], ["brief"], ["events"], ["rule"]], ids=" ".join)
@pytest.mark.parametrize("width", [48, 120])
def test_columns_fit_the_width(see, project, command, width):
    told = re.sub("<[^>]*>", "", see(project, "-m", "cosmemory", *command, width=width))
    assert max(columns(line) for line in told.split("\n")) <= width


def test_a_clean_memory_is_told_in_green(see, made):
    assert see(made, "-m", "cosmemory", "validate") == "<green>All checks passed.</>\n"


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
@pytest.mark.parametrize("command", [["status"], ["events"], ["validate", "--diff"]], ids=" ".join)
def test_a_terminal_that_wants_plain_text_is_given_what_a_pipe_is(see, project, command, environ, checkout):
    told = see(project, "-m", "cosmemory", *command, **environ)
    piped = subprocess.run(
        [sys.executable, "-m", "cosmemory", *command],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(checkout), "COSMEMORY_NOW": NOW},
        capture_output=True,
        check=False,
    )
    assert told == visible(piped.stdout.decode())


def test_a_page_is_shown_as_it_is_but_for_what_steers_the_terminal(see, project):
    assert see(project, "-m", "cosmemory", "show", "team-roster") == ROSTER.replace("\x1b", "\\x1b")


def test_a_bar_shows_how_far_a_long_check_is_and_is_gone_after(see, project):
    script = (
        "import sys, time, cosmemory.interfaces.cli.progress as bars\n"
        "from cosmemory.engines.files.engine import FilesStore\n"
        "from cosmemory.__main__ import main\n"
        "read = FilesStore.read\n"
        "FilesStore.read = lambda store, path: (time.sleep(0.05), read(store, path))[1]\n"
        "bars.DELAY = bars.INTERVAL = 0.01\n"
        "main(['validate', '--ignore', 'COS0,COS1,COS2,COS3,COS4,COS5,COS6'])\n"
    )
    told = see(project, "-c", script)
    drawn = told.split("\r\x1b[K")
    assert re.fullmatch(r"Checking pages \[[#-]{24}\] \d of 4", drawn[1])
    assert "Checking pages [########################] 4 of 4" in drawn
    assert drawn[-1] == "<green>All checks passed.</>\n"


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return Screen()


def test_work_whose_end_is_not_known_shows_that_it_goes_on(screen, monkeypatch):
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(bars, "DELAY", 0.0)
    monkeypatch.setattr(bars, "INTERVAL", 0.01)
    with bars.progress("Rotating the log"):
        time.sleep(0.1)
    first, *others, last = screen.getvalue().split(bars.ERASE)
    assert (first, last) == ("", "")
    assert all(re.fullmatch(r"Rotating the log \[-*#-*\] 0 s", each) for each in others)
    assert len(set(others)) > 1


def test_a_bar_tells_one_stage_of_the_work_after_the_other():
    bar = bars.Progress("Reading files", 4)
    bar.now("Making pages", 3, 12)
    assert bar.line() == f"{bars.ERASE}Making pages [######------------------] 3 of 12"
    bar.now("Writing pages", 0, 0)
    assert re.fullmatch(r"Writing pages \[#-*\] 0 s", bar.line().removeprefix(bars.ERASE))


def test_quick_work_shows_no_bar(screen, monkeypatch):
    monkeypatch.setattr(sys, "stderr", screen)
    with bars.progress("Quick"):
        pass
    assert screen.getvalue() == ""


def test_a_bar_is_erased_before_an_error_is_told(screen, monkeypatch):
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(bars, "DELAY", 0.0)

    def fail() -> None:
        time.sleep(0.05)
        raise OSError

    with pytest.raises(OSError), bars.progress("Slow"):
        fail()
    assert screen.getvalue().endswith(bars.ERASE)


@pytest.mark.parametrize("stream", [io.StringIO(), None], ids=["a pipe", "a dumb terminal"])
def test_a_bar_is_for_terminals(stream, monkeypatch):
    shown = stream or Screen()
    monkeypatch.setattr(sys, "stderr", shown)
    if stream is None:
        monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(bars, "DELAY", 0.0)
    with bars.progress("Slow"):
        time.sleep(0.02)
    assert shown.getvalue() == ""


def test_a_table_goes_by_columns_and_not_by_characters(monkeypatch):
    monkeypatch.setattr(terminal, "width", lambda: 36)
    rows = [[("助手", ""), ("a helper whose name is wide", "")], [("cafe\u0301", ""), ("b", "")]]
    assert list(terminal.table(rows)) == ["助手  a helper whose name is wide", "cafe\u0301  b"]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("a longerword", 5, ["a", "longe", "rword"]),
        ("助手助手", 5, ["助手", "助手"]),
        ("助", 1, ["助"]),
    ],
)
def test_text_is_wrapped_between_words(text, width, lines):
    assert wrapped(text, width) == lines


def test_text_is_cut_with_an_ellipsis():
    assert cut("helper-implementer", 10) == "helper-im…"
    assert cut("helper", 6) == "helper"
    assert cut("助手助手", 4) == "助…"
