"""What the command line says of itself, and that its help is ready to print."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from cosmemory.__main__ import main
from cosmemory.interfaces.cli.table import COMMANDS
from cosmemory.interfaces.cli.top_help import TEXT
from cosmemory.interfaces.cli.with_click import cli


def test_the_ready_help_is_what_click_says():
    ran = CliRunner().invoke(cli, ["--help"], prog_name="cosmemory", terminal_width=100)
    assert ran.output == TEXT


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_ready_help_is_printed(option, capsys):
    assert main([option]) == 0
    assert capsys.readouterr().out == TEXT


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_a_sentence(name):
    ran = CliRunner().invoke(cli, [name, "--help"], prog_name="cosmemory")
    assert ran.exit_code == 0
    assert ran.output.startswith(f"Usage: cosmemory {name}")
    words = cli.get_command(None, name).help
    assert words
    assert words.rstrip().endswith(".")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["focuss"], "error: There is no command 'focuss'. Did you mean 'focus'?"),
        (["alert", "acc", "ALERT-1"], "error: No such command 'acc'. Did you mean 'ack'?"),
        (["show"], "error: Missing argument 'DOCUMENT'."),
        (["log", "decision", "--outcom", "x"], "error: No such option '--outcom'. Did you mean '--outcome'?"),
        (["xyzzy"], "error: There is no command 'xyzzy'."),
    ],
)
def test_a_slip_is_answered_with_the_nearest_name(arguments, said, capsys):
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.split("\n")[0] == said


def test_the_version_is_told_where_newcomers_ask_for_it(capsys):
    assert main(["--version"]) == 0
    asked = capsys.readouterr().out
    assert main(["version"]) == 0
    assert capsys.readouterr().out == asked
