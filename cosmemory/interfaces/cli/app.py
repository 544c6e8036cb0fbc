"""The command line: every command by name, loaded only when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from cosmemory.errors import CosmemoryError
from cosmemory.interfaces.cli.output import tell_error

# name: (module below `commands`, attribute, what the top-level help says)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("init", "init", "Create the pages that are missing."),
    "status": ("status", "status", "Show everything that matters on one screen."),
    "show": ("pages", "show", "Show a page, or its typed content as JSON."),
    "get": ("pages", "get", "Show one value."),
    "set": ("pages", "set_", "Change one value."),
    "add": ("pages", "add", "Add a record."),
    "remove": ("pages", "remove", "Remove a record."),
    "log": ("events", "log", "Append an event to the coordination log."),
    "events": ("events", "events", "Find events in the log and its archives."),
    "focus": ("state", "focus", "Say what is being worked on."),
    "action": ("state", "action", "Add and move pending actions."),
    "decision": ("state", "decision", "Record a decision and why it was made."),
    "resources": ("state", "resources", "Record memory used and load of the machine."),
    "team": ("team", "team", "Say who joins, leaves and does what."),
    "alert": ("alerts", "alert", "Raise, acknowledge and resolve alerts."),
    "metrics": ("metrics", "metrics", "Record what agents did, day by day."),
    "report": ("report", "report", "Write the report of a week or a month, with charts."),
    "validate": ("validate", "validate", "Check pages, and mend what is safe to mend."),
    "rule": ("rule", "rule", "Explain a rule that validate checks."),
    "rotate": ("rotate", "rotate", "Move past weeks of the log to archives."),
    "kinds": ("about", "kinds", "List the kinds of page."),
    "completion": ("about", "completion", "Print a shell's completion script."),
    "version": ("about", "version", "Print the version."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when one of them is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called ``cmd_name``, loaded."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        found: click.Command = getattr(
            import_module(f"cosmemory.interfaces.cli.commands.{module}"), attribute
        )
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` begin with; a name nobody knows gets the nearest one suggested."""
        name = args[0]
        if name not in COMMANDS:
            from difflib import get_close_matches

            close = get_close_matches(name, COMMANDS, 1)
            hint = f" Did you mean {close[0]!r}?" if close else " cosmemory --help lists the commands."
            raise click.UsageError(f"There is no command {name!r}.{hint}")
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
@click.pass_context
def cli(ctx: click.Context, root: str | None, as_json: bool, verbose: bool) -> None:
    """State files for a Chief-of-Staff agent: plain Markdown, as trustworthy as a database."""
    ctx.obj = {"root": root, "json": as_json}
    _set_up_logging(verbose)


def _set_up_logging(verbose: bool) -> None:
    import os

    level = "debug" if verbose else os.environ.get("COSMEMORY_LOG", "")
    if level:
        import logging

        logging.basicConfig(
            stream=sys.stderr,
            level=logging.getLevelNamesMapping().get(level.upper(), logging.INFO),
            format="%(levelname)s %(name)s: %(message)s",
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line ``argv`` and gives its exit code; no exception of ours gets past it."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        code: Any = cli.main(args=arguments, prog_name="cosmemory", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        if not arguments:
            from cosmemory.interfaces.cli.top_help import TEXT

            sys.stderr.write(TEXT)
            return 2
        from cosmemory.interfaces.cli.slips import told

        tell_error("usage", *told(error), as_json=as_json)
        return 2
    except click.Abort:
        return 130
    except click.ClickException as error:
        tell_error("usage", error.format_message(), "", as_json=as_json)
        return 2
    except CosmemoryError as error:
        tell_error(error.code, str(error), error.hint, as_json=as_json)
        return error.exit_code
    except OSError as error:
        tell_error("io", f"{error.filename or 'the memory'}: {error.strerror or error}.", "", as_json=as_json)
        return 2
    return code if isinstance(code, int) else 0
