"""The command line as click reads it: help, completion, slips and every call that is not plain."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

import cosmemory
from cosmemory.errors import did_you_mean
from cosmemory.interfaces.cli.declared import Declared, Parameter
from cosmemory.interfaces.cli.output import set_up_logging, tell_error
from cosmemory.interfaces.cli.plain import is_negative
from cosmemory.interfaces.cli.slips import Number, WholeNumber, told
from cosmemory.interfaces.cli.table import COMMANDS, load
from cosmemory.interfaces.cli.top_help import TEXT


class LazyGroup(click.Group):
    """A group whose commands are imported when one of them is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called ``cmd_name``, loaded."""
        del ctx
        return click_command(load(cmd_name)) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` begin with; a name nobody knows gets the nearest one suggested."""
        name = args[0]
        if name not in COMMANDS:
            # Whoever asks for help does not ask how the memory fares, near as the two words are.
            meant = did_you_mean(name, COMMANDS, "") if name != "help" else ""
            raise click.UsageError(f"There is no command {name!r}. {meant}".rstrip())
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their summaries, without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("--root", metavar="DIR", help="The memory folder, or a project that holds design/memory.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
@click.option("-v", "--verbose", is_flag=True, help="Log what is done to stderr.")
@click.version_option(cosmemory.__version__, message="cosmemory %(version)s", help="Print the version.")
@click.pass_context
def cli(ctx: click.Context, root: str | None, as_json: bool, verbose: bool) -> None:
    """State files for a Chief-of-Staff agent: plain Markdown, as trustworthy as a database."""
    ctx.obj = {"root": root, "as_json": as_json}
    set_up_logging(verbose)


def click_command(declared: Declared) -> click.Command:
    """A declared command, or group of commands, as click knows them."""
    if declared.commands:
        held = {name: click_command(each) for name, each in declared.commands.items()}
        return click.Group(declared.name, commands=held, help=declared.help)

    def called(**values: Any) -> object:
        return declared.call(values, **click.get_current_context().find_root().obj)

    return _Command(
        declared.name,
        callback=called,
        params=[_parameter(each) for each in declared.parameters],
        help=declared.help,
        epilog=declared.epilog,
        hidden=declared.hidden,
        context_settings={"ignore_unknown_options": True} if declared.lenient else None,
    )


class _Command(click.Command):
    """A command that takes numbers below 0 for values; any other word that looks like an option must be one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What the words say, with numbers let through where nothing else would slip through with them."""
        loose = [word for word in self._loose(ctx, args) if word[:1] == "-" and word != "-"]
        if loose and all(map(is_negative, loose)):
            ctx.ignore_unknown_options = True
        return super().parse_args(ctx, args)

    def _loose(self, ctx: click.Context, args: Sequence[str]) -> Iterator[str]:
        """The words that are neither options of this command nor their values, as far as options go."""
        takes = {
            name: isinstance(each, click.Option) and not each.is_flag
            for each in self.get_params(ctx)
            for name in each.opts
        }
        rest = iter(args)
        for word in rest:
            if word == "--":
                return
            if word.partition("=")[0] not in takes:
                yield word
            elif takes[word.partition("=")[0]] and "=" not in word:
                next(rest, None)


def _parameter(each: Parameter) -> click.Parameter:
    # What a parameter does not say is left out: click takes a False for more than its absence.
    details: dict[str, Any] = {"metavar": each.metavar, "required": each.required}
    if each.choices:
        details["type"] = click.Choice(each.choices)
    elif each.least is not None:
        details["type"] = Number(each.least) if each.decimal else WholeNumber(each.least)
    if not each.option:
        return click.Argument([each.name], nargs=-1 if each.many else 1, **details)
    if each.flag:
        details["is_flag"] = True
    if each.default is not None:
        details |= {"default": each.default, "show_default": True}
    return click.Option([each.option, each.name], help=each.help, multiple=each.many, **details)


def run(arguments: Sequence[str], *, as_json: bool) -> object:
    """Runs the command line and gives what the command gave back, or the exit code that click's answer has."""
    try:
        return cli.main(args=list(arguments), prog_name="cosmemory", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        if not arguments:
            sys.stderr.write(TEXT)
        else:
            tell_error("usage", *told(error), as_json=as_json)
        return 2
    except click.Abort:
        return 130
    except click.ClickException as error:
        tell_error("usage", error.format_message(), "", as_json=as_json)
        return 2
