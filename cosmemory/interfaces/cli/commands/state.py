"""Commands for the Chief of Staff's own page: focus, action, decision, resources."""

from __future__ import annotations

from cosmemory.document.data import data_of
from cosmemory.document.values import NUMBER, PERCENT
from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, command, group, option
from cosmemory.interfaces.cli.listing import tell_rows
from cosmemory.interfaces.cli.output import print_json
from cosmemory.interfaces.cli.session import changing, reading, session_of, text_of
from cosmemory.kinds.cos_state import ACTION_STATUS, ENDED, PRIORITY
from cosmemory.operations import state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PAGE = "cos-state"


@command()
@changing
@argument("text")
@option("--priority", metavar="P", help="critical, high, medium or low.")
def focus(text: str, priority: str | None, **options: Any) -> None:
    """Say what is being worked on from now on."""
    session = session_of(options)
    task = text_of(text)
    session.change(
        lambda memory: state.set_focus(memory, task, priority=priority, expected=session.expected(PAGE)),
        lambda _: f"focus: {task}",
    )


@command()
@changing
@option("--memory", "used", metavar="P", help="Memory used, in percent.")
@option("--cpu", "load", metavar="L", help="Load of the machine.")
def resources(used: str | None, load: str | None, **options: Any) -> None:
    """Record memory and load as they are now."""
    session = session_of(options)
    percent = PERCENT.enter("memory", used) if used is not None else None
    number = NUMBER.enter("cpu", load) if load is not None else None
    if percent is None and number is None:
        raise UsageError("Give --memory, --cpu or both.", "cosmemory resources [OPTIONS]; --help tells more.")
    session.change(
        lambda memory: state.set_resources(memory, number, percent, expected=session.expected(PAGE)),
        lambda _: "resources recorded",
    )


@command()
@changing
@argument("text")
@option("--rationale", metavar="R", required=True, help="Why it was decided so.")
def decision(text: str, rationale: str, **options: Any) -> None:
    """Record a decision and why it was made."""
    session = session_of(options)
    said, why = text_of(text), text_of(rationale)
    session.change(
        lambda memory: state.decide(memory, said, why, expected=session.expected(PAGE)),
        lambda at: f"decided at {at}",
    )


@group
def action() -> None:
    """Add, move and list pending actions."""


@action.command("add")
@changing
@argument("text")
@option("--priority", metavar="P", default="medium", help="critical, high, medium or low.")
@option("--deadline", metavar="D", help="Until when: a time, a day, or words.")
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
    @action.command(name, summary=summary)
    @changing
    @argument("key", metavar="ID")
    @option("--notes", metavar="TEXT", help="What the log is to tell of it.")
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


@action.command("list")
@reading
@option("--status", metavar="S", help="Only those of a status, such as blocked or done.")
@option("--priority", metavar="P", help="Only those of a priority.")
@option("--all", "everything", flag=True, help="Those that are done or cancelled, too.")
def list_actions(status: str | None, priority: str | None, everything: bool, **options: Any) -> None:
    """List the actions that are still to be done."""
    session = session_of(options)
    word = ACTION_STATUS.enter("--status", status) if status is not None else None
    level = PRIORITY.enter("--priority", priority) if priority is not None else None
    found = state.actions(session.memory(), status=word, priority=level)
    if not everything and word is None:
        found = tuple(each for each in found if each.status not in ENDED)
    if session.as_json:
        print_json("actions", {"actions": [data_of(each) for each in found]})
        return
    rows = [(each.id, each.priority, each.status, each.deadline, each.action) for each in found]
    narrowed = status is not None or priority is not None
    none = (
        "there is no such action"
        if narrowed
        else "there is no action"
        if everything
        else "nothing is to be done"
    )
    tell_rows(("ID", "Priority", "Status", "Deadline", "Action"), rows, none)
