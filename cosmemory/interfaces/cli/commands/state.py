"""Commands for the Chief of Staff's own page: focus, action, decision, resources."""

from __future__ import annotations

from typing import Any

import click

from cosmemory.document.values import NUMBER, PERCENT
from cosmemory.interfaces.cli.session import changing, session_of, text_of
from cosmemory.operations import state

PAGE = "cos-state"


@click.command()
@changing
@click.argument("text")
@click.option("--priority", metavar="P", help="critical, high, medium or low.")
def focus(text: str, priority: str | None, **options: Any) -> None:
    """Say what is being worked on from now on."""
    session = session_of(options)
    task = text_of(text)
    session.change(
        lambda memory: state.set_focus(memory, task, priority=priority, expected=session.expected(PAGE)),
        lambda _: f"focus: {task}",
    )


@click.command()
@changing
@click.option("--memory", "used", metavar="P", help="Memory used, in percent.")
@click.option("--cpu", "load", metavar="L", help="Load of the machine.")
def resources(used: str | None, load: str | None, **options: Any) -> None:
    """Record memory and load as they are now."""
    session = session_of(options)
    percent = PERCENT.enter("memory", used) if used is not None else None
    number = NUMBER.enter("cpu", load) if load is not None else None
    if percent is None and number is None:
        raise click.UsageError("Give --memory, --cpu or both.")
    session.change(
        lambda memory: state.set_resources(memory, number, percent, expected=session.expected(PAGE)),
        lambda _: "resources recorded",
    )


@click.command()
@changing
@click.argument("text")
@click.option("--rationale", metavar="R", required=True, help="Why it was decided so.")
def decision(text: str, rationale: str, **options: Any) -> None:
    """Record a decision and why it was made."""
    session = session_of(options)
    said, why = text_of(text), text_of(rationale)
    session.change(
        lambda memory: state.decide(memory, said, why, expected=session.expected(PAGE)),
        lambda at: f"decided at {at}",
    )


@click.group()
def action() -> None:
    """Add and move pending actions."""


@action.command("add")
@changing
@click.argument("text")
@click.option(
    "--priority", metavar="P", default="medium", show_default=True, help="critical, high, medium or low."
)
@click.option("--deadline", metavar="D", help="Until when: a time, a day, or words.")
def add_action(text: str, priority: str, deadline: str | None, **options: Any) -> None:
    """Add something to do and print its number."""
    session = session_of(options)
    said = text_of(text)
    session.change(
        lambda memory: state.add_action(
            memory, said, priority=priority, deadline=deadline, expected=session.expected(PAGE)
        ),
        str,
    )


def _mover(name: str, summary: str) -> None:
    @action.command(name, help=summary)
    @changing
    @click.argument("key", metavar="ID")
    @click.option("--notes", metavar="TEXT", help="What the log is to tell of it.")
    def move(key: str, notes: str | None, **options: Any) -> None:
        session = session_of(options)
        session.change(
            lambda memory: state.move_action(memory, name, key, notes=notes, expected=session.expected(PAGE)),
            lambda moved: f"action {moved}: {state.MOVES[name]}",
        )


for _name, _summary in {
    "start": "Begin an action.",
    "block": "Mark an action as blocked.",
    "done": "Mark an action as done.",
    "cancel": "Give an action up.",
    "reopen": "Put a done or cancelled action back.",
}.items():
    _mover(_name, _summary)
