"""What is said to somebody who mistyped a command: what is wrong, and what was probably meant."""

from __future__ import annotations

from difflib import get_close_matches

import click


class WholeNumber(click.IntRange):
    """A whole number of at least ``min``, called so where something else is given."""

    name = "whole number"


class Number(click.FloatRange):
    """A number of at least ``min``, called so where something else is given."""

    name = "number"


def told(error: click.UsageError) -> tuple[str, str]:
    """The sentence and the hint for a call that click did not understand."""
    context = error.ctx
    if context is None:
        return error.format_message(), "cosmemory --help lists the commands."
    command = context.command_path
    usage = context.get_usage().removeprefix("Usage: ")
    hint = f"{' '.join(usage.split())}; --help tells more."
    if isinstance(error, click.exceptions.NoArgsIsHelpError) or error.message == "Missing command.":
        return f"{command} needs a command.", _commands(context)
    if isinstance(error, click.NoSuchOption):
        close = get_close_matches(error.option_name, error.possibilities or (), 1)
        return f"No such option {error.option_name!r}." + (
            f" Did you mean {close[0]!r}?" if close else ""
        ), hint
    if isinstance(error, click.BadParameter) and isinstance(
        kind := getattr(error.param, "type", None), click.Choice
    ):
        found = _none_of(error, [str(each) for each in kind.choices])
        if found:
            return found, hint
    message = error.format_message()
    if isinstance(error, click.MissingParameter) and "Choose from:" in message:
        # click says them twice, with tabs in between.
        return f"Missing argument: one of {' '.join(message.partition('Choose from:')[2].split())}.", hint
    if message.startswith("No such command") and message.endswith("?)"):
        # Of several that are near, click names all in brackets; the nearest is enough.
        _, given, *near = message.split("'")
        nearest = get_close_matches(given, near[1::2], 1)[0]
        return f"No such command {given!r}. Did you mean {nearest!r}?", hint
    if message.startswith("No such command") and "?" not in message:
        return message, _commands(context)
    if message.startswith("Got unexpected extra argument"):
        return f"{message}.", f"A text of several words stands in quotes. {hint}"
    return message, hint


def _none_of(error: click.BadParameter, choices: list[str]) -> str:
    """What is said of a word that is none of those to choose from; nothing where something else is wrong with it."""
    given, apart, _ = error.message.partition(" is not one of ")
    if not apart:
        return ""
    named = [each for each in getattr(error.param, "opts", ()) if each.startswith("-")]
    close = get_close_matches(given.strip("'"), choices, 1)
    meant = f" Did you mean {close[0]!r}?" if close else ""
    return f"{' '.join((*named[-1:], given))} is none of {', '.join(choices)}.{meant}"


def _commands(context: click.Context) -> str:
    """What may stand behind the name of a group of commands."""
    group = context.command
    held = group.commands if isinstance(group, click.Group) else {}
    listed = group.list_commands(context) if isinstance(group, click.Group) else []
    names = [name for name in listed if name not in held or not held[name].hidden]
    return f"It has {', '.join(names)}; --help tells more."
